"""The parts that are agreed on, and their fingerprints.

Agreeable parts: each section, and the terms of the whole (title, parties, order of sections, document-wide
price settings, totals), so that nothing agreed can be deleted, moved or discounted away unseen. A fingerprint
is `v1:` + SHA-256 of the RFC 8785 JSON of the part. It has neither the engine's version nor the clock in it.
Comment marks are no part of a text.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from proposals.documents import contents
from proposals.documents.billing_terms import agreed_content
from proposals.documents.change_order import amended_content
from proposals.documents.contents import ProposalRows
from proposals.documents.fingerprints import fingerprint_of
from proposals.documents.payment import schedule_content
from proposals.documents.price_document import Price, price_of
from proposals.exceptions import NotFound
from proposals.models import Proposal, Section
from proposals.prose import without_comments
from proposals.text import SectionTexts, port

TERMS: Final = "terms"
TERMS_TITLE: Final = "Terms of the whole"


@dataclass(frozen=True)
class Part:
    """One agreeable part as it stands: `key` is `section:<id>` or `terms`."""

    key: str
    title: str
    content: dict[str, Any]
    fingerprint: str

    @property
    def section_id(self) -> uuid.UUID | None:
        """The section's id, None for the terms."""
        return uuid.UUID(self.key.removeprefix("section:")) if self.key != TERMS else None


@dataclass(frozen=True)
class Standing:
    """A proposal as it stands at one number of the text log and one version of the rows."""

    rows: ProposalRows
    texts: SectionTexts
    price: Price
    parts: tuple[Part, ...]

    def part(self, key: str) -> Part:
        """A part by its key. Raises NotFound for one that is not (or no longer) there."""
        for part in self.parts:
            if part.key == key:
                return part
        raise NotFound("That part of the proposal does not exist any more. Reload the page to see what stands there.")


def section_key(section_id: object) -> str:
    """The key of a section's part."""
    return f"section:{section_id}"


def standing_of(proposal: Proposal, *, texts: SectionTexts | None = None, with_range: bool = True) -> Standing:
    """Read and calculate a proposal: committed rows, committed text, price, parts with fingerprints."""
    rows = contents.load(proposal)
    texts = texts or port().read(proposal, [section.id for section in rows.sections])
    price = price_of(rows, with_range=with_range)
    sections = [_section_part(section, rows, texts, price) for section in rows.sections]
    return Standing(rows, texts, price, (*sections, _terms_part(rows, price)))


def parts_named(keys: Collection[str], rows: ProposalRows, texts: SectionTexts, price: Price) -> list[Part]:
    """Those of these parts that stand, without making the others. `texts` has their sections' at least."""
    parts = [_section_part(section, rows, texts, price) for section in rows.sections if section_key(section.id) in keys]
    return [*parts, _terms_part(rows, price)] if TERMS in keys else parts


def _section_part(section: Section, rows: ProposalRows, texts: SectionTexts, price: Price) -> Part:
    content = section_content(section, rows, texts, price)
    return Part(section_key(section.id), section.title, content, fingerprint_of(content))


def text_part(section: Section, texts: SectionTexts) -> Part | None:
    """The part of a section that is nothing but text, made without anything else; None if the section is more."""
    if section.kind in (Section.Kind.PRICING, Section.Kind.BILLING):
        return None
    content = text_content(section, texts)
    return Part(section_key(section.id), section.title, content, fingerprint_of(content))


def text_content(section: Section, texts: SectionTexts) -> dict[str, Any]:
    """What every section says: title, kind, text."""
    return {"title": section.title, "kind": section.kind, "text": without_comments(texts.of(section.id))}


def section_content(section: Section, rows: ProposalRows, texts: SectionTexts, price: Price) -> dict[str, Any]:
    """What a section says: title, kind, text; for prices also lines with results, discounts and sums, for
    billing its terms."""
    content = text_content(section, texts)
    if section.kind == Section.Kind.PRICING:
        content["lines"] = [
            {**line, "result": {name: value for name, value in price.line(line["id"]).items() if name != "id"}}
            for line in price.lines_of(section.id)
        ]
        content["discounts"] = [contents.discount_content(row) for row in rows.discounts_of(section=section)]
        content["result"] = price.section(section.id) or {}
    if section.id in rows.billing:
        content["billing"] = agreed_content(rows.billing[section.id], rows.proposal)
    return content


def _terms_part(rows: ProposalRows, price: Price) -> Part:
    content = terms_content(rows, price)
    return Part(TERMS, TERMS_TITLE, content, fingerprint_of(content))


def terms_content(rows: ProposalRows, price: Price) -> dict[str, Any]:
    """What holds for the whole: title, parties, order of sections, price settings, totals, payment schedule.

    What a proposal does not have is no key, so that its fingerprint does not depend on what could be there.
    """
    schedule = schedule_content(rows, price)
    proposal, document, result = rows.proposal, price.document, price.result
    return {
        "title": proposal.title,
        "language": proposal.language,
        **contents.paper_content(proposal),
        **contents.signing_content(proposal),
        "starts_on": contents.day(proposal.starts_on),
        "offer_until": contents.day(proposal.offer_until),
        **contents.offer_content(proposal),
        "parties": {side: contents.party_content(party) for side, party in rows.parties.items()},
        "sections": [
            {"id": str(section.id), "title": section.title, "kind": section.kind} for section in rows.sections
        ],
        **{
            name: document[name]
            for name in ("currency", "price_basis", "tax_rounding", "price_date", "hours_per_day", "rate_card")
        },
        "taxes": document["taxes"],
        "discounts": document["discounts"],
        "choices": document["choices"],
        "result": {
            name: result[name]
            for name in ("totals", "taxes", "complete", "unresolved", "conditional", "most")
            if name in result
        },
        **({"schedule": schedule} if schedule else {}),
        **({} if proposal.working_in_document else {"working_in_document": False}),
        **amended_content(proposal),
    }
