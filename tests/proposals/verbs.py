"""Every verb of the domain with a call that works, on a proposal that has something for each of them."""

import inspect
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType

from django.utils import timezone

from accounts.models import User
from proposals.access import Actor
from proposals.actions import (
    agreement,
    billing,
    change_orders,
    choices,
    disclosures,
    discounts,
    endings,
    extension,
    freezing,
    keys,
    line_blocks,
    lines,
    looking_back,
    offers,
    participants,
    passkey_signing,
    price_requests,
    price_settings,
    proposals,
    questions,
    rates,
    reasons,
    reminding,
    reviews,
    schedule,
    sections,
    sending_again,
    signatories,
    signing,
    taking,
    talks,
    taxes,
    templates,
    undoing,
    value_worksheet,
    voiding,
)
from proposals.actions.disclosed_figures import read_content
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.documents.fingerprints import fingerprint_of
from proposals.documents.parts import TERMS
from proposals.documents.targets import Target
from proposals.documents.value_worksheet import basis
from proposals.models import (
    CatalogueItem,
    ColleagueReview,
    CounterOffer,
    Disclosure,
    ExtensionRequest,
    Participant,
    PriceRequest,
    Proposal,
    Question,
    Template,
    ValueWorksheet,
)
from proposals.models.disclosure import ExplanationTimes
from proposals.starters.text import document
from proposals.states import State
from tests import factories
from tests.accounts import authenticator
from tests.proposals.deal import (
    CONDITIONS,
    NOWHERE,
    PRICING,
    REASON,
    SUMMARY,
    Deal,
    confirm_void,
    declaration,
    make_deal,
    propose_to_void,
)

MODULES = (
    agreement,
    billing,
    change_orders,
    choices,
    disclosures,
    discounts,
    endings,
    extension,
    freezing,
    keys,
    line_blocks,
    lines,
    looking_back,
    offers,
    participants,
    passkey_signing,
    price_requests,
    price_settings,
    proposals,
    questions,
    rates,
    reasons,
    reminding,
    reviews,
    schedule,
    sections,
    sending_again,
    signatories,
    signing,
    taking,
    talks,
    taxes,
    templates,
    undoing,
    value_worksheet,
    voiding,
)
HOW = "How billing works"
NO_VERBS = {
    "own_change",
    "is_own",
    "moves_a_price",
    "fill_from_template",
    "standing_if_unmoved",
    "note_text_edited",
    "own_changes",
}
BUILD_UP = {
    "title": "Designer",
    "context": "Four people with ten years each; most of our rivals bill more.",
    "given": {
        "salary": "60000.00",
        "benefits_amount": "13500.00",
        "capacity_hours": "1700",
        "utilization_percent": "75",
        "overhead_percent": "60",
        "target_margin_percent": "20",
        "round_rate": {"increment": "5", "mode": "up"},
    },
    "pay": {"basis": "role", "people_count": "4"},
}
OVERHEAD = {
    "title": "Our overhead",
    "context": "A small office, and a person who answers the telephone.",
    "given": {"overhead_percent": "55"},
    "basis": "Direct cost is the loaded cost of billable hours.",
}


@dataclass(frozen=True)
class Verb:
    """A verb: the ability it asks for, a state in which it works, its side if only one has it, and a call."""

    ability: str
    call: Callable[[Deal, Actor], object]
    state: State = State.OPEN
    side: str = "seller"


TALK = "2090-01-10T10:00:00+01:00[Europe/Amsterdam]"


def rich_deal(state: State = State.OPEN) -> Deal:
    """A proposal with a price changed and a question asked by each side, an option, a choice, an agreement, editors;
    conditions that read otherwise at number 2 of the log.
    """
    deal = make_deal(State.PREPARING if state is State.PREPARING else State.OPEN)
    for words in ("Other conditions.", deal.text(CONDITIONS)):
        deal.write(CONDITIONS, words)
    priced = deal.section(PRICING)
    factories.line(priced, "Hosting", amount="600.00", optional=True)
    for option in ("Gold", "Silver"):
        factories.line(priced, option, amount="200.00", alternative_group="Plan", alternative_option=option)
    for place in deal.proposal.participants.select_related("user"):
        authenticator.Authenticator().registered(place.user)
    how = factories.section(deal.proposal, HOW, kind="billing")
    figures = {"value_based": {"share_percent": "10", "expected_value": "89000"}}
    terms = factories.billing_terms(
        how,
        model="value_based",
        figures=figures,
        cost_per_hour="70",
        low="9",
        likely="10",
        high="20",
        compared=[{"model": "tm", "params": {"rate": "100"}}],
    )
    before = {"confirmed": {"expected_value": "1.00"}, "confirmed_by_name": "Client", "confirmed_at": timezone.now()}
    ValueWorksheet.objects.create(terms=terms, measure="Margin", without_us="0", likely="89000", **before)
    proposal = deal.proposal
    proposal.choices = {"Plan": "Gold"}
    proposal.offer_until = "2099-11-30"
    proposal.save()
    firm = proposal.party("seller").firm
    rates = [{"role": "Designer", "rate": "950", "unit": "day", "valid_from": factories.PRICE_DATE}]
    publish_rate_card(firm=firm, by=None, currency="EUR", rates=rates)
    add_item(firm=firm, fields={"title": "Logo", "prices": {"EUR": "300"}})
    Template.objects.create(firm=firm, title="Portals", currency="EUR", content={"sections": []})
    lines.edit_line(by=deal.maya, line_id=deal.line("Hosting").id, changes={"detail": "Two servers"})
    if state is not State.PREPARING:
        choices.change_quantity(by=deal.tomas, line_id=deal.line("Training").id, quantity="4")
    PriceRequest.objects.create(
        proposal=proposal, side="client", asked_by_name="Client", answer="later", reason="Soon", due_on="2099-01-01"
    )
    for side in ("seller", "client"):
        email = f"second-{side}@example.org"
        colleague = User.objects.filter(email=email).first() or factories.person(email)
        first = proposal.participants.filter(side=side)[0]
        factories.invitation(first)
        ColleagueReview.objects.create(proposal=proposal, side=side, asked_by=colleague, colleague=first)
        factories.participant(proposal, colleague, side, is_signatory=True)
        offered(deal, side)
        Question.objects.create(proposal=proposal, side=side, asked_by_name=side.title(), text=f"Asked by the {side}?")
    add_books(deal)
    if state is not State.PREPARING:
        deal.agree(deal.maya, SUMMARY)
        deal.agree(deal.tomas, SUMMARY)
    if state in (State.FROZEN, State.SIGNED):
        value_worksheet.confirm_value(by=deal.tomas, section_id=how.id, seen=seen_value(deal))
        deal.freeze()
        ExtensionRequest.objects.create(proposal=proposal, asked_by_name="Client")
    if state is State.SIGNED:
        Proposal.objects.filter(id=deal.id).update(state=state)
        deal.proposal.revisions.get().sealed_mails.create(participant=proposal.participants.all()[0], was_sent=False)
    if state is State.DECLINED:
        endings.decline(by=deal.tomas)
    return deal


def own_change_number(deal: Deal, side: str) -> int:
    """The number of a change of a price that a side's first person made."""
    return next(event.number for event in deal.trail() if event.type == "line.changed" and event.content.side == side)


def _how(deal: Deal) -> uuid.UUID:
    key: uuid.UUID = deal.section(HOW).id
    return key


def seen_value(deal: Deal) -> str:
    """The fingerprint of the expected value as it stands."""
    sheet = ValueWorksheet.objects.get(terms__section=_how(deal))
    return fingerprint_of(basis(sheet, deal.proposal.currency))


def offered(deal: Deal, side: str) -> CounterOffer:
    """An open counter-offer of a side: for the fee of the portal, or to take the option."""
    line, field, was, value = ("Portal", "amount", "8000", "7000") if side == "client" else (
        "Hosting", "selected", "no", "yes"
    )  # fmt: skip
    return CounterOffer.objects.create(
        proposal=deal.proposal, line=deal.line(line), title=line, field=field, was=was, value=value, currency="EUR",
        words="another value", offered_by_name=side.title(), offered_by=factories.seller(deal.proposal)
        if side == "seller" else factories.client(deal.proposal), side=side,
    )  # fmt: skip


def _offer(deal: Deal, side: str) -> CounterOffer:
    return CounterOffer.objects.get(proposal=deal.id, side=side)


def add_books(deal: Deal) -> None:
    """A card, two more with times that each side proposed for them, and a request for one."""
    card = Disclosure.objects.create(proposal=deal.proposal, kind="overhead", title="Our overhead")
    content = read_content("EUR", "overhead", OVERHEAD)
    card.versions.create(number=1, epoch=deal.proposal.epoch, content=content, by_name="Maya Lindqvist")
    for side in ("seller", "client"):
        other = Disclosure.objects.create(proposal=deal.proposal, kind="overhead", title=f"Overhead, to the {side}")
        other.versions.create(number=1, epoch=deal.proposal.epoch, content=content, by_name="Maya Lindqvist")
        other.times.create(side=side, proposed_by_name=side.title(), times=[TALK])
    deal.proposal.disclosure_requests.create(kind="policy", asked_by_name="Tomás Reyes")


def times_for(deal: Deal, side: str) -> ExplanationTimes:
    """The times that a side may answer."""
    return ExplanationTimes.objects.exclude(side=side).exclude(disclosure=_card(deal)).get(disclosure__proposal=deal.id)


def _card(deal: Deal) -> Disclosure:
    return deal.proposal.disclosures.earliest("created_at")


def _question(deal: Deal, by: Actor) -> Question:
    return Question.objects.get(proposal=deal.id, text=f"Asked by the {by.side}?")


def _colleague(deal: Deal, by: Actor) -> Participant:
    return Participant.objects.get(proposal=deal.id, user__email=f"second-{by.side}@example.org")


def _order_two(deal: Deal, by: Actor) -> None:
    """Those who sign for a side, and the newest signatory of it first."""
    signers = deal.proposal.participants.filter(side=by.side, is_signatory=True)
    signatories.order_signatories(by=by, participant_ids=[place.id for place in reversed(signers)])


def _first(deal: Deal, by: Actor) -> Participant:
    return deal.proposal.participants.filter(side=by.side)[0]


def _ask_passkey_to_void(deal: Deal, by: Actor) -> object:
    return voiding.ask_passkey_to_void(by=by, host=authenticator.HOST)


def _confirm_to_void(deal: Deal, by: Actor) -> object:
    _, code = voiding.make_voiding_code(by=by)
    return voiding.confirm_to_void(by=by, code=code)


def _ask_passkey(deal: Deal, by: Actor) -> object:
    return passkey_signing.ask_passkey(by=by, host=authenticator.HOST)


def _sign(deal: Deal, by: Actor) -> object:
    return signing.sign(by=by, declaration=declaration(by, "000000"), circumstances=NOWHERE)


def _other(deal: Deal, by: Actor) -> Participant:
    return deal.proposal.participants.exclude(side=by.side)[0]


VERBS: dict[str, Verb] = {
    "agreement.agree": Verb("agree", lambda deal, by: deal.agree(by, TERMS)),
    "reviews.name_who_agrees": Verb(
        "name_who_agrees",
        lambda deal, by: reviews.name_who_agrees(by=by, participant_ids=[_first(deal, by).id]),
    ),
    "reviews.hold_for_reviews": Verb("name_who_agrees", lambda deal, by: reviews.hold_for_reviews(by=by, hold=True)),
    "reviews.ask_colleague": Verb(
        "review", lambda deal, by: reviews.ask_colleague(by=by, participant_id=_colleague(deal, by).id)
    ),
    "reviews.answer_colleague": Verb(
        "review",
        lambda deal, by: reviews.answer_colleague(
            by=by, review_id=ColleagueReview.objects.get(proposal=deal.id, side=by.side).id, is_fine=True
        ),
    ),
    "agreement.withdraw_agreement": Verb(
        "agree", lambda deal, by: agreement.withdraw_agreement(by=by, parts=[deal.key(SUMMARY)])
    ),
    "billing.choose_model": Verb(
        "choose_billing", lambda deal, by: billing.choose_model(by=by, section_id=_how(deal), model="tm")
    ),
    "billing.set_figures": Verb(
        "price", lambda deal, by: billing.set_figures(by=by, section_id=_how(deal), params={"share_percent": "12"})
    ),
    "billing.choose_clauses": Verb(
        "choose_billing", lambda deal, by: billing.choose_clauses(by=by, section_id=_how(deal), clauses=["limits"])
    ),
    "billing.set_estimate": Verb(
        "price",
        lambda deal, by: billing.set_estimate(
            by=by, section_id=_how(deal), changes={"low": "10", "likely": "20", "high": "30"}
        ),
    ),
    "billing.set_cost": Verb(
        "price", lambda deal, by: billing.set_cost(by=by, section_id=_how(deal), changes={"cost_per_hour": "75"})
    ),
    "billing.disclose_cost": Verb(
        "price", lambda deal, by: billing.disclose_cost(by=by, section_id=_how(deal), disclosed=True)
    ),
    "billing.set_comparison": Verb(
        "choose_billing",
        lambda deal, by: billing.set_comparison(by=by, section_id=_how(deal), models=[{"model": "tm"}]),
    ),
    "value_worksheet.fill_worksheet": Verb(
        "fill_value",
        lambda deal, by: value_worksheet.fill_worksheet(by=by, section_id=_how(deal), changes={"likely": "90000"}),
    ),
    "value_worksheet.confirm_value": Verb(
        "confirm_value",
        lambda deal, by: value_worksheet.confirm_value(by=by, section_id=_how(deal), seen=seen_value(deal)),
        side="client",
    ),
    "value_worksheet.take_back_confirmation": Verb(
        "confirm_value",
        lambda deal, by: value_worksheet.take_back_confirmation(by=by, section_id=_how(deal)),
        side="client",
    ),
    "value_worksheet.state_own_value": Verb(
        "confirm_value",
        lambda deal, by: value_worksheet.state_own_value(by=by, section_id=_how(deal), value="80000"),
        side="client",
    ),
    "change_orders.make_change_order": Verb(
        "change_order", lambda deal, by: change_orders.make_change_order(by=by), State.SIGNED
    ),
    "change_orders.ask_for_change_order": Verb(
        "ask_change_order",
        lambda deal, by: change_orders.ask_for_change_order(by=by, text="A second form"),
        State.SIGNED,
        side="client",
    ),
    "change_orders.refuse_change_order": Verb(
        "change_order", lambda deal, by: change_orders.refuse_change_order(by=by, words="We are full."), State.SIGNED
    ),
    "choices.choose_option": Verb(
        "choose",
        lambda deal, by: choices.choose_option(by=by, line_id=deal.line("Hosting").id, selected=True),
        side="client",
    ),
    "choices.choose_alternative": Verb(
        "choose", lambda deal, by: choices.choose_alternative(by=by, group="Plan", option="Silver"), side="client"
    ),
    "choices.change_quantity": Verb(
        "choose",
        lambda deal, by: choices.change_quantity(by=by, line_id=deal.line("Training").id, quantity="3"),
        side="client",
    ),
    "disclosures.publish": Verb(
        "disclose", lambda deal, by: disclosures.publish(by=by, kind="build_up", fields=BUILD_UP)
    ),
    "disclosures.change_disclosure": Verb(
        "disclose",
        lambda deal, by: disclosures.change_disclosure(
            by=by, disclosure_id=_card(deal).id, fields={**OVERHEAD, "given": {"overhead_percent": "60"}}
        ),
    ),
    "disclosures.withdraw_disclosure": Verb(
        "disclose",
        lambda deal, by: disclosures.withdraw_disclosure(by=by, disclosure_id=_card(deal).id, reason="It was wrong."),
    ),
    "disclosures.request_disclosure": Verb(
        "ask", lambda deal, by: disclosures.request_disclosure(by=by, kind="discounts"), side="client"
    ),
    "disclosures.answer_request": Verb(
        "ask",
        lambda deal, by: disclosures.answer_request(
            by=by, request_id=deal.proposal.disclosure_requests.earliest("created_at").id, answer="We have none."
        ),
    ),
    "talks.propose_times": Verb(
        "ask",
        lambda deal, by: talks.propose_times(
            by=by, disclosure_id=_card(deal).id, times=[{"at": "2090-01-10T10:00", "zone": "Europe/Amsterdam"}]
        ),
    ),
    "talks.answer_times": Verb(
        "ask",
        lambda deal, by: talks.answer_times(by=by, times_id=times_for(deal, by.side).id, status="read_first"),
    ),
    "freezing.freeze": Verb("freeze", lambda deal, by: freezing.freeze(by=by)),
    "freezing.reopen": Verb("reopen", lambda deal, by: freezing.reopen(by=by), State.FROZEN),
    "looking_back.name_version": Verb(
        "write_text", lambda deal, by: looking_back.name_version(by=by, name="Before the call")
    ),
    "looking_back.bring_back": Verb(
        "write_text",
        lambda deal, by: looking_back.bring_back(by=by, section_id=deal.section(CONDITIONS).id, seq=2),
    ),
    "offers.propose": Verb(
        "propose",
        lambda deal, by: offers.propose(by=by, target=Target("rate", str(deal.line("Design").id)), value="850"),
        side="client",
    ),
    "offers.answer": Verb(
        "propose", lambda deal, by: offers.answer(by=by, offer_id=_offer(deal, "client").id, value="7500")
    ),
    "offers.accept": Verb("propose", lambda deal, by: offers.accept(by=by, offer_id=_offer(deal, "client").id)),
    "offers.decline": Verb("propose", lambda deal, by: offers.decline(by=by, offer_id=_offer(deal, "client").id)),
    "offers.withdraw": Verb("propose", lambda deal, by: offers.withdraw(by=by, offer_id=_offer(deal, "seller").id)),
    "price_requests.ask_price": Verb("ask_price", lambda deal, by: price_requests.ask_price(by=by), side="client"),
    "price_requests.answer_price": Verb(
        "price",
        lambda deal, by: price_requests.answer_price(
            by=by, request_id=deal.proposal.price_requests.get().id, answer="figure", given={"figure": "9000"}
        ),
    ),
    "price_requests.offer_price": Verb(
        "price",
        lambda deal, by: price_requests.offer_price(
            by=by, why_now="You decide today", answer="figure", given={"figure": "9000"}
        ),
    ),
    "participants.invite": Verb("invite", lambda deal, by: participants.invite(by=by, email="new@example.org")),
    "signatories.name_signatory": Verb(
        "name_signatories", lambda deal, by: signatories.name_signatory(by=by, name="Ines", email="ines@example.org")
    ),
    "signatories.order_signatories": Verb("name_signatories", lambda deal, by: _order_two(deal, by)),
    "signatories.hand_over": Verb(
        "hand_over",
        lambda deal, by: signatories.hand_over(by=by, name="Ines", email="ines@example.org", why="I am away"),
        State.FROZEN,
    ),
    "participants.link_for": Verb(
        "invite", lambda deal, by: participants.link_for(by=by, participant_id=_colleague(deal, by).id)
    ),
    "participants.withdraw_invitation": Verb(
        "invite",
        lambda deal, by: participants.withdraw_invitation(by=by, invitation_id=_first(deal, by).invitations.get().id),
    ),
    "participants.set_participant": Verb(
        "invite",
        lambda deal, by: participants.set_participant(
            by=by, participant_id=_colleague(deal, by).id, is_signatory=False
        ),
    ),
    "participants.remove_participant": Verb(
        "invite", lambda deal, by: participants.remove_participant(by=by, participant_id=_colleague(deal, by).id)
    ),
    "lines.add_line": Verb(
        "price",
        lambda deal, by: lines.add_line(
            by=by, section_id=deal.section(PRICING).id, fields={"title": "Logo", "amount": "300.00"}
        ),
    ),
    "line_blocks.add_lines": Verb(
        "price",
        lambda deal, by: line_blocks.add_lines(
            by=by, section_id=deal.section(PRICING).id, lines=[{"title": "Logo", "amount": "300.00"}]
        ),
    ),
    "line_blocks.remove_lines": Verb(
        "price", lambda deal, by: line_blocks.remove_lines(by=by, line_ids=[str(deal.line("Design").id)])
    ),
    "lines.edit_line": Verb(
        "price",
        lambda deal, by: lines.edit_line(by=by, line_id=deal.line("Portal").id, changes={"amount": "7000.00"}),
    ),
    "lines.move_line": Verb(
        "price", lambda deal, by: lines.move_line(by=by, line_id=deal.line("Portal").id, position=1)
    ),
    "lines.remove_line": Verb("price", lambda deal, by: lines.remove_line(by=by, line_id=deal.line("Design").id)),
    "discounts.set_discounts": Verb(
        "price",
        lambda deal, by: discounts.set_discounts(
            by=by, discounts=[{"type": "percent", "value": "5", "reason": "volume", "text": REASON}]
        ),
    ),
    "taxes.set_taxes": Verb("price", lambda deal, by: taxes.set_taxes(by=by, taxes=[])),
    "rates.set_rate_card": Verb(
        "price",
        lambda deal, by: rates.set_rate_card(by=by, rates=[{"role": "Designer", "rate": "950", "unit": "day"}]),
    ),
    "price_settings.edit_price_settings": Verb(
        "price", lambda deal, by: price_settings.edit_price_settings(by=by, changes={"hours_per_day": "7.5"})
    ),
    "proposals.copy_proposal": Verb("copy", lambda deal, by: proposals.copy_proposal(by=by)),
    "proposals.share": Verb("share", lambda deal, by: proposals.share(by=by), State.PREPARING),
    "proposals.set_terms": Verb(
        "set_terms", lambda deal, by: proposals.set_terms(by=by, changes={"title": "A better title"})
    ),
    "proposals.set_party": Verb(
        "set_terms", lambda deal, by: proposals.set_party(by=by, side=by.side, changes={"address": "Lichtkade 18"})
    ),
    "endings.decline": Verb("decline", lambda deal, by: endings.decline(by=by), side="client"),
    "endings.withdraw": Verb("withdraw", lambda deal, by: endings.withdraw(by=by)),
    "endings.take_back_end": Verb(
        "take_back_end", lambda deal, by: endings.take_back_end(by=by), State.DECLINED, side="client"
    ),
    "extension.ask_for_time": Verb(
        "ask_for_time", lambda deal, by: extension.ask_for_time(by=by, text="A holiday"), side="client"
    ),
    "extension.extend": Verb("extend", lambda deal, by: extension.extend(by=by, until="2099-12-31")),
    "extension.refuse_time": Verb(
        "extend", lambda deal, by: extension.refuse_time(by=by, words="Prices change then."), State.FROZEN
    ),
    "reminding.set_reminder": Verb(
        "be_reminded", lambda deal, by: reminding.set_reminder(by=by, on="2099-01-12"), side="client"
    ),
    "reminding.remind": Verb(
        "remind", lambda deal, by: reminding.remind(by=by, participant_id=_other(deal, by).id), State.FROZEN
    ),
    "sending_again.send_sealed_again": Verb(
        "send_again", lambda deal, by: sending_again.send_sealed_again(by=by), State.SIGNED
    ),
    "voiding.make_voiding_code": Verb("void", lambda deal, by: voiding.make_voiding_code(by=by), State.SIGNED),
    "voiding.ask_passkey_to_void": Verb("void", _ask_passkey_to_void, State.SIGNED),
    "voiding.confirm_to_void": Verb("void", _confirm_to_void, State.SIGNED),
    "voiding.propose_voiding": Verb("void", lambda deal, by: propose_to_void(by), State.SIGNED),
    "voiding.confirm_voiding": Verb("void", lambda deal, by: confirm_void(by), State.SIGNED, side="client"),
    "voiding.refuse_voiding": Verb("void", lambda deal, by: voiding.refuse_voiding(by=by), State.SIGNED, side="client"),
    "keys.set_proposal_keys": Verb(
        "set_keys", lambda deal, by: keys.set_proposal_keys(by=by, changes={"external_id": "deal-4711"}), State.SIGNED
    ),
    "keys.set_section_keys": Verb(
        "set_keys",
        lambda deal, by: keys.set_section_keys(
            by=by, section_id=deal.section(SUMMARY).id, changes={"metadata": {"page": "1"}}
        ),
        State.FROZEN,
    ),
    "keys.set_line_keys": Verb(
        "set_line_keys",
        lambda deal, by: keys.set_line_keys(by=by, line_id=deal.line("Portal").id, changes={"external_id": "sku"}),
        State.FROZEN,
    ),
    "keys.set_question_keys": Verb(
        "set_keys",
        lambda deal, by: keys.set_question_keys(
            by=by, question_id=_question(deal, by).id, changes={"external_id": f"ticket-{by.side}"}
        ),
        State.FROZEN,
    ),
    "questions.ask": Verb("ask", lambda deal, by: questions.ask(by=by, text="When do you start?")),
    "questions.reply": Verb(
        "ask", lambda deal, by: questions.reply(by=by, question_id=_question(deal, by).id, text="In January.")
    ),
    "questions.close": Verb("ask", lambda deal, by: questions.close(by=by, question_id=_question(deal, by).id)),
    "questions.edit_question": Verb(
        "ask",
        lambda deal, by: questions.edit_question(by=by, question_id=_question(deal, by).id, changes={"blocking": True}),
    ),
    "reasons.explain": Verb(
        "explain",
        lambda deal, by: reasons.explain(by=by, number=own_change_number(deal, "seller"), why="One visit less"),
    ),
    "schedule.set_schedule": Verb(
        "price",
        lambda deal, by: schedule.set_schedule(
            by=by, instalments=[{"title": "All", "share": "percent", "value": "100", "due": "on_signature"}]
        ),
    ),
    "sections.add_section": Verb("arrange", lambda deal, by: sections.add_section(by=by, title="Team")),
    "sections.edit_section": Verb(
        "arrange",
        lambda deal, by: sections.edit_section(
            by=by, section_id=deal.section(SUMMARY).id, changes={"title": "In short"}
        ),
    ),
    "sections.move_section": Verb(
        "arrange", lambda deal, by: sections.move_section(by=by, section_id=deal.section(SUMMARY).id, position=2)
    ),
    "sections.remove_section": Verb(
        "arrange", lambda deal, by: sections.remove_section(by=by, section_id=deal.section(CONDITIONS).id)
    ),
    "sections.write_text": Verb(
        "write_text",
        lambda deal, by: sections.write_text(
            by=by, section_id=deal.section(SUMMARY).id, text=document("Something else."), replace=True
        ),
    ),
    "signing.make_signing_code": Verb("sign", lambda deal, by: signing.make_signing_code(by=by), State.FROZEN),
    "passkey_signing.ask_passkey": Verb("sign", _ask_passkey, State.FROZEN),
    "signing.sign": Verb("sign", _sign, State.FROZEN),
    "taking.take_rate_card": Verb("price", lambda deal, by: taking.take_rate_card(by=by, number=1)),
    "taking.add_from_catalogue": Verb(
        "price",
        lambda deal, by: taking.add_from_catalogue(
            by=by, section_id=deal.section(PRICING).id, picks=[{"item": CatalogueItem.objects.get(title="Logo").id}]
        ),
    ),
    "templates.save_as_template": Verb("copy", lambda deal, by: templates.save_as_template(by=by, title="Portals")),
    "undoing.undo_price_change": Verb("price", lambda deal, by: undoing.undo_price_change(by=by)),
    "undoing.undo_choice": Verb("choose", lambda deal, by: undoing.undo_choice(by=by), side="client"),
}


def verbs_of(module: ModuleType) -> set[str]:
    """The names of a module's verbs: its own public functions that somebody does (`by`)."""
    prefix = module.__name__.rpartition(".")[2]
    return {
        f"{prefix}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and name not in NO_VERBS
        and "by" in inspect.signature(function).parameters
    }
