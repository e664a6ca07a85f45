"""Agreeing over the API: bound to what was seen, all or nothing, a person's act."""

from typing import Any

import pytest

from tests.api.conftest import Api, Deal, caller
from tests.api.test_life import frozen

__all__ = ["frozen"]


def agreements(api: Api, deal: Deal) -> dict[str, dict[str, Any]]:
    """The parts by key."""
    return {part["part"]: part for part in api.get(f"{deal.path}agreements/").body["parts"]}


def seen(api: Api, deal: Deal) -> list[dict[str, str]]:
    return [{"part": key, "fingerprint": part["fingerprint"]} for key, part in agreements(api, deal).items()]


def prose_key(deal: Deal) -> str:
    return f"section:{deal.prose.id}"


def test_every_part_with_its_fingerprint(deal: Deal, client: Api) -> None:
    body = client.get(f"{deal.path}agreements/").body

    assert [(part["part"], part["title"], part["section"]) for part in body["parts"]] == [
        (prose_key(deal), "How we work", str(deal.prose.id)),
        (f"section:{deal.prices.id}", "Price", str(deal.prices.id)),
        ("terms", "Terms of the whole", None),
    ]
    assert all(part["fingerprint"].startswith("v1:") for part in body["parts"])
    assert (body["ready"], body["text_seq"]) == (False, 1)
    assert {(obstacle["code"], obstacle["part"]) for obstacle in body["obstacles"]} == {
        ("not_agreed", part["part"]) for part in body["parts"]
    }


@pytest.mark.parametrize(
    ("role", "side", "name"), [("seller", "seller", "Maya Lindqvist"), ("client", "client", "Tomás Reyes")]
)
def test_a_person_agrees_with_a_token(deal: Deal, role: str, side: str, name: str) -> None:
    api = caller(deal, role)

    answer = api.post(f"{deal.path}agree/", {"parts": seen(api, deal)})

    assert answer.status == 200
    for part in answer.body["parts"]:
        assert (part[side]["name"], part[side]["current"], part["agreed_by_both"]) == (name, True, False)
        assert part[side]["fingerprint"] == part["fingerprint"]
        assert part["client" if side == "seller" else "seller"] is None
    assert deal.events() == ["section.agreed"] * 3


def test_agreed_by_both_is_ready(deal: Deal, seller: Api, client: Api) -> None:
    parts = seen(client, deal)
    seller.post(f"{deal.path}agree/", {"parts": parts})

    body = client.post(f"{deal.path}agree/", {"parts": parts}).body

    assert (body["ready"], body["obstacles"]) == (True, [])
    assert all(part["agreed_by_both"] for part in body["parts"])


@pytest.mark.parametrize("role", ["seller_service", "client_service"])
@pytest.mark.parametrize("path", ["agree/", "withdraw-agreement/", "freeze/"])
def test_a_service_token_agrees_to_nothing(deal: Deal, role: str, path: str) -> None:
    api = caller(deal, role)
    body = {"agree/": {"parts": seen(api, deal)}, "withdraw-agreement/": {"parts": ["terms"]}}.get(path)

    answer = api.post(f"{deal.path}{path}", body)

    assert (answer.status, answer.code) == (403, "person_required")
    assert deal.proposal.agreements.count() == 0


def test_what_changed_since_is_refused_whole_and_named(deal: Deal, seller: Api, client: Api) -> None:
    parts = seen(client, deal)
    text = {"text": {"format": "markdown", "content": "We begin with three workshops.", "replace": True}}
    seller.patch(f"{deal.path}sections/{deal.prose.id}/", text)

    answer = client.post(f"{deal.path}agree/", {"parts": parts})

    assert (answer.status, answer.code) == (409, "changed_since")
    now = agreements(client, deal)[prose_key(deal)]
    assert answer.body["changed"] == [
        {"part": prose_key(deal), "title": "How we work", "fingerprint": now["fingerprint"]}
    ]
    assert deal.proposal.agreements.count() == 0


def test_an_edit_re_opens_and_going_back_restores(deal: Deal, seller: Api, client: Api) -> None:
    client.post(f"{deal.path}agree/", {"parts": seen(client, deal)})
    price = f"section:{deal.prices.id}"
    line = f"{deal.path}sections/{deal.prices.id}/lines/{deal.line.id}/"

    seller.patch(line, {"amount": "1100"})
    changed = agreements(client, deal)
    seller.patch(line, {"amount": "1000"})
    restored = agreements(client, deal)

    assert {key: part["client"]["current"] for key, part in changed.items()} == {
        prose_key(deal): True,
        price: False,
        "terms": False,
    }
    assert changed[price]["client"]["fingerprint"] != changed[price]["fingerprint"]
    assert all(part["client"]["current"] for part in restored.values())


def test_take_it_back(deal: Deal, client: Api) -> None:
    client.post(f"{deal.path}agree/", {"parts": seen(client, deal)})

    answer = client.post(f"{deal.path}withdraw-agreement/", {"parts": ["terms"]})

    assert answer.status == 200
    assert [part["client"] is None for part in answer.body["parts"]] == [False, False, True]


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ([], 422, "empty"),
        ([{"part": "terms"}], 422, "required"),
        ([{"part": "terms", "fingerprint": ""}], 422, "required"),
        ([{"part": "terms", "fingerprint": "a"}, {"part": "terms", "fingerprint": "b"}], 422, "duplicate_part"),
        ([{"part": "section:1", "fingerprint": "v1:0"}], 404, "not_found"),
        ([{"part": "terms", "fingerprint": "v1:0"}], 409, "changed_since"),
        ("terms", 422, "not_a_list"),
    ],
)
def test_what_nobody_saw_is_not_agreed_to(deal: Deal, client: Api, parts: Any, status: int, code: str) -> None:
    answer = client.post(f"{deal.path}agree/", {"parts": parts})

    assert (answer.status, answer.code) == (status, code)
    assert deal.proposal.agreements.count() == 0


@pytest.mark.parametrize(("parts", "code"), [([], "empty"), ("terms", "not_a_list"), ([1], "not_a_text")])
def test_taking_back_nothing_is_refused(deal: Deal, client: Api, parts: Any, code: str) -> None:
    answer = client.post(f"{deal.path}withdraw-agreement/", {"parts": parts})

    assert (answer.status, answer.code) == (422, code)


def test_once_frozen_it_is_told_as_it_was_frozen(frozen: Deal) -> None:
    client = caller(frozen, "client")
    revision = client.get(f"{frozen.path}revisions/1/").body
    frozen.proposal.sections.update(title="Changed behind the back")

    body = client.get(f"{frozen.path}agreements/").body

    assert (body["ready"], body["obstacles"], body["text_seq"]) == (True, [], revision["text_seq"])
    assert [part["fingerprint"] for part in body["parts"]] == [
        *(section["fingerprint"] for section in revision["content"]["sections"]),
        revision["content"]["terms_fingerprint"],
    ]
    assert [part["title"] for part in body["parts"]] == ["How we work", "Price", "Terms of the whole"]
    assert {(part["seller"]["name"], part["client"]["name"]) for part in body["parts"]} == {
        ("Maya Lindqvist", "Tomás Reyes")
    }
    refused = client.post(f"{frozen.path}agree/", {"parts": [{"part": "terms", "fingerprint": "v1:0"}]})
    assert (refused.status, refused.code) == (409, "wrong_state")
