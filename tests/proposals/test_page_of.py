"""Lists that grow: a page at a time, nothing twice, nothing left out, and as many queries for each."""

import datetime as dt
import re
import uuid
from typing import Any

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from proposals.actions.lines import edit_line
from proposals.models import CatalogueItem, Participant, Party, Proposal, RateCard, Side
from proposals.views import documents, ledger, page_of
from tests import factories
from tests.proposals.deal import Deal
from webhooks.models import WebhookDelivery, WebhookEndpoint

ON = re.compile(r'<a class="btn" href="([^"]*)" rel="next">')
A_DAY = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


def many_proposals(of: Proposal, count: int) -> User:
    """As many more between the same two; in threes changed at one moment. Their seller."""
    seller = factories.seller(of)
    made = Proposal.objects.bulk_create(
        Proposal(
            relationship=of.relationship,
            title=f"Proposal {place:03d}",
            state="open",
            epoch=1,
            currency="EUR",
            price_date=dt.date(2026, 1, 1),
            updated_at=A_DAY - dt.timedelta(hours=place // 3),
        )
        for place in range(count)
    )
    firms = {Side.SELLER: of.relationship.seller_firm, Side.CLIENT: of.relationship.client_firm}
    Party.objects.bulk_create(
        Party(proposal=each, side=side, firm=firm, name=firm.name) for each in made for side, firm in firms.items()
    )
    Participant.objects.bulk_create(Participant(proposal=each, user=seller, side=Side.SELLER) for each in made)
    return seller


def browser_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def walk(client: Client, path: str, pattern: str) -> list[list[str]]:
    """What each page shows, by following the links to its end."""
    pages, address = [], path
    while True:
        text = client.get(address).content.decode()
        pages.append(re.findall(pattern, text))
        found = ON.search(text)
        if found is None:
            return pages
        address = path.partition("?")[0] + found[1].replace("&amp;", "&").partition("#")[0]


@pytest.fixture
def of(db: None) -> Proposal:
    made = factories.proposal()
    Proposal.objects.filter(id=made.id).update(updated_at=A_DAY + dt.timedelta(days=1))
    return made


def test_home_shows_120_proposals_on_three_pages_each_once_the_last_changed_first(of: Proposal) -> None:
    client = browser_of(many_proposals(of, 119))
    pages = walk(client, "/", r'href="/p/([0-9a-f-]{36})/"')
    expected = [str(key) for key in Proposal.objects.order_by("-updated_at", "-id").values_list("id", flat=True)]
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [key for page in pages for key in page] == expected


def test_what_changes_meanwhile_neither_repeats_nor_hides_a_proposal(of: Proposal) -> None:
    client = browser_of(many_proposals(of, 70))
    first = client.get("/").content.decode()
    on = ON.search(first)
    assert on is not None
    moved = Proposal.objects.order_by("updated_at", "id")[0]
    Proposal.objects.filter(id=moved.id).update(updated_at=A_DAY + dt.timedelta(days=2))
    second = client.get("/" + on[1].replace("&amp;", "&")).content.decode()
    titles = re.findall(r"Proposal \d{3}", second)
    assert len(titles) == len(set(titles)) == 70 + 1 - 50 - 1
    assert not set(titles) & set(re.findall(r"Proposal \d{3}", first))


def test_home_takes_as_many_queries_for_three_proposals_as_for_fifty(of: Proposal) -> None:
    client = browser_of(many_proposals(of, 2))
    counts = []
    for more in (0, 60):
        many_proposals(of, more)
        with CaptureQueriesContext(connection) as queries:
            client.get("/")
        counts.append(len(queries))
    assert counts == [6, 6]


@pytest.mark.parametrize(
    "after",
    [
        ["2026-03-02T09:00:00+00:00"],
        ["2026-03-02T09:00:00", str(uuid.UUID(int=1))],
        ["0001-01-01T00:00:00+14:00", str(uuid.UUID(int=1))],
        ["tomorrow", "no-uuid"],
        ["", ""],
        ["\x00", "\x00"],
    ],
)
def test_a_place_that_no_link_names_is_passed_over(of: Proposal, after: list[str]) -> None:
    client = browser_of(factories.seller(of))
    answer = client.get("/", {"after": after})
    assert (answer.status_code, f"/p/{of.id}/" in answer.content.decode()) == (200, True)


def test_the_end_of_the_list_says_so_and_leads_back(of: Proposal) -> None:
    client = browser_of(factories.seller(of))
    text = client.get("/", {"after": ["2020-01-01T00:00:00+00:00", str(of.id)]}).content.decode()
    assert "Nothing older." in text
    assert re.search(r'<a class="btn" href="\?">The newest</a>', text)


def test_the_catalogue_goes_on_within_a_search(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    CatalogueItem.objects.bulk_create(
        CatalogueItem(firm=firm, title=f"Workshop {place:02d}", prices={"EUR": "450.00"}) for place in range(60)
    )
    CatalogueItem.objects.create(firm=firm, title="A licence")
    client, path = browser_of(deal.maya.user), reverse("firm_catalogue", args=[firm.id])
    pages = walk(client, path + "?q=workshop", r"Workshop \d\d(?=</a>)")
    assert pages == [[f"Workshop {place:02d}" for place in part] for part in (range(50), range(50, 60))]
    assert "61 items" in client.get(path).content.decode()


def test_versions_of_rates_go_on(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    RateCard.objects.bulk_create(RateCard(firm=firm, number=place, currency="EUR") for place in range(1, 56))
    path = reverse("firm_rates", args=[firm.id])
    pages = walk(browser_of(deal.maya.user), path, r'<th scope="row">(\d+), EUR')
    assert pages == [[str(number) for number in numbers] for numbers in (range(55, 5, -1), range(5, 0, -1))]


def test_the_audit_trail_and_the_ledger_go_on(deal: Deal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "TRAIL_AT_ONCE", 3)
    monkeypatch.setattr(ledger, "PAGE_COUNT", 3)
    for amount in ("7000", "7100", "7200", "7300"):
        edit_line(by=deal.maya, line_id=deal.line("Portal").id, changes={"amount": amount})
    numbers = [str(event.number) for event in reversed(deal.trail())]
    assert len(numbers) == 4
    client = browser_of(deal.maya.user)
    trail = walk(client, reverse("trail", args=[deal.id]), r'<td class="num">(\d+)</td>')
    changes = walk(client, reverse("price_changes", args=[deal.id]), r'id="change-(\d+)"')
    assert trail == changes == [numbers[:3], numbers[3:]]


def test_deliveries_in_one_state_go_on(deal: Deal) -> None:
    firm = deal.proposal.relationship.seller_firm
    endpoint = WebhookEndpoint.objects.create(firm=firm, url="https://crm.example.com/hooks")
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(endpoint=endpoint, type="test.ping", payload="{}", state=state, due_at=A_DAY, created_at=A_DAY)
        for state in ["delivered"] * 55 + ["failed"]
    )
    path = reverse("firm_webhook", args=[firm.id, endpoint.id])
    pages = walk(browser_of(deal.maya.user), path + "?state=delivered", r"deliveries/([0-9a-f-]{36})/")
    assert [len(page) for page in pages] == [50, 5]
    assert len({key for page in pages for key in page}) == 55


def test_each_page_of_a_list_is_one_query(of: Proposal) -> None:
    many_proposals(of, 4)
    request = RequestFactory().get("/?q=portal")
    rows: Any = Proposal.objects.all()
    with CaptureQueriesContext(connection) as queries:
        page = page_of.page_of(request, rows, ("-updated_at", "-id"), at_once=2)
    assert (len(queries), len(page.rows), page.start) == (1, 2, "")
    assert page.on.startswith("?q=portal&after=")
