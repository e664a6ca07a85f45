"""Every address with what each role gets there, by method.

A form is sent as the room's script sends it, which is answered in JSON.
"""

import dataclasses
import json
import uuid
from collections.abc import Callable
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import URLPattern, reverse

import accounts.urls
import proposals.urls
import webhooks.urls
from accounts.models import ApiToken
from proposals.documents.parts import TERMS
from proposals.models import (
    CatalogueItem,
    ColleagueReview,
    CounterOffer,
    Export,
    FirmExport,
    FirmImport,
    Origin,
    Participant,
    Question,
    Template,
)
from proposals.states import State
from tests import factories
from tests.proposals.deal import PRICING, REASON, SUMMARY, Deal
from tests.proposals.verbs import HOW, own_change_number, seen_value, times_for
from webhooks.actions import add_endpoint, send_test
from webhooks.models import WebhookEndpoint

ROLES = ("nobody", "stranger", "guest", "client reader", "client editor", "seller reader", "seller editor")

Fields = Callable[[Deal, str], dict[str, Any]]


def _empty(deal: Deal, role: str) -> dict[str, Any]:
    return {}


@dataclasses.dataclass(frozen=True)
class Row:
    """What each of ROLES gets, in their order, by GET and by POST."""

    get: str
    post: str
    state: State = State.OPEN
    fields: Fields = _empty
    path: Fields = _empty


ALL = "200 200 200 200 200 200 200"
ALL_ON = "302 302 302 302 302 302 302"
NEVER = "405 405 405 405 405 405 405"
NOT_THERE = "404 404 405 405 405 405 405"
NOT_FOR_PEOPLE = "302 405 302 405 405 405 405"
READ = "404 404 200 200 200 200 200"
EDIT = "404 404 401 403 200 403 200"
SELLER = "404 404 403 403 403 403 200"
ASK = "404 404 401 200 200 200 200"
FILL_IN = "404 404 200 200 200 200 200"
PROPOSE = "404 404 401 403 200 403 422"
CHOOSE = "404 404 401 403 200 403 403"
CONFIRM = CHOOSE
AGREE = EDIT
VOID = EDIT


def _line(title: str) -> Fields:
    return lambda deal, role: {"line_id": deal.line(title).id}


def _own_quantity(deal: Deal, role: str) -> dict[str, Any]:
    return _line("Design" if role.startswith("seller") else "Training")(deal, role)


def _own_change(deal: Deal, role: str) -> dict[str, Any]:
    return {"number": own_change_number(deal, "seller" if role.startswith("seller") else "client")}


def _section(title: str) -> Fields:
    return lambda deal, role: {"section_id": deal.section(title).id}


def _question(deal: Deal, role: str) -> dict[str, Any]:
    side = "seller" if role.startswith("seller") else "client"
    return {"question_id": Question.objects.get(proposal=deal.id, text=f"Asked by the {side}?").id}


def _pdf_order(deal: Deal, role: str) -> dict[str, Any]:
    """A draft that was made before."""
    name = default_storage.save("drafts/routes.pdf", ContentFile(b"%PDF-"))
    order, _ = Export.objects.get_or_create(
        proposal=deal.proposal, epoch=deal.proposal.epoch, key="", defaults={"state": "made", "name": name}
    )
    return {"export_id": order.id}


def _offer(side: str) -> Fields:
    return lambda deal, role: {"offer_id": CounterOffer.objects.get(proposal=deal.id, side=side).id}


def _colleague(deal: Deal, role: str) -> dict[str, Any]:
    side = "seller" if role.startswith("seller") else "client"
    return {"participant_id": Participant.objects.get(proposal=deal.id, user__email=f"second-{side}@example.org").id}


def _asked(deal: Deal, role: str) -> str:
    """Somebody of the role's side who is neither its first person nor the one who asks."""
    return str(_colleague(deal, role)["participant_id"])


def _review(deal: Deal, role: str) -> dict[str, Any]:
    side = "seller" if role.startswith("seller") else "client"
    return {"review_id": ColleagueReview.objects.get(proposal=deal.id, side=side).id}


_OVERHEAD = {
    "title": "What an hour carries",
    "context": "A small office.",
    "overhead_percent": "60",
    "basis": "All that no client pays for.",
}


def _card(deal: Deal, role: str) -> dict[str, Any]:
    return {"disclosure_id": deal.proposal.disclosures.earliest("created_at").id}


def _request(deal: Deal, role: str) -> dict[str, Any]:
    return {"request_id": deal.proposal.disclosure_requests.earliest("created_at").id}


def _times(deal: Deal, role: str) -> dict[str, Any]:
    side = "seller" if role.startswith("seller") else "client"
    return {"times_id": times_for(deal, side).id}


def _part(deal: Deal, role: str) -> dict[str, Any]:
    return {"part": deal.key(SUMMARY)}


def _fingerprint(deal: Deal, role: str) -> dict[str, Any]:
    return {"part": TERMS, "fingerprint": deal.part(TERMS).fingerprint}


def _sent(**fields: Any) -> Fields:
    return lambda deal, role: fields


def _discount(**more: Any) -> Fields:
    fields = {"type": "percent", "value": "5", "reason": "volume", "text": REASON, **more}
    return _sent(**{f"discount0-{name}": value for name, value in fields.items()})


PROPOSALS: dict[str, Row] = {
    "home": Row(ALL, NEVER),
    "new_proposal": Row("302 302 302 302 302 302 200", "302 302 302 302 302 302 422", fields=_sent(title="")),
    "billing_models": Row(ALL, NEVER),
    "billing_model": Row(ALL, NEVER, path=lambda deal, role: {"key": "tm_cap"}),
    "verify": Row(ALL, "422 422 422 422 422 422 422"),
    "root_certificate": Row(ALL, NEVER),
    "invitation": Row("404 404 404 404 404 404 404", NEVER, path=_sent(token="no-such-link")),
    "confirm": Row("302 404 200 302 302 302 302", "401 404 200 200 200 200 200"),
    "room": Row(READ, NEVER),
    "agree": Row(NOT_THERE, AGREE, fields=_fingerprint),
    "agreement_panel": Row(AGREE, AGREE, path=_part),
    "part_changes": Row(READ, NEVER, path=_part),
    "share": Row("404 404 404 404 404 403 200", "404 404 404 404 404 403 200", State.PREPARING),
    "preview": Row("404 404 404 404 404 200 200", NEVER, State.PREPARING),
    "freeze": Row(AGREE, "404 404 401 403 409 403 409"),
    "reopen": Row(AGREE, AGREE, State.FROZEN),
    "decline": Row("404 404 401 403 200 403 403", "404 404 401 403 200 403 403"),
    "withdraw": Row(SELLER, SELLER),
    "take_back_end": Row(NOT_THERE, "404 404 401 403 200 403 403", State.DECLINED),
    "ask_for_time": Row("404 404 200 200 200 403 403", "404 404 401 200 200 403 403"),
    "extend": Row(SELLER, SELLER, fields=_sent(until="2099-12-31")),
    "refuse_time": Row(SELLER, SELLER, State.FROZEN, fields=_sent(words="Prices change then.")),
    "reminder": Row(ASK, ASK, fields=_sent(on="2099-01-12")),
    "remind": Row(
        NOT_THERE,
        EDIT,
        path=lambda deal, role: {
            "participant_id": deal.proposal.participants.exclude(side=role.partition(" ")[0] or "client")[0].id
        },
    ),
    "void": Row(VOID, "404 404 401 403 422 403 422", State.SIGNED, fields=_sent(reason="The clinic closes.")),
    "void_code": Row(NOT_THERE, VOID, State.SIGNED),
    "void_passkey": Row(NOT_THERE, "404 404 401 403 422 403 422", State.SIGNED),
    "void_confirm": Row(VOID, "404 404 401 403 422 403 422", State.SIGNED),
    "void_refuse": Row(VOID, "404 404 401 403 409 403 409", State.SIGNED),
    "proposal_copy": Row(SELLER, SELLER, fields=_sent(title="Once more")),
    "terms_panel": Row(EDIT, EDIT, fields=_sent(title="A better title", language="en", paper="letter")),
    "party_save": Row(
        NOT_THERE,
        EDIT,
        path=lambda deal, role: {"side": role.partition(" ")[0] if " " in role else "client"},
        fields=_sent(name="New name"),
    ),
    "section_add": Row(EDIT, EDIT, fields=_sent(title="Team", kind="prose")),
    "section_panel": Row(EDIT, EDIT, path=_section(SUMMARY), fields=_sent(title="In short")),
    "section_move": Row(NOT_THERE, EDIT, path=_section(SUMMARY), fields=_sent(position="2")),
    "section_remove": Row(NOT_THERE, EDIT, path=_section(SUMMARY)),
    "billing_choose": Row(EDIT, EDIT, path=_section(HOW), fields=_sent(model="tm")),
    "billing_guide": Row(READ, NEVER, path=_section(HOW)),
    "billing_figures": Row(SELLER, SELLER, path=_section(HOW), fields=_sent(mode="agreed", share_percent="12")),
    "billing_clauses": Row(EDIT, EDIT, path=_section(HOW), fields=_sent(clauses="limits")),
    "billing_estimate": Row(
        SELLER, SELLER, path=_section(HOW), fields=_sent(unit="day", low="1", likely="2", high="3")
    ),
    "billing_cost": Row(NOT_THERE, SELLER, path=_section(HOW), fields=_sent(cost_per_hour="75")),
    "billing_disclose": Row(NOT_THERE, SELLER, path=_section(HOW), fields=_sent(disclosed="yes")),
    "billing_compare": Row(EDIT, EDIT, path=_section(HOW)),
    "billing_value": Row(EDIT, EDIT, path=_section(HOW), fields=_sent(likely="90000", measure="Margin")),
    "billing_value_confirm": Row(
        NOT_THERE, CONFIRM, path=_section(HOW), fields=lambda deal, role: {"seen": seen_value(deal)}
    ),
    "billing_value_unconfirm": Row(NOT_THERE, CONFIRM, path=_section(HOW)),
    "billing_value_own": Row(NOT_THERE, CONFIRM, path=_section(HOW), fields=_sent(**{"own-value": "80000"})),
    "billing_what_if": Row(READ, NEVER, path=_section(HOW)),
    "line_add": Row(SELLER, SELLER, path=_section(PRICING), fields=_sent(kind="fixed", title="Logo", amount="300")),
    "lines_paste": Row(SELLER, SELLER, path=_section(PRICING), fields=_sent(cells="Logo\t300")),
    "section_discounts": Row(SELLER, SELLER, path=_section(PRICING), fields=_discount()),
    "line_edit": Row(
        SELLER, SELLER, path=_line("Portal"), fields=_sent(title="Portal", amount="7000", optional="", certainty="")
    ),
    "cell": Row(
        NOT_THERE, "404 404 401 403 200 403 200", path=_own_quantity, fields=_sent(field="quantity", value="3")
    ),
    "option_choose": Row(NOT_THERE, CHOOSE, path=_line("Hosting"), fields=_sent(selected="on")),
    "line_move": Row(NOT_THERE, SELLER, path=_line("Portal"), fields=_sent(position="1")),
    "line_remove": Row(NOT_THERE, SELLER, path=_line("Portal")),
    "alternative_choose": Row(NOT_THERE, CHOOSE, fields=_sent(group="Plan", option="Silver")),
    "price_settings": Row(
        SELLER,
        SELLER,
        fields=_sent(
            currency="USD",
            price_basis="exclusive",
            tax_rounding="group",
            price_date=factories.PRICE_DATE.isoformat(),
            hours_per_day="8",
            even_so="on",
        ),
    ),
    "price_changes": Row(READ, NEVER),
    "price_why": Row(EDIT, EDIT, path=_own_change, fields=_sent(why="One visit less")),
    "price_ask": Row("404 404 200 200 200 403 403", "404 404 401 200 200 403 403", fields=_sent(text="For the budget")),
    "price_offer": Row(SELLER, SELLER, fields=_sent(why_now="You decide today", answer="figure", figure="9000")),
    "price_answer": Row(
        SELLER,
        SELLER,
        path=lambda deal, role: {"request_id": deal.proposal.price_requests.get().id},
        fields=_sent(answer="later", reason="We read the export first", due_on="2099-01-12"),
    ),
    "rate_card": Row(
        NOT_THERE,
        SELLER,
        fields=_sent(**{"rate0-role": "Designer", "rate0-rate": "1", "rate0-unit": "day", "rate0-valid_from": ""}),
    ),
    "taxes": Row(NOT_THERE, SELLER),
    "rates_take": Row(NOT_THERE, SELLER, fields=_sent(number="1")),
    "catalogue_add": Row(SELLER, SELLER, path=_section(PRICING), fields=lambda deal, role: _pick(deal, role)),
    "template_save": Row(SELLER, SELLER, fields=_sent(title="Next")),
    "schedule": Row(
        SELLER,
        SELLER,
        fields=_sent(
            **{"kind": "list", "i0-title": "All", "i0-value": "100", "i0-share": "percent", "i0-due": "on_signature"}
        ),
    ),
    "price_undo": Row(NOT_THERE, "404 404 401 403 200 403 200"),
    "document_discount": Row(NOT_THERE, SELLER, fields=_discount()),
    "offer_make": Row(
        "404 404 401 403 200 403 404",
        "404 404 401 403 200 403 200",
        path=_line("Portal"),
        fields=_sent(target="amount//", value="7100"),
    ),
    "offer_make_whole": Row(EDIT, EDIT, fields=_sent(target="starts_on//", value="2027-03-01")),
    "offer_early": Row(EDIT, PROPOSE, fields=_sent(value="2%", within_days="10")),
    "offer_schedule": Row(
        EDIT,
        PROPOSE,
        fields=_sent(**{"i0-title": "All", "i0-value": "100", "i0-share": "percent", "i0-due": "on_signature"}),
    ),
    "offer_section": Row(EDIT, PROPOSE, path=_section(PRICING), fields=_sent(value="5%")),
    "offer_accept": Row(EDIT, "404 404 401 403 200 403 403", path=_offer("seller")),
    "offer_answer": Row(EDIT, "404 404 401 403 403 403 200", path=_offer("client"), fields=_sent(value="7500")),
    "offer_decline": Row(EDIT, "404 404 401 403 200 403 403", path=_offer("seller")),
    "offer_withdraw": Row(NOT_THERE, "404 404 401 403 200 403 403", path=_offer("client")),
    "question_ask": Row(FILL_IN, ASK, fields=_sent(text="When do you start?")),
    "question_reply": Row(FILL_IN, ASK, path=_question, fields=_sent(text="In January.")),
    "question_close": Row(NOT_THERE, ASK, path=_question),
    "books": Row(READ, NEVER),
    "disclosure_publish": Row(SELLER, SELLER, path=_sent(kind="overhead"), fields=_sent(**_OVERHEAD)),
    "disclosure_request": Row(
        "404 404 200 200 200 403 403", "404 404 401 200 200 403 403", fields=_sent(kind="policy")
    ),
    "disclosure_answer": Row(ASK, "404 404 401 403 403 200 200", path=_request, fields=_sent(answer="We have none.")),
    "times_answer": Row(NOT_THERE, ASK, path=_times, fields=_sent(status="read_first")),
    "disclosure_change": Row(SELLER, SELLER, path=_card, fields=_sent(**_OVERHEAD)),
    "disclosure_withdraw": Row(SELLER, SELLER, path=_card, fields=_sent(reason="It was wrong.")),
    "times_propose": Row(ASK, ASK, path=_card, fields=_sent(at1="2090-01-10T10:00", zone="Europe/Amsterdam")),
    "colleagues": Row(ASK, NEVER),
    "review_ask": Row(NOT_THERE, ASK, fields=lambda deal, role: {"participant": _asked(deal, role), "text": "Is it?"}),
    "review_hold": Row(NOT_THERE, EDIT, fields=_sent(hold="on")),
    "agreeing_names": Row(NOT_THERE, EDIT),
    "review_answer": Row(
        NOT_THERE,
        "404 404 401 403 200 403 200",
        path=lambda deal, role: _review(deal, role),
        fields=_sent(answer="fine"),
    ),
    "people": Row(READ, NEVER),
    "invite": Row(
        EDIT,
        EDIT,
        fields=lambda deal, role: {"email": "new@example.org", "side": role.partition(" ")[0], "role": "editor"},
    ),
    "participant_set": Row(NOT_THERE, EDIT, path=_colleague, fields=_sent(role="editor", is_signatory="on")),
    "participant_remove": Row(NOT_THERE, EDIT, path=_colleague),
    "participant_link": Row(NOT_THERE, EDIT, path=_colleague),
    "signatory_name": Row(EDIT, EDIT, fields=_sent(name="Ines", email="ines@example.org", title="CFO")),
    "signatory_earlier": Row(NOT_THERE, EDIT),
    "hand_over": Row(
        "404 404 401 403 200 403 200",
        "404 404 401 403 200 403 200",
        State.FROZEN,
        fields=_sent(name="Ines", email="ines@example.org", why="I am away until March"),
    ),
    "sign": Row("404 404 302 200 200 200 200", NEVER, state=State.FROZEN),
    "sign_code": Row(NOT_THERE, "404 404 401 403 200 403 200", State.FROZEN),
    "sign_passkey": Row(NOT_THERE, "404 404 401 403 422 403 422", State.FROZEN),
    "sign_now": Row(
        NOT_THERE,
        "404 404 401 403 422 403 422",
        State.FROZEN,
        fields=_sent(name="Somebody", title="Partner", consent="on", consent_version="2026-11", code="000000"),
    ),
    "send_again": Row(NOT_THERE, "404 404 401 200 200 200 200", State.SIGNED),
    "signed": Row("404 404 302 302 302 302 302", NEVER, state=State.FROZEN),
    "document_pdf": Row(READ, NEVER, state=State.FROZEN),
    "export": Row(READ, NEVER, path=_pdf_order),
    "export_file": Row(READ, NEVER, path=_pdf_order),
    "export_cancel": Row(NEVER, "404 404 302 302 302 302 302", path=_pdf_order),
    "document_docx": Row(READ, NEVER),
    "document_json": Row(READ, NEVER),
    "change_order": Row("404 404 403 403 403 403 409", "404 404 403 403 403 403 409"),
    "ask_change_order": Row(
        "404 404 200 200 200 403 403", "404 404 401 200 200 403 403", State.SIGNED, _sent(text="A form")
    ),
    "refuse_change_order": Row(SELLER, "404 404 403 403 403 403 409", State.SIGNED, _sent(words="We are full.")),
    "order_changes": Row("404 404 404 404 404 404 404", NEVER),
    "evidence_pdf": Row("404 404 409 409 409 409 409", NEVER, state=State.FROZEN),
    "export_zip": Row(READ, NEVER, state=State.FROZEN),
    "trail": Row(READ, NEVER),
    "history": Row(READ, NEVER),
    "history_compare": Row(READ, NEVER),
    "history_text": Row(READ, NEVER),
    "version_name": Row(NOT_THERE, EDIT, fields=_sent(name="Draft 1")),
    "bring_back": Row("404 404 200 403 200 403 200", EDIT, path=_section(SUMMARY), fields=_sent(at="start")),
    "working": Row(READ, NEVER),
}


def _item(deal: Deal, role: str) -> dict[str, Any]:
    return _firm(deal, role) | {"item_id": CatalogueItem.objects.get(title="Logo").id}


def _pick(deal: Deal, role: str) -> dict[str, Any]:
    return {"item": str(CatalogueItem.objects.get(title="Logo").id)}


OWN = "302 200 302 200 200 200 200"
OWNERS = "302 404 302 404 404 404 {}"


def _firm(deal: Deal, role: str) -> dict[str, Any]:
    return {"firm_id": deal.proposal.party("seller").firm_id}


def _member(deal: Deal, role: str) -> dict[str, Any]:
    firm = deal.proposal.party("seller").firm
    return {"firm_id": firm.id, "membership_id": factories.membership(firm).id}


def _token(deal: Deal, role: str) -> dict[str, Any]:
    firm = deal.proposal.party("seller").firm
    return {"firm_id": firm.id, "token_id": ApiToken.issue(firm=firm, name="CRM", scopes=["proposals:read"])[0].id}


def _endpoint(deal: Deal, role: str) -> dict[str, Any]:
    firm = deal.proposal.party("seller").firm
    made, _ = add_endpoint(firm=firm, by=None, fields={"url": "https://example.com/hooks"})
    return {"firm_id": firm.id, "endpoint_id": made.id}


def _delivery(deal: Deal, role: str) -> dict[str, Any]:
    path = _endpoint(deal, role)
    sent = send_test(endpoint=WebhookEndpoint.objects.get(id=path["endpoint_id"]))
    return path | {"delivery_id": sent.id}


_SAVED_ITEM = _sent(**{"title": "Logo", "kind": "fixed", "price0-currency": "EUR", "price0-amount": "300"})

FIRMS: dict[str, Row] = {
    "firm_rates": Row(
        OWNERS.format(200),
        OWNERS.format(302),
        path=_firm,
        fields=_sent(**{"currency": "EUR", "rate0-role": "Designer", "rate0-rate": "1", "rate0-unit": "day"}),
    ),
    "firm_catalogue": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_firm),
    "catalogue_item_add": Row(OWNERS.format(200), OWNERS.format(302), path=_firm, fields=_SAVED_ITEM),
    "catalogue_item": Row(OWNERS.format(200), OWNERS.format(302), path=_item, fields=_SAVED_ITEM),
    "firm_templates": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_firm),
    "template_retire": Row(
        NOT_FOR_PEOPLE,
        OWNERS.format(302),
        path=lambda deal, role: _firm(deal, role) | {"template_id": Template.objects.get(title="Portals").id},
    ),
    "catalogue_retire": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_item),
}

ACCOUNTS: dict[str, Row] = {
    "account_login": Row("200 302 200 302 302 302 302", "200 302 200 302 302 302 302"),
    "account_request_login_code": Row(ALL_ON, ALL_ON),
    "account_confirm_login_code": Row(ALL_ON, ALL_ON),
    "account_signup": Row("200 302 200 302 302 302 302", "200 302 200 302 302 302 302"),
    "account_email_verification_sent": Row(ALL_ON, ALL_ON),
    "account_logout": Row("302 200 302 200 200 200 200", ALL_ON),
    "account_inactive": Row(ALL, NEVER),
    "account_email": Row(ALL_ON, ALL_ON),
    "account": Row(OWN, ALL_ON, fields=_sent(name="Somebody")),
    "firm": Row("302 302 302 302 302 302 200", NOT_FOR_PEOPLE),
    "firm_new": Row(OWN, ALL_ON, fields=_sent(name="New firm")),
    "firm_of": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_firm),
    "firm_details": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_firm, fields=_sent(name="New name")),
    "firm_logo": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_firm, fields=_sent(remove="yes")),
    "logo": Row("404 404 404 404 404 404 404", NEVER, path=_sent(digest="0" * 64)),
    "colleague_admit": Row(
        NOT_FOR_PEOPLE, OWNERS.format(302), path=_firm, fields=_sent(email="new@example.org", role="member")
    ),
    "colleague_remove": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_member),
    "own_tokens": Row(ALL_ON, NOT_FOR_PEOPLE),
    "firm_tokens": Row(
        OWNERS.format(200),
        OWNERS.format(200),
        path=_firm,
        fields=_sent(name="CRM", scopes="proposals:read", owner="personal"),
    ),
    "token_revoke": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_token),
    "token_rotate": Row(NOT_FOR_PEOPLE, OWNERS.format(200), path=_token, fields=_sent(overlap="24")),
    "passkey_code": Row(NOT_FOR_PEOPLE, "302 302 302 302 302 302 302"),
    "passkey_options": Row(NOT_FOR_PEOPLE, "302 422 302 422 422 422 422"),
    "passkey_add": Row(NOT_FOR_PEOPLE, "302 422 302 422 422 422 422"),
    "passkey_remove": Row(NOT_FOR_PEOPLE, "302 422 302 422 422 422 422", path=_sent(passkey_id=uuid.uuid4())),
    "passkey_sign_in_options": Row("405 405 405 405 405 405 405", "200 200 200 200 200 200 200"),
    "passkey_sign_in": Row("405 405 405 405 405 405 405", "422 422 422 422 422 422 422"),
    "demo-sign-in": Row("404 404 404 404 404 404 404", NEVER, path=_sent(token="no-such-link")),
    "mailbox": Row(ALL, NEVER),
    "mailbox_mail": Row("404 404 404 404 404 404 404", NEVER, path=_sent(name="none")),
}


def _taken_along(deal: Deal, role: str) -> dict[str, Any]:
    """An export that the seller's editor asked for."""
    export, _ = FirmExport.objects.get_or_create(
        firm=deal.proposal.party("seller").firm,
        asked_by=factories.seller(deal.proposal),
        defaults={"state": "made", "name": default_storage.save("moves/routes.zip", ContentFile(b"PK"))},
    )
    return _firm(deal, role) | {"export_id": export.id}


def _brought_in(deal: Deal, role: str) -> dict[str, Any]:
    """An import into the seller's firm."""
    told = {"firm": {"name": "Northlight"}, "instance": {"url": "", "name": ""}, "made_at": ""}
    return _firm(deal, role) | {
        "import_id": FirmImport.objects.create(firm_id=_firm(deal, role)["firm_id"], told=told).id
    }


def _interrupted(deal: Deal, role: str) -> dict[str, Any]:
    """An import into the seller's firm that failed on the way."""
    path = _brought_in(deal, role)
    FirmImport.objects.filter(id=path["import_id"]).update(state="failed", name="moves/none.zip")
    return path


def _relationship(deal: Deal, role: str) -> dict[str, Any]:
    """The deal's relationship, for the seller's firm."""
    return _firm(deal, role) | {"relationship_id": deal.proposal.relationship_id}


def _from_elsewhere(deal: Deal, role: str) -> dict[str, Any]:
    """Where the proposal came from, which is the seller's to see."""
    file = {"sha256": "0" * 64, "revision": 1, "name": "moves/origin.pdf"}
    if not default_storage.exists(file["name"]):
        default_storage.save(file["name"], ContentFile(b"%PDF-"))
        default_storage.save("moves/origin.jsonl", ContentFile(b"{}"))
    content = {"participants": [], "parties": {"seller": {"name": "Northlight"}, "client": {"name": "Harbour"}}}
    Origin.objects.get_or_create(
        proposal=deal.proposal,
        defaults={
            "firm": deal.proposal.party("seller").firm,
            "key": uuid.UUID(int=1),
            "other_firm_key": uuid.UUID(int=2),
            "state": "signed",
            "exported_at": deal.proposal.created_at,
            "content": json.dumps(content),
            "files": [file],
            "trail": "moves/origin.jsonl",
        },
    )
    return {}


SELLERS_OWN = "404 404 404 404 404 200 200"

MOVING: dict[str, Row] = {
    "firm_moving": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_firm),
    "firm_export_make": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_firm),
    "firm_export": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_taken_along),
    "firm_export_file": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_taken_along),
    "firm_import_send": Row(NOT_FOR_PEOPLE, OWNERS.format(422), path=_firm),
    "firm_import": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_brought_in),
    "firm_import_go_on": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_interrupted),
    "relationship_moving": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_relationship),
    "origin": Row(SELLERS_OWN, NEVER, path=_from_elsewhere),
    "origin_json": Row(SELLERS_OWN, NEVER, path=_from_elsewhere),
    "origin_trail": Row(SELLERS_OWN, NEVER, path=_from_elsewhere),
    "origin_file": Row(SELLERS_OWN, NEVER, path=lambda deal, role: _from_elsewhere(deal, role) | {"sha256": "0" * 64}),
}

WEBHOOKS: dict[str, Row] = {
    "firm_webhooks": Row(OWNERS.format(200), OWNERS.format(200), path=_firm, fields=_sent(url="https://example.com/")),
    "firm_webhook": Row(
        OWNERS.format(200), OWNERS.format(302), path=_endpoint, fields=_sent(url="https://example.com/")
    ),
    "webhook_switch": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_endpoint),
    "webhook_test": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_endpoint),
    "webhook_rotate": Row(NOT_FOR_PEOPLE, OWNERS.format(200), path=_endpoint, fields=_sent(overlap_hours="24")),
    "webhook_remove": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_endpoint),
    "webhook_delivery": Row(OWNERS.format(200), NOT_FOR_PEOPLE, path=_delivery),
    "webhook_redeliver": Row(NOT_FOR_PEOPLE, OWNERS.format(302), path=_delivery),
}

ROUTES = PROPOSALS | FIRMS | ACCOUNTS | WEBHOOKS | MOVING


def address(name: str, deal: Deal, role: str) -> str:
    """The address of a route for this proposal."""
    given = {"proposal_id": deal.id} if "proposal_id" in arguments(name) else {}
    return reverse(name, kwargs=given | ROUTES[name].path(deal, role))


def arguments(name: str) -> set[str]:
    """The names of a route's arguments."""
    return next(set(route.pattern.converters) for route in routes() if route.name == name)


def routes() -> list[URLPattern]:
    """Every route of the apps with pages."""
    return [*accounts.urls.urlpatterns, *proposals.urls.urlpatterns, *webhooks.urls.urlpatterns]
