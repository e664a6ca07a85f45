"""How the work is billed: the terms of a billing section."""

import uuid
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.conditions import unchanged
from api.endpoint import Endpoint
from api.schema import described
from api.serializers.billing import BillingChangeSerializer, BillingSerializer
from proposals.access import Actor
from proposals.actions import billing, value_worksheet
from proposals.documents.billing_terms import agreed_content, gap
from proposals.documents.billing_told import told_content
from proposals.exceptions import NotFound
from proposals.models import BillingTerms, Proposal, Section


class Billing(Endpoint):
    """The terms of a billing section."""

    tag = "pricing"

    @described("get_billing", "Read how the work is billed", answer=BillingSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """What both sides see: an undisclosed cost is nowhere in it."""
        proposal, _ = self.enter()
        return self._answer(proposal, section_id)

    @described(
        "change_billing",
        "Choose the model and its clauses, set figures, estimate, comparison, cost and value worksheet",
        request=BillingChangeSerializer,
        answer=BillingSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID, section_id: uuid.UUID) -> Response:
        """All of what is sent, or nothing."""
        proposal, actor = self.enter()
        given = self.given(BillingChangeSerializer)
        with unchanged(request, actor, lambda locked: _section(locked, section_id), "section"):
            _change(actor, section_id, given)
        return self._answer(proposal, section_id)

    def _answer(self, proposal: Proposal, section_id: uuid.UUID) -> Response:
        current = Proposal.objects.get(id=proposal.id)
        section = _section(current, section_id)
        if section is None:
            raise NotFound()
        terms = BillingTerms.objects.get(section=section)
        agreed = agreed_content(terms, current)
        shown = {**agreed, **_told(terms, agreed, current), "missing": gap(terms, current.currency)}
        return self.shown(BillingSerializer, shown, version=section.version)


def _told(terms: BillingTerms, agreed: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    """The warning, what stands beside the terms because of it, and the client's word on a value; nothing for most."""
    told = told_content(terms, agreed, proposal)
    added = [{"name": row["name"], "result": row["result"]} for row in told.get("compared", ()) if "result" in row]
    return {
        **({"warning": told["warning"]} if "warning" in told else {}),
        **({"beside": added} if added else {}),
        **({"value_confirmation": told["worksheet"]} if "worksheet" in told else {}),
    }


def _change(actor: Actor, section_id: uuid.UUID, given: dict[str, Any]) -> None:
    where: dict[str, Any] = {"by": actor, "section_id": section_id}
    why = given.get("why", "")
    if "model" in given:
        billing.choose_model(**where, model=given["model"], why=why)
    if "params" in given:
        billing.set_figures(**where, params=given["params"], why=why)
    if "clauses" in given:
        billing.choose_clauses(**where, clauses=given["clauses"], why=why)
    if "estimate" in given:
        billing.set_estimate(**where, changes=given["estimate"], why=why)
    if "compared" in given:
        billing.set_comparison(**where, models=given["compared"])
    if "cost" in given:
        billing.set_cost(**where, changes=given["cost"])
    if "cost_disclosed" in given:
        billing.disclose_cost(**where, disclosed=given["cost_disclosed"])
    if "worksheet" in given:
        value_worksheet.fill_worksheet(**where, changes=given["worksheet"])
    if "own_value" in given:
        value_worksheet.state_own_value(**where, **given["own_value"])
    if given.get("confirm_value"):
        value_worksheet.confirm_value(**where, seen=given["confirm_value"])
    elif "confirm_value" in given:
        value_worksheet.take_back_confirmation(**where)


def _section(locked: Proposal, section_id: uuid.UUID) -> Section | None:
    return locked.sections.standing().filter(id=section_id, kind=Section.Kind.BILLING).first()
