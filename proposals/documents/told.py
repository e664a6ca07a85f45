"""Audit events in words: the same sentence in the activity list, the trail, announcements, mails and API."""

from collections.abc import Callable, Mapping
from typing import Any

from proposals.documents import wording
from proposals.documents.billing_moves import changed_in_words
from proposals.documents.books_told import BOOKS
from proposals.documents.endings_told import ENDINGS
from proposals.documents.field_words import DATES, FIELD_WORDS
from proposals.documents.price_told import PRICE_REQUESTS
from proposals.documents.signing_order import words_for
from proposals.documents.value_told import VALUE
from proposals.languages import language_name
from proposals.models import AuditEvent, Proposal

Facts = Mapping[str, Any]

TAXES = "taxes"


def _changes(facts: Facts) -> str:
    """“quantity 14 to 16”; several are joined by commas."""
    said = []
    for change in facts.get("changes", []):
        name = FIELD_WORDS.get(change["field"], change["field"].replace("_", " "))
        was, now = (_in_words(change["field"], change[when]) for when in ("was", "now"))
        said.append(f"{name} from {was} to {now}" if len(was) + len(now) < 90 else name)
    return wording.listing(said)


def _in_words(field: str, value: str) -> str:
    if field == "language":
        return language_name(value)
    if field == "signing_order":
        return words_for(value)
    if field in DATES and value:
        return wording.short_date(value)
    return Proposal.Paper(value).label if field == "paper" else value or "nothing"


def _titled(verb: str) -> Callable[[Facts], str]:
    return lambda facts: f"{verb} {facts['title']}"


def _discount(facts: Facts) -> str:
    if not facts["now"]:
        return f"removed the discount on {facts['title']}"
    discount = facts["now"][-1]
    value = f"{discount['value']}%" if discount["type"] == "percent" else discount["value"]
    verb = "changed the discount on" if facts["was"] else "added a discount to"
    outside = f" (an exception from the discount list: {discount['exception']})" if discount.get("exception") else ""
    return f"{verb} {facts['title']}: {wording.MINUS}{value}, {discount['text']}{outside}"


def _cut(facts: Facts) -> str:
    if facts["now"] == "0":
        return f"The discount of {facts['was']} on {facts['title']} was taken out: nothing is left that it applies to"
    return f"The discount on {facts['title']} was cut from {facts['was']} to {facts['now']}, all that it can apply to"


def _schedule(facts: Facts) -> str:
    if not facts["now"]:
        return "took out the payment schedule"
    titles = [planned["title"] for planned in facts["now"]]
    shown = [*titles[:4], f"{len(titles) - 4} more"] if len(titles) > 5 else titles
    return f"{'changed' if facts['was'] else 'set'} the payment schedule: {wording.listing(shown)}"


def _several(facts: Facts) -> str:
    """“12 lines: Design, Build, Test and 9 more”."""
    rest = facts["count"] - len(facts["titles"])
    shown = [*facts["titles"], f"{rest} more"] if rest else facts["titles"]
    return f"{facts['count']} line{'' if facts['count'] == 1 else 's'}: {wording.listing(shown)}"


def _role(facts: Facts) -> str:
    return f"{facts['role']}{' and signatory' if facts['is_signatory'] else ''}"


def _with_title(facts: Facts) -> str:
    return f"{facts['name']} ({facts['title']})" if facts["title"] else str(facts["name"])


def _handed_over(facts: Facts) -> str:
    if facts["own"]:
        return f"handed the place to sign over to {_with_title(facts)}"
    return f"named {_with_title(facts)} to sign in place of {facts['was']}"


def _who_agreed(facts: Facts) -> str:
    """“the client”, or “both sides”. Trails from before sides were told together name one `side`."""
    sides = facts.get("sides") or [facts["side"]]
    return "both sides" if len(sides) > 1 else f"the {sides[0]}"


def _cost(facts: Facts) -> str:
    """“45 an hour and 1200 whatever the hours”."""
    fixed = facts.get("fixed_costs", "")
    return f"{facts['cost_per_hour']} an hour" + (f" and {fixed} whatever the hours" if fixed not in ("", "0") else "")


def _clauses(facts: Facts) -> str:
    said = []
    for verb, titles in (("chose", facts["added"]), ("took out", facts["removed"])):
        if titles:
            noun = "clause" if len(titles) == 1 else "clauses"
            said.append(f"{verb} the {noun} {wording.listing([f'“{title}”' for title in titles])}")
    return f"{wording.listing(said)} in {facts['title']}"


BILLING: dict[str, Callable[[Facts], str]] = {
    "billing.model_chosen": lambda facts: (
        f"chose “{facts['now']}” for {facts['title']}" if facts["now"] else f"left {facts['title']} open"
    ),
    "billing.changed": lambda facts: f"changed the figures of {facts['title']}: {changed_in_words(facts, _changes)}",
    "billing.clauses_chosen": _clauses,
    "billing.estimate_changed": lambda facts: f"changed the estimate in {facts['title']}: {_changes(facts)}",
    "billing.cost_changed": lambda facts: (
        f"changed what the work costs the seller: {_changes(facts)}"
        if facts["disclosed"]
        else "entered what the work costs the seller, which is not disclosed"
    ),
    "billing.cost_disclosed": lambda facts: f"disclosed what the work costs the seller: {_cost(facts)}",
    "billing.cost_withdrawn": lambda facts: f"stopped disclosing what the work costs the seller; it was {_cost(facts)}",
    "billing.compared": lambda facts: (
        f"set beside each other in {facts['title']}: {wording.listing(list(facts['models']))}"
        if facts["models"]
        else f"ended the comparison in {facts['title']}"
    ),
}


def _offered(facts: Facts) -> str:
    """“a rate of 850.00 instead of 900.00 for Design”."""
    if not facts["title"]:
        return str(facts["words"])
    return f"{facts['words']}{': ' if facts['field'] in ('removal', 'selected') else ' for '}{facts['title']}"


def _imported(facts: Facts) -> str:
    """“brought it in from https://same.example, where it was signed; this server did not witness that”."""
    witnessed = {"preparing": "being prepared", "open": "open", "frozen": "locked for signing"}
    state = witnessed.get(facts["state"], facts["state"])
    return (
        f"brought it in from {facts['instance']}, where it was {state}; nothing of what was said, agreed or signed "
        "there was witnessed by this server"
    )


SENTENCES: dict[str, Callable[[Facts], str]] = {
    "proposal.created": lambda facts: "started the proposal",
    "change_order.made": lambda facts: f"made a change order to {facts['title']}, revision {facts['revision']}",
    "proposal.copied": lambda facts: f"copied it from {facts['title']}",
    "proposal.imported": _imported,
    "proposal.shared": lambda facts: "shared the proposal: from here on both sides see everything",
    "proposal.frozen": lambda facts: f"locked revision {facts['revision']} for signing",
    **ENDINGS,
    "terms.changed": lambda facts: f"changed the {_changes(facts)}",
    "party.changed": lambda facts: f"changed the {facts['party']}’s {_changes(facts)}",
    "section.added": _titled("added the section"),
    "section.removed": _titled("removed the section"),
    "section.renamed": lambda facts: f"renamed {facts['was']} to {facts['title']}",
    "section.moved": lambda facts: f"moved {facts['title']} to place {facts['position']}",
    "section.edited": _titled("wrote in"),
    "text.brought_back": lambda facts: f"brought back an earlier text of {facts['title']}",
    "version.named": lambda facts: f"named this version “{facts['name']}”",
    "section.agreed": _titled("agreed to"),
    "section.reopened": lambda facts: f"{facts['title']} is open again: it changed since {_who_agreed(facts)} agreed",
    "section.restored": lambda facts: f"{facts['title']} is again what {_who_agreed(facts)} agreed to",
    "agreement.withdrawn": _titled("took back the agreement to"),
    "line.added": lambda facts: f"added {facts['title']}, {facts['amount']}",
    "line.changed": lambda facts: f"changed {facts['title']}: {_changes(facts)}",
    "line.moved": _titled("moved"),
    "lines.added": lambda facts: f"added {_several(facts)}",
    "lines.removed": lambda facts: f"removed {_several(facts)}",
    "line.removed": lambda facts: f"removed {facts['title']}, {facts['amount']}",
    "discount.changed": _discount,
    "discount.cut": _cut,
    "taxes.changed": lambda facts: (
        f"changed the taxes to {wording.listing([tax['label'] for tax in facts['now']]) or 'none'}"
    ),
    "rate_card.changed": lambda facts: "changed the rate card",
    "rate_card.taken": lambda facts: f"took version {facts['number']} of the firm’s rates",
    "pricing.changed": lambda facts: f"changed the price settings: {_changes(facts)}",
    "schedule.changed": _schedule,
    "option.chosen": _titled("took the option"),
    "option.left_out": _titled("left out the option"),
    "alternative.chosen": lambda facts: (
        f"chose {facts['now']} for {facts['group']}" if facts["now"] else f"left {facts['group']} open"
    ),
    **BILLING,
    **VALUE,
    **PRICE_REQUESTS,
    "offer.made": lambda facts: f"proposed {_offered(facts)}",
    "offer.answered": lambda facts: f"answered the counter-offer of {facts['to']}, proposing {_offered(facts)}",
    "offer.accepted": lambda facts: f"accepted the counter-offer of {facts['name']}, {_offered(facts)}",
    "offer.declined": lambda facts: f"declined the counter-offer of {facts['name']}, {_offered(facts)}",
    "offer.withdrawn": lambda facts: f"took back the counter-offer of {facts['name']}, {_offered(facts)}",
    "offer.met": lambda facts: f"What {facts['name']} proposed stands there now: {_offered(facts)}",
    "offer.overtaken": lambda facts: (
        f"The value changed meanwhile, so the counter-offer of {facts['name']} is overtaken: {_offered(facts)}"
    ),
    **BOOKS,
    "reason.given": lambda facts: f"said why {facts['about']} changed",
    "question.asked": lambda facts: f"asked: {facts['text']}",
    "question.replied": lambda facts: f"replied: {facts['text']}",
    "question.answered": lambda facts: f"marked as answered: {facts['text']}",
    "question.waived": lambda facts: f"waived the question: {facts['text']}",
    "question.reopened": lambda facts: f"opened the question again: {facts['text']}",
    "question.changed": lambda facts: (
        f"made the question {'blocking' if facts['blocking'] else 'not blocking'}: {facts['text']}"
    ),
    "participant.invited": lambda facts: f"invited {facts['name']} as {_role(facts)}",
    "participant.joined": lambda facts: "joined",
    "participant.changed": lambda facts: f"made {facts['name']} {_role(facts)}",
    "participant.removed": lambda facts: (
        f"took {facts['name']} out of the proposal{'; the place to sign is vacant' if facts.get('vacant') else ''}"
        f"{'; their side is to name anew who agrees for it' if facts.get('nobody_agrees') else ''}"
    ),
    "participant.agreeing_named": lambda facts: (
        f"named who agrees for their side: {wording.listing(list(facts['names']))}"
        if facts["names"]
        else "left agreeing to everybody of their side who may write or sign"
    ),
    "signatory.named": lambda facts: f"named {_with_title(facts)} to sign",
    "signatory.ordered": lambda facts: f"put those who sign in order: {', then '.join(facts['names'])}",
    "signature.handed_over": _handed_over,
    "invitation.withdrawn": lambda facts: f"withdrew a link of {facts['name']}",
    "signature.added": lambda facts: f"signed revision {facts['revision']} as {facts['title']}",
    "document.mailed_again": lambda facts: (
        f"had the signed PDF mailed again to {wording.listing(facts['names'])}, whom the mail had not reached"
    ),
    "document.sealed": lambda facts: "The signed PDF was sealed",
}
"""What each type of event says after the actor's name. Sentences without an actor begin with a capital."""


_SUBJECTS = {
    "taxes": "the taxes",
    "rate_card": "the rate card",
    "pricing": "the price settings",
    "schedule": "the payment schedule",
}


def subject(event: AuditEvent) -> str:
    """What a change of a price was about: a line's title, “the taxes”, the name of a choice."""
    facts = event.content.facts
    named = facts.get("title") or facts.get("group") or _SUBJECTS.get(event.type.partition(".")[0])
    return str(named or wording.listing(list(facts.get("titles", []))) or "the price")


def sentence(event: AuditEvent) -> str:
    """“Maya Lindqvist agreed to Timeline”. Works from the event's own content, not from rows that may change."""
    content = event.content
    said = predicate(event)
    return f"{content.actor_name} {said}" if content.actor_name else said[:1].upper() + said[1:]


def predicate(event: AuditEvent) -> str:
    """The sentence without the actor, with what was said about why a price was changed."""
    facts = event.content.facts
    said, why = SENTENCES[event.type](facts), facts.get("why")
    return f"{said} (“{why}”)" if why else said
