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
        """All amounts, or one with what it was made of. Of a locked or signed proposal it is its revision's."""
        proposal, _ = self.enter()
        derivation = derivation_of(proposal)
        of = self.asked.get("of")
        answer = derivation.working.as_dict(derivation.require(of) if of else None)
        if self.asked.get("words") == "true":
            answer["steps"] = [
                {**step, "name": said.name, "sentence": said.sentence}
                for step, said in ((step, derivation.words.words(step["key"])) for step in answer["steps"])
            ]
        answer["revision"] = derivation.revision.number if derivation.revision else None
        return Response(answer)
