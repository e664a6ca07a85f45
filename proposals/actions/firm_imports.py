"""Bringing a file of another server (or this one) into a firm: checked whole, then proposal by proposal.

A file that is wrong as a whole is refused before anything is written. Then each thing in it comes whole or not at all,
and the report says which and why. What came before does not come again.
"""

import hashlib
import logging
from collections.abc import Mapping
from typing import IO, Any, Final

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts import logos
from accounts.exceptions import AccountRefusal
from accounts.models import Firm, User
from proposals.actions import values
from proposals.actions.bringing_in import bring_in
from proposals.actions.firm_exports import INTERRUPTED, give_to_worker, moved, owns
from proposals.actions.price_lists import add_item, publish_rate_card
from proposals.actions.sections import checked_text
from proposals.actions.templates import TEMPLATES_COUNT
from proposals.documents.portable.package import OpenedPackage
from proposals.documents.portable.schema import firm_schema
from proposals.exceptions import Invalid, Refusal, StorageRefused
from proposals.locking import writing
from proposals.models import CatalogueItem, FirmImport, Move, RateCard, Template

PIECE_BYTES: Final = 256 * 1024

REPORTED_EVERY: Final = 100
"""After how many proposals the report is written down, which is as long as they are many."""

logger = logging.getLogger("sameside.moving")

Row = dict[str, Any]


def ask_for_import(*, firm: Firm, by: User | None, file: IO[bytes]) -> FirmImport:
    """Check a file and have it brought into a firm by the task worker.

    Raises Invalid, and nothing is kept, for a file that is wrong as a whole (`documents.portable.package`). The caller
    has seen that `by` owns the firm.
    """
    made = _checked(firm, by, file)
    file.seek(0)
    try:
        made.name = default_storage.save(f"moves/{made.id}-in.zip", File(file))
    except OSError as error:
        logger.exception("An import could not be stored.")
        raise StorageRefused(
            "The server could not store the file just now. Nothing was changed: try again in a minute, and tell "
            "whoever runs this server if it goes on."
        ) from error
    with writing():
        made.save(force_insert=True)
        give_to_worker(made)
    return made


def import_now(*, firm: Firm, by: User | None, file: IO[bytes]) -> FirmImport:
    """The same at once, for operators. Raises as `ask_for_import`."""
    made = _checked(firm, by, file)
    made.state = Move.State.MAKING
    with writing():
        made.save(force_insert=True)
    _go_through(made, file)
    return made


def _checked(firm: Firm, by: User | None, file: IO[bytes]) -> FirmImport:
    manifest = OpenedPackage(file).manifest
    file.seek(0)
    digest, length_bytes = hashlib.sha256(), 0
    while piece := file.read(PIECE_BYTES):
        digest.update(piece)
        length_bytes += len(piece)
    told = {name: manifest[name] for name in ("instance", "firm", "made_at", "scope")}
    return FirmImport(
        firm=firm,
        asked_by=by,
        told=told,
        expected_count=len(manifest["proposals"]),
        sha256=digest.hexdigest(),
        length_bytes=length_bytes,
    )


def make_firm_import(import_id: str) -> None:
    """Bring in a file that was sent; called by the task worker. Twice does no harm."""
    found = FirmImport.objects.select_related("firm", "asked_by").filter(id=import_id).first()
    if found is None or not moved(found, Move.State.WAITING, state=Move.State.MAKING):
        return
    if found.asked_by is not None and not owns(found.firm, found.asked_by):
        problem = f"{found.asked_by.display_name} is no owner of {found.firm.name} any more. Nothing was brought in."
        moved(found, Move.State.MAKING, state=Move.State.FAILED, problem=problem, ended_at=timezone.now())
        return
    try:
        with default_storage.open(found.name) as file:
            _go_through(found, file)
    except Exception:
        moved(found, Move.State.MAKING, state=Move.State.FAILED, problem=INTERRUPTED, report=found.report)
        raise


def _go_through(move: FirmImport, file: IO[bytes]) -> None:
    """Bring in one thing after the other, telling how far it is."""
    report: list[Row] = []
    move.report = report
    try:
        package = OpenedPackage(file)
        if package.has("firm.json"):
            report += _firm_rows(package, move.firm, move.asked_by)
    except Invalid as refusal:
        ended = {"ended_at": timezone.now(), "problem": refusal.detail}
        moved(move, Move.State.MAKING, state=Move.State.FAILED, **ended)
        return
    for count, entry in enumerate(package.manifest["proposals"], start=1):
        report.append(_proposal_row(package, entry, move))
        told = {"report": report} if count % REPORTED_EVERY == 0 else {}
        if not moved(move, Move.State.MAKING, done_count=count, **told):
            return
    moved(move, Move.State.MAKING, state=Move.State.MADE, report=report, ended_at=timezone.now())


def _proposal_row(package: OpenedPackage, entry: Mapping[str, Any], move: FirmImport) -> Row:
    try:
        came = bring_in(package=package, entry=entry, firm=move.firm, by=move.asked_by, archive_sha256=move.sha256)
    except Refusal as refusal:
        return _row("proposal", entry["title"], "left", refusal.detail, refusal.code)
    return _row("proposal", entry["title"], came.outcome, " ".join(came.left), proposal=str(came.proposal.id))


def _row(kind: str, title: str, outcome: str, why: str = "", code: str = "", proposal: str | None = None) -> Row:
    return {"kind": kind, "title": title, "outcome": outcome, "why": why, "code": code, "proposal": proposal}


def _firm_rows(package: OpenedPackage, firm: Firm, by: User | None) -> list[Row]:
    """Rates, catalogue, templates and logo, where the firm has none of its own that they would displace."""
    told = package.json("firm.json", firm_schema())
    return [
        *_rate_cards(firm, by, told["rate_cards"]),
        *(_item(firm, item) for item in told["catalogue"]),
        *(_template(firm, by, template) for template in told["templates"]),
        *_logo(package, firm, told["logo"]),
    ]


def _rate_cards(firm: Firm, by: User | None, cards: list[Row]) -> list[Row]:
    """The newest version in each currency in which the firm has no rates."""
    newest = {card["currency"]: card for card in sorted(cards, key=lambda card: card["number"])}
    rows = []
    for currency, card in newest.items():
        title = f"Rates in {currency}"
        if RateCard.objects.filter(firm=firm, currency=currency).exists():
            rows.append(_row("rates", title, "left", f"{firm.name} has rates in {currency}; they stay as they are."))
            continue
        rates = [{**rate, "valid_from": rate["from"], "valid_to": rate["to"]} for rate in card["rates"]]
        given = [{name: value for name, value in rate.items() if name not in ("from", "to")} for rate in rates]
        try:
            made = publish_rate_card(firm=firm, by=by, currency=currency, rates=given)
        except Invalid as refusal:
            rows.append(_row("rates", title, "left", refusal.detail, refusal.code))
            continue
        rows.append(_row("rates", title, "taken", f"As version {made.number}."))
    return rows


def _item(firm: Firm, item: Row) -> Row:
    standing = CatalogueItem.objects.filter(firm=firm, retired_at__isnull=True)
    if standing.filter(title=item["title"], kind=item["kind"], prices=item["prices"]).exists():
        return _row("catalogue", item["title"], "left", "It stands in the catalogue.", "already_here")
    is_free = not standing.filter(external_id=item["external_id"]).exists()
    try:
        add_item(firm=firm, fields={**item, "external_id": item["external_id"] if is_free else ""})
    except Invalid as refusal:
        return _row("catalogue", item["title"], "left", refusal.detail, refusal.code)
    return _row("catalogue", item["title"], "taken")


def _template(firm: Firm, by: User | None, template: Row) -> Row:
    title = template["title"]
    try:
        values.currency("currency", template["currency"])
        _require_usable(template["content"])
        with writing():
            standing = Template.objects.filter(firm=firm, retired_at__isnull=True)
            if any(each.content == template["content"] for each in standing.filter(title=title)):
                return _row("template", title, "left", "The firm has this template.", "already_here")
            if standing.count() >= TEMPLATES_COUNT:
                return _row("template", title, "left", f"A firm keeps {TEMPLATES_COUNT} templates at most.", "too_many")
            is_free = not standing.filter(external_id=template["external_id"]).exists()
            kept = {**template, "external_id": template["external_id"] if is_free else ""}
            Template.objects.create(firm=firm, made_by=by, **kept)
    except Invalid as refusal:
        return _row("template", title, "left", refusal.detail, refusal.code)
    return _row("template", title, "taken")


def _require_usable(content: Row) -> None:
    """Raise Invalid where no proposal could be made of a template: a text that is none, or what points nowhere."""
    lines = {(at, place) for at, section in enumerate(content["sections"]) for place in range(len(section["lines"]))}
    for section in content["sections"]:
        checked_text(section["text"])
        pointed_at = {tax for line in section["lines"] for tax in line["taxes"]}
        bases = {tuple(place) for line in section["lines"] for place in line["percent_of"]}
        if not (pointed_at <= set(range(len(content["taxes"]))) and bases <= lines):
            detail = f"“{section['title']}” has a line with a tax or a base that is not in the template."
            raise values.refuse("content", "bad_content", detail)


def _logo(package: OpenedPackage, firm: Firm, logo: Row | None) -> list[Row]:
    if logo is None:
        return []
    if firm.logo or package.files.get(logo["path"]) != logo:
        why = f"{firm.name} has a logo; it stays." if firm.logo else "The file of the logo is missing."
        return [_row("logo", "Logo", "left", why)]
    try:
        digest = logos.store(logos.drawn_anew(package.read(logo["path"], logos.LARGEST_BYTES)))
    except (AccountRefusal, Invalid) as refusal:
        return [_row("logo", "Logo", "left", refusal.detail)]
    with writing():
        Firm.objects.filter(id=firm.id, logo="").update(logo=digest)
    return [_row("logo", "Logo", "taken")]
