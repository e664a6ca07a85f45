"""The rows and texts of a proposal that is brought in: written as its file says, and calculated to the same."""

import uuid
from collections.abc import Mapping
from typing import Any, Final

from accounts.ids import new_id
from proposals.access import Actor
from proposals.actions import values
from proposals.actions.billing_fields import compared_figures, kept_figures, known_model
from proposals.actions.disclosed_figures import read_content
from proposals.documents.parts import standing_of
from proposals.documents.portable import nouns
from proposals.documents.portable.nouns import fields_of
from proposals.documents.portable.package import bad
from proposals.documents.portable.sameness import require_same
from proposals.models import (
    BillingTerms,
    Disclosure,
    DisclosureVersion,
    Discount,
    Instalment,
    LineItem,
    Proposal,
    Question,
    Rate,
    Reply,
    Section,
    Tax,
    ValueWorksheet,
)
from proposals.pricing.billing import MODELS, ComparableModel
from proposals.prose import ProseError, checked
from proposals.text import ProseDocument, port

Content = Mapping[str, Any]


def write_rows(locked: Proposal, content: Content, by: Actor) -> None:
    """Write rows and texts, and see that they come to what the file says."""
    ids = _new_ids(content)
    for place, rate in enumerate(content["rates"]):
        Rate.objects.create(proposal=locked, position=place, **fields_of(nouns.RATE, rate))
    for place, tax in enumerate(content["taxes"]):
        fields = fields_of(nouns.TAX, tax, *nouns.TAX.fields[1:])
        Tax.objects.create(id=ids[tax["id"]], proposal=locked, position=place, **fields)
    texts: dict[uuid.UUID, ProseDocument] = {}
    for place, section in enumerate(content["sections"]):
        fields = fields_of(nouns.SECTION, section, *nouns.SECTION.fields[1:])
        made = Section.objects.create(id=ids[section["id"]], proposal=locked, position=place, **fields)
        texts[made.id] = _text(section)
        _write_lines(made, section, ids)
        _write_billing(made, section, locked.currency)
    for place, discount in enumerate(content["discounts"]):
        fields = fields_of(nouns.DISCOUNT, discount)
        for name in ("section_id", "line_id"):
            fields[name] = _known(ids, discount[name], "discounts") if discount[name] else None
        Discount.objects.create(proposal=locked, position=place, **fields)
    for place, instalment in enumerate(content["instalments"]):
        Instalment.objects.create(proposal=locked, position=place, **fields_of(nouns.INSTALMENT, instalment))
    for card in content["disclosures"]:
        _write_card(locked, card)
    for question in content["questions"]:
        _write_question(locked, question, ids)
    port().create(locked, texts, by)
    standing = standing_of(Proposal.objects.get(id=locked.id), with_range=False)
    require_same(standing, content, ids, texts)


def _new_ids(content: Content) -> dict[str, uuid.UUID]:
    """A new id for each section, line and tax. They sort as the old ones do, so that nothing changes places."""
    ids: dict[str, uuid.UUID] = {}
    lines = [line["id"] for section in content["sections"] for line in section["lines"]]
    for old in ([tax["id"] for tax in content["taxes"]], [each["id"] for each in content["sections"]], lines):
        if len(set(old)) < len(old) or ids.keys() & set(old):
            raise bad("bad_content", "An id stands twice in it.")
        ids |= zip(sorted(old), sorted(new_id() for _ in old), strict=True)
    all_lines = [line for section in content["sections"] for line in section["lines"]]
    for rows in (content["sections"], all_lines, content["questions"]):
        given = [each["external_id"] for each in rows if each["external_id"]]
        if len(set(given)) < len(given):
            raise bad("bad_content", "An external id stands twice in it.")
    return ids


def _known(ids: Mapping[str, uuid.UUID], key: str, where: str) -> uuid.UUID:
    if key not in ids:
        raise bad("bad_content", f"{where}: {key} is no section, line or tax of this proposal.", where)
    return ids[key]


def _text(section: Content) -> ProseDocument:
    try:
        return checked(section["text"])
    except ProseError as error:
        raise bad("bad_text", f"“{section['title']}”: {error}") from error


def _write_lines(made: Section, section: Content, ids: Mapping[str, uuid.UUID]) -> None:
    if section["lines"] and made.kind != Section.Kind.PRICING:
        raise bad("bad_content", f"“{made.title}” has lines, and is no section with prices.")
    rows, links = [], []
    through = LineItem.taxes.through
    for place, line in enumerate(section["lines"]):
        fields = fields_of(nouns.LINE, line, *nouns.LINE.fields[1:])
        fields["percent_of"] = [str(_known(ids, key, line["title"])) for key in line["percent_of"]]
        rows.append(LineItem(id=ids[line["id"]], section=made, position=place, **fields))
        taxes = {_known(ids, key, line["title"]) for key in line["taxes"]}
        links += [through(lineitem_id=ids[line["id"]], tax_id=tax) for tax in taxes]
    LineItem.objects.bulk_create(rows)
    through.objects.bulk_create(links)


def _write_billing(made: Section, section: Content, currency: str) -> None:
    told = section["billing"]
    if (told is not None) != (made.kind == Section.Kind.BILLING):
        raise bad("bad_content", f"“{made.title}”: how the work is billed belongs into a section about that.")
    if told is None:
        return
    for key, params in told["figures"].items():
        if kept_figures(known_model(key), params) != params:
            raise bad("bad_content", f"“{made.title}”: the figures of {key} are not written as they are here.")
    for place, compared in enumerate(told["compared"]):
        model = known_model(compared.get("model"))
        params = compared.get("params")
        is_known = isinstance(model, ComparableModel) and isinstance(params, dict) and {*compared} <= COMPARED
        if not is_known or compared_figures(model, params, currency, f"compared/{place}") != params:  # type: ignore[arg-type]
            raise bad("bad_content", f"“{made.title}”: {model.name} can’t be compared with these figures.")
        values.text(100)("name", compared.get("name", ""))
    for key, clauses in told["clauses"].items():
        if key not in MODELS or not set(clauses) <= {clause.key for clause in MODELS[key].clauses}:
            raise bad("bad_content", f"“{made.title}”: it has a clause that is not known here.")
    terms = BillingTerms.objects.create(section=made, **fields_of(nouns.BILLING, told))
    if told["worksheet"] is not None:
        sheet = {**fields_of(nouns.WORKSHEET, told["worksheet"]), **UNSAID}
        ValueWorksheet.objects.create(terms=terms, **sheet)


UNSAID: Final[Content] = {
    "own_value": None,
    "own_note": "",
    "own_by_name": "",
    "confirmed": {},
    "confirmed_by_name": "",
    "confirmed_at": None,
}
"""What the client said of the value, and that they confirmed it: here nobody did. A copy leaves out the same."""

COMPARED: Final = frozenset({"model", "params", "name"})


def _write_card(locked: Proposal, card: Content) -> None:
    """A card that stands. Its figures are calculated anew and have to come to the same."""
    if card["withdrawn_at"] is not None:
        return
    told = card["content"]
    if read_content(locked.currency, card["kind"], told) != told:
        raise bad("prices_differ", f"The figures on the card “{card['title']}” come to something else here.")
    made = Disclosure.objects.create(proposal=locked, kind=card["kind"], title=card["title"])
    DisclosureVersion.objects.create(
        disclosure=made, number=card["version"], epoch=locked.epoch, content=told, by_name=card["by_name"]
    )


def _write_question(locked: Proposal, question: Content, ids: Mapping[str, uuid.UUID]) -> None:
    """A question with its replies; whoever asked is a name."""
    fields = fields_of(nouns.QUESTION, question, *nouns.QUESTION.fields[1:])
    fields["section_id"] = ids.get(question["section_id"] or "")
    made = Question.objects.create(proposal=locked, imported=True, **fields)
    for reply in question["replies"]:
        Reply.objects.create(question=made, imported=True, **fields_of(nouns.REPLY, reply))
