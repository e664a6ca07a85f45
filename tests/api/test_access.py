"""Every operation of the API x everybody who may call it: one table."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import URLPattern

from accounts.models import ApiToken
from api import urls
from proposals.access import ALL_SCOPES, Actor, Visitor, proposal_for
from proposals.actions.disclosed_figures import read_content
from proposals.actions.lines import edit_line
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.actions.questions import ask
from proposals.documents.parts import standing_of
from proposals.models import ColleagueReview, CounterOffer, Disclosure, FirmExport, FirmImport, Revision, Template
from proposals.states import State
from tests import factories
from tests.api.conftest import ROLES, Api, Deal, caller, make_deal
from tests.api.description import described
from tests.kept import as_made
from webhooks.actions import add_endpoint, send_test
from webhooks.models import WebhookEndpoint

READ, WRITE = ApiToken.Scope.PROPOSALS_READ, ApiToken.Scope.PROPOSALS_WRITE
HOOKS = ApiToken.Scope.WEBHOOKS_MANAGE
PRICE, FILES = ApiToken.Scope.PRICING_WRITE, ApiToken.Scope.DOCUMENTS_READ

WITHIN = ("seller", "client", "reader", "seller_service", "client_service")
"""Those who take part, in the order of the statuses below."""

Fill = Callable[[Deal], Any]


@dataclass(frozen=True)
class Row:
    """An operation, the statuses that those who take part get, and the scope it needs ("" for none)."""

    operation: str
    method: str
    path: str
    statuses: tuple[int, ...]
    scope: str
    body: Fill = lambda deal: None
    outside: int = 404


ALL_READ = (200, 200, 200, 200, 200)
EDITORS = (200, 200, 403, 200, 200)
VOIDS = {"reason": "Over.", "code": "123456"}
EDITORS_MAKE = (201, 201, 403, 201, 201)
SELLERS = (200, 403, 403, 200, 403)
OWN = (200, 403, 403, 403, 403)
ANYBODY = (200, 200, 200, 200, 200)
OF_FIRM = (200, 404, 404, 200, 404)
OWN_EXPORT = (200, 404, 404, 404, 404)
OF_FIRM_MAKE = (201, 404, 404, 201, 404)
OWNER = (200, 403, 403, 200, 200)
OWNER_MAKES = (201, 403, 403, 201, 201)
OWNER_ONLY = (200, 403, 403, 200, 404)
P, F = "proposals/{proposal}/", "firms/{firm}/"
ENDPOINT, DELIVERY = "webhook-endpoints/{endpoint}/", "webhook-deliveries/{delivery}/"
HOOK = {"url": "https://crm.example.com/sameside"}
CARD = {"currency": "EUR", "rates": [{"role": "Designer", "rate": "1", "unit": "day", "valid_from": "2026-01-01"}]}
ITEM = {"title": "Logo", "prices": {"EUR": "300"}}
NO = {"words": "Prices change then."}
ASKED_ORDER = f"{P}change-order-requests/"
OFFER = f"{P}counter-offers/{{offer}}/"
FIGURE = {"answer": "figure", "figure": "9000"}
SAID = {**FIGURE, "why_now": "You decide today"}
START = {"field": "starts_on", "value": "2027-03-01"}
BOOK = f"{P}disclosures/{{book}}/"
OVERHEAD = {"title": "Overhead", "context": "A small office.", "given": {"overhead_percent": "60"}}
NEW_BOOK = {**OVERHEAD, "kind": "overhead"}
BILLING = f"{P}sections/{{billing}}/billing/"
KEYED = "?external_id=x-1"
RELATIONSHIP = "relationships/{relationship}/"
SECTION, LINES = f"{P}sections/{{prose}}/", f"{P}sections/{{prices}}/lines/"


def seen(deal: Deal) -> list[dict[str, str]]:
    return [{"part": part.key, "fingerprint": part.fingerprint} for part in standing_of(deal.proposal).parts]


def new_proposal(deal: Deal) -> dict[str, Any]:
    return {"title": "Next", "currency": "EUR", "client": {"name": "Ada", "email": "ada@example.com"}}


def new_client(deal: Deal) -> dict[str, Any]:
    return {"client": new_proposal(deal)["client"]}


def item_of(deal: Deal) -> str:
    return str(add_item(firm=deal.proposal.relationship.seller_firm, fields=ITEM).id)


def template_of(deal: Deal) -> str:
    firm = deal.proposal.relationship.seller_firm
    return str(Template.objects.create(firm=firm, title="Portals", currency="EUR", content={"sections": []}).id)


def card_of(deal: Deal) -> str:
    return str(publish_rate_card(firm=deal.proposal.relationship.seller_firm, by=None, **CARD).id)


NO_TALK = {"status": "skipped"}
TALK = {"at": "2090-01-10T10:00", "zone": "Europe/Amsterdam"}
CREDIT = {"kind": "credit", "title": "Thanks", "detail": "The late start", "amount": "1"}
SHARE_OUT = {"currency": "EUR", "total": "1", "weights": ["1"]}
REPLY = {"text": "We do."}
TERMS = {"parts": ["terms"]}

TWO_LINES = {"lines": [{"kind": "fixed", "title": name, "amount": "1"} for name in ("One", "Two")]}
PLACE = f"{P}participants/{{place}}/"
REVIEW = f"{P}colleague-reviews/{{review}}/answer/"
PEOPLE = (200, 200, 200, 403, 403)


def signs(deal: Deal) -> dict[str, Any]:
    return {"participant": str(deal.proposal.participants.filter(side="client")[0].id)}


def reader_looks(deal: Deal) -> dict[str, Any]:
    """The reader, where there is one."""
    return {"participant": str(deal.proposal.participants.filter(side="client").last().id)}


def the_option(deal: Deal) -> dict[str, Any]:
    return {"lines": [str(deal.option.id)]}


ROWS = [
    Row("list_webhook_endpoints", "GET", "webhook-endpoints/", OWNER, HOOKS, outside=403),
    Row("add_webhook_endpoint", "POST", "webhook-endpoints/", OWNER_MAKES, HOOKS, lambda deal: HOOK, 403),
    Row("get_webhook_endpoint", "GET", f"{ENDPOINT}", OWNER_ONLY, HOOKS, outside=403),
    Row("change_webhook_endpoint", "PATCH", f"{ENDPOINT}", OWNER_ONLY, HOOKS, lambda deal: {"events": []}, 403),
    Row("remove_webhook_endpoint", "DELETE", f"{ENDPOINT}", (204, 403, 403, 204, 404), HOOKS, outside=403),
    Row("test_webhook_endpoint", "POST", f"{ENDPOINT}test/", (201, 403, 403, 201, 404), HOOKS, outside=403),
    Row("rotate_webhook_secret", "POST", f"{ENDPOINT}rotate-secret/", OWNER_ONLY, HOOKS, lambda deal: {}, 403),
    Row("list_webhook_deliveries", "GET", "webhook-deliveries/", OWNER, HOOKS, outside=403),
    Row("get_webhook_delivery", "GET", f"{DELIVERY}", OWNER_ONLY, HOOKS, outside=403),
    Row("redeliver_webhook", "POST", f"{DELIVERY}redeliver/", OWNER_ONLY, HOOKS, outside=403),
    Row("get_me", "GET", "me/", ANYBODY, "", outside=200),
    Row("list_proposals", "GET", "proposals/", ANYBODY, READ, outside=200),
    Row("create_proposal", "POST", "proposals/", (201,) * 5, WRITE, new_proposal, outside=201),
    Row("put_proposal", "PUT", f"proposals/{KEYED}", (201,) * 5, WRITE, new_proposal, outside=201),
    Row("list_relationships", "GET", "relationships/", ANYBODY, READ, outside=200),
    Row("begin_relationship", "POST", "relationships/", (201,) * 5, WRITE, new_client, outside=201),
    Row("put_relationship", "PUT", f"relationships/{KEYED}", (201,) * 5, WRITE, new_client, outside=201),
    Row("get_relationship", "GET", RELATIONSHIP, ALL_READ, READ),
    Row("change_relationship", "PATCH", RELATIONSHIP, (200, 403, 403, 200, 403), WRITE, lambda d: {"metadata": {}}),
    Row("forget_relationship", "DELETE", RELATIONSHIP, (409, 403, 403, 409, 403), WRITE),
    Row("get_relationship_timeline", "GET", f"{RELATIONSHIP}timeline/", ALL_READ, READ),
    Row("list_rate_cards", "GET", f"{F}rate-cards/", OF_FIRM, READ),
    Row("publish_rate_card", "POST", f"{F}rate-cards/", OF_FIRM_MAKE, PRICE, lambda deal: CARD),
    Row("get_rate_card", "GET", f"{F}rate-cards/{{card}}/", OF_FIRM, READ),
    Row("list_templates", "GET", f"{F}templates/", OF_FIRM, READ),
    Row(
        "save_template",
        "POST",
        f"{F}templates/",
        (201, 404, 404, 403, 404),
        WRITE,
        lambda deal: {"proposal": str(deal.proposal.id), "title": "Portals"},
    ),
    Row("get_template", "GET", f"{F}templates/{{template}}/", OF_FIRM, READ),
    Row("change_template", "PATCH", f"{F}templates/{{template}}/", OF_FIRM, WRITE, lambda d: {"title": "Other"}),
    Row("retire_template", "DELETE", f"{F}templates/{{template}}/", (204, 404, 404, 204, 404), WRITE),
    Row("list_catalogue", "GET", f"{F}catalogue/", OF_FIRM, READ),
    Row("add_catalogue_item", "POST", f"{F}catalogue/", OF_FIRM_MAKE, PRICE, lambda deal: ITEM),
    Row("put_catalogue_item", "PUT", f"{F}catalogue/{KEYED}", OF_FIRM_MAKE, PRICE, lambda deal: ITEM),
    Row("get_catalogue_item", "GET", f"{F}catalogue/{{item}}/", OF_FIRM, READ),
    Row("change_catalogue_item", "PATCH", f"{F}catalogue/{{item}}/", OF_FIRM, PRICE, lambda deal: {"title": "Other"}),
    Row("retire_catalogue_item", "DELETE", f"{F}catalogue/{{item}}/", (204, 404, 404, 204, 404), PRICE),
    Row(
        "add_from_catalogue",
        "POST",
        f"{P}sections/{{prices}}/from-catalogue/",
        (201, 403, 403, 201, 403),
        PRICE,
        lambda deal: {"items": [{"item": item_of(deal)}]},
    ),
    Row("get_proposal", "GET", P, ALL_READ, READ),
    Row("change_proposal", "PATCH", P, EDITORS, WRITE, lambda deal: {"title": "Another title"}),
    Row("share_proposal", "POST", f"{P}share/", (409, 403, 403, 409, 403), WRITE),
    Row("freeze_proposal", "POST", f"{P}freeze/", (409, 409, 403, 403, 403), WRITE),
    Row("reopen_proposal", "POST", f"{P}reopen/", (409, 409, 403, 403, 403), WRITE),
    Row("decline_proposal", "POST", f"{P}decline/", (403, 200, 403, 403, 403), WRITE),
    Row("withdraw_proposal", "POST", f"{P}withdraw/", (200, 403, 403, 403, 403), WRITE),
    Row("take_back_end", "POST", f"{P}take-back/", (409, 409, 403, 403, 403), WRITE),
    Row("ask_for_more_time", "POST", f"{P}extension-requests/", (403, 409, 409, 403, 409), WRITE, lambda d: {}),
    Row("refuse_more_time", "POST", f"{P}extension-requests/refuse/", (409, 403, 403, 409, 403), WRITE, lambda d: NO),
    Row("extend_offer", "POST", f"{P}extend/", (409, 403, 403, 409, 403), WRITE, lambda d: {"until": "2099-12-31"}),
    Row("set_reminder", "POST", f"{P}reminder/", (200, 200, 200, 403, 403), WRITE, lambda d: {"off": True}),
    Row("remind_participant", "POST", f"{P}participants/{{place}}/remind/", (200, 403, 403, 403, 403), WRITE),
    Row("propose_voiding", "POST", f"{P}void/", (409, 409, 403, 403, 403), WRITE, lambda d: VOIDS),
    Row("send_sealed_again", "POST", f"{P}send-again/", (409, 409, 409, 403, 403), WRITE),
    Row("mail_voiding_code", "POST", f"{P}void/code/", (409, 409, 403, 403, 403), WRITE),
    Row(
        "confirm_voiding", "POST", f"{P}void/confirm/", (409, 409, 403, 403, 403), WRITE, lambda d: {"code": "123456"}
    ),
    Row("refuse_voiding", "POST", f"{P}void/refuse/", (409, 409, 403, 403, 403), WRITE, lambda d: {}),
    Row("make_change_order", "POST", f"{P}change-order/", (409, 403, 403, 403, 403), WRITE),
    Row("ask_for_change_order", "POST", ASKED_ORDER, (403, 409, 409, 403, 409), WRITE, lambda d: {"text": "A form"}),
    Row("refuse_change_order", "POST", f"{ASKED_ORDER}refuse/", (409, 403, 403, 403, 403), WRITE, lambda d: NO),
    Row("copy_proposal", "POST", f"{P}copy/", (201, 403, 403, 403, 403), WRITE),
    Row("list_participants", "GET", f"{P}participants/", ALL_READ, READ),
    Row("invite_participant", "POST", f"{P}participants/", EDITORS_MAKE, WRITE, lambda d: {"email": "eve@example.com"}),
    Row("list_signatories", "GET", f"{P}signatories/", ALL_READ, READ),
    Row(
        "name_signatory",
        "POST",
        f"{P}signatories/",
        EDITORS_MAKE,
        WRITE,
        lambda d: {"name": "Eve", "email": "eve@example.com"},
    ),
    Row(
        "order_signatories",
        "POST",
        f"{P}signatories/order/",
        (200, 422, 403, 200, 422),
        WRITE,
        lambda deal: {"participants": [str(deal.proposal.participants.get(side="seller", is_signatory=True).id)]},
    ),
    Row(
        "hand_over",
        "POST",
        f"{P}signatories/hand-over/",
        (409, 409, 403, 403, 403),
        WRITE,
        lambda d: {"name": "Eve", "email": "eve@example.com", "why": "I am away"},
    ),
    Row("get_participant", "GET", PLACE, ALL_READ, READ),
    Row("change_participant", "PATCH", PLACE, (403, 200, 403, 403, 200), WRITE, lambda d: {"is_signatory": False}),
    Row("remove_participant", "DELETE", PLACE, (403, 422, 403, 403, 422), WRITE),
    Row("make_participant_link", "POST", f"{PLACE}link/", EDITORS_MAKE, WRITE),
    Row("withdraw_participant_link", "DELETE", f"{PLACE}link/", (404, 404, 403, 404, 404), WRITE),
    Row("make_signing_link", "POST", f"{P}signing-links/", (409, 409, 403, 409, 409), WRITE, signs),
    Row("get_agreeing", "GET", f"{P}agreeing/", PEOPLE, WRITE),
    Row("change_agreeing", "PATCH", f"{P}agreeing/", (200, 200, 403, 403, 403), WRITE, lambda d: {"participants": []}),
    Row("list_reviews", "GET", f"{P}colleague-reviews/", PEOPLE, WRITE),
    Row("ask_colleague", "POST", f"{P}colleague-reviews/", (404, 201, 422, 403, 403), WRITE, reader_looks),
    Row("answer_review", "POST", REVIEW, (404, 200, 403, 403, 403), WRITE, lambda d: {"is_fine": True}),
    Row("list_sections", "GET", f"{P}sections/", ALL_READ, READ),
    Row("add_section", "POST", f"{P}sections/", EDITORS_MAKE, WRITE, lambda deal: {"title": "Next steps"}),
    Row("put_section", "PUT", f"{P}sections/{KEYED}", EDITORS_MAKE, WRITE, lambda deal: {"title": "Next steps"}),
    Row("get_section", "GET", SECTION, ALL_READ, READ),
    Row("change_section", "PATCH", SECTION, EDITORS, WRITE, lambda deal: {"title": "How we go on"}),
    Row("remove_section", "DELETE", SECTION, (204, 204, 403, 204, 204), WRITE),
    Row("get_billing", "GET", BILLING, ALL_READ, READ),
    Row("change_billing", "PATCH", BILLING, EDITORS, PRICE, lambda deal: {"model": "fixed"}),
    Row(
        "put_line",
        "PUT",
        f"{LINES}{KEYED}",
        (201, 403, 403, 201, 403),
        PRICE,
        lambda d: {"kind": "fixed", "title": "Logo", "amount": "1"},
    ),
    Row("add_lines", "POST", f"{LINES}batch/", (201, 403, 403, 201, 403), PRICE, lambda d: TWO_LINES),
    Row("remove_lines", "POST", f"{LINES}remove/", (204, 403, 403, 204, 403), PRICE, the_option),
    Row("list_lines", "GET", LINES, ALL_READ, READ),
    Row("add_line", "POST", LINES, (201, 403, 403, 201, 403), PRICE, lambda d: CREDIT),
    Row("get_line", "GET", f"{LINES}{{line}}/", ALL_READ, READ),
    Row("change_line", "PATCH", f"{LINES}{{line}}/", SELLERS, PRICE, lambda deal: {"amount": "2"}),
    Row("remove_line", "DELETE", f"{LINES}{{line}}/", (204, 403, 403, 204, 403), PRICE),
    Row("get_pricing", "GET", f"{P}pricing/", ALL_READ, READ),
    Row("get_working", "GET", f"{P}pricing/working/", ALL_READ, READ),
    Row("change_pricing", "PATCH", f"{P}pricing/", SELLERS, PRICE, lambda deal: {"hours_per_day": "7.5"}),
    Row("list_questions", "GET", f"{P}questions/", ALL_READ, READ),
    Row("ask_question", "POST", f"{P}questions/", (201,) * 5, WRITE, lambda deal: {"text": "Why?"}),
    Row("get_question", "GET", f"{P}questions/{{question}}/", ALL_READ, READ),
    Row("change_question", "PATCH", f"{P}questions/{{question}}/", SELLERS, WRITE, lambda d: {"status": "answered"}),
    Row("reply_to_question", "POST", f"{P}questions/{{question}}/replies/", (201,) * 5, WRITE, lambda d: REPLY),
    Row("list_price_changes", "GET", f"{P}price-changes/", ALL_READ, READ),
    Row(
        "undo_price_change",
        "POST",
        f"{P}price-changes/undo/",
        (200, 422, 403, 422, 422),
        PRICE,
        lambda d: {"number": changed(d)},
    ),
    Row("list_history", "GET", f"{P}history/", ALL_READ, READ),
    Row("get_text_at", "GET", f"{P}history/text/", ALL_READ, READ),
    Row("compare_texts", "GET", f"{P}history/compare/", ALL_READ, READ),
    Row("list_versions", "GET", f"{P}versions/", ALL_READ, READ),
    Row("name_version", "POST", f"{P}versions/", (201, 201, 403, 201, 201), WRITE, lambda d: {"name": "Draft 1"}),
    Row("bring_back", "POST", f"{P}sections/{{prose}}/bring-back/", EDITORS, WRITE, lambda d: {"at": "start"}),
    Row("explain_price_change", "POST", f"{P}price-changes/{{number}}/why/", OWN, PRICE, lambda d: {"why": "Less"}),
    Row("list_price_requests", "GET", f"{P}price-requests/", ALL_READ, READ),
    Row("ask_for_the_price", "POST", f"{P}price-requests/", (403, 201, 201, 403, 201), WRITE, lambda d: {}),
    Row("answer_with_the_price", "POST", f"{P}price-requests/{{wanted}}/answer/", SELLERS, PRICE, lambda d: FIGURE),
    Row("say_the_price", "POST", f"{P}price-requests/offer/", (201, 403, 403, 201, 403), PRICE, lambda d: SAID),
    Row("list_counter_offers", "GET", f"{P}counter-offers/", ALL_READ, READ),
    Row("make_counter_offer", "POST", f"{P}counter-offers/", EDITORS_MAKE, PRICE, lambda d: START),
    Row("get_counter_offer", "GET", OFFER, ALL_READ, READ),
    Row("accept_counter_offer", "POST", f"{OFFER}accept/", SELLERS, PRICE, lambda d: {}),
    Row("answer_counter_offer", "POST", f"{OFFER}answer/", (201, 403, 403, 201, 403), PRICE, lambda d: {"value": "3"}),
    Row("decline_counter_offer", "POST", f"{OFFER}decline/", SELLERS, PRICE, lambda d: {}),
    Row("withdraw_counter_offer", "POST", f"{OFFER}withdraw/", (403, 200, 403, 403, 200), PRICE),
    Row("list_disclosures", "GET", f"{P}disclosures/", ALL_READ, READ),
    Row("publish_disclosure", "POST", f"{P}disclosures/", (201, 403, 403, 201, 403), PRICE, lambda d: NEW_BOOK),
    Row("get_disclosure", "GET", BOOK, ALL_READ, READ),
    Row("change_disclosure", "PATCH", BOOK, SELLERS, PRICE, lambda d: OVERHEAD),
    Row("withdraw_disclosure", "POST", f"{BOOK}withdraw/", SELLERS, PRICE, lambda d: {"reason": "It was wrong."}),
    Row("list_disclosure_requests", "GET", f"{P}disclosure-requests/", ALL_READ, READ),
    Row(
        "request_disclosure",
        "POST",
        f"{P}disclosure-requests/",
        (403, 201, 201, 403, 201),
        WRITE,
        lambda d: {"kind": "policy"},
    ),
    Row("propose_times", "POST", f"{BOOK}times/", (201,) * 5, WRITE, lambda d: {"times": [TALK]}),
    Row("answer_times", "POST", f"{P}disclosure-times/{{times}}/answer/", SELLERS, WRITE, lambda d: NO_TALK),
    Row(
        "answer_disclosure_request",
        "POST",
        f"{P}disclosure-requests/{{asked}}/answer/",
        SELLERS,
        WRITE,
        lambda d: {"answer": "We have none."},
    ),
    Row("get_agreements", "GET", f"{P}agreements/", ALL_READ, READ),
    Row("agree", "POST", f"{P}agree/", (200, 200, 403, 403, 403), WRITE, lambda deal: {"parts": seen(deal)}),
    Row("withdraw_agreement", "POST", f"{P}withdraw-agreement/", (200, 200, 403, 403, 403), WRITE, lambda d: TERMS),
    Row("get_revision", "GET", f"{P}revisions/1/", ALL_READ, FILES),
    Row("get_document_pdf", "GET", f"{P}document.pdf", (), FILES),
    Row("get_document_docx", "GET", f"{P}document.docx", (), FILES),
    Row("get_document_json", "GET", f"{P}document.json", ALL_READ, FILES),
    Row("get_evidence", "GET", f"{P}evidence.pdf", (409,) * 5, FILES),
    Row("get_export", "GET", f"{P}export.zip", (), FILES),
    Row("list_exports", "GET", f"{F}exports/", OF_FIRM, FILES),
    Row("make_export", "POST", f"{F}exports/", (202, 404, 404, 202, 404), FILES, lambda d: {}),
    Row("get_firm_export", "GET", f"{F}exports/{{export}}/", OWN_EXPORT, FILES),
    Row("get_firm_export_file", "GET", f"{F}exports/{{export}}/export.zip", OWN_EXPORT, FILES),
    Row("import_file", "POST", f"{F}imports/", (415, 404, 404, 415, 404), WRITE, lambda d: {}),
    Row("get_import", "GET", f"{F}imports/{{import}}/", OF_FIRM, READ),
    Row("list_import_rows", "GET", f"{F}imports/{{import}}/rows/", OF_FIRM, READ),
    Row("resume_import", "POST", f"{F}imports/{{import}}/resume/", (409, 404, 404, 409, 404), WRITE, lambda d: {}),
    Row("get_origin", "GET", f"{P}origin/", (404,) * 5, FILES),
    Row("get_origin_trail", "GET", f"{P}origin/trail.json", (404,) * 5, FILES),
    Row("get_origin_pdf", "GET", f"{P}origin/{'0' * 64}.pdf", (404,) * 5, FILES),
    Row("list_audit_trail", "GET", f"{P}audit-trail/", ALL_READ, READ),
    Row("make_room_ticket", "POST", f"{P}room-tickets/", (201, 201, 201, 403, 403), WRITE),
    Row("calculate", "POST", "calculations/allocate/", ANYBODY, "", lambda d: SHARE_OUT, 200),
    Row("list_billing_models", "GET", "billing-models/", ANYBODY, "", outside=200),
    Row("get_billing_model", "GET", "billing-models/tm_cap/", ANYBODY, "", outside=200),
]  # fmt: skip
PUBLIC = {"verify_pdf"}
"""Operations for everybody; `test_records` tries them."""


@dataclass(frozen=True)
class Table:
    """A deal with a revision, and tokens with every scope of those who call about it, by role."""

    deal: Deal
    tokens: dict[str, str]

    def api(self, role: str) -> Api:
        """Somebody of this role."""
        return Api(self.tokens[role])


@pytest.fixture
def table(db: None) -> Table:
    """See `make_table`."""
    return as_made(make_table)


def make_table() -> Table:
    """Everybody has come."""
    deal = make_deal()
    Revision(proposal=deal.proposal, number=1, content="{}", sha256="0" * 64, text_seq=1, engine_version="1").save()
    return Table(deal, {role: caller(deal, role).token for role in ROLES})


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(row: Row, deal: Deal, api: Api) -> Any:
    """The answer to a row's request."""
    return api(row.method, *request_of(row, deal))


def request_of(row: Row, deal: Deal) -> tuple[str, Any]:
    """The path and the body of a row's request, with what it needs made."""
    ids = {
        "proposal": deal.proposal.id,
        "relationship": deal.proposal.relationship_id,
        "firm": deal.proposal.relationship.seller_firm_id,
        "card": card_of(deal) if "{card}" in row.path else "",
        "template": template_of(deal) if "{template}" in row.path else "",
        "item": item_of(deal) if "{item}" in row.path else "",
        "export": export_of(deal) if "{export}" in row.path else "",
        "import": import_of(deal) if "{import}" in row.path else "",
        "endpoint": hooked(deal).id if "{endpoint}" in row.path else "",
        "delivery": send_test(endpoint=hooked(deal)).id if "{delivery}" in row.path else "",
        "prose": deal.prose.id,
        "prices": deal.prices.id,
        "billing": billing_of(deal) if "{billing}" in row.path else "",
        "line": deal.line.id,
        "place": deal.proposal.participants.filter(side="client")[0].id,
        "review": review_of(deal) if "{review}" in row.path else "",
        "wanted": deal.proposal.price_requests.create(side="client", asked_by_name="Tomás").id
        if "{wanted}" in row.path
        else "",
        "number": changed(deal) if "{number}" in row.path else "",
        "offer": offered(deal).id if "{offer}" in row.path else "",
        "book": disclosed(deal).id if "{book}" in row.path else "",
        "times": disclosed(deal).times.create(side="client", proposed_by_name="Tomás").id
        if "{times}" in row.path
        else "",
        "asked": deal.proposal.disclosure_requests.create(kind="policy", asked_by_name="Tomás").id
        if "{asked}" in row.path
        else "",
        "question": ask(by=actor(deal), text="Who hosts it?").id if "{question}" in row.path else "",
    }
    return row.path.format(**ids), row.body(deal)


def export_of(deal: Deal) -> Any:
    """Everything of the seller's firm, as Maya asked for it."""
    name = default_storage.save("moves/access.zip", ContentFile(b"PK"))
    firm = deal.proposal.relationship.seller_firm
    return FirmExport.objects.create(firm=firm, asked_by=deal.maya, state="made", name=name).id


def import_of(deal: Deal) -> Any:
    """A file that was brought into the seller's firm."""
    told = {"instance": {}, "firm": {}, "made_at": "2026-01-12T09:00:00Z", "scope": "firm"}
    return FirmImport.objects.create(firm=deal.proposal.relationship.seller_firm, told=told).id


def review_of(deal: Deal) -> Any:
    """A question of a colleague's to Tomás."""
    place = deal.proposal.participants.filter(side="client")[0]
    fields = {"side": "client", "asked_by": deal.tomas, "colleague": place}
    return ColleagueReview.objects.create(proposal=deal.proposal, **fields).id


def hooked(deal: Deal) -> WebhookEndpoint:
    """An endpoint of the seller's firm."""
    return add_endpoint(firm=deal.proposal.relationship.seller_firm, by=None, fields=HOOK)[0]


def actor(deal: Deal) -> Actor:
    """Maya at the table."""
    return proposal_for(Visitor(user=deal.maya), deal.proposal.id)[1]


def billing_of(deal: Deal) -> Any:
    """A section that says how the work is billed, with nothing chosen yet."""
    section = factories.section(deal.proposal, "How billing works", kind="billing")
    factories.billing_terms(section)
    return section.id


def changed(deal: Deal) -> int:
    """The number of a change of a price that Maya made."""
    edit_line(by=actor(deal), line_id=deal.line.id, changes={"amount": "900"})
    return deal.fresh().audit_number


def offered(deal: Deal) -> CounterOffer:
    """A counter-offer of the client's for the first line."""
    return CounterOffer.objects.create(
        proposal=deal.proposal, line=deal.line, title=deal.line.title, field="amount", was="1000",
        value="2", currency=deal.proposal.currency, words="another", offered_by=deal.tomas, offered_by_name="Tomás",
        side="client",
    )  # fmt: skip


def disclosed(deal: Deal) -> Disclosure:
    """A card of the seller's."""
    card = Disclosure.objects.create(proposal=deal.proposal, kind="overhead", title="Our overhead")
    content = {**read_content("EUR", "overhead", OVERHEAD), "context": "An older one."}
    card.versions.create(number=1, epoch=deal.proposal.epoch, content=content, by_name="Maya")
    return card


def ids(row: Row) -> str:
    return row.operation


def test_the_table_names_every_operation() -> None:
    described_ones = {operation["operationId"] for item in described()["paths"].values() for operation in item.values()}
    assert {row.operation for row in ROWS} | PUBLIC == described_ones


def test_every_address_is_described_or_public() -> None:
    routed = {str(route.pattern) for route in urls.urlpatterns if isinstance(route, URLPattern)}
    templates = {path.removeprefix("/") for path in described()["paths"]}
    bare = {f"api/v1/{rest}" for rest in ("schema/", "docs/", "<path:rest>", "")}

    assert {route for route in routed if as_template(route) not in templates} == bare
    assert {as_template(route) for route in routed - bare} == templates


def as_template(route: str) -> str:
    """`<uuid:proposal_id>` as the description writes it."""
    return "".join(
        f"{{{part.partition(':')[2]}" if ":" in part else part for part in route.replace(">", "}").split("<")
    )


@pytest.mark.parametrize("row", [row for row in ROWS if row.statuses], ids=ids)
def test_those_who_take_part(row: Row, table: Table) -> None:
    got = []
    for role in WITHIN:
        with undone():
            got.append(send(row, table.deal, table.api(role)).status)

    assert tuple(got) == row.statuses


@pytest.mark.parametrize("row", ROWS, ids=ids)
def test_everybody_else(row: Row, table: Table) -> None:
    with undone():
        assert send(row, table.deal, table.api("stranger")).status == row.outside
    for role, code in (("nobody", "sign_in_required"), ("bad_token", "bad_token")):
        answer = send(row, table.deal, table.api(role))
        assert (answer.status, answer.code) == (401, code)
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="Sameside"'


@pytest.mark.parametrize("row", [row for row in ROWS if row.scope], ids=ids)
def test_a_token_without_the_scope(row: Row, table: Table) -> None:
    for_clients = ("decline_proposal", "ask_for_the_price", "ask_for_more_time", "ask_for_change_order")
    role = "client" if row.operation in for_clients else "seller"
    before = table.deal.events()

    answer = send(row, table.deal, caller(table.deal, role, ALL_SCOPES - {row.scope}))

    assert (answer.status, answer.code) == (403, "missing_scope")
    made = {"{question}": "question.asked", "{number}": "line.changed", "/undo/": "line.changed"}
    assert table.deal.events() == before + [event for name, event in made.items() if name in row.path]


@pytest.mark.parametrize("row", [row for row in ROWS if row.statuses and row.statuses[0] < 300], ids=ids)
def test_a_token_with_just_the_scope(row: Row, table: Table) -> None:
    answer = send(row, table.deal, caller(table.deal, "seller", {READ, row.scope} - {""}))

    assert answer.status == row.statuses[0]


@pytest.mark.parametrize("row", [row for row in ROWS if row.outside == 404], ids=ids)
def test_while_it_is_prepared_the_client_finds_nothing(row: Row, db: None) -> None:
    deal = as_made(make_deal, State.PREPARING)
    if "{question}" in row.path:
        row = Row(row.operation, row.method, row.path.replace("{question}", str(deal.line.id)), (), "", row.body)

    assert send(row, deal, caller(deal, "client")).status == 404
    assert send(row, deal, caller(deal, "client_service")).status == 404
