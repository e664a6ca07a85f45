"""Rows by plain statements: the same instances that Django's querysets give, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models

from proposals.documents import contents
from proposals.models import AuditContent, AuditEvent, LineItem, Party, Proposal, Section, Side
from proposals.models.plainly import insert, kept_key, read, rows_of, write
from tests import factories
from tests.proposals.deal import PRICING, Deal, make_deal
from tests.proposals.valued import FILLED, choose_value, fill

OURS = ("accounts", "proposals", "collab", "webhooks")


def test_every_model_is_read_as_django_reads_it(committed: str) -> None:
    deal = make_deal()
    choose_value(deal)
    compared = set()
    for model in (model for app in OURS for model in apps.get_app_config(app).get_models()):
        key = model._meta.pk.column
        mine = read(model, f'ORDER BY own."{key}"')
        assert [fields_of(row) for row in mine] == [fields_of(row) for row in model._default_manager.order_by("pk")]
        compared |= {model} if mine else set()
    assert compared >= {Proposal, Section, LineItem, AuditEvent, AuditContent}
    assert all(isinstance(row.quantity, Decimal) for row in read(LineItem, "") if row.quantity is not None)


def fields_of(row: models.Model) -> dict[str, object]:
    assert not row._state.adding
    assert row._state.db == "default"
    values = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return {
        name: (type(value), bytes(value) if isinstance(value, memoryview) else value) for name, value in values.items()
    }


def test_rows_are_written_and_inserted(committed: str) -> None:
    deal = make_deal()
    line = deal.line("Portal")
    line.title, line.amount, line.metadata, line.detail = "Two days", Decimal("1.50"), {"crm": "ö"}, "not written"
    write(line, "title", "amount", "metadata")
    stored = LineItem.objects.get(pk=line.pk)
    assert (stored.title, stored.amount, stored.metadata) == ("Two days", Decimal("1.5"), {"crm": "ö"})
    assert stored.detail != "not written"
    assert rows_of("SELECT id, title FROM proposals_lineitem WHERE id = %s", line.id) == [
        (kept_key(line.id), "Two days")
    ]

    event = AuditEvent(proposal=deal.proposal, epoch=7, number=1, type="test.made", content_digest="0" * 64)
    insert(event)
    assert fields_of(AuditEvent.objects.get(type="test.made")) == fields_of(event)


def test_a_row_that_is_not_there_is_not_written(db: None) -> None:
    section = factories.section(make_deal().proposal, "Gone")
    Section.objects.filter(pk=section.pk).delete()
    with pytest.raises(LookupError, match="is not in the database"):
        write(section, "title")


def test_loaded_rows_know_each_other_without_another_query(db: None, django_assert_num_queries: object) -> None:
    deal = make_deal()
    choose_value(deal)
    fill(deal, deal.maya, **FILLED)
    rows = contents.load(deal.proposal)
    terms = next(iter(rows.billing.values()))
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert terms.section.id == terms.section_id
        assert terms.worksheet.terms is terms
        assert {party.firm.name for party in rows.parties.values()}
        assert all(line.section.id == section_id for section_id, lines in rows.lines.items() for line in lines)
    with_taxes = {line.id: set(line.taxes.values_list("id", flat=True)) for line in rows.lines_by_id.values()}
    assert any(with_taxes.values())
    assert {line.id: set(line.tax_ids) for line in rows.lines_by_id.values()} == with_taxes


@contextmanager
def meanwhile(statement: str, change: Callable[[], object]) -> Iterator[list[str]]:
    """Has something happen once, just before a statement with these words, as another connection could."""
    happened: list[str] = []

    def wrapped(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if statement in sql and not happened:
            happened.append(sql)
            change()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapped):
        yield happened


def add_section(deal: Deal) -> None:
    factories.line(factories.section(deal.proposal, "New", kind=Section.Kind.PRICING))


def add_line(deal: Deal) -> None:
    factories.line(deal.section(PRICING), "New").taxes.add(deal.proposal.taxes.get())


def add_tax(deal: Deal) -> None:
    deal.line("Portal").taxes.set([deal.proposal.taxes.create(position=9, label="New", rate="1")])


def add_billing(deal: Deal) -> None:
    factories.billing_terms(factories.section(deal.proposal, "New", kind=Section.Kind.BILLING))


def give_to_another_firm(deal: Deal) -> None:
    Party.objects.filter(proposal=deal.id, side=Side.CLIENT).update(firm=factories.firm("Another"))


@pytest.mark.parametrize(
    ("statement", "change"),
    [
        ('FROM "proposals_lineitem" AS own', add_section),
        ("FROM proposals_lineitem_taxes own", add_line),
        ("FROM proposals_lineitem_taxes own", add_tax),
        ('FROM "proposals_billingterms" AS own', add_billing),
        ('FROM "accounts_firm" AS own', give_to_another_firm),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_what_comes_between_two_statements_is_left_out(
    statement: str, change: Callable[[Deal], None], db: None
) -> None:
    deal = make_deal()
    choose_value(deal)
    before = contents.load(deal.proposal)
    with meanwhile(statement, lambda: change(deal)) as happened:
        rows = contents.load(deal.proposal)
    assert len(happened) == 1
    assert [section.id for section in rows.sections] == [section.id for section in before.sections]
    assert (rows.lines_by_id.keys(), rows.billing.keys()) == (before.lines_by_id.keys(), before.billing.keys())
    assert {tax for line in rows.lines_by_id.values() for tax in line.tax_ids} <= {tax.id for tax in rows.taxes}
    assert {party.firm.id == party.firm_id for party in rows.parties.values()} == {True}
