"""How a proposal's life goes on or ends, in words: signed, reopened, declined, expired, extended, void."""

from collections.abc import Callable, Mapping
from typing import Any

from proposals.documents import wording

Facts = Mapping[str, Any]


def _reason(facts: Facts, name: str = "reason") -> str:
    """What somebody gave as a reason, in their own words."""
    return f": “{facts[name]}”" if facts.get(name) else ""


def _shown_by(facts: Facts) -> str:
    """How whoever voids was known to be that person; nothing of it is on record from before it was asked."""
    return {"mailed code": ", confirmed by a mailed code", "passkey": ", confirmed by a passkey"}.get(
        facts.get("method", ""), ""
    )


def _reopened(facts: Facts) -> str:
    voided = facts["voided_signatures"]
    lost = f"; no longer valid: the signature of {wording.listing(voided)}" if voided else ""
    return f"reopened the proposal{_reason(facts)}{lost}"


def _expired(facts: Facts) -> str:
    why = f" ({facts['reason'].removesuffix('.')})" if facts["reason"] else ""
    return f"The offer stood until {wording.short_date(facts['until'])}{why} and has expired"


def _asked(facts: Facts) -> str:
    until = f", until {wording.short_date(facts['until'])}" if facts["until"] else ""
    return f"asked for more time{until}{_reason(facts, 'text')}"


def _granted(facts: Facts) -> str:
    verb = "gave more time: the offer stands" if facts["asked"] else "extended the offer: it stands"
    return (
        f"{verb} until {wording.short_date(facts['until'])}, not {wording.short_date(facts['was'])}"
        f"{_reason(facts, 'words')}"
    )


def _sent(facts: Facts) -> str:
    return f"{facts['name']} was reminded, as they had asked" if facts["own"] else f"reminded {facts['name']}"


RESUMED = {
    "declined": "took back the “no”",
    "withdrawn": "took back the withdrawal",
    "expired": "opened the expired offer again",
}

CHOSEN = {
    "day": "chose a day on which to be reminded",
    "off": "asked for no reminders",
    "none": "chose no day for reminders any more",
}

ENDINGS: dict[str, Callable[[Facts], str]] = {
    "proposal.reopened": _reopened,
    "proposal.signed": lambda facts: "The proposal is signed by everybody",
    "proposal.declined": lambda facts: f"declined, with thanks{_reason(facts)}",
    "proposal.withdrawn": lambda facts: f"withdrew the proposal{_reason(facts)}",
    "proposal.expired": _expired,
    "proposal.resumed": lambda facts: f"{RESUMED[facts['was']]}: it can be written again",
    "proposal.signing_resumed": lambda facts: f"{RESUMED[facts['was']]}: it is locked for signing, as it was",
    "proposal.voided": lambda facts: (
        f"confirmed what {facts['proposed_by']} proposed: the contract is void by both"
        f"{_shown_by(facts)}{_reason(facts)}"
    ),
    "extension.asked": _asked,
    "extension.granted": _granted,
    "extension.refused": lambda facts: f"can’t give more time{_reason(facts, 'words')}",
    "change_order.asked": lambda facts: f"asked for a change order{_reason(facts, 'text')}",
    "change_order.refused": lambda facts: f"makes no change order{_reason(facts, 'words')}",
    "reminder.chosen": lambda facts: CHOSEN[facts["choice"]],
    "reminder.sent": _sent,
    "voiding.proposed": lambda facts: f"proposed that both void the contract{_shown_by(facts)}{_reason(facts)}",
    "voiding.refused": lambda facts: f"refused to void the contract{_reason(facts, 'words')}",
    "voiding.taken_back": lambda facts: f"took back the proposal to void the contract{_reason(facts, 'words')}",
}
"""What each type of event says after the actor's name. Sentences without an actor begin with a capital."""
