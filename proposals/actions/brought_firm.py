"""What a firm keeps beside its proposals, brought in: rates, catalogue, templates, logo, and with whom it works.

Nothing that the firm has is displaced. Each thing comes whole or not at all, and gives a row of the report.
"""

from collections.abc import Callable, Iterator
from functools import partial

from accounts import logos
from accounts.exceptions import AccountRefusal
from accounts.models import Firm, User
from proposals.actions import values
from proposals.actions.import_report import Row, told_row
from proposals.actions.keys import lock_keys_of
from proposals.actions.price_lists import add_item, items_of, publish_rate_card
from proposals.actions.sections import checked_text
from proposals.actions.templates import TEMPLATES_COUNT, templates_of
from proposals.documents.portable.package import OpenedPackage
from proposals.exceptions import Invalid
from proposals.locking import writing
from proposals.models import RateCard, Relationship, Side, Template

Thing = Callable[[], Row]
"""Brings one thing in, in a transaction of the caller's, and gives its row of the report."""


def things_of(package: OpenedPackage, told: Row, firm: Firm, by: User | None) -> Iterator[Thing]:
    """The things in `firm.json`, always in the same order. The logo is drawn before it is given, so that nothing waits
    for that in a transaction.
    """
    for currency, card in _newest(told["rate_cards"]).items():
        yield partial(_rate_card, firm, by, currency, card)
    for item in told["catalogue"]:
        yield partial(_item, firm, item)
    for template in told["templates"]:
        yield partial(_template, firm, by, template)
    if told["logo"] is not None:
        yield _logo(package, firm, told["logo"])


def without_proposals(told: list[Row]) -> list[Row]:
    """The clients with whom there were no proposals. The others come with theirs, and are not told of."""
    return [each for each in told if each["side"] == Side.SELLER and each.get("proposals_count") == 0]


def bring_in_relationships(firm: Firm, told: list[Row]) -> list[Row]:
    """Some of those clients, in a transaction of the caller's: a few, as nobody else writes meanwhile."""
    kept_by = lock_keys_of(firm)
    own = Relationship.objects.filter(seller_firm=kept_by)
    names = {name.casefold() for name in own.values_list("client_firm__name", flat=True)}
    return [_relationship(kept_by, each, names) for each in told]


def _relationship(firm: Firm, told: Row, names: set[str]) -> Row:
    """`names` are those of the clients the firm has, and the new one's is added."""
    name = told["other"]["name"]
    own = Relationship.objects.filter(seller_firm=firm)
    if name.casefold() in names:
        why = f"{firm.name} works with {name} already."
        return told_row("relationship", name, "left", why, "already_here")
    names.add(name.casefold())
    is_used = bool(told["external_id"]) and own.filter(external_id=told["external_id"]).exists()
    Relationship.objects.create(
        seller_firm=firm,
        client_firm=Firm.objects.create(name=name),
        external_id="" if is_used else told["external_id"],
        metadata=told["metadata"],
    )
    why = f"Its external id “{told['external_id']}” is used by another relationship here." if is_used else ""
    return told_row("relationship", name, "taken", why)


def _newest(cards: list[Row]) -> dict[str, Row]:
    """The newest version in each currency."""
    return {card["currency"]: card for card in sorted(cards, key=lambda card: card["number"])}


def _rate_card(firm: Firm, by: User | None, currency: str, card: Row) -> Row:
    """A version of rates, where the firm has none in its currency."""
    title = f"Rates in {currency}"
    if RateCard.objects.filter(firm=lock_keys_of(firm), currency=currency).exists():
        return told_row("rates", title, "left", f"{firm.name} has rates in {currency}; they stay as they are.")
    rates = [{**rate, "valid_from": rate["from"], "valid_to": rate["to"]} for rate in card["rates"]]
    given = [{name: value for name, value in rate.items() if name not in ("from", "to")} for rate in rates]
    try:
        made = publish_rate_card(firm=firm, by=by, currency=currency, rates=given)
    except Invalid as refusal:
        return told_row("rates", title, "left", refusal.detail, refusal.code)
    return told_row("rates", title, "taken", f"As version {made.number}.")


def _item(firm: Firm, item: Row) -> Row:
    try:
        with writing():
            standing = items_of(lock_keys_of(firm))
            if standing.filter(title=item["title"], kind=item["kind"], prices=item["prices"]).exists():
                return told_row("catalogue", item["title"], "left", "It stands in the catalogue.", "already_here")
            is_free = not standing.filter(external_id=item["external_id"]).exists()
            add_item(firm=firm, fields={**item, "external_id": item["external_id"] if is_free else ""})
    except Invalid as refusal:
        return told_row("catalogue", item["title"], "left", refusal.detail, refusal.code)
    return told_row("catalogue", item["title"], "taken")


def _template(firm: Firm, by: User | None, template: Row) -> Row:
    title = template["title"]
    try:
        values.currency("currency", template["currency"])
        _require_usable(template["content"])
        with writing():
            standing = templates_of(lock_keys_of(firm))
            if any(each.content == template["content"] for each in standing.filter(title=title)):
                return told_row("template", title, "left", "The firm has this template.", "already_here")
            if standing.count() >= TEMPLATES_COUNT:
                return told_row(
                    "template", title, "left", f"A firm keeps {TEMPLATES_COUNT} templates at most.", "too_many"
                )
            is_free = not standing.filter(external_id=template["external_id"]).exists()
            kept = {**template, "external_id": template["external_id"] if is_free else ""}
            Template.objects.create(firm=firm, made_by=by, **kept)
    except Invalid as refusal:
        return told_row("template", title, "left", refusal.detail, refusal.code)
    return told_row("template", title, "taken")


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


def _logo(package: OpenedPackage, firm: Firm, logo: Row) -> Thing:
    if firm.logo:
        return partial(_has_logo, firm)
    if package.files.get(logo["path"]) != logo:
        return partial(told_row, "logo", "Logo", "left", "The file of the logo is missing.")
    try:
        digest = logos.store(logos.drawn_anew(package.read(logo["path"], logos.LARGEST_BYTES)))
    except (AccountRefusal, Invalid) as refusal:
        return partial(told_row, "logo", "Logo", "left", refusal.detail)
    return partial(_take_logo, firm, digest)


def _has_logo(firm: Firm) -> Row:
    return told_row("logo", "Logo", "left", f"{firm.name} has a logo; it stays.")


def _take_logo(firm: Firm, digest: str) -> Row:
    if not Firm.objects.filter(id=firm.id, logo="").update(logo=digest):
        return _has_logo(firm)
    return told_row("logo", "Logo", "taken")
