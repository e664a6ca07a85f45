"""What happens in the demo, act by act. Every act is one of the actions that the pages call."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from accounts.models import Firm
from proposals import access
from proposals.access import Actor, Visitor
from proposals.actions import (
    agreement,
    billing,
    choices,
    disclosures,
    freezing,
    keys,
    participants,
    price_lists,
    questions,
    schedule,
    sections,
    signing,
)
from proposals.actions import proposals as proposal_actions
from proposals.actions.clients import ClientContact
from proposals.actions.declaring import Declaration
from proposals.actions.discounts import set_discounts
from proposals.actions.files import latest_stage, read_stage
from proposals.actions.joining import join
from proposals.actions.lines import add_line
from proposals.actions.rates import set_rate_card
from proposals.actions.signing import Circumstances
from proposals.actions.taxes import set_taxes
from proposals.documents import consent
from proposals.documents.parts import TERMS, section_key, standing_of
from proposals.management.demo import content
from proposals.management.demo.cast import Cast, Member
from proposals.management.demo.content import Talk, WrittenSection
from proposals.models import LineItem, Proposal, Question, Section
from proposals.starters.text import document
from proposals.states import State
from proposals.text import ProseDocument

MARK = "demo"
SIGNED_MARK = "demo-signed"
"""What a finished demo has as `demo` in its metadata, written last so that a half-made one is never taken for it."""

ROOM_TITLE = "Small proposal"


@dataclass(frozen=True)
class Room:
    """A small shared proposal with one section, for load tests."""

    proposal: Proposal
    section: Section


def standing_demo(cast: Cast, mark: str) -> Proposal | None:
    """The newest demo that was finished before, whatever has become of it since."""
    mine = access.openable_by(Visitor(user=cast.maya.user))
    return mine.filter(metadata__demo=mark).order_by("created_at", "id").last()


def tell(cast: Cast) -> Proposal:
    """From the first draft to where the demo begins: four of six sections agreed by both, two questions open."""
    proposal = _prepare(cast)
    _share(cast, proposal)
    _first_round(cast, proposal)
    _second_thoughts(cast, proposal)
    return _marked(cast, proposal, MARK)


def tell_to_the_end(cast: Cast) -> Proposal:
    """The same, and then: answers, agreement on everything, freezing, both signatures."""
    proposal = tell(cast)
    _settle_questions(cast, proposal)
    _marked(cast, proposal, SIGNED_MARK)
    for member in (cast.maya, cast.tomas):
        _agree(member, proposal, [section.title for section in proposal.sections.standing()], with_terms=True)
    freezing.freeze(by=cast.maya.at(proposal))
    for member in (cast.maya, cast.tomas):
        _sign(member, proposal)
    return cast.maya.sees(proposal)


def make_rooms(cast: Cast, count: int) -> list[Room]:
    """Small proposals between the two, shared, each with one section of text."""
    return [_make_room(cast, number) for number in range(1, count + 1)]


def write_signed_pdf(proposal: Proposal) -> Path | None:
    """A copy of the sealed PDF in the instance's folder; None for a proposal that is not signed."""
    revision = proposal.revisions.filter(reopening__isnull=True).order_by("-number").first()
    stage = latest_stage(revision) if revision is not None and proposal.lifecycle is State.SIGNED else None
    if stage is None:
        return None
    path = Path(settings.DATA_DIR) / "demo" / f"{proposal.id}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(read_stage(stage))
    return path


def _start(cast: Cast, title: str) -> Proposal:
    client = ClientContact(cast.tomas.user.name, cast.tomas.user.email, cast.tomas.firm.name)
    return proposal_actions.create_proposal(
        firm=cast.maya.firm, by=cast.maya.user, title=title, client=client, currency="EUR"
    )


def _prepare(cast: Cast) -> Proposal:
    proposal = _start(cast, content.TITLE)
    maya = cast.maya.at(proposal)
    today = timezone.localdate()
    dates = {"starts_on": content.starts_on(today), "offer_until": content.offer_until(today)}
    proposal_actions.set_terms(by=maya, changes=dates)
    participants.invite(
        by=maya,
        email=cast.tomas.user.email,
        side="client",
        is_signatory=True,
        title=cast.tomas.title,
    )
    set_rate_card(by=maya, rates=content.RATES)
    set_taxes(by=maya, taxes=content.TAXES)
    for written in content.SECTIONS:
        _write_section(cast.maya, proposal, written)
    for fields in content.LINES:
        add_line(by=maya, section_id=_section(proposal, content.PRICING).id, fields=fields)
    schedule.set_schedule(by=maya, instalments=list(content.SCHEDULE))
    _say_how_it_is_billed(maya, _section(proposal, content.BILLING))
    disclosures.publish(by=maya, kind="build_up", fields=content.BUILD_UP)
    _fill_catalogue(cast.maya.firm)
    return proposal


def _fill_catalogue(firm: Firm) -> None:
    if not firm.catalogue_items.exists():
        for fields in content.CATALOGUE:
            price_lists.add_item(firm=firm, fields=fields)


def _say_how_it_is_billed(maya: Actor, section: Section) -> None:
    billing.choose_model(by=maya, section_id=section.id, model=content.BILLING_MODEL)
    billing.set_figures(by=maya, section_id=section.id, params=content.BILLING_FIGURES)
    billing.choose_clauses(by=maya, section_id=section.id, clauses=content.BILLING_CLAUSES)
    billing.set_estimate(by=maya, section_id=section.id, changes=content.BILLING_ESTIMATE)
    billing.set_comparison(by=maya, section_id=section.id, models=content.COMPARED)


def _write_section(member: Member, proposal: Proposal, written: WrittenSection) -> Section:
    return sections.add_section(by=member.at(proposal), title=written.title, kind=written.kind, text=written.text)


def _share(cast: Cast, proposal: Proposal) -> None:
    proposal_actions.share(by=cast.maya.at(proposal))
    seat = proposal.participants.get(user=cast.tomas.user)
    join(participant_id=seat.id, by=cast.tomas.user)


def _first_round(cast: Cast, proposal: Proposal) -> None:
    """Both say what they are fine with; the client takes an option, the seller moves two dates."""
    everything = [written.title for written in content.SECTIONS]
    _agree(cast.maya, proposal, everything)
    _agree(cast.tomas, proposal, [title for title in everything if title != content.PRICING])
    _ask(cast.maya, proposal, content.EXPORT_QUESTION)
    choices.choose_option(by=cast.tomas.at(proposal), line_id=_line(proposal, content.CARE_PLAN_LINE).id, selected=True)
    _rewrite_timeline(cast, proposal, content.TIMELINE_AS_CHANGED)


def _second_thoughts(cast: Cast, proposal: Proposal) -> None:
    """The client asks for an earlier day, the seller answers and gives a discount."""
    question = _ask(cast.tomas, proposal, content.LAUNCH_QUESTION)
    questions.reply(by=cast.maya.at(proposal), question_id=question.id, text=content.LAUNCH_REPLY)
    set_discounts(
        by=cast.maya.at(proposal),
        discounts=[content.PORTAL_DISCOUNT],
        line_id=_line(proposal, content.PORTAL_LINE).id,
    )


def _settle_questions(cast: Cast, proposal: Proposal) -> None:
    _rewrite_timeline(cast, proposal, content.TIMELINE_AS_SIGNED)
    export = proposal.questions.get(text=content.EXPORT_QUESTION.text)
    questions.reply(by=cast.tomas.at(proposal), question_id=export.id, text=content.EXPORT_REPLY)
    for question in proposal.questions.all():
        asker = cast.maya if question.side == "seller" else cast.tomas
        questions.close(by=asker.at(proposal), question_id=question.id)


def _rewrite_timeline(cast: Cast, proposal: Proposal, text: ProseDocument) -> None:
    """The seller changes the text and agrees to it anew; the trail tells that it was opened again."""
    sections.write_text(
        by=cast.maya.at(proposal), section_id=_section(proposal, content.TIMELINE).id, text=text, replace=True
    )
    agreement.settle(proposal.id)
    _agree(cast.maya, proposal, [content.TIMELINE])


def _agree(member: Member, proposal: Proposal, titles: Iterable[str], *, with_terms: bool = False) -> None:
    """Agree to sections by their titles, with the fingerprints that stand there now."""
    standing = standing_of(member.sees(proposal))
    keys = [section_key(_section(proposal, title).id) for title in titles]
    if with_terms:
        keys.append(TERMS)
    agreement.agree(by=member.at(proposal), parts={key: standing.part(key).fingerprint for key in keys})


def _ask(member: Member, proposal: Proposal, talk: Talk) -> Question:
    section = _section(proposal, talk.section)
    return questions.ask(by=member.at(proposal), text=talk.text, section_id=section.id, about=talk.about)


def _sign(member: Member, proposal: Proposal) -> None:
    actor = member.at(proposal)
    _, code = signing.make_signing_code(by=actor)
    declaration = Declaration(
        name=actor.name,
        title=member.title,
        mark_kind="typed",
        mark=actor.name,
        consent=True,
        consent_version=consent.CURRENT.version,
        code=code,
    )
    nobody = Circumstances(ip_address=None, user_agent="create_demo (no browser)", session_key="")
    signing.sign(by=actor, declaration=declaration, circumstances=nobody)


def _marked(cast: Cast, proposal: Proposal, mark: str) -> Proposal:
    return keys.set_proposal_keys(by=cast.maya.at(proposal), changes={"metadata": {"demo": mark}})


def _make_room(cast: Cast, number: int) -> Room:
    proposal = _start(cast, f"{ROOM_TITLE} {number}")
    text = document("We write this proposal together.")
    section = _write_section(cast.maya, proposal, WrittenSection("Summary", "prose", text))
    _share(cast, proposal)
    return Room(cast.maya.sees(proposal), section)


def _section(proposal: Proposal, title: str) -> Section:
    return proposal.sections.standing().get(title=title)


def _line(proposal: Proposal, title: str) -> LineItem:
    return LineItem.objects.get(section__proposal=proposal, title=title)
