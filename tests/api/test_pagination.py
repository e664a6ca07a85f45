"""Pages by cursor: whoever walks a list meets what stands still once, whatever comes and goes meanwhile."""

import base64
import json
import random
import uuid
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db.models import QuerySet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from api.pagination import Page, PreparedPages, paginate
from proposals.exceptions import Invalid
from proposals.models import Section
from tests.api.conftest import Deal
from tests.api.test_access import undone

ORDERINGS = (["position", "id"], ["-position", "id"], ["id"], ["-id"])
"""Those of the API's lists, and one that mixes directions."""
KEYS = st.tuples(st.integers(1000, 1003), st.integers(0, 7))
"""Position and number of a row: many share a position."""


def of_proposal(key: uuid.UUID) -> QuerySet[Section]:
    return Section.objects.filter(proposal=key, position__gte=1000)


BY_ID = PreparedPages(of_proposal, uuid.UUID)
BY_PLACE = PreparedPages(of_proposal, int, uuid.UUID)


class List:
    """A list of rows which others add to and remove from while somebody walks it."""

    def __init__(self, deal: Deal, ordering: list[str]) -> None:
        self.deal = deal
        self.ordering = ordering

    def add(self, key: tuple[int, int]) -> None:
        position, _ = key
        Section.objects.create(proposal=self.deal.proposal, id=_id_of(key), position=position, title=str(key))

    def remove(self, key: tuple[int, int]) -> None:
        Section.objects.filter(id=_id_of(key)).delete()

    def page(self, cursor: str, limit: int) -> Page:
        request = Request(APIRequestFactory().get("/", {"cursor": cursor} if cursor else {}))
        key = self.deal.proposal.id
        rows = self.prepared.of(key) if self.prepared else of_proposal(key)
        return paginate(request, rows, self.ordering, cursor=cursor, limit=limit)

    @property
    def prepared(self) -> PreparedPages | None:
        """Pages whose SQL is written once, for half of the orders."""
        return {("-id",): BY_ID, ("position", "id"): BY_PLACE}.get(tuple(self.ordering))

    def sorted(self, keys: list[tuple[int, int]]) -> list[str]:
        """The titles of rows as the list has them."""
        for name in reversed(self.ordering):
            keys = sorted(keys, key=_id_of if "id" in name else _position_of, reverse=name.startswith("-"))
        return [str(key) for key in keys]


def _id_of(key: tuple[int, int]) -> uuid.UUID:
    """Not in the order of positions, and no two the same."""
    position, number = key
    return uuid.UUID(int=(number * 7 + position * 3) % 11 * 10**6 + position * 100 + number)


def _position_of(key: tuple[int, int]) -> int:
    return key[0]


def walk(
    rows: List, page: Page, limit: int, towards: str, changes: Iterator[tuple[str, tuple[int, int]]]
) -> list[Page]:
    """The pages from this one on to the last in a direction, with a change made before each."""
    pages = [page]
    while address := getattr(pages[-1], towards):
        verb, key = next(changes, ("", (0, 0)))
        if verb:
            getattr(rows, verb)(key)
        pages.append(rows.page(parse_qs(urlsplit(address).query)["cursor"][0], limit))
    return pages


@pytest.mark.hypothesis
@settings(max_examples=25, database=None, suppress_health_check=list(HealthCheck))
@given(
    ordering=st.sampled_from(ORDERINGS),
    limit=st.integers(1, 3),
    keys=st.lists(KEYS, unique=True, max_size=12),
    places=st.lists(st.sampled_from(("stands", "goes", "comes")), min_size=12, max_size=12),
    mixed=st.randoms(use_true_random=False),
)
def test_what_stands_all_the_time_is_met_once_each_way(
    deal: Deal, ordering: list[str], limit: int, keys: list[tuple[int, int]], places: list[str], mixed: random.Random
) -> None:
    with undone():
        rows, fates = List(deal, ordering), list(zip(keys, places, strict=False))
        for key, fate in fates:
            if fate != "comes":
                rows.add(key)
        order = [("remove" if fate == "goes" else "add", key) for key, fate in fates if fate != "stands"]
        mixed.shuffle(order)
        changes = iter(order)
        standing = rows.sorted([key for key, fate in fates if fate == "stands"])

        there = walk(rows, rows.page("", limit), limit, "next", changes)
        back = walk(rows, there[-1], limit, "previous", changes)
        again = walk(rows, back[-1], limit, "next", changes)

        for pages in (there, back[::-1], again):
            met = [row.title for page in pages for row in page.rows]
            assert [title for title in met if title in standing] == standing
            assert len(set(met)) == len(met)
            assert all(len(page.rows) <= limit for page in pages)


def cursor_of(*values: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "nonsense",
        cursor_of(),
        cursor_of(0, 1000),
        cursor_of(0, 1000, str(uuid.UUID(int=1)), "more"),
        cursor_of(4, 1000, str(uuid.UUID(int=1))),
        cursor_of(-1, 1000, str(uuid.UUID(int=1))),
        cursor_of(True, 1000, str(uuid.UUID(int=1))),
        cursor_of(0, 1000, "no id"),
        cursor_of(0, "far", str(uuid.UUID(int=1))),
        cursor_of(0, 1000.5, str(uuid.UUID(int=1))),
        cursor_of(0, {"position": 1000}, None),
    ],
)
def test_a_cursor_of_somebody_elses_making_is_refused(deal: Deal, cursor: str) -> None:
    with pytest.raises(Invalid) as refusal:
        List(deal, ["position", "id"]).page(cursor, 2)
    assert refusal.value.code == "bad_cursor"


@pytest.mark.parametrize(
    ("ordering", "place"),
    [(["-id"], ("no id",)), (["-id"], (7,)), (["-id"], ("",)), (["position", "id"], (10**30, str(uuid.UUID(int=1))))],
)
def test_a_place_that_no_row_can_have_is_refused(deal: Deal, ordering: list[str], place: tuple[object, ...]) -> None:
    with pytest.raises(Invalid) as refusal:
        List(deal, ordering).page(cursor_of(0, *place), 2)
    assert refusal.value.code == "bad_cursor"


def test_from_a_page_that_has_become_empty_one_can_turn_round(deal: Deal) -> None:
    rows = List(deal, ["position", "id"])
    rows.add((1000, 1))
    rows.add((1001, 1))
    first = rows.page("", 1)
    rows.remove((1001, 1))

    there = walk(rows, first, 1, "next", iter(()))
    back = walk(rows, there[-1], 1, "previous", iter(()))

    assert [[row.title for row in page.rows] for page in (*there, *back)] == [["(1000, 1)"], [], [], ["(1000, 1)"]]
