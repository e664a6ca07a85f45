"""Two people write in one document: both see every letter, nothing is lost, the status tells the truth."""

from collections.abc import Callable
from typing import Any

from at_browsers import Person, live, wait_for_kept
from live import LiveServer
from playwright.sync_api import expect

Arrive = Callable[..., Person]


def editor_at_end(person: Person, title: str) -> Any:
    """Put the caret at the end of a section's text."""
    text = person.text(title)
    text.click()
    person.page.keyboard.press("Control+End")
    return text


def status(person: Person) -> Any:
    """The status in the top bar."""
    return person.page.locator("#status")


def test_both_type_in_one_paragraph_and_read_the_same(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    editor_at_end(maya, "Timeline")
    editor_at_end(tomas, "Timeline")
    for letters in ("one", "two", "three"):
        maya.page.keyboard.type(f" M{letters}")
        tomas.page.keyboard.type(f" T{letters}")
    for person in (maya, tomas):
        expect(status(person)).to_have_attribute("data-state", "saved")
        for word in ("Mone", "Mtwo", "Mthree", "Tone", "Ttwo", "Tthree"):
            expect(person.text("Timeline")).to_contain_text(word)
    assert maya.words("Timeline") == tomas.words("Timeline")


def test_the_other_sides_caret_carries_the_name(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    editor_at_end(maya, "Timeline")
    maya.page.keyboard.type("!")
    caret = tomas.text("Timeline").locator(".caret[data-party=seller]")
    expect(caret).to_be_attached()
    assert "Maya" in caret.inner_text()
    expect(tomas.page.locator("#faces .face")).to_have_count(2)


def test_agreed_text_opens_only_after_change_this(arrive: Arrive) -> None:
    tomas = arrive("client")
    summary = tomas.section("Summary")
    expect(summary.locator("[data-fragment] [contenteditable=true]")).to_have_count(0)
    summary.get_by_role("button", name="Change this").click()
    expect(summary.locator("[contenteditable=true]")).to_have_count(1)
    tomas.page.keyboard.type("Indeed. ")
    expect(tomas.text("Summary")).to_contain_text("Indeed.")
    expect(tomas.page.locator("#outline")).to_contain_text("Open")


def test_text_written_offline_merges_once(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    editor_at_end(tomas, "Timeline")
    tomas.context.set_offline(True)
    expect(status(tomas)).to_have_attribute("data-state", "offline")
    tomas.page.keyboard.type(" Written on the train.")
    expect(status(tomas)).to_contain_text("kept here")
    editor_at_end(maya, "Timeline")
    maya.page.keyboard.type(" Written at the desk.")
    expect(status(maya)).to_have_attribute("data-state", "saved")
    tomas.context.set_offline(False)
    for person in (maya, tomas):
        expect(person.text("Timeline")).to_contain_text("Written on the train.")
        expect(person.text("Timeline")).to_contain_text("Written at the desk.")
    expect(status(tomas)).to_have_attribute("data-state", "saved")
    assert maya.words("Timeline").count("Written on the train.") == 1
    maya.faults.clear()
    tomas.faults.clear()


def test_text_written_offline_survives_closing_the_page(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    room = tomas.page.url
    editor_at_end(tomas, "Timeline")
    tomas.context.set_offline(True)
    tomas.page.keyboard.type(" Written on the train.")
    expect(status(tomas)).to_have_text("Offline, 22 edits kept here")
    wait_for_kept(tomas.page, 22)
    asked: list[str] = []
    tomas.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    tomas.page.goto("about:blank")
    assert asked == ["beforeunload"]
    tomas.context.set_offline(False)
    tomas.page.goto(room)
    for person in (maya, tomas):
        expect(person.text("Timeline")).to_contain_text("Written on the train.")
    expect(status(tomas)).to_have_text("Saved")
    wait_for_kept(tomas.page, 0)
    assert maya.words("Timeline").count("Written on the train.") == 1
    tomas.page.goto(room)
    live(tomas.page)
    assert tomas.words("Timeline") == maya.words("Timeline")
    tomas.faults.clear()


def test_words_typed_offline_survive_when_the_other_turns_their_paragraph_into_a_heading(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    editor_at_end(tomas, "Timeline")
    tomas.context.set_offline(True)
    expect(status(tomas)).to_have_attribute("data-state", "offline")
    tomas.page.keyboard.type(" Written on the train.")
    editor_at_end(maya, "Timeline")
    maya.page.keyboard.press("Control+Alt+3")
    expect(maya.text("Timeline").locator("h3")).to_have_count(1)
    expect(status(maya)).to_have_attribute("data-state", "saved")
    tomas.context.set_offline(False)
    for person in (maya, tomas):
        expect(person.text("Timeline").locator("h3")).to_contain_text("Written on the train.")
    assert maya.words("Timeline") == tomas.words("Timeline")
    assert maya.words("Timeline").count("Written on the train.") == 1
    maya.faults.clear()
    tomas.faults.clear()


def test_undo_takes_back_only_what_i_wrote(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    editor_at_end(maya, "Timeline")
    maya.page.keyboard.type(" Mine.")
    expect(tomas.text("Timeline")).to_contain_text("Mine.")
    editor_at_end(tomas, "Timeline")
    tomas.page.keyboard.type(" Yours.")
    expect(maya.text("Timeline")).to_contain_text("Yours.")
    maya.page.keyboard.press("Control+z")
    expect(maya.text("Timeline")).not_to_contain_text("Mine.")
    expect(maya.text("Timeline")).to_contain_text("Yours.")


def test_a_killed_server_loses_no_saved_letter(arrive: Arrive, server: LiveServer) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    for person, word in ((maya, "alpha"), (tomas, "omega")):
        editor_at_end(person, "Timeline")
        person.page.keyboard.type(f" {word}")
        expect(status(person)).to_have_attribute("data-state", "saved")
    server.kill()
    for person, word in ((maya, "beta"), (tomas, "psi")):
        expect(status(person)).to_have_attribute("data-state", "offline")
        person.page.keyboard.type(f" {word}")
    server.start()
    for person in (maya, tomas):
        for word in ("alpha", "omega", "beta", "psi"):
            expect(person.text("Timeline")).to_contain_text(word)
        expect(status(person)).to_have_attribute("data-state", "saved")
        person.faults.clear()
    assert maya.words("Timeline") == tomas.words("Timeline")
