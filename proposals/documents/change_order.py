"""What a change order amends, and how the two differ: texts word by word, prices line by line, terms, the total.

Made from the contents of the two revisions alone (`snapshot.py`), the signed one and the new one, so that the page, the
PDF and whoever reads the JSON come to the same. What it amends is agreed on with the terms of the whole; the
differences follow from the two and are no term of their own.
"""

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any, Final

from proposals.documents.differences import Difference, differences
from proposals.documents.word_changes import SAME, word_changes
from proposals.documents.written import blocks_of
from proposals.models import Proposal, Revision, Side, Signature

Content = Mapping[str, Any]

NEW, GONE, CHANGED = "new", "gone", "changed"

TERM_FIELDS: Final = ("language", "paper", "currency", "price_basis", "tax_rounding", "price_date", "hours_per_day",
                      "starts_on", "working_in_document")  # fmt: skip
PRICE_FIELDS: Final = ("rate_card", "discounts", "choices")
BILLING_LEFT_OUT: Final = frozenset({"results", "compared"})
"""What follows from the rest of how the work is billed, or is only compared with it."""


def carried_id(order: uuid.UUID, key: object) -> uuid.UUID:
    """The id that a section, line or tax of the signed proposal has in a change order."""
    return uuid.uuid5(order, str(key))


def amended_content(proposal: Proposal) -> dict[str, Any]:
    """`amends`: the signed revision that a change order changes; nothing for every other proposal."""
    if proposal.amends_id is None:
        return {}
    revision = Revision.objects.select_related("proposal").defer("content").get(id=proposal.amends_id)
    last = Signature.objects.filter(revision=revision).order_by("-signed_at").first()
    signed = {"signed_on": last.signed_at.date().isoformat()} if last is not None else {}
    return {
        "amends": {
            "proposal": str(revision.proposal_id),
            "title": revision.proposal.title,
            "revision": revision.number,
            **signed,
            "sha256": revision.sha256,
        }
    }


def orders_of(proposal: Proposal, side: str) -> list[Proposal]:
    """The change orders of a proposal that a side knows of, the oldest first: the client's once they are shared."""
    made = Proposal.objects.filter(amends__proposal=proposal).order_by("created_at", "id")
    return list(made if side == Side.SELLER else made.filter(epoch__gt=0))


def with_changes(content: dict[str, Any], proposal: Proposal) -> dict[str, Any]:
    """The content of a revision; that of a change order with what differs from the signed one, as `changes`."""
    if proposal.amends is None:
        return content
    return {**content, "changes": changes_between(json.loads(proposal.amends.content), content)}


def changes_between(then: Content, now: Content) -> dict[str, Any]:
    """`sections`, `lines`, `terms` and `total`: see the functions that make them. Empty lists where nothing differs."""
    order = uuid.UUID(now["proposal"]["id"])
    was = {str(carried_id(order, section["id"])): section for section in then["sections"]}
    lines = list(_lines(then, now, order))
    return {
        "sections": list(_sections(was, now)),
        "lines": lines,
        "terms": [asdict(difference) for difference in _terms(then, now, was)],
        **_total(then, now),
    }


def _sections(was: Mapping[str, Content], now: Content) -> Iterator[dict[str, Any]]:
    """Sections whose title, text or billing differs: `how`, the title (and `was_title`), the changed blocks of the
    text with their runs, the `moves` of how the work is billed. A new one is not repeated: it stands in the document.
    """
    currency = now["proposal"]["currency"]
    for section in now["sections"]:
        before = was.get(section["id"])
        if before is None:
            yield {"how": NEW, "title": section["title"]}
            continue
        renamed = {"was_title": before["title"]} if before["title"] != section["title"] else {}
        blocks = _blocks(before["text"], section["text"])
        billing = differences(_billing(before), _billing(section), currency)
        moves = [asdict(difference) for difference in billing]
        if renamed or blocks or moves:
            told = {**({"blocks": blocks} if blocks else {}), **({"moves": moves} if moves else {})}
            yield {"how": CHANGED, "title": section["title"], **renamed, **told}
    standing = {section["id"] for section in now["sections"]}
    for key, before in was.items():
        if key not in standing:
            yield {"how": GONE, "title": before["title"], "blocks": _blocks(before["text"], {"type": "doc"})}


def _billing(section: Content) -> dict[str, Any]:
    return {name: value for name, value in section.get("billing", {}).items() if name not in BILLING_LEFT_OUT}


def _blocks(then: Content, now: Content) -> list[dict[str, Any]]:
    compared = word_changes(blocks_of(dict(then)), blocks_of(dict(now)))
    return [
        {
            "kind": block.kind,
            "label": block.label,
            "how": block.how,
            "runs": [{"how": run.how, "text": run.text} for run in block.runs],
        }
        for block in compared.blocks
        if block.how != SAME or any(run.how != SAME for run in block.runs)
    ]


def _lines(then: Content, now: Content, order: uuid.UUID) -> Iterator[dict[str, Any]]:
    """Price lines that are new, gone or changed: amounts as money texts ("" for none) and the `moves` of the rest."""
    was = {str(carried_id(order, line["id"])): (line, then) for _, line in _all_lines(then)}
    currency = now["proposal"]["currency"]
    stand = set()
    for section, line in _all_lines(now):
        stand.add(line["id"])
        amount = line["result"]["amount"]
        found = was.get(line["id"])
        told = {"title": line["title"], "section": section["title"]}
        if found is None:
            yield {"how": NEW, **told, "was": "", "now": amount}
            continue
        before = found[0]
        moves = differences(_comparable(before, then), _comparable(line, now), currency)
        if moves or before["result"]["amount"] != amount:
            shown = [asdict(move) for move in moves]
            yield {"how": CHANGED, **told, "was": before["result"]["amount"], "now": amount, "moves": shown}
    for section, line in _all_lines(then):
        if str(carried_id(order, line["id"])) not in stand:
            told = {"title": line["title"], "section": section["title"]}
            yield {"how": GONE, **told, "was": line["result"]["amount"], "now": ""}


def _all_lines(content: Content) -> Iterator[tuple[Content, Content]]:
    for section in content["sections"]:
        for line in section.get("lines", ()):
            yield section, line


def _comparable(line: Content, content: Content) -> dict[str, Any]:
    """A line without its result, and with names in the place of ids."""
    taxes = {tax["id"]: tax["label"] for tax in content["pricing"]["taxes"]}
    titles = {other["id"]: other["title"] for _, other in _all_lines(content)}
    named = {name: value for name, value in line.items() if name not in ("id", "result", "of")}
    named["taxes"] = [taxes.get(key, "") for key in line["taxes"]]
    return {**named, **({"of": [titles.get(key, "") for key in line["of"]]} if "of" in line else {})}


def _terms(then: Content, now: Content, was: Mapping[str, Content]) -> Iterator[Difference]:
    """What holds for the whole. Titles, and how long an offer stands, are each document's own."""
    currency = now["proposal"]["currency"]
    yield from differences(_whole(then), _whole(now), currency)
    for section in now["sections"]:
        before = was.get(section["id"])
        if before is not None:
            discounts = ({"discounts": before.get("discounts", [])}, {"discounts": section.get("discounts", [])})
            for found in differences(discounts[0], discounts[1], currency):
                yield Difference(f"{section['title']}: {found.what}", found.was, found.now)
    kept = [section["id"] for section in now["sections"] if section["id"] in was]
    stood = [key for key in was if key in kept]
    if kept != stood:
        yield Difference("Order of the sections", _titles(was, stood), _titles(was, kept))


def _titles(was: Mapping[str, Content], keys: Sequence[str]) -> str:
    return ", ".join(str(was[key]["title"]) for key in keys)


def _whole(content: Content) -> dict[str, Any]:
    terms, pricing = content["proposal"], content["pricing"]
    return {
        **{name: terms[name] for name in TERM_FIELDS if name in terms},
        "parties": content["parties"],
        **{name: pricing[name] for name in PRICE_FIELDS},
        "taxes": [{name: value for name, value in tax.items() if name != "id"} for tax in pricing["taxes"]],
        "schedule": pricing.get("schedule", {}).get("plan", []),
    }


def _total(then: Content, now: Content) -> dict[str, Any]:
    """`total` as `was`, `now` and their `difference`, money texts; only where both are in the same currency."""
    if then["proposal"]["currency"] != now["proposal"]["currency"]:
        return {}
    was, stands = (str(content["pricing"]["result"]["totals"]["total"]) for content in (then, now))
    return {"total": {"was": was, "now": stands, "difference": str(Decimal(stands) - Decimal(was))}}
