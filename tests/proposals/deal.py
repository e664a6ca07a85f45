"""A proposal with the people at its table, and short ways to look at it. Every look reads the rows anew."""

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import ApiToken, User
from proposals import access
from proposals.access import Actor, Visitor
from proposals.actions import agreement, freezing, voiding
from proposals.actions.declaring import Declaration
from proposals.actions.signing import Circumstances, make_signing_code, sign
from proposals.documents import consent
from proposals.documents.parts import TERMS, Part, Standing, section_key, standing_of
from proposals.documents.readiness import readiness_of
from proposals.exceptions import Refusal
from proposals.locking import lock_proposal
from proposals.models import (
    AuditEvent,
    LineItem,
    Participant,
    Proposal,
    Revision,
    Section,
    Side,
    Signature,
    Voiding,
    VoidRequest,
)
from proposals.prose import to_text
from proposals.starters.text import document
from proposals.states import State
from proposals.text import port
from tests import factories

SUMMARY, PRICING, CONDITIONS = "Summary", "Pricing", "Conditions"
TEXTS = {
    SUMMARY: "Your patients book by themselves, day and night.",
    PRICING: "All prices are before tax.",
    CONDITIONS: "Work stops at the end of any month.",
}
NOWHERE = Circumstances(ip_address="192.0.2.7", user_agent="a browser", session_key="a session")
REASON = "they book the whole year at once"


class Deal:
    """A proposal of Northlight Studio (Maya) with Harbour Street Clinic (Tomás)."""

    def __init__(self, proposal: Proposal) -> None:
        self.id = proposal.id

    @property
    def proposal(self) -> Proposal:
        """The proposal as it stands."""
        return Proposal.objects.get(id=self.id)

    @property
    def maya(self) -> Actor:
        """The seller's first person."""
        return self.actor(self._first(Side.SELLER))

    @property
    def tomas(self) -> Actor:
        """The client's first person."""
        return self.actor(self._first(Side.CLIENT))

    def _first(self, side: str) -> User:
        return Participant.objects.filter(proposal=self.id, side=side).select_related("user")[0].user

    def actor(self, user: User) -> Actor:
        """A signed-in person's place at the table."""
        return access.proposal_for(Visitor(user=user), self.id)[1]

    def seat(self, email: str, side: str, **fields: Any) -> Actor:
        """One more person at the table."""
        user = User.objects.filter(email=email).first() or factories.person(email, email.partition("@")[0].title())
        factories.participant(self.proposal, user, side, **fields)
        return self.actor(user)

    def guest(self) -> Actor:
        """Tomás, come by his link, before he has entered the code."""
        place = self.proposal.participants.filter(side=Side.CLIENT).first()
        assert place is not None
        invitation = place.invitations.first() or factories.invitation(place)
        return access.proposal_for(Visitor(invitations=(invitation.id,)), self.id)[1]

    def token(self, side: str, *scopes: str) -> Actor:
        """A service token of a party's firm, with these scopes or all."""
        firm = self.proposal.party(side).firm
        held = frozenset(scopes or ApiToken.Scope.values)
        return access.proposal_for(Visitor(firm=firm, scopes=held), self.id)[1]

    def section(self, title: str) -> Section:
        """A standing section by its title."""
        return Section.objects.standing().get(proposal=self.id, title=title)

    def line(self, title: str) -> LineItem:
        """A line by its title."""
        return LineItem.objects.get(section__proposal=self.id, title=title)

    def standing(self) -> Standing:
        """Everything as it stands, calculated."""
        return standing_of(self.proposal)

    def key(self, title: str) -> str:
        """The key of a part by its section's title; of the terms for `TERMS`."""
        return title if title == TERMS else section_key(self.section(title).id)

    def part(self, title: str) -> Part:
        """A part as it stands."""
        return self.standing().part(self.key(title))

    @property
    def total(self) -> str:
        """The total as money text."""
        return self.standing().price.totals["total"]

    def text(self, title: str) -> str:
        """A section's text, plain."""
        section = self.section(title)
        return to_text(port().read(self.proposal, [section.id]).of(section.id))

    def write(self, title: str, text: str) -> None:
        """Put a text where a section's text stands, as the room does: without an action."""
        section = self.section(title)
        with lock_proposal(self.id) as locked:
            port().replace(locked, section.id, document(text), self.maya)

    def agree(self, by: Actor, *titles: str) -> None:
        """Agree to parts as they stand; to all of them unless named."""
        standing = self.standing()
        keys = [self.key(title) for title in titles] or [part.key for part in standing.parts]
        agreement.agree(by=by, parts={key: standing.part(key).fingerprint for key in keys})

    def agreed(self, title: str) -> tuple[bool, bool]:
        """Whether the seller and the client agree to a part as it stands."""
        standing = self.standing()
        part = readiness_of(self.proposal, standing).part(self.key(title))
        return part.seller is not None, part.client is not None

    def freeze(self) -> Revision:
        """Both agree to everything, and Maya locks it."""
        agree_to_everything(self)
        return freezing.freeze(by=self.maya, leave_offers_open=True)

    def events(self, *, since: int = 0) -> list[str]:
        """The types of the common events after a number, in order."""
        return [event.type for event in self.trail(since=since)]

    def trail(self, *, since: int = 0) -> list[AuditEvent]:
        """The events of the current epoch after a number, in order."""
        proposal = self.proposal
        events = AuditEvent.objects.filter(proposal=proposal, epoch=proposal.epoch, number__gt=since)
        return list(events.select_related("content").order_by("number"))

    @property
    def number(self) -> int:
        """The number of the last event."""
        return self.proposal.audit_number

    def last(self, event_type: str) -> dict[str, Any]:
        """The facts of the last event of a type."""
        facts: dict[str, Any] = [event for event in self.trail() if event.type == event_type][-1].content.facts
        return facts


def declaration(by: Actor, code: str, **changes: Any) -> Declaration:
    """What a person fills in on the sign page."""
    filled = Declaration(
        name=by.name,
        title="Partner",
        mark_kind="typed",
        mark=by.name,
        consent=True,
        consent_version=consent.CURRENT.version,
        code=code,
    )
    return dataclasses.replace(filled, **changes)


def sign_as(by: Actor, **changes: Any) -> Signature:
    """Ask for a code and sign with it."""
    _, code = make_signing_code(by=by)
    return sign(by=by, declaration=declaration(by, code, **changes), circumstances=NOWHERE)


def propose_to_void(by: Actor, reason: str = "The clinic closes.") -> VoidRequest:
    """Ask for a code and propose with it that both void the contract."""
    _, code = voiding.make_voiding_code(by=by)
    return voiding.propose_voiding(by=by, reason=reason, confirmation=voiding.confirm_to_void(by=by, code=code))


def confirm_void(by: Actor) -> Voiding:
    """Ask for a code and confirm with it that the contract is void."""
    _, code = voiding.make_voiding_code(by=by)
    return voiding.confirm_voiding(by=by, confirmation=voiding.confirm_to_void(by=by, code=code))


def make_deal(state: State = State.OPEN, **fields: Any) -> Deal:
    """Three sections, one of them with prices: 8000.00 fixed, 6 days at 900, two trainings at 450; 21% VAT."""
    proposal = factories.proposal(state=state, **fields)
    sections = [factories.section(proposal, title, kind="pricing" if title == PRICING else "prose") for title in TEXTS]
    priced = sections[1]
    proposal.rates.create(role="Designer", rate="900", unit="day", valid_from=factories.PRICE_DATE)
    vat = proposal.taxes.create(position=0, label="VAT 21%", rate="21", jurisdiction="NL")
    lines = [
        factories.line(priced, "Portal", amount="8000.00"),
        factories.line(priced, "Design", kind="time", role="Designer", quantity="6", unit="day"),
        factories.line(
            priced,
            "Training",
            kind="unit",
            quantity="2",
            unit_price="450.00",
            unit_label="sessions",
            client_may_change_quantity=True,
            quantity_min="1",
            quantity_max="5",
        ),
    ]
    for line in lines:
        line.taxes.add(vat)
    with lock_proposal(proposal.id) as locked:
        texts = {section.id: document(TEXTS[section.title]) for section in sections}
        port().create(locked, texts, None)
    return Deal(proposal)


def deal_after(*changes: Callable[[Deal], object]) -> Deal:
    """The deal once these have been done to it, in order; for `as_made`."""
    deal = make_deal()
    for change in changes:
        change(deal)
    return deal


def agree_to_everything(deal: Deal) -> None:
    """Both do."""
    deal.agree(deal.maya)
    deal.agree(deal.tomas)


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of our apps as the database has it, by table; without models, as many a test looks at it twice."""
    found = {}
    with connection.cursor() as cursor:
        for label, query in _all_rows():
            cursor.execute(query)
            names = [column[0] for column in cursor.description]
            found[label] = [dict(zip(names, map(_comparable, row), strict=True)) for row in cursor.fetchall()]
    return found


@cache
def _all_rows() -> list[tuple[str, str]]:
    quote = connection.ops.quote_name
    models = [model for app in ("accounts", "proposals", "collab") for model in apps.get_app_config(app).get_models()]
    return [
        (model._meta.label, f"SELECT * FROM {quote(model._meta.db_table)} ORDER BY {quote(model._meta.pk.column)}")
        for model in models
    ]


def _comparable(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@contextmanager
def refused(
    kind: type[Refusal], code: str = "", *, but: tuple[str, ...] = ()
) -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """What happens inside is refused in this way, and no row of the database differs afterwards.

    `but` names tables that may.
    """
    before = everything()
    with pytest.raises(kind) as caught:
        yield caught
    assert caught.type is kind
    assert caught.value.code == (code or kind.code)
    after = everything()
    assert {name: rows for name, rows in after.items() if name not in but} == {
        name: rows for name, rows in before.items() if name not in but
    }
