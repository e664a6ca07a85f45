"""Both look back at what they wrote together: a named version, what changed since, whose words, and bringing back."""

from collections.abc import Callable

from at_browsers import PHONE, Person, violations
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def type_in(person: Person, title: str, words: str) -> None:
    """Write at the end of a section; the other side's page shows when it is saved."""
    person.text(title).click()
    person.page.keyboard.press("Control+End")
    person.page.keyboard.type(words)


def test_two_people_look_back_and_one_brings_back(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    room = maya.page
    history = f"{room.url.split('#')[0]}history/"
    maya.page = maya.context.new_page()
    maya.page.goto(history)
    maya.page.get_by_label("Name what stands there now").fill("Before our call")
    maya.page.get_by_role("button", name="Name this version").click()
    expect(maya.page.get_by_role("link", name="Before our call", exact=True)).to_be_visible()

    maya.page, looking_back = room, maya.page
    type_in(maya, "Timeline", " Ours from here.")
    expect(tomas.text("Timeline")).to_contain_text("Ours from here.")
    type_in(tomas, "Timeline", " Theirs too.")
    expect(maya.text("Timeline")).to_contain_text("Theirs too.")

    their_room, tomas.page = tomas.page, tomas.context.new_page()
    tomas.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tomas.page.goto(history.replace("127.0.0.1", "localhost"))
    assert violations(tomas) == []
    tomas.page.get_by_role("link", name="what changed since Before our call").click()
    compared = tomas.page.locator(".compared")
    expect(compared.locator("ins[data-party=seller]")).to_contain_text("Maya Lindqvist added")
    expect(compared.locator("ins[data-party=client]")).to_contain_text("Theirs too.")
    assert violations(tomas) == []
    assert tomas.page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]

    maya.page = looking_back
    maya.page.goto(f"{history}text/")
    expect(maya.page.locator(".hand[data-party=client]", has_text="Theirs too.")).to_be_visible()
    assert violations(maya) == []
    maya.page.goto(history)
    maya.page.get_by_role("link", name="what changed since Before our call").click()
    maya.page.get_by_role("link", name="Bring back the earlier text of Timeline").click()
    expect(maya.page.locator("del", has_text="Theirs too.")).to_contain_text("Tomás Reyes wrote, goes")
    maya.page.get_by_role("button", name="Bring it back").click()
    maya.page.locator("#room[data-synced=true]").wait_for()
    tomas.page = their_room
    expect(tomas.text("Timeline")).not_to_contain_text("from here")
    type_in(tomas, "Timeline", " On we go.")
    expect(maya.text("Timeline")).to_contain_text("On we go.")
    assert maya.words("Timeline") == tomas.words("Timeline")
