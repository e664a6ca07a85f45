"""Every harness page at three widths: accessible, no sideways scroll, targets large enough."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

from .conftest import PHONE, ROOT, WIDE, OpenPage

pytestmark = pytest.mark.browser

AXE = (Path(ROOT) / "node_modules/axe-core/axe.min.js").read_text()
PAGES = ["", "sign", "home", "others", "narrow"]
NARROWEST = {"width": 320, "height": 640}

SMALL_TARGETS = """(least) => [...document.querySelectorAll('button, a, input, select, textarea, summary')]
  .filter((element) => element.checkVisibility({ visibilityProperty: true }) && !element.closest('.prose, .vh, .skip'))
  .map((element) => [element, element.closest('label') ?? element])
  .filter(([, area]) => area.getBoundingClientRect().height > 0)
  .filter(([, area]) => area.getBoundingClientRect().height < least)
  .map(([element, area]) => `${element.outerHTML.slice(0, 90)}: ${area.getBoundingClientRect().height}`)"""


def violations(page: Page) -> list[str]:
    page.evaluate(AXE)
    found = page.evaluate(
        "async () => (await axe.run()).violations.map(v => v.id + ': ' + v.nodes.map(n => n.html).join(' | '))"
    )
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("viewport", [WIDE, PHONE, NARROWEST], ids=["wide", "phone", "narrowest"])
def test_accessible_and_no_sideways_scroll_and_no_tiny_target(
    open_page: OpenPage, path: str, viewport: dict[str, int]
) -> None:
    page = open_page(path, viewport=viewport)
    assert page.evaluate("document.documentElement.scrollWidth") == viewport["width"]
    assert page.evaluate(SMALL_TARGETS, 24) == []
    assert violations(page) == []


def test_writing_with_the_tools_open_is_accessible(open_page: OpenPage) -> None:
    page = open_page("?as=client")
    page.get_by_role("textbox", name="Text of Timeline").click()
    assert violations(page) == []


def test_the_focus_is_never_behind_a_bar(open_page: OpenPage) -> None:
    page = open_page("?as=client", viewport=PHONE)
    hidden = []
    for _ in range(40):
        page.keyboard.press("Tab")
        behind = page.evaluate(
            """() => {
              const element = document.activeElement
              if (!element || element === document.body || element.closest('.bar, .top, .outline, .skip')) return null
              const { top, bottom } = element.getBoundingClientRect()
              const bar = document.querySelector('.bar').getBoundingClientRect()
              const head = document.querySelector('.outline').getBoundingClientRect()
              return bottom > bar.top || top < head.bottom ? element.outerHTML.slice(0, 80) : null
            }"""
        )
        if behind:
            hidden.append(behind)
    assert hidden == []
