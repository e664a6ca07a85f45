"""From a revision's canonical content to its PDF: the sealed edition and the draft.

Everything printed comes from the snapshot (`snapshot.py`) and from a few facts about this server, so the same revision
gives the same bytes on every rendering. Prices are laid out by the template that the page uses.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import rfc8785
from django.conf import settings
from django.template.loader import render_to_string

from accounts import logos
from proposals.documents import pdf
from proposals.documents.authority import root_fingerprint
from proposals.documents.billing_view import BillingView, billing_view
from proposals.documents.carried import with_subtotals
from proposals.documents.change_order_view import changes_view
from proposals.documents.directions import with_directions
from proposals.documents.disclosed import card_of
from proposals.documents.errors import DocumentNotRenderable
from proposals.documents.evidence import AgreedPart, agreed_parts
from proposals.documents.job import SIGNATURE_FIELD_PREFIX, Job, Source
from proposals.documents.price_table import PriceTable, price_table
from proposals.documents.signed_file import SOURCE_NAME
from proposals.documents.signing_order import order_in_words, ordinal_number, turns_of
from proposals.documents.stylesheets import ASSETS, style_of
from proposals.documents.totals import Totals, totals_of
from proposals.documents.wording import short_date
from proposals.documents.words import grouped, moment_in_words
from proposals.documents.working_appendix import appendix_of
from proposals.languages import direction_of
from proposals.models import Proposal
from proposals.prose import to_html, to_text
from proposals.states import LABELS, State

SEALS: Final = {f"seal-{state}.svg": (ASSETS / f"seal-{state}.svg") for state in ("both", "seller", "client", "none")}
LOGO: Final = "logo.png"
LONGEST_HEADER: Final = 80

LOST_LOGO = (
    "The PDF could not be made: the seller’s logo can’t be read from the storage of this server. Nothing was changed. "
    "Upload the logo once more on the firm’s page, or take it away."
)


@dataclass(frozen=True)
class Instance:
    """What a document says about the server that made it."""

    name: str
    base_url: str
    root_fingerprint: str

    @classmethod
    def current(cls) -> Instance:
        """This server."""
        return cls(name=settings.INSTANCE_NAME, base_url=settings.BASE_URL, root_fingerprint=root_fingerprint())


@dataclass(frozen=True)
class SectionView:
    """A section as printed: `agreed` is both, seller, client or none; `table` only where there are prices."""

    number: int
    title: str
    prose: str
    table: PriceTable | None
    section: Mapping[str, Any]
    agreed: str
    agreed_in_words: str
    billing: BillingView | None = None

    @property
    def chart(self) -> str:
        """The name of the chart's image, "" if there is none."""
        drawn = self.billing is not None and (self.billing.wide is not None or self.billing.curve is not None)
        return f"chart-{self.number}.svg" if drawn else ""

    @property
    def anchor(self) -> str:
        """The name that links lead to."""
        return f"section-{self.number}"


@dataclass(frozen=True)
class SignatureBlock:
    """A place for one signature: it names the party and the slot, never a person. `turn` is "" in any order."""

    field_name: str
    side: str
    firm: str
    ordinal: str
    label: str
    turn: str = ""


@dataclass(frozen=True)
class Draft:
    """What a draft says about itself: when it was made and where the live document is."""

    drafted_at: datetime
    live_url: str


def revision_pdf(snapshot: Mapping[str, Any], *, tell_page: Callable[[int], None] | None = None) -> pdf.Rendered:
    """The unsigned PDF of a frozen revision, with its canonical JSON inside and empty signature fields.

    The same snapshot gives the same bytes.
    `tell_page` as in `pdf.render`. Raises `MissingGlyphs` or `DocumentNotRenderable`; nothing changes then.
    """
    canonical = rfc8785.dumps(dict(snapshot))
    html = document_html(snapshot, instance=Instance.current(), draft=None)
    source = Source(
        name=SOURCE_NAME,
        description="The agreed content as data (RFC 8785 JSON); its SHA-256 identifies the revision.",
        text=canonical.decode(),
        created=snapshot["revision"]["frozen_at"],
    )
    images = images_of(snapshot)
    digest = hashlib.sha256(canonical).hexdigest()
    job = job_for(html, digest, source=source, draft=None, images=images, **style_choices(snapshot))
    return pdf.render(job, tell_page=tell_page)


def draft_pdf(
    snapshot: Mapping[str, Any], *, drafted_at: datetime, live_url: str, tell_page: Callable[[int], None] | None = None
) -> pdf.Rendered:
    """A draft: marked as such on every page, with the date and where the live document is, without signature fields.

    Characters that no font has are drawn as boxes. Raises `DocumentNotRenderable`.
    """
    draft = Draft(drafted_at=drafted_at.astimezone(UTC).replace(microsecond=0), live_url=live_url)
    html = document_html(snapshot, instance=Instance.current(), draft=draft)
    images = images_of(snapshot)
    digest = hashlib.sha256(html.encode()).hexdigest()
    job = job_for(html, digest, source=None, draft=draft, images=images, **style_choices(snapshot))
    return pdf.render(job, tell_page=tell_page)


def style_choices(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """Paper and direction of writing, as `job_for` takes them."""
    return {"paper": paper_of(snapshot), "direction": direction_of(snapshot["proposal"]["language"])}


def paper_of(snapshot: Mapping[str, Any]) -> str:
    """The paper of a document; older revisions do not name the usual one."""
    return str(snapshot["proposal"].get("paper", Proposal.Paper.A4))


def job_for(
    html: str,
    digest: str,
    *,
    source: Source | None,
    draft: Draft | None,
    images: Mapping[str, str] | None = None,
    paper: str = Proposal.Paper.A4,
    direction: str = "ltr",
) -> Job:
    """The rendering job of a document whose content has this hash."""
    assets = {name: path.read_text(encoding="utf-8") for name, path in SEALS.items()} | dict(images or {})
    if draft is not None:
        assets["draft.svg"] = (ASSETS / "draft.svg").read_text(encoding="utf-8")
    return Job(
        html=with_directions(html) if direction == "rtl" else html,
        css=style_of(paper, is_draft=draft is not None, direction=direction),
        identifier=digest[:32],
        source=source,
        must_have_glyphs=draft is None,
        assets=assets,
        cpu_limit_seconds=pdf.cpu_limit_seconds(html),
    )


def document_html(snapshot: Mapping[str, Any], *, instance: Instance, draft: Draft | None) -> str:
    """The HTML that is rendered: only our templates, and text that they escape."""
    language = snapshot["proposal"]["language"]
    sections = section_views(snapshot, language)
    totals = document_totals(snapshot, language) if any(section.table for section in sections) else None
    title = snapshot["proposal"]["title"]
    digest = hashlib.sha256(rfc8785.dumps(dict(snapshot))).hexdigest()
    frozen_at = snapshot["revision"]["frozen_at"]
    return render_to_string(
        "pdf/document.html",
        {
            "language": language,
            "logo": LOGO if snapshot.get("seller_logo") else "",
            "direction": direction_of(language),
            "title": title,
            "header": title if len(title) <= LONGEST_HEADER else f"{title[: LONGEST_HEADER - 1]}…",
            "seller": snapshot["parties"]["seller"],
            "client": snapshot["parties"]["client"],
            "starts_on": short_date(snapshot["proposal"]["starts_on"], language),
            "offer_until": short_date(snapshot["proposal"]["offer_until"], language),
            "offer_reason": snapshot["proposal"].get("offer_reason", ""),
            "totals": totals,
            "with_tax": bool(snapshot["pricing"]["result"]["taxes"]),
            "sections": sections,
            "changes": changes_view(snapshot),
            "questions": open_questions(snapshot),
            "appendix": appendix_of(snapshot, language),
            "books": [card_of(disclosed, language) for disclosed in snapshot.get("disclosures", ())],
            "blocks": signature_blocks(snapshot) if draft is None else [],
            "signing_order": order_in_words(snapshot),
            "number": snapshot["revision"]["number"],
            "frozen_at": moment_in_words(frozen_at, language),
            "made_at": draft.drafted_at.isoformat() if draft else frozen_at,
            "sha256": grouped(digest),
            "sha256_short": grouped(digest[:16]),
            "proposal_id": snapshot["proposal"]["id"],
            "engine_version": snapshot["revision"]["engine_version"],
            "parts": agreed_parts(snapshot),
            "audit": {**snapshot["audit"], "hash": grouped(snapshot["audit"]["hash"])},
            "instance": instance,
            "root_fingerprint": grouped(instance.root_fingerprint),
            "draft": draft,
            "ended": _ended_words(snapshot, language),
            "drafted_at": moment_in_words(draft.drafted_at, language) if draft else "",
        },
    )


def _ended_words(snapshot: Mapping[str, Any], language: str) -> str:
    """“Declined on 3 December 2026.” on a draft of what is over; “” on every other document."""
    ended = snapshot.get("ended")
    return f"{LABELS[State(ended['state'])]} on {short_date(ended['on'], language)}." if ended else ""


def document_totals(snapshot: Mapping[str, Any], language: str) -> Totals:
    """The totals of the whole document."""
    return totals_of(price_terms(snapshot), snapshot["pricing"]["result"], language)


def price_terms(snapshot: Mapping[str, Any]) -> dict[str, Any]:
    """What holds for every price of the document, as the price table takes it."""
    return {**snapshot["proposal"], **snapshot["pricing"]}


def section_views(snapshot: Mapping[str, Any], language: str) -> list[SectionView]:
    """The sections in order; the document's totals stand under the last price table."""
    parts = {part.key: part for part in agreed_parts(snapshot)}
    terms = price_terms(snapshot)
    priced = [section["id"] for section in snapshot["sections"] if section["kind"] == "pricing"]
    views = []
    for number, section in enumerate(snapshot["sections"], start=1):
        table = None
        if section["kind"] == "pricing":
            totals = document_totals(snapshot, language) if section["id"] == priced[-1] else None
            table = price_table(section, terms, language, totals=totals)
            table = with_subtotals(table, section, terms["currency"], language)
        part: AgreedPart = parts[f"section:{section['id']}"]
        views.append(
            SectionView(
                number=number,
                title=section["title"],
                prose=to_html(section["text"]) if to_text(section["text"]).strip() else "",
                table=table,
                section=section,
                agreed=part.state,
                agreed_in_words=part.state_in_words,
                billing=_billing(section, snapshot),
            )
        )
    return views


def _billing(section: Mapping[str, Any], snapshot: Mapping[str, Any]) -> BillingView | None:
    if "billing" not in section:
        return None
    seller = snapshot["parties"]["seller"]["name"]
    return billing_view(section["id"], section["billing"], section["explanation"], seller)


def images_of(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """What the pages show beside text, as the rendering takes it: charts, and the seller's logo (PNG as base64)."""
    logo = snapshot.get("seller_logo", "")
    if not logo:
        return charts_of(snapshot)
    png = logos.read(logo)
    if png is None:
        raise DocumentNotRenderable(LOST_LOGO)
    return {**charts_of(snapshot), LOGO: base64.b64encode(png).decode()}


def charts_of(snapshot: Mapping[str, Any]) -> dict[str, str]:
    """The charts of the billing sections as SVG, by the names under which the pages show them."""
    return {
        view.chart: _chart_of(view.billing)
        for view in section_views(snapshot, snapshot["proposal"]["language"])
        if view.billing is not None and view.chart
    }


def _chart_of(billing: BillingView) -> str:
    if billing.curve is not None:
        return render_to_string("proposals/billing/curve_chart.html", {"chart": billing.curve.wide, "size": "wide"})
    return render_to_string("proposals/billing/chart.html", {"chart": billing.wide, "size": "wide"})


def open_questions(snapshot: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions that are still open, each with the title of its section."""
    titles = {section["id"]: section["title"] for section in snapshot["sections"]}
    return [
        {**question, "section_title": titles.get(question["section"] or "", "")}
        for question in snapshot["questions"]
        if question["state"] == "open"
    ]


def signature_blocks(snapshot: Mapping[str, Any]) -> list[SignatureBlock]:
    """One block per slot, in the order of the slots."""
    slots = snapshot["signature_slots"]
    turns = turns_of(snapshot)
    blocks = []
    for slot in slots:
        side = slot["side"]
        party = snapshot["parties"][side]
        firm = party["legal_name"] or party["name"]
        of_side = [other["slot"] for other in slots if other["side"] == side]
        place = of_side.index(slot["slot"]) + 1
        ordinal = f"signature {place} of {len(of_side)}" if len(of_side) > 1 else "signature"
        blocks.append(
            SignatureBlock(
                field_name=f"{SIGNATURE_FIELD_PREFIX}{slot['slot']}",
                side=side,
                firm=firm,
                ordinal=ordinal,
                label=f"{ordinal.capitalize()} for {firm}, {side}",
                turn=f"signs {ordinal_number(turns[slot['slot']])}" if turns else "",
            )
        )
    return blocks
