"""The price of the whole: settings, taxes, rate card, discounts, choices, and what it all comes to."""

import uuid
from collections.abc import Mapping
from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from api.asking import asks_of
from api.conditions import unchanged
from api.endpoint import Answer, Endpoint, only
from api.schema import described
from api.serializers.pricing import PricingChangeSerializer, PricingSerializer
from proposals.access import Actor
from proposals.actions import choices
from proposals.actions.discounts import set_discounts
from proposals.actions.price_fields import SETTINGS_EDITS
from proposals.actions.price_settings import edit_price_settings
from proposals.actions.rates import set_rate_card
from proposals.actions.schedule import set_schedule
from proposals.actions.taking import take_rate_card
from proposals.actions.taxes import set_taxes
from proposals.documents import contents
from proposals.documents.contents import ProposalRows
from proposals.documents.payment import schedule_content
from proposals.documents.price_document import price_of
from proposals.documents.totals import totals_of
from proposals.models import Proposal


class Pricing(Endpoint):
    """The price of the whole document."""

    tag = "pricing"

    @described("get_pricing", "Read the price settings and the whole result", answer=PricingSerializer, versioned=True)
    def get(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """Every amount is calculated now, from what stands there now."""
        return _answer(self)

    @described(
        "change_pricing",
        "Change settings, taxes, rates, discounts or the payment schedule, or choose alternatives",
        request=PricingChangeSerializer,
        answer=PricingSerializer,
        versioned=True,
    )
    def patch(self, request: Request, proposal_id: uuid.UUID) -> Response:
        """All of what is sent, or nothing. Refused, naming the cause, if the price could not be calculated."""
        before, actor = self.enter()
        given = self.given(PricingChangeSerializer)
        with unchanged(request, actor, lambda locked: locked, "proposal"):
            _change(actor, given)
        return _answer(self, asks_of(actor, before))


def _change(actor: Actor, given: Answer) -> None:
    settings, why = only(given, *SETTINGS_EDITS), given.get("why", "")
    if settings:
        edit_price_settings(by=actor, changes=settings, why=why)
    if "taxes" in given:
        set_taxes(by=actor, taxes=given["taxes"], why=why)
    if "rate_card_number" in given:
        take_rate_card(by=actor, number=given["rate_card_number"])
    if "rate_card" in given:
        set_rate_card(by=actor, rates=given["rate_card"], why=why)
    if "discounts" in given:
        set_discounts(by=actor, discounts=given["discounts"], why=why)
    for group, option in given.get("choices", {}).items():
        choices.choose_alternative(by=actor, group=group, option=option, why=why)
    if "schedule" in given:
        set_schedule(by=actor, instalments=given["schedule"], why=why)


def shown_pricing(proposal: Proposal) -> dict[str, Any]:
    """The price as the API shows it."""
    rows = contents.load(proposal)
    price = price_of(rows)
    return {
        **{name: price.document[name] for name in ("currency", "price_basis", "tax_rounding", "price_date")},
        "hours_per_day": price.document["hours_per_day"],
        "working_in_document": proposal.working_in_document,
        "taxes": price.document["taxes"],
        "rate_card": [
            {
                "role": rate.role,
                "rate": rate.rate,
                "unit": rate.unit,
                "valid_from": rate.valid_from,
                "valid_to": rate.valid_to,
            }
            for rate in rows.rates
        ],
        "rate_card_number": proposal.rate_card_number,
        "discounts": [{"conditional": False, **discount} for discount in price.document["discounts"]],
        "choices": price.document["choices"],
        "alternatives": _alternatives(rows),
        "schedule": schedule_content(rows, price),
        "result": price.result,
        "total_display": totals_of(price.document, price.result, proposal.language).amount,
        "version": proposal.version,
    }


def _alternatives(rows: ProposalRows) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, None]] = {}
    for section in rows.sections:
        for line in rows.lines[section.id]:
            if line.alternative_group:
                groups.setdefault(line.alternative_group, {})[line.alternative_option] = None
    chosen = rows.proposal.choices
    return [
        {"group": group, "options": list(options), "chosen": chosen.get(group, "")} for group, options in groups.items()
    ]


def _answer(endpoint: Endpoint, asks: Mapping[str, Any] | None = None) -> Response:
    proposal, _ = endpoint.enter()
    shown = {**shown_pricing(proposal), **(asks or {})}
    return endpoint.shown(PricingSerializer, shown, version=proposal.version)
