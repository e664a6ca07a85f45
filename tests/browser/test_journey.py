"""The whole way: a new proposal, shared, read by its link, confirmed by code, agreed, locked, signed, verified."""

import re
from pathlib import Path
from typing import Any

from at_browsers import DESKTOP, PHONE, code_for, new_context, newest_mail
from live import LiveServer
from playwright.sync_api import Browser, Page, expect


def link_for(page: Page, server: LiveServer, address: str) -> str:
    """The newest invitation link mailed to somebody."""
    server.work()
    found = re.search(r"https?://\S+/i/\S+", newest_mail(page, server, address))
    assert found is not None
    return found[0]


def sign_up(page: Page, helper: Page, server: LiveServer) -> None:
    page.goto(f"{server.url}/accounts/signup/")
    page.get_by_label("Your name").fill("Ingrid Öberg")
    page.get_by_label("E-mail").fill("ingrid@studio.example")
    page.locator("main form button").first.click()
    page.locator("input[name=code]").wait_for()
    page.locator("input[name=code]").fill(code_for(helper, server, "ingrid@studio.example"))
    page.locator("main form button").first.click()
    page.goto(f"{server.url}/new/")
    page.locator("input[name=name]").fill("Öberg Studio")
    page.get_by_role("button", name="Make the firm").click()


def sign(page: Page, helper: Page, server: LiveServer, address: str, title: str) -> None:
    page.locator("#bar").get_by_role("link", name="Read and sign").click()
    expect(page.get_by_role("heading", name="Sign the proposal")).to_be_visible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.get_by_role("button", name="Mail me the code").click()
    expect(page.locator("#live")).to_contain_text("code was sent")
    page.get_by_label("The code from the mail").fill(code_for(helper, server, address))
    page.get_by_label("Your role").fill(title)
    page.locator("#id_consent").check()
    page.locator("form[data-sign] button.primary").click()
    page.wait_for_url(re.compile(r"/signed/$"))


def test_from_a_new_proposal_to_a_verified_pdf(browser: Browser, server: LiveServer, tmp_path: Path) -> None:
    contexts: list[Any] = [new_context(browser) for _ in range(3)]
    seller, client, helper = (context.new_page() for context in contexts)
    faults: list[str] = []
    for page in (seller, client):
        page.on("console", lambda m: faults.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(str(error)))

    sign_up(seller, helper, server)
    seller.goto(f"{server.url}/new/")
    seller.get_by_label("Title").fill("A calmer front desk")
    seller.get_by_label("Client’s name").fill("Jan Novák")
    seller.get_by_label("Client’s firm").fill("Novák s.r.o.")
    seller.get_by_label("Client’s e-mail").fill("jan@novak.example")
    seller.get_by_role("button", name="Make the draft").click()
    expect(seller.locator("#room-state")).to_contain_text("Only Öberg Studio sees this")
    seller.locator("#bar").get_by_role("link", name="Share").click()
    seller.locator("#panel").get_by_role("button", name="Share with").click()
    expect(seller.locator("#room-state")).not_to_contain_text("Only")

    client.goto(link_for(helper, server, "jan@novak.example").replace("127.0.0.1", "localhost"))
    expect(client.get_by_role("heading", name="A calmer front desk")).to_be_visible()
    client.locator("#room-state").get_by_role("button", name="mail me the code").click()
    client.locator("#confirm-dialog").get_by_role("button", name="Mail me the code").click()
    client.locator("input[name=code]").wait_for()
    client.locator("input[name=code]").fill(code_for(helper, server, "jan@novak.example"))
    client.locator("main form button").first.click()
    client.locator("#room[data-synced=true]").wait_for()

    for page in (seller, client):
        page.locator("#room[data-synced=true]").wait_for()
        button = page.locator("#bar form[data-agree-all] button")
        expect(button).not_to_have_attribute("aria-disabled", "true")
        button.click()
        expect(page.locator("form[data-agree]")).to_have_count(0)
    client.locator("#bar").get_by_role("link", name="Lock for signing").click()
    client.locator("#panel").get_by_role("button", name="Lock for signing").click()
    expect(client.locator("#room-state")).to_contain_text("Locked for signing")
    expect(seller.locator("#room-state")).to_contain_text("Locked for signing")

    sign(client, helper, server, "jan@novak.example", "Owner")
    expect(client.get_by_role("heading", name="You have signed")).to_be_visible()
    seller.reload()
    sign(seller, helper, server, "ingrid@studio.example", "Director")
    expect(seller.get_by_role("heading", name="Signed by both")).to_be_visible()

    href = seller.get_by_role("link", name="Open the signed PDF").get_attribute("href")
    pdf = seller.request.get(f"{server.url}{href}").body()
    path = tmp_path / "signed.pdf"
    path.write_bytes(pdf)
    verdict(helper, server, path, "true")
    path.write_bytes(pdf[:5000] + bytes([pdf[5000] ^ 1]) + pdf[5001:])
    verdict(helper, server, path, "false")
    server.work()
    helper.goto(f"{server.url}/dev/mails/")
    expect(helper.locator("main")).to_contain_text("Signed: A calmer front desk")
    assert faults == []
    for context in contexts:
        context.close()


def verdict(page: Page, server: LiveServer, path: Path, ok: str) -> None:
    page.goto(f"{server.url}/verify/")
    page.locator("input[type=file]").set_input_files(path)
    expect(page.locator(".verdict")).to_have_attribute("data-ok", ok)
