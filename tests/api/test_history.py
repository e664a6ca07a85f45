"""The history over the API: whose words, what changed, named versions, bringing back."""

from tests.api.conftest import Api, Deal

MINE, OURS = "We meet on Mondays.", "We meet on Mondays and Fridays."


def write(api: Api, deal: Deal, words: str) -> None:
    text = {"format": "markdown", "content": words, "replace": True}
    assert api.patch(f"{deal.path}sections/{deal.prose.id}/", {"text": text}).status == 200


def test_whose_words_and_what_changed(deal: Deal, seller: Api, client: Api) -> None:
    write(seller, deal, MINE)
    write(client, deal, OURS)
    asked = f"?section={deal.prose.id}"
    text = client.get(f"{deal.path}history/text/{asked}").body
    assert text == seller.get(f"{deal.path}history/text/{asked}").body
    assert text["moment"] == {"key": "now", "seq": 3, "at": None, "label": "now"}
    runs = [(run["text"], run["by"]) for block in text["sections"][0]["blocks"] for run in block["runs"]]
    tomas = {"name": "Tomás Reyes", "side": "client"}
    assert (" and Fridays", [tomas]) in runs
    assert {"name": "Maya Lindqvist", "side": "seller"} in [by for _, writers in runs for by in writers]

    compared = client.get(f"{deal.path}history/compare/{asked}&from=3&to=2").body
    assert (compared["from"]["seq"], compared["to"]["seq"]) == (2, 3)
    changes = [(run["change"], run["text"], run["by"]) for run in compared["sections"][0]["blocks"][0]["runs"]]
    assert changes == [
        ("same", "We meet on ", []),
        ("gone", "Mondays.", [tomas]),
        ("new", "Mondays and Fridays.", [tomas]),
    ]


def test_a_version_is_named_once_and_its_text_comes_back(deal: Deal, seller: Api, client: Api) -> None:
    write(seller, deal, MINE)
    made = client.post(f"{deal.path}versions/", {"name": "Before the call"}, Idempotency_Key="k")
    again = client.post(f"{deal.path}versions/", {"name": "Before the call"}, Idempotency_Key="k")
    assert (made.status, again.body) == (201, made.body)
    assert client.post(f"{deal.path}versions/", {"name": "Before the call"}).code == "taken"
    write(client, deal, OURS)
    named = seller.get(f"{deal.path}versions/").body["results"]
    assert named == [made.body]
    at = f"e{named[0]['event']}"
    path = f"{deal.path}sections/{deal.prose.id}/bring-back/"
    assert seller.post(path, {"at": at, "seen": 2}).code == "written_since"
    answer = seller.post(f"{path}?text_format=markdown", {"at": at, "seen": 3})
    assert answer.body["text"]["content"].strip() == MINE
    assert deal.events()[-1] == "text.brought_back"


def test_what_is_no_moment_and_no_section_is_named(deal: Deal, seller: Api) -> None:
    for path in ("text/?at=yesterday", "compare/?from=yesterday", "compare/?to=99"):
        answer = seller.get(f"{deal.path}history/{path}")
        assert (answer.status, answer.code) == (422, "unknown_moment")
    assert seller.get(f"{deal.path}history/text/?section=x").status == 404


def test_price_changes_stand_beside_changed_words(deal: Deal, seller: Api, client: Api) -> None:
    write(seller, deal, MINE)
    before = f"e{seller.get(f'{deal.path}audit-trail/').body['results'][-1]['number']}"
    line = deal.line
    assert seller.patch(f"{deal.path}sections/{deal.prices.id}/lines/{line.id}/", {"title": "Renamed"}).status == 200
    compared = client.get(f"{deal.path}history/compare/?from={before}").body
    assert [(each["type"], each["moves"]) for each in compared["prices"]] == [
        ("line.changed", [{"field": "title", "was": line.title, "now": "Renamed"}])
    ]
    assert client.get(f"{deal.path}history/compare/?from={before}&section={deal.prose.id}").body["prices"] == []
