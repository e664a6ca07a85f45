"""Starting a proposal from a template: what the template says is what the rows and the text hold."""

import pytest

from proposals.actions.clients import ClientContact
from proposals.actions.proposals import create_proposal
from proposals.documents.parts import standing_of
from proposals.models import Proposal
from proposals.starters import STARTERS
from tests import factories

pytestmark = pytest.mark.django_db


def started(template: str, currency: str) -> Proposal:
    """A proposal of a new firm from a template."""
    place = factories.membership(factories.firm("Northlight Studio"))
    return create_proposal(
        firm=place.firm,
        by=place.user,
        title="From a template",
        client=ClientContact("Tomás Reyes", "tomas@harbourstreet.example", "Harbour Street Clinic"),
        currency=currency,
        template=template,
    )


@pytest.mark.parametrize(
    ("template", "currency", "total"),
    [
        ("consulting", "EUR", "33384.00"),
        ("web_agency", "EUR", "26112.00"),
        ("managed_it", "EUR", "26808.00"),
        ("managed_it", "JPY", "3681700"),
        ("consulting", "KWD", "11112.000"),
        ("web_agency", "USD", "21760.00"),
    ],
)
def test_the_proposal_comes_to_the_price_of_the_template(template: str, currency: str, total: str) -> None:
    assert standing_of(started(template, currency)).price.totals["total"] == total


@pytest.mark.parametrize("template", STARTERS)
def test_the_proposal_holds_every_section_and_text_of_the_template(template: str) -> None:
    standing = standing_of(started(template, "EUR"))
    content = STARTERS[template].content("EUR")
    assert [(row.title, row.kind) for row in standing.rows.sections] == [
        (section.title, section.kind) for section in content.sections
    ]
    for row, section in zip(standing.rows.sections, content.sections, strict=True):
        assert standing.texts.of(row.id) == section.text, row.title
        assert [line.title for line in standing.rows.lines[row.id]] == [line["title"] for line in section.lines]
