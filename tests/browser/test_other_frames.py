"""What a page does when the server refuses its frames, and beside a client that is not ours; with the real server."""

import subprocess
from collections.abc import Callable

from at_browsers import PROJECT, Person, live
from playwright.sync_api import WebSocketRoute, expect

Arrive = Callable[..., Person]


def spoil_letters_z(person: Person) -> list[bytes]:
    """From the next load on, each Z typed becomes a zero on its way to the server, which refuses it (122/3)."""
    spoilt: list[bytes] = []

    def between(page_side: WebSocketRoute) -> None:
        server_side = page_side.connect_to_server()

        def pass_on(frame: str | bytes) -> None:
            if isinstance(frame, bytes) and b"Z" in frame:
                spoilt.append(frame)
                frame = frame.replace(b"Z", b"\x00")
            server_side.send(frame)

        page_side.on_message(pass_on)

    person.page.route_web_socket("**/ws/**", between)
    person.page.reload()
    live(person.page)
    return spoilt


def test_refused_words_are_set_aside_copied_and_the_text_begins_anew(arrive: Arrive) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    maya.context.grant_permissions(["clipboard-read", "clipboard-write"])
    spoilt = spoil_letters_z(maya)
    maya.text("Timeline").click()
    maya.page.keyboard.press("Control+End")
    maya.page.keyboard.type(" Kept.")
    expect(maya.page.locator("#status")).to_have_attribute("data-state", "saved")
    maya.page.keyboard.insert_text(" Zebra")
    aside = maya.page.locator("#set-aside")
    expect(aside).to_contain_text("This is not a text the editor makes. Nothing was changed.")
    expect(aside.locator("pre")).to_have_text("Timeline:\nZebra")
    assert len(spoilt) == 1
    expect(maya.page.locator("#room")).to_have_attribute("data-synced", "true")
    expect(maya.text("Timeline")).to_contain_text("Kept.")
    expect(maya.text("Timeline")).not_to_contain_text("Zebra")
    aside.get_by_role("button", name="Copy these words").click()
    expect(aside.get_by_role("button", name="Copied")).to_be_visible()
    assert maya.page.evaluate("navigator.clipboard.readText()") == "Timeline:\nZebra"
    maya.text("Timeline").click()
    maya.page.keyboard.press("Control+End")
    maya.page.keyboard.type(" Again.")
    expect(maya.page.locator("#status")).to_have_attribute("data-state", "saved")
    expect(tomas.text("Timeline")).to_contain_text("Kept. Again.")
    expect(aside).to_be_visible()
    aside.get_by_role("button", name="Close").click()
    expect(aside).to_be_hidden()
    maya.page.reload()
    live(maya.page)
    assert len(spoilt) == 1, "what was refused is not sent again"


def test_an_unmodified_provider_writes_beside_our_editor(arrive: Arrive) -> None:
    maya = arrive("seller")
    command = ["examples/provider.mjs", "--bundle", "--format=iife", "--global-name=example", "--log-level=error"]
    bundle = subprocess.run(
        ["node_modules/.bin/esbuild", *command], cwd=PROJECT, capture_output=True, text=True, check=True
    ).stdout
    key = next(section["id"] for section in maya.demo["sections"] if section["title"] == "Timeline")
    beside = maya.context.new_page()  # of our origin, with the cookie, but without our own Yjs
    beside.goto(maya.page.url.split("/proposals/")[0] + "/verify/")
    said = beside.evaluate(
        bundle
        + """
        ;([proposal, section]) => example.addParagraph(
            {server: `ws://${location.host}/ws/proposals`, proposal, section, words: 'By a provider from npm.'})""",
        [maya.page.locator("#room").get_attribute("data-proposal"), key],
    )
    assert said[-1] == "By a provider from npm."
    expect(maya.text("Timeline").locator("p").last).to_have_text("By a provider from npm.")
