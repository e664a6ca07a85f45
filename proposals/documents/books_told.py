"""What the open books' events say after the actor's name."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from proposals.documents import wording
from proposals.documents.talk_times import in_words

Facts = Mapping[str, Any]


def _card_changed(facts: Facts) -> str:
    changed = wording.listing([change["field"] for change in facts["changes"]])
    return f"changed the disclosure {facts['card']} ({changed})"


def _card_answered(facts: Facts) -> str:
    answer = f": {facts['answer']}" if facts["answer"] else ""
    if facts["promised_on"]:
        return f"promised the {facts['kind'].lower()} by {wording.short_date(facts['promised_on'])}{answer}"
    return f"said why the {facts['kind'].lower()} is not disclosed{answer}"


def _times_answered(facts: Facts) -> str:
    return {
        "accepted": f"will talk about {facts['card']}: {in_words(facts['chosen'])}",
        "read_first": f"reads {facts['card']} first",
        "skipped": f"needs no talk about {facts['card']}",
    }[facts["status"]]


BOOKS: Final[dict[str, Callable[[Facts], str]]] = {
    "disclosure.published": lambda facts: f"disclosed {facts['card']}",
    "disclosure.changed": _card_changed,
    "disclosure.withdrawn": lambda facts: f"withdrew the disclosure {facts['card']}: {facts['reason']}",
    "disclosure.requested": lambda facts: (
        f"asked to see: {facts['kind'].lower()}" + (f" ({facts['text']})" if facts["text"] else "")
    ),
    "disclosure.answered": _card_answered,
    "disclosure.times_proposed": lambda facts: (
        f"proposed to talk about {facts['card']}: {'; '.join(in_words(time) for time in facts['times'])}"
    ),
    "disclosure.times_answered": _times_answered,
}
"""Sentences by type of event."""
