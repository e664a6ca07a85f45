"""How every number of a proposal came about."""

import uuid

from rest_framework.request import Request
from rest_framework.response import Response

from api.endpoint import Endpoint
from api.schema import described
from api.serializers.working import WorkingQuerySerializer, WorkingSerializer
from proposals.actions.derivation import derivation_of


class PricingWorking(Endpoint):
    """The working of the price."""

    tag = "pricing"
    query = WorkingQuerySerializer

    @described("get_working", "How every amount came about, down to the rounding", answer=WorkingSerializer)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """All amounts, or one with what it was made of. Of a locked or signed proposal it is its revision's.

        What the models cost if the work takes, say, 24.5 days is `billing:<section>.takes:24.5:0.client_pays`."""
        proposal, _ = self.enter()
        of = self.asked.get("of")
        derivation = derivation_of(proposal, asked=[of] if of else ())
        answer = derivation.working.as_dict(derivation.require(of) if of else None)
        if self.asked.get("words") == "true":
            answer["steps"] = [
                {**step, "name": said.name, "sentence": said.sentence}
                for step, said in ((step, derivation.words.words(step["key"])) for step in answer["steps"])
            ]
        answer["revision"] = derivation.revision.number if derivation.revision else None
        return Response(answer)
