"""What a discount rests on: a line of the published discount list, or the reason why it is an exception.

The seller names the line, or writes why it is an exception. Where neither is said, the first line that allows the
discount is cited; where none does, the seller is told what to choose from. What stands unchanged keeps its grounds.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from proposals.actions import values
from proposals.documents import contents, wording
from proposals.documents.discount_policy import (
    Applied,
    PolicyLine,
    Rules,
    line_numbered,
    rule_for,
    rules_of,
    share_percent,
)
from proposals.models import Discount, Proposal

GROUNDS: Final = ("policy_line", "policy_version", "policy_words", "exception")
_CORE: Final = ("type", "value", "reason", "conditional")

Content = Mapping[str, Any]


def as_given(content: Content) -> dict[str, Any]:
    """A standing discount as it is handed to `set_discounts` once more, to stay as it is."""
    return {name: value for name, value in content.items() if name != "policy_words"}


def keep_grounds(rows: Sequence[Discount], was: Sequence[Content]) -> list[Discount]:
    """Let discounts that stood before keep what they rested on, unless something else is said; gives the others."""
    stood = list(was)
    fresh = []
    for row in rows:
        before = next((content for content in stood if _core(content) == _core(contents.discount_content(row))), None)
        if before is not None:
            stood.remove(before)
        if before is not None and _says_the_same(row, before):
            _rest_on(row, before)
        elif before is None or not (row.exception and before.get("exception")) or row.policy_line:
            fresh.append(row)
    return fresh


def restore_grounds(rows: Sequence[Discount], said: Sequence[Content]) -> None:
    """Put back what discounts rested on when they were taken out, whatever the list says now."""
    for row, content in zip(rows, said, strict=True):
        _rest_on(row, content)


def find_grounds(proposal: Proposal, fresh: Sequence[Discount], applied: Mapping[Any, Applied]) -> list[str]:
    """Cite the line for new and changed discounts, given as they were applied, by their id.

    Gives the reasons of those that are exceptions. Raises Invalid naming the discount that has no grounds.
    """
    rules = rules_of(proposal) if fresh else None
    exceptions = []
    for row in fresh:
        if rules is None:
            _require_nothing_said(row)
            continue
        if row.exception and row.policy_line:
            detail = "A discount follows a line of the discount list or is an exception. Say one of the two."
            raise values.refuse(_pointer(row, "exception"), "line_and_exception", detail)
        if row.exception:
            exceptions.append(row.reason)
            continue
        line = _line_of(row, applied[row.id], rules, proposal)
        row.policy_line, row.policy_version = line.number, line.version
        row.policy_words = line.words(proposal.language)
        row.save(update_fields=GROUNDS)
    return exceptions


def _line_of(row: Discount, applied: Applied, rules: Rules, proposal: Proposal) -> PolicyLine:
    if not row.policy_line:
        found = rule_for(applied, rules)
        if found is None:
            detail = (
                f"No line of your discount list allows {_words(row, applied, proposal)}. Choose another reason or "
                "less, or say that it is an exception, and why."
            )
            raise values.refuse(_pointer(row, "policy_line"), "line_or_exception", detail)
        return found
    line = line_numbered(rules, row.policy_line)
    if line is None:
        known = wording.listing([f"{rule.number} ({rule.limit(proposal.language)})" for rule in rules])
        detail = f"Your discount list has no line {values.shown(row.policy_line)}; it has {known}."
        raise values.refuse(_pointer(row, "policy_line"), "unknown_policy_line", detail)
    if row.policy_version not in (None, line.version):
        detail = f"Your discount list is at version {line.version} now, you cite {row.policy_version}. Read it again."
        raise values.refuse(_pointer(row, "policy_version"), "policy_changed", detail)
    if not line.allows(applied):
        detail = (
            f"Line {line.number} of your discount list is {line.limit(proposal.language)}; this is "
            f"{_words(row, applied, proposal)}. Choose another line, or say that it is an exception, and why."
        )
        raise values.refuse(_pointer(row, "policy_line"), "outside_policy_line", detail)
    return line


def _require_nothing_said(row: Discount) -> None:
    if row.policy_line or row.exception:
        detail = "No discount list is published in this proposal, so there is no line to follow and no exception."
        raise values.refuse(_pointer(row, "policy_line" if row.policy_line else "exception"), "no_list", detail)


def _words(row: Discount, applied: Applied, proposal: Proposal) -> str:
    """“12% for the reason “Volume””; of an amount also which share it is."""
    language = proposal.language
    reason = f"for the reason “{row.get_reason_display()}”"
    if row.type == Discount.Type.PERCENT:
        return f"{wording.percent(applied['value'], language)} {reason}"
    hundredths = share_percent(applied) * 100
    up = f"{-(-hundredths.numerator // hundredths.denominator):03d}"
    share = wording.percent(f"{up[:-2]}.{up[-2:]}", language)
    return f"{wording.money(applied['value'], proposal.currency, language)} (about {share}) {reason}"


def _core(content: Content) -> tuple[Any, ...]:
    return tuple(content.get(name) or "" for name in _CORE)


def _says_the_same(row: Discount, before: Content) -> bool:
    """Whether nothing is said about the grounds, or what stood there already."""
    if row.policy_version not in (None, before.get("policy_version")):
        return False
    said = (row.policy_line, row.exception)
    return said in (("", ""), (before.get("policy_line", ""), before.get("exception", "")))


def _rest_on(row: Discount, content: Content) -> None:
    for name in GROUNDS:
        setattr(row, name, content.get(name, None if name == "policy_version" else ""))
    row.save(update_fields=GROUNDS)


def _pointer(row: Discount, name: str) -> str:
    return f"discounts/{row.position}/{name}"
