"""Sharing, and what must not come along with it."""

import subprocess
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from collab.models import Room, Update
from proposals import tasks
from proposals.access import Visitor
from proposals.actions import audit, billing, disclosures, participants, sections
from proposals.actions.clients import ClientContact
from proposals.actions.discounts import set_discounts
from proposals.actions.joining import join
from proposals.actions.keys import set_proposal_keys
from proposals.actions.lines import add_line, edit_line
from proposals.actions.proposals import create_proposal, set_party, set_terms, share
from proposals.actions.rates import set_rate_card
from proposals.actions.taxes import set_taxes
from proposals.documents import told
from proposals.exceptions import Invalid, NotFound, WrongState
from proposals.models import AuditEvent, Invitation, Proposal, Side
from proposals.prose import to_text
from proposals.starters.text import document
from proposals.states import State
from proposals.text import port
from tests import factories
from tests.kept import as_made
from tests.proposals.deal import PRICING, SUMMARY, TEXTS, Deal, refused
from tests.proposals.routes import NEVER, NOT_THERE, PROPOSALS, address
from tests.proposals.verbs import HOW

SECRETS = [
    "aardvark",  # a title
    "basilisk",  # text, typed and deleted
    "cockatrice",  # a section's title
    "dragonfly",  # a section that was removed
    "earwig",  # its text
    "firebrand",  # a line's title
    "gargoyle",  # its detail
    "hippogriff",  # a discount's sentence
    "31337.77",  # a price
    "31,337.77",
    "impundulu",  # the client's legal name
    "jackalope",  # a tax
    "kraken",  # a role of the rate card
    "leviathan",  # a colleague who was taken out again
    "manticore",  # what a program kept
    "narwhal",  # the context of a disclosed card
    "ocelot",  # why a card was withdrawn
    "27182.81",  # a figure of a billing model that was not chosen in the end
    "27,182.81",
]

NOT_YET = (
    "document_pdf",
    "export_",
    "document_docx",
    "question_reply",
    "line_edit",
    "part_changes",
    "price_answer",
    "offer_",
    "disclosure_answer",
    "times_",
    "price_why",
)
"""Read in other ways below, or about something that nobody has made yet."""


@pytest.fixture
def shared(db: None) -> Deal:
    """See `share_with_secrets`."""
    return as_made(share_with_secrets)


def share_with_secrets() -> Deal:
    """A proposal in whose preparation every secret was written, and replaced before it was shared."""
    maya = factories.membership(
        factories.firm("Northlight Studio"), factories.person("maya@northlight.example", "Maya")
    )
    contact = ClientContact("Tomás", "tomas@harbourstreet.example", "Harbour Street Clinic")
    made = create_proposal(
        firm=maya.firm, by=maya.user, title="Project aardvark", client=contact, metadata={"stage": "manticore"}
    )
    deal = Deal(made)
    by = deal.maya
    summary = sections.add_section(by=by, title="About cockatrice", text=document("Our basilisk margin is thin."))
    priced = sections.add_section(by=by, title=PRICING, kind="pricing")
    gone = sections.add_section(by=by, title="The dragonfly plan", text=document("Ask for an earwig."))
    sections.remove_section(by=by, section_id=gone.id)
    set_taxes(by=by, taxes=[{"label": "jackalope 9%", "rate": "9", "category": "S"}])
    set_rate_card(by=by, rates=[{"role": "kraken", "rate": "31337.77", "unit": "day"}])
    line = add_line(
        by=by, section_id=priced.id, fields={"title": "firebrand", "detail": "gargoyle", "amount": "31337.77"}
    )
    reason = {"type": "percent", "value": "5", "reason": "other", "text": "because hippogriff said so"}
    set_discounts(by=by, line_id=line.id, discounts=[reason])
    how = sections.add_section(by=by, title=HOW, kind="billing")
    billing.choose_model(by=by, section_id=how.id, model="fixed")
    billing.set_figures(by=by, section_id=how.id, params={"fee": "27182.81"})
    overhead = {"title": "Overhead", "given": {"overhead_percent": "60"}, "basis": "All that no client pays for."}
    card = disclosures.publish(by=by, kind="overhead", fields={**overhead, "context": "A narwhal of an office."})
    other = disclosures.publish(by=by, kind="overhead", fields={**overhead, "title": "Old", "context": "Narwhals."})
    set_party(by=by, side="client", changes={"legal_name": "impundulu"})
    participants.invite(by=by, email="leviathan@example.org", name="leviathan")
    colleague = deal.proposal.participants.get(user__email="leviathan@example.org")
    participants.remove_participant(by=by, participant_id=colleague.id)

    set_terms(by=by, changes={"title": "A booking portal"})
    set_proposal_keys(by=by, changes={"metadata": {}})
    sections.edit_section(by=by, section_id=summary.id, changes={"title": SUMMARY})
    sections.write_text(by=by, section_id=summary.id, text=document(TEXTS[SUMMARY]), replace=True)
    set_taxes(by=by, taxes=[{"label": "VAT 21%", "rate": "21", "category": "S"}])
    set_rate_card(by=by, rates=[{"role": "Designer", "rate": "900", "unit": "day"}])
    set_discounts(by=by, line_id=line.id, discounts=[])
    edit_line(by=by, line_id=line.id, changes={"title": "Portal", "detail": "", "amount": "8000.00"})
    billing.choose_model(by=by, section_id=how.id, model="tm")
    disclosures.change_disclosure(by=by, disclosure_id=card.id, fields={**overhead, "context": "A small office."})
    disclosures.withdraw_disclosure(by=by, disclosure_id=other.id, reason="ocelot")
    set_party(by=by, side="client", changes={"legal_name": "Harbour Street Clinic B.V."})
    share(by=deal.maya)
    place = deal.proposal.participants.get(side=Side.CLIENT)
    join(participant_id=place.id, by=place.user)
    sections.write_text(by=deal.tomas, section_id=summary.id, text=document(f"{TEXTS[SUMMARY]} At last."), replace=True)
    deal.agree(deal.tomas, SUMMARY)
    return deal


def found_in(said: str | bytes) -> list[str]:
    """The secrets that something contains, in UTF-8 or in UTF-16 as JavaScript holds it."""
    content = said.encode() if isinstance(said, str) else said
    content = content.lower()
    return [word for word in SECRETS if word.encode() in content or word.encode("utf-16-le") in content]


@pytest.fixture
def client(shared: Deal) -> Client:
    """The client's browser."""
    browser = Client()
    browser.force_login(factories.client(shared.proposal))
    return browser


def test_the_secrets_were_really_there(shared: Deal) -> None:
    """Else finding none would show nothing."""
    private = AuditEvent.objects.filter(proposal=shared.id, epoch=0).select_related("content")
    said = " ".join(f"{told.sentence(event)} {event.content.facts}" for event in private)
    said += " ".join(bytes(row.payload).decode(errors="replace") for row in Update.objects.filter(room__epoch=0))
    said += str(list(shared.proposal.sections.values_list("title", flat=True)))
    assert set(SECRETS) - set(found_in(said)) == {"31,337.77", "manticore"}


def test_no_page_of_the_client_has_a_secret(shared: Deal, client: Client) -> None:
    pages = {}
    for name, row in PROPOSALS.items():
        if row.get in (NEVER, NOT_THERE) or name.startswith(NOT_YET):
            continue
        answer = client.get(address(name, shared, "client editor"), headers={"X-Panel": "1"})
        pages[name] = (answer.status_code, found_in(answer.content))
    part = client.get(reverse("part_changes", args=[shared.id, shared.key(SUMMARY)]))
    pages["part_changes"] = (part.status_code, found_in(part.content))
    assert {name: secrets for name, (_, secrets) in pages.items() if secrets} == {}
    assert [pages[name][0] for name in ("room", "trail", "people", "document_json", "part_changes", "books")] == [
        200
    ] * 6


def test_the_clients_pdf_and_json_have_none(shared: Deal, client: Client, tmp_path: Path) -> None:
    path = tmp_path / "draft.pdf"
    path.write_bytes(client.get(reverse("document_pdf", args=[shared.id])).content)
    text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, check=True).stdout
    assert b"At last." in text
    assert found_in(text) == found_in(path.read_bytes()) == []
    assert found_in(client.get(reverse("document_json", args=[shared.id])).content) == []


def test_the_common_log_has_none_in_any_byte(shared: Deal) -> None:
    room = Room.objects.get(proposal=shared.id, epoch=1)
    payloads = b"".join(bytes(row.payload) for row in room.updates.all())
    assert b"Your patients book" in payloads
    assert found_in(payloads + bytes(room.state_vector)) == []
    private = Room.objects.get(proposal=shared.id, epoch=0)
    before = {identity.client_id for identity in private.client_ids.all()}
    assert before.isdisjoint(identity.client_id for identity in room.client_ids.all())


def test_the_common_trail_and_its_facts_have_none(shared: Deal) -> None:
    trail = shared.trail()
    assert [event.type for event in trail] == [
        "proposal.shared",
        "participant.invited",
        "participant.joined",
        "section.edited",
        "section.agreed",
    ]
    assert found_in(" ".join(f"{told.sentence(event)} {event.content.facts}" for event in trail)) == []


def test_no_mail_has_one(shared: Deal) -> None:
    for invitation in Invitation.objects.filter(participant__proposal=shared.id):
        tasks.mail_invitation.call(str(invitation.id))
    assert {address for message in mail.outbox for address in message.to} == {"tomas@harbourstreet.example"}
    assert found_in(" ".join(f"{message.subject} {message.body}" for message in mail.outbox)) == []


def test_the_common_history_starts_from_the_text_as_it_stands(preparing: Deal) -> None:
    before = preparing.standing()
    share(by=preparing.maya)
    after = preparing.proposal
    assert (after.lifecycle, after.epoch, after.audit_number) == (State.OPEN, 1, 2)
    assert [(event.number, event.type, event.previous_hash == "") for event in preparing.trail()] == [
        (1, "proposal.shared", True),
        (2, "participant.invited", False),
    ]
    assert audit.verify(after).whole
    assert {title: preparing.text(title) for title in TEXTS} == TEXTS
    assert [part.fingerprint for part in preparing.standing().parts] == [part.fingerprint for part in before.parts]


def test_the_private_trail_stays_whole(preparing: Deal) -> None:
    set_terms(by=preparing.maya, changes={"title": "Another title"})
    share(by=preparing.maya)
    verdict = audit.verify(preparing.proposal, epoch=0)
    assert (verdict.whole, verdict.length_count) == (True, 1)


def test_a_removed_section_stays_out_of_the_common_log(preparing: Deal) -> None:
    gone = preparing.section(SUMMARY)
    sections.remove_section(by=preparing.maya, section_id=gone.id)
    share(by=preparing.maya)
    assert to_text(port().read(preparing.proposal, [gone.id]).of(gone.id)) == ""


def test_everybody_of_the_clients_side_gets_a_link_with_the_words_written_to_them(preparing: Deal) -> None:
    participants.invite(by=preparing.maya, email="ines@example.org", side="client", message="Have a look, Ines.")
    participants.invite(by=preparing.maya, email="leo@example.org", side="client")
    leo = preparing.proposal.participants.get(user__email="leo@example.org")
    participants.remove_participant(by=preparing.maya, participant_id=leo.id)
    share(by=preparing.maya)
    made = [event.content.facts["invitation"] for event in preparing.trail() if event.type == "participant.invited"]
    rows = (
        Invitation.objects.filter(id__in=made).select_related("participant__user").order_by("participant__created_at")
    )
    assert [(row.participant.user.email, row.message) for row in rows] == [
        ("tomas@harbourstreet.example", ""),
        ("ines@example.org", "Have a look, Ines."),
    ]


def test_a_proposal_is_shared_once(preparing: Deal) -> None:
    share(by=preparing.maya)
    with refused(WrongState):
        share(by=preparing.maya)


def test_what_can_not_be_calculated_is_not_shared(preparing: Deal) -> None:
    """Nothing gets a proposal there but a defect or a hand in the database; the client must not meet it."""
    preparing.proposal.rates.all().delete()
    with refused(Invalid, "no_rate"):
        share(by=preparing.maya)


def test_before_sharing_nobody_of_the_clients_side_gets_in(preparing: Deal) -> None:
    with pytest.raises(NotFound):
        preparing.actor(factories.client(preparing.proposal))
    share(by=preparing.maya)
    assert preparing.tomas.side == Side.CLIENT
    assert Visitor(user=preparing.tomas.user).is_token is False
    assert Proposal.objects.get(id=preparing.id).is_common
