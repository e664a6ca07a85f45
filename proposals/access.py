"""The only door to a proposal: fetch it for somebody, and what that person may do there.

`RULES` is the one table of who may do what. Pages, API and socket ask the same `Abilities`.
"""

import uuid
from dataclasses import dataclass, fields
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.models import ApiToken, Firm, Membership, User
from accounts.queries import Prepared, keep_related
from proposals.exceptions import ConfirmFirst, NotAllowed, NotFound, WrongState
from proposals.models import Invitation, Participant, Party, Proposal, Relationship, Side
from proposals.models.proposal import proposal_key
from proposals.states import EDITABLE, LABELS, LIVE, State

Scope = ApiToken.Scope


ALL_SCOPES: Final = frozenset(Scope.values)


@dataclass(frozen=True)
class Visitor:
    """Who is asking: a signed-in person, somebody who opened an invitation, or a token.

    `scopes` is None for browsers, which have them all.
    """

    user: User | None = None
    firm: Firm | None = None
    invitations: tuple[uuid.UUID, ...] = ()
    scopes: frozenset[str] | None = None

    @property
    def is_token(self) -> bool:
        """Whether a program asks."""
        return self.scopes is not None


@dataclass(frozen=True)
class Rule:
    """What an ability needs: a side, a state, a role, a person, a browser, a token's scope."""

    does: str
    sides: frozenset[str] = frozenset(Side)
    states: frozenset[State] = frozenset(State)
    role: str = "anyone"
    by_person: bool = False
    in_browser: bool = False
    unconfirmed: bool = False
    scope: str = Scope.PROPOSALS_WRITE


_SELLER = frozenset({Side.SELLER})
_CLIENT = frozenset({Side.CLIENT})
_OPEN = frozenset({State.OPEN})
_EXTENSIBLE = LIVE | {State.EXPIRED}

RULES: Final[dict[str, Rule]] = {
    "read": Rule("read this proposal", unconfirmed=True, scope=Scope.PROPOSALS_READ),
    "export": Rule("take the documents along", unconfirmed=True, scope=Scope.DOCUMENTS_READ),
    "write_text": Rule("write in this proposal", states=EDITABLE, role="editor"),
    "arrange": Rule("add, rename, move or remove sections", states=EDITABLE, role="editor"),
    "set_terms": Rule("change the title, the dates or the parties", states=EDITABLE, role="editor"),
    "set_keys": Rule("keep the keys of its programs", role="editor"),
    "set_line_keys": Rule(
        "keep the keys of its programs with lines", _SELLER, role="editor", scope=Scope.PRICING_WRITE
    ),
    "price": Rule("change prices", sides=_SELLER, states=EDITABLE, role="editor", scope=Scope.PRICING_WRITE),
    "choose": Rule("choose options and quantities", _CLIENT, states=_OPEN, role="editor", scope=Scope.PRICING_WRITE),
    "choose_billing": Rule("choose how the work is billed", states=EDITABLE, role="editor", scope=Scope.PRICING_WRITE),
    "fill_value": Rule("fill in the value worksheet", states=EDITABLE, role="editor", scope=Scope.PRICING_WRITE),
    "confirm_value": Rule(
        "say or confirm for the client what the result is worth",
        _CLIENT,
        states=_OPEN,
        role="editor or signatory",
        by_person=True,
        scope=Scope.PRICING_WRITE,
    ),
    "explain": Rule("say why a price was changed", states=EDITABLE, role="editor", scope=Scope.PRICING_WRITE),
    "ask_price": Rule("ask to be shown the price", sides=_CLIENT, states=_OPEN),
    "propose": Rule(
        "propose a value or answer a counter-offer", states=_OPEN, role="editor or signatory", scope=Scope.PRICING_WRITE
    ),
    "disclose": Rule(
        "publish, change or withdraw disclosures",
        _SELLER,
        states=EDITABLE,
        role="editor",
        scope=Scope.PRICING_WRITE,
    ),
    "ask": Rule("ask and answer questions", states=LIVE),
    "agree": Rule("agree for your side", states=_OPEN, role="named to agree", by_person=True),
    "name_who_agrees": Rule(
        "decide who agrees for your side, and when", states=EDITABLE, role="editor", by_person=True
    ),
    "review": Rule("ask a colleague first", states=EDITABLE, by_person=True),
    "freeze": Rule("lock the proposal for signing", states=_OPEN, role="editor or signatory", by_person=True),
    "reopen": Rule("reopen the proposal", states=frozenset({State.FROZEN}), role="editor or signatory", by_person=True),
    "sign": Rule("sign", states=frozenset({State.FROZEN}), role="signatory", by_person=True, in_browser=True),
    "share": Rule("share the proposal", sides=_SELLER, states=frozenset({State.PREPARING}), role="editor"),
    "name_signatories": Rule("name who signs for your side", states=EDITABLE, role="editor"),
    "hand_over": Rule(
        "hand over a place to sign", states=frozenset({State.FROZEN}), role="editor or signatory", by_person=True
    ),
    "invite": Rule("invite people", states=EDITABLE | {State.FROZEN, State.ARCHIVED}, role="editor"),
    "copy": Rule("copy the proposal", sides=_SELLER, role="editor", by_person=True),
    "change_order": Rule(
        "make a change order", sides=_SELLER, states=frozenset({State.SIGNED}), role="editor", by_person=True
    ),
    "ask_change_order": Rule("ask for a change order", _CLIENT, states=frozenset({State.SIGNED})),
    "decline": Rule("decline the proposal", sides=_CLIENT, states=LIVE, role="editor or signatory", by_person=True),
    "withdraw": Rule(
        "withdraw the proposal", _SELLER, states=frozenset({State.PREPARING}) | LIVE, role="editor", by_person=True
    ),
    "take_back_end": Rule(
        "take the end back",
        states=frozenset({State.DECLINED, State.WITHDRAWN}),
        role="editor or signatory",
        by_person=True,
    ),
    "ask_for_time": Rule("ask for more time", _CLIENT, states=_EXTENSIBLE),
    "extend": Rule("say how long the offer stands", _SELLER, states=_EXTENSIBLE, role="editor"),
    "be_reminded": Rule("say when to be reminded", states=LIVE, by_person=True),
    "remind": Rule("remind somebody", states=LIVE, role="editor", by_person=True),
    "send_again": Rule("have the sealed PDF mailed again", states=frozenset({State.SIGNED}), by_person=True),
    "void": Rule("void what was signed", states=frozenset({State.SIGNED}), role="signatory", by_person=True),
}


@dataclass(frozen=True)
class Abilities:
    """What somebody may do with a proposal now. Field names are the keys of `RULES`."""

    read: bool = False
    export: bool = False
    write_text: bool = False
    arrange: bool = False
    set_terms: bool = False
    set_keys: bool = False
    set_line_keys: bool = False
    price: bool = False
    choose: bool = False
    choose_billing: bool = False
    fill_value: bool = False
    confirm_value: bool = False
    explain: bool = False
    ask_price: bool = False
    propose: bool = False
    disclose: bool = False
    ask: bool = False
    agree: bool = False
    name_who_agrees: bool = False
    review: bool = False
    freeze: bool = False
    reopen: bool = False
    sign: bool = False
    share: bool = False
    name_signatories: bool = False
    hand_over: bool = False
    invite: bool = False
    copy: bool = False
    change_order: bool = False
    ask_change_order: bool = False
    decline: bool = False
    withdraw: bool = False
    take_back_end: bool = False
    ask_for_time: bool = False
    extend: bool = False
    be_reminded: bool = False
    remind: bool = False
    send_again: bool = False
    void: bool = False


if {field.name for field in fields(Abilities)} != set(RULES):
    raise AssertionError("access.py: Abilities and RULES name different things")


@dataclass(frozen=True)
class Actor:
    """Somebody at the table of one proposal: who, for which side, in which role, and how they came.

    `confirmed` is False for a person who opened an invitation and has not entered the mailed code.
    `user` is None for a firm's service token. `scopes` is None in a browser. `agrees` is whether their side named them
    to agree for it, None where it named nobody.
    """

    proposal_id: uuid.UUID
    side: str
    role: str
    is_signatory: bool
    name: str
    initials: str
    firm_name: str
    user: User | None = None
    participant_id: uuid.UUID | None = None
    confirmed: bool = True
    scopes: frozenset[str] | None = None
    agrees: bool | None = None

    @property
    def user_id(self) -> uuid.UUID | None:
        """The person's id, None for a service token."""
        return self.user.id if self.user is not None else None

    def abilities(self, state: State, *, once_confirmed: bool = False) -> Abilities:
        """What this person may do in a state; with `once_confirmed`, after entering the code."""
        return Abilities(**{name: self._refusal(rule, state, once_confirmed) is None for name, rule in RULES.items()})

    def require(self, ability: str, state: State) -> None:
        """Raise ConfirmFirst, NotAllowed or WrongState unless this person may do it now."""
        refusal = self._refusal(RULES[ability], state, once_confirmed=False)
        if refusal is not None:
            raise refusal

    def _refusal(self, rule: Rule, state: State, once_confirmed: bool) -> ConfirmFirst | NotAllowed | WrongState | None:
        if self.side not in rule.sides:
            sides = " or ".join(sorted(rule.sides))
            return NotAllowed(f"Only the {sides} may {rule.does}. Nothing was changed.")
        if self.scopes is not None and rule.scope not in self.scopes:
            return NotAllowed(
                f"This token may not {rule.does}: it lacks the scope “{rule.scope}”.", code="missing_scope"
            )
        if (rule.by_person and self.user is None) or (rule.in_browser and self.scopes is not None):
            return NotAllowed(f"Only a person may {rule.does}, not a token.", code="person_required")
        if not self._has_role(rule.role):
            if rule.role == "named to agree" and self.agrees is False:
                return NotAllowed(
                    f"{self.firm_name} has named who may agree for it, and you are not among them. Somebody who may "
                    "write names others on the page of colleagues. Nothing was agreed."
                )
            return NotAllowed(f"You take part as {self._role_words()}; only {_plural(rule.role)} may {rule.does}.")
        if state not in rule.states:
            return WrongState(
                f"This proposal is {LABELS[state].lower()}; nobody may {rule.does} now. Nothing was changed.",
                extra={"state": state.value},
            )
        if not (rule.unconfirmed or self.confirmed or once_confirmed):
            return ConfirmFirst(f"Confirm your e-mail address first, then you may {rule.does}. Nothing was lost.")
        return None

    def _has_role(self, role: str) -> bool:
        editor = self.role == Participant.Role.EDITOR
        return {
            "anyone": True,
            "editor": editor,
            "signatory": self.is_signatory,
            "named to agree": editor or self.is_signatory if self.agrees is None else self.agrees,
            "editor or signatory": editor or self.is_signatory,
        }[role]

    def _role_words(self) -> str:
        return f"{self.role} and signatory" if self.is_signatory else self.role


def _plural(role: str) -> str:
    if role == "named to agree":
        role = "editor or signatory"
    return role.replace("editor", "editors").replace("signatory", "signatories")


def proposal_for(visitor: Visitor, proposal_id: object) -> tuple[Proposal, Actor]:
    """The proposal and the visitor's place in it.

    Raises NotFound for unknown ids and for everybody who does not take part: the two look the same. Raises
    ConfirmFirst when the seller wants the code before reading.
    """
    key = proposal_key(proposal_id)
    found = _with_parties(key) if key else None
    if found is None:
        raise NotFound()
    return found, actor_for(visitor, found)


def _with_parties(key: uuid.UUID) -> Proposal | None:
    """The proposal with its relationship and its parties, in one query; both parties always exist."""
    parties = list(_PARTIES(key))
    if not parties:
        return None
    found: Proposal = parties[0].proposal
    for party in parties:
        party.proposal = found
    keep_related(found, "parties", parties)
    return found


_PARTIES: Final = Prepared(
    lambda key: Party.objects.select_related("proposal__relationship").filter(proposal_id=key).order_by(), uuid.UUID
)


def actor_for(visitor: Visitor, proposal: Proposal) -> Actor:
    """The visitor's place at this proposal's table, or NotFound."""
    if visitor.user is None and visitor.firm is not None:
        actor = _firm_actor(visitor, visitor.firm, proposal)
    else:
        actor = _person_actor(visitor, proposal)
    if actor is None or not (proposal.is_common or actor.side == Side.SELLER):
        raise NotFound()
    if not actor.confirmed and proposal.code_before_reading:
        raise ConfirmFirst("The seller asks you to confirm your e-mail address before reading.")
    actor.require("read", proposal.lifecycle)
    return actor


def _person_actor(visitor: Visitor, proposal: Proposal) -> Actor | None:
    if visitor.user is not None:
        mine = _PLACE.one(proposal.id, visitor.user.id)
        if mine is not None:
            return _from_participant(mine, proposal, confirmed=True, scopes=visitor.scopes)
    if visitor.invitations:
        invited = (
            _standing(proposal.id)
            .filter(invitations__in=visitor.invitations, invitations__withdrawn_at__isnull=True)
            .first()
        )
        if invited is not None:
            return _from_participant(invited, proposal, confirmed=False, scopes=None)
    return None


def _standing(proposal_id: uuid.UUID) -> QuerySet[Participant]:
    """Those who take part, with the person."""
    standing = Participant.objects.filter(proposal_id=proposal_id, removed_at__isnull=True, user__is_active=True)
    return standing.select_related("user")


_PLACE: Final = Prepared(
    lambda proposal_id, user_id: _standing(proposal_id).filter(user_id=user_id).order_by(), uuid.UUID, uuid.UUID
)


def _from_participant(
    participant: Participant, proposal: Proposal, *, confirmed: bool, scopes: frozenset[str] | None
) -> Actor:
    party = proposal.party(participant.side)
    return Actor(
        proposal_id=proposal.id,
        side=participant.side,
        role=participant.role,
        is_signatory=participant.is_signatory,
        name=participant.user.display_name,
        initials=participant.user.initials,
        firm_name=party.name,
        user=participant.user,
        participant_id=participant.id,
        confirmed=confirmed,
        scopes=scopes,
        agrees=participant.may_agree if party.names_who_agrees else None,
    )


def _firm_actor(visitor: Visitor, firm: Firm, proposal: Proposal) -> Actor | None:
    party = next((party for party in proposal.parties.all() if party.firm_id == firm.id), None)
    if party is None:
        return None
    return Actor(
        proposal_id=proposal.id,
        side=party.side,
        role=Participant.Role.EDITOR,
        is_signatory=False,
        name=party.name,
        initials=party.name[:1].upper(),
        firm_name=party.name,
        scopes=visitor.scopes,
    )


def relationships_for(visitor: Visitor) -> "QuerySet[Relationship]":
    """Those in which a visitor's firm sells, and those with a proposal that they may open."""
    if visitor.user is not None:
        firms: Any = visitor.user.memberships.values("firm") if visitor.firm is None else [visitor.firm]
        mine = Proposal.objects.taken_part_in_by(visitor.user)
    elif visitor.firm is not None:
        firms, mine = [visitor.firm], Proposal.objects.of_firm(visitor.firm)
    else:
        return Relationship.objects.none()
    found = Relationship.objects.filter(Q(seller_firm__in=firms) | Q(id__in=mine.order_by().values("relationship")))
    return found.select_related("seller_firm", "client_firm")


def openable_by(visitor: Visitor) -> "QuerySet[Proposal]":
    """The proposals that a visitor may open, each once, in no order."""
    if visitor.user is not None:
        return Proposal.objects.taken_part_in_by(visitor.user)
    return Proposal.objects.of_firm(visitor.firm) if visitor.firm is not None else Proposal.objects.none()


def firm_for(visitor: Visitor, firm_id: object, scope: str = Scope.PROPOSALS_READ) -> Firm:
    """A firm that the visitor belongs to, for what it keeps for its proposals.

    Raises NotFound for every other firm, NotAllowed for a token without the scope.
    """
    key = proposal_key(firm_id)
    if key is None:
        raise NotFound()
    if visitor.firm is not None:
        found = visitor.firm if visitor.firm.id == key else None
    elif visitor.user is not None:
        found = Firm.objects.filter(id=key, memberships__user=visitor.user).first()
    else:
        found = None
    if found is None:
        raise NotFound()
    if visitor.scopes is not None and scope not in visitor.scopes:
        raise NotAllowed(f"This token lacks the scope “{scope}”.", code="missing_scope")
    return found


def owned_firm_for(visitor: Visitor, firm_id: object, does: str, scope: str) -> Firm:
    """A firm that the visitor acts for as an owner, or as the firm's service token.

    Raises as `firm_for`, and NotAllowed for members.
    """
    firm = firm_for(visitor, firm_id, scope)
    if visitor.user is not None:
        owners = Membership.objects.filter(firm=firm, user=visitor.user, role=Membership.Role.OWNER)
        if not owners.exists():
            raise NotAllowed(f"Only owners of {firm.name} may {does}. Nothing was changed.")
    return firm


def invitation_for(token: str) -> Invitation:
    """The invitation behind a link. Raises NotFound for one that this instance did not make."""
    invitation = Invitation.from_token(token)
    if invitation is None:
        raise NotFound("This invitation link is not complete. Copy the whole link from the mail, or ask for a new one.")
    return invitation
