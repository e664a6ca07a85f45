"""A firm's own templates: saving a proposal as one, taking one out, and filling a new proposal from one."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Firm
from proposals.access import Actor
from proposals.actions import values
from proposals.actions.changing import check_version, still_seated
from proposals.actions.keys import lock_keys_of, require_free
from proposals.documents import contents
from proposals.documents.templates import filled, instalment_fields, start_words, template_content
from proposals.exceptions import Invalid, NotFound
from proposals.locking import writing
from proposals.models import BillingTerms, Instalment, LineItem, Proposal, Section, Side, Template
from proposals.text import ProseDocument, port

TEMPLATES_COUNT: Final = 200
VARIABLE_LENGTH: Final = 300


_EDITS: Final[dict[str, values.Parse]] = {
    "title": values.text(120, required=True),
    "summary": values.text(300),
    **values.KEY_EDITS,
}


def save_as_template(
    *,
    by: Actor,
    title: str,
    summary: str = "",
    external_id: str = "",
    metadata: Mapping[str, str] | None = None,
) -> Template:
    """Keep a proposal's structure, text and prices as a template of the seller's firm, without the client's data.

    The client's names become variables; discounts, choices, people, questions and agreements are left out.
    """
    proposal = Proposal.objects.get(id=by.proposal_id)
    still_seated(by).require("copy", proposal.lifecycle)
    given = {"title": title, "summary": summary, "external_id": external_id, "metadata": metadata or {}}
    fields = values.parse_all(_EDITS, given)
    rows = contents.load(proposal)
    texts = port().read(proposal, [section.id for section in rows.sections])
    clients = proposal.participants.filter(side=Side.CLIENT).select_related("user")
    content = template_content(rows, texts, [row.user.name for row in clients])
    firm = proposal.party(Side.SELLER).firm
    with writing():
        standing = templates_of(lock_keys_of(firm))
        if standing.count() >= TEMPLATES_COUNT:
            raise Invalid(f"A firm keeps {TEMPLATES_COUNT} templates at most. Nothing was changed.", code="too_many")
        require_free(standing, fields["external_id"])
        return Template.objects.create(
            firm=firm, currency=proposal.currency, content=content, made_by=by.user, **fields
        )


def edit_template(
    *, firm: Firm, template_id: uuid.UUID | str, changes: Mapping[str, Any], expected_version: int | None = None
) -> Template:
    """Change what a template is called, when to use it, or the keys of programs."""
    with writing():
        template = standing_template(lock_keys_of(firm), template_id)
        check_version(template.version, expected_version, "template")
        parsed = values.parse_all(_EDITS, changes)
        differing = {name: value for name, value in parsed.items() if getattr(template, name) != value}
        require_free(templates_of(firm), differing.get("external_id", ""))
        if differing:
            for name, value in {**differing, "version": template.version + 1}.items():
                setattr(template, name, value)
            template.save(update_fields=[*differing, "version"])
        return template


def templates_of(firm: Firm) -> QuerySet[Template]:
    """The templates that a firm keeps."""
    return Template.objects.filter(firm=firm, retired_at__isnull=True)


def retire_template(*, firm: Firm, template_id: uuid.UUID | str, expected_version: int | None = None) -> None:
    """Take a template out. Proposals that were made from it stay."""
    with writing():
        template = standing_template(lock_keys_of(firm), template_id)
        check_version(template.version, expected_version, "template")
        template.retired_at = timezone.now()
        template.save(update_fields=["retired_at"])


def standing_template(firm: Firm, template_id: uuid.UUID | str) -> Template:
    """A template that the firm keeps. Raises NotFound."""
    try:
        key = uuid.UUID(str(template_id))
    except ValueError as error:
        raise NotFound() from error
    found = templates_of(firm).filter(id=key).first()
    if found is None:
        raise NotFound("Your firm does not keep this template any more.")
    return found


def checked_variables(given: Mapping[str, Any]) -> dict[str, str]:
    """Values of variables by name, as texts on one line."""
    values.require_few("variables", given, 100)
    return {name: values.text(VARIABLE_LENGTH)(f"variables/{name}", value) for name, value in given.items()}


def fill_from_template(locked: Proposal, template: Template, given: Mapping[str, str], contact: str, by: Actor) -> None:
    """Write a template's sections, rates, taxes, lines and schedule into an empty proposal, its variables filled.

    Raises Invalid for another currency than the template's, and for a start that is no date.
    """
    if template.currency != locked.currency:
        detail = f"“{template.title}” has its prices in {template.currency}. Choose that currency, or another template."
        raise values.refuse("currency", "other_currency", detail)
    settings = template.content["settings"]
    for name, value in settings.items():
        setattr(locked, name, value)
    asked = values.day("variables/start date", given.get("start date", ""))
    locked.starts_on = asked or timezone.localdate() + dt.timedelta(days=28)
    locked.offer_until = timezone.localdate() + dt.timedelta(days=30)
    locked.save(update_fields=[*settings, "starts_on", "offer_until"])
    known = {
        "client": locked.party(Side.CLIENT).name,
        "seller": locked.party(Side.SELLER).name,
        "contact": contact,
        "project": locked.title,
    }
    written = {name: value for name, value in given.items() if value.strip()}
    written["start date"] = start_words(asked, locked.language) if asked else ""
    _write(locked, filled(template.content, {**known, **written}), by)


def _write(locked: Proposal, content: Mapping[str, Any], by: Actor) -> None:
    for position, rate in enumerate(content["rates"]):
        locked.rates.create(position=position, valid_from=locked.price_date, **rate)
    taxes = [locked.taxes.create(position=position, **tax) for position, tax in enumerate(content["taxes"])]
    texts: dict[uuid.UUID, ProseDocument] = {}
    made: dict[tuple[int, int], LineItem] = {}
    for at, described in enumerate(content["sections"]):
        section = Section.objects.create(
            proposal=locked, position=at, title=described["title"][:300], kind=described["kind"]
        )
        if described.get("billing") is not None:
            BillingTerms.objects.create(section=section, **described["billing"])
        texts[section.id] = described["text"]
        for place, line in enumerate(described["lines"]):
            fields = {
                **line["fields"],
                "title": line["fields"]["title"][:200],
                "detail": line["fields"]["detail"][:500],
            }
            row = made[at, place] = LineItem.objects.create(section=section, position=place, **fields)
            row.taxes.set([taxes[tax] for tax in line["taxes"]])
    for at, described in enumerate(content["sections"]):
        for place, line in enumerate(described["lines"]):
            if line["percent_of"]:
                row = made[at, place]
                row.percent_of = [str(made[one, other].id) for one, other in line["percent_of"]]
                row.save(update_fields=["percent_of"])
    starts_on = locked.starts_on or timezone.localdate()
    for position, planned in enumerate(content["instalments"]):
        fields = instalment_fields(planned, starts_on)
        fields |= {"title": fields["title"][:120], "acceptance": fields.get("acceptance", "")[:300]}
        Instalment.objects.create(proposal=locked, position=position, **fields)
    port().create(locked, texts, by)
