"""What breaks other products: a locked database, empty and huge proposals, other scripts, long titles."""

import sqlite3
from collections.abc import Callable
from typing import Any

from at_browsers import DESKTOP, PHONE, TIMEOUT_MS, Person
from live import LiveServer
from playwright.sync_api import expect

Arrive = Callable[..., Person]

MAKE_HARD = """
from accounts.models import Firm, User
from proposals.access import Visitor, actor_for
from proposals.actions import proposals, sections
from proposals.actions.lines import add_line
from proposals.models import LineItem
maya = User.objects.get(email="{email}")
firm = maya.memberships.first().firm
def make(title, name):
    contact = proposals.ClientContact(name, "hard@example.org", "شركة 東京 Łódź")
    made = proposals.create_proposal(firm=firm, by=maya, title=title, client=contact)
    return made, actor_for(Visitor(user=maya), made)
empty, _ = make("E" * 300, "Ζωή Ωμέγα")
full, actor = make("二百行 · مئتا بند", "محمد")
section = sections.add_section(by=actor, title="Preise 価格 الأسعار", kind="pricing")
add_line(by=actor, section_id=section.id, fields={{"kind": "fixed", "title": "Zeile 0", "amount": "0"}})
LineItem.objects.bulk_create(
    LineItem(section=section, position=n, kind="fixed", title=f"Zeile {{n}} 行", amount=0) for n in range(1, 200)
)
print(empty.id, full.id)
"""


def test_a_locked_database_says_not_saved_and_loses_nothing(arrive: Arrive, server: LiveServer) -> None:
    maya, tomas = arrive("seller"), arrive("client")
    maya.text("Timeline").click()
    maya.page.keyboard.press("Control+End")
    blocker = sqlite3.connect(server.data_dir / "sameside.sqlite3", isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        maya.page.keyboard.type(" Kept while the disk is busy.")
        expect(maya.page.locator("#status")).to_contain_text("Not saved yet")
        assert "Kept while" not in tomas.words("Timeline")
    finally:
        blocker.execute("ROLLBACK")
        blocker.close()
    expect(maya.page.locator("#status")).to_have_attribute("data-state", "saved")
    expect(tomas.text("Timeline")).to_contain_text("Kept while the disk is busy.")


def test_empty_huge_and_foreign_proposals_are_all_right(
    arrive: Arrive, server: LiveServer, demo: dict[str, Any]
) -> None:
    made = server.manage("shell", "--no-imports", "-c", MAKE_HARD.format(email=demo["seller"]["email"]))
    empty, full = made.split()[-2:]
    maya = arrive("seller")
    for key, title in ((empty, "E" * 300), (full, "二百行 · مئتا بند")):
        maya.page.goto(f"{server.url}/p/{key}/")
        maya.page.locator("#room[data-synced=true]").wait_for()
        expect(maya.page.locator("h1")).to_have_text(title)
        expect(maya.page.locator("#title-block [data-total]")).to_have_text("€0.00")
        assert maya.page.evaluate("document.documentElement.scrollWidth") <= 1440
        draft = maya.page.request.get(f"{server.url}/p/{key}/document.pdf", timeout=TIMEOUT_MS)
        assert draft.status == 200
        if key == full:
            assert "<h1>Making the PDF</h1>" in draft.text()
            server.work()
            draft = maya.page.request.get(f"{server.url}/p/{key}/document.pdf", timeout=TIMEOUT_MS)
        assert draft.body().startswith(b"%PDF")
    expect(maya.page.locator(".price tbody tr")).to_have_count(200)
    maya.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    maya.page.goto(f"{server.url}/")
    assert maya.page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    maya.page.goto(f"{server.url}/p/{full}/")
    maya.page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    maya.page.locator("#room[data-synced=true]").wait_for()
    cell = maya.page.get_by_label("Price, Zeile 150 行")
    cell.fill("12.5")
    cell.press("Enter")
    expect(maya.page.locator("#title-block [data-total]")).to_have_text("€12.50")
