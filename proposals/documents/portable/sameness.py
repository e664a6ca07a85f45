"""That what was brought in comes to what its file says: each text letter by letter, every figure to the last digit."""

import re
import uuid
from collections.abc import Mapping
from typing import Any, Final

import rfc8785

from proposals.documents.parts import Standing, section_key
from proposals.documents.portable.package import bad
from proposals.documents.portable.written import calculated
from proposals.text import ProseDocument

_ID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Content = Mapping[str, Any]


def require_same(
    standing: Standing, content: Content, ids: Mapping[str, uuid.UUID], texts: Mapping[uuid.UUID, ProseDocument]
) -> None:
    """Raise Invalid, naming the line, unless everything that is calculated here is what was calculated there."""
    for section in standing.rows.sections:
        if standing.part(section_key(section.id)).content["text"] != texts[section.id]:
            raise bad("text_differs", f"The text of “{section.title}” would not be kept letter by letter.")
    here, there = calculated(standing), _renamed(content["calculated"], ids)
    there["billing"] = _without_own_estimates(there["billing"])
    if _same(here, there):
        return
    result = there["result"] if isinstance(there["result"], dict) else {}
    told = {line["id"]: line for line in _objects(result.get("lines")) if "id" in line}
    for key, line in standing.rows.lines_by_id.items():
        here_line = standing.price.line(key)
        if not _same(here_line, told.get(key)):
            detail = f"“{line.title}” comes to {here_line['amount']} here, and to something else in the file."
            raise bad("prices_differ", detail, f"lines/{line.title}")
    what = "the totals" if not _same(here["result"], result) else "the payment schedule"
    what = what if not _same(here["schedule"], there["schedule"]) or what == "the totals" else "how the work is billed"
    raise bad("prices_differ", f"The lines come to the same here, but {what} to something else than in the file.")


def _without_own_estimates(billing: Any) -> Any:
    """How the work is billed, without what the client said of the value: no figure rests on it, and it stays there."""
    if not isinstance(billing, dict):
        return billing
    kept = {}
    for key, told in billing.items():
        if isinstance(told, dict) and isinstance(sheet := told.get("worksheet"), dict):
            rest = {name: value for name, value in sheet.items() if name != "own_estimate"}
            told = {name: value for name, value in told.items() if name != "worksheet"}
            told |= {"worksheet": rest} if rest else {}
        kept[key] = told
    return kept


def _renamed(value: Any, ids: Mapping[str, uuid.UUID]) -> Any:
    """A value with the old ids in it replaced by the new ones."""
    if isinstance(value, str):
        return _ID.sub(lambda found: str(ids.get(found[0], found[0])), value)
    if isinstance(value, dict):
        return {_renamed(key, ids): _renamed(each, ids) for key, each in value.items()}
    return [_renamed(each, ids) for each in value] if isinstance(value, list) else value


def _same(one: Any, other: Any) -> bool:
    try:
        return bool(rfc8785.dumps(one) == rfc8785.dumps(other))
    except rfc8785.CanonicalizationError:
        return False


def _objects(value: Any) -> list[dict[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []
