"""Blocks with their runs as HTML. Written in Python: a long text has ten thousand runs, and a template takes seconds.

Whose words they are is told by colour (the party), by the initials behind them, and to screen readers by the name.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, NamedTuple

from django.utils.safestring import SafeString, mark_safe

from proposals.documents import wording
from proposals.documents.comparing import Person
from proposals.documents.word_changes import GONE, NEW, ChangedBlock, Run
from proposals.prose import to_html
from proposals.text import Writer


class Said(NamedTuple):
    """What is said after the name of whoever added words, or took them out."""

    new: str = " added"
    gone: str = " took out"


DONE: Final = Said()
WOULD: Final = Said(" wrote, comes back", " wrote, goes")
"""Of words that bringing an earlier text back would change."""


def blocks_html(
    blocks: Sequence[ChangedBlock], people: Mapping[Writer, Person], *, said: Said = DONE, whole: bool = False
) -> SafeString:
    """The blocks one after the other. Unless `whole`, unchanged ones that do not stand beside changed ones are counted
    in their place."""
    html = []
    skipped = 0
    for place, block in enumerate(blocks):
        if not whole and not any(each.is_changed for each in blocks[max(0, place - 1) : place + 2]):
            skipped += 1
            continue
        html.append(_skipped(skipped) + _block(block, people, said))
        skipped = 0
    return mark_safe("".join(html) + _skipped(skipped))  # letters and names are escaped below


def _skipped(count: int) -> str:
    return f'<p class="skipped">{count} unchanged paragraph{"" if count == 1 else "s"}</p>' if count else ""


def _block(block: ChangedBlock, people: Mapping[Writer, Person], said: Said) -> str:
    how = f' data-how="{block.how}"' if block.how in (NEW, GONE) else ""
    label = f'<span class="label">{escape(block.label)}</span> ' if block.label else ""
    runs = "".join(_run(run, [people[writer] for writer in run.who], said) for run in block.runs)
    return f'<p class="block" data-kind="{block.kind}" data-depth="{block.depth}"{how}>{label}{runs}</p>'


def _run(run: Run, people: Sequence[Person], said: Said) -> str:
    letters = run.text.rstrip() or run.text
    space = run.text[len(letters) :]
    words = _marked(letters, run)
    names = escape(wording.listing([person.name for person in people]))
    party = f' data-party="{people[0].side}"' if people and people[0].side else ""
    by = ""
    if people:
        initials = escape(" ".join(person.initials for person in people))
        by = f'&#8288;<sup class="by"{party} title="{names}" aria-hidden="true">{initials}</sup>'
    if run.how in (NEW, GONE):
        tag, verb, alone = ("ins", said.new, "added") if run.how == NEW else ("del", said.gone, "taken out")
        heard = f'<span class="vh">{names + verb if people else alone}: </span>'
        return f"<{tag}{party}>{heard}{words}</{tag}>{by}{space or ' '}"
    if not people:
        return words + space
    return f'<span class="hand"{party}><span class="vh">{names}: </span>{words}</span>{by}{space}'


def _marked(letters: str, run: Run) -> str:
    if not run.marks:
        return escape(letters, quote=False)
    marks = [{"type": name, "attrs": {"href": href} if href else {}} for name, href in run.marks]
    return to_html({"type": "doc", "content": [{"type": "text", "text": letters, "marks": marks}]})
