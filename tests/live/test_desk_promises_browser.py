"""The page of promises in a real Chromium: waits told and times promised, in both languages, by keyboard, and empty."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from browser import WITHOUT, browser, chromium  # noqa: F401 - fixtures
from test_desk_browser import enter, house  # noqa: F401 - fixtures

sys.path.append(str(Path(__file__).parents[1] / "wire"))
from journal import facts as f

pytestmark = [pytest.mark.live, WITHOUT, pytest.mark.asyncio(loop_scope="module")]


def promise(library, now: float) -> None:
    """Three waits told, of which one held; a time that was kept, and one that was not."""
    for n, answered in enumerate((150.0, 10.0, 400.0)):
        library.add(f.EstimateTold(now - 500, f"w.{n}", "cards", 120.0, 240.0, 3))
        library.add(f.AgentAnswered(now - 500 + answered, f"w.{n}", f"w.{n}.1", "li-na", 200.0))
    for name, off in (("p.1", 20.0), ("p.2", 200.0)):
        library.add(f.CallbackAsked(now - 900, name, "+8613800", "loans", (), 5, now - 920, due=now - 300))
        library.add(f.CallbackBegun(now - 890, f"B-{name}", name, "+8613800", "{}"))
        library.add(f.CallbackDialled(now - 300 + off, f"B-{name}", f"B-{name}.1", "li-na", "+8613800"))


async def a_week(page) -> None:
    """By keyboard; of today alone there may be too little, just after midnight."""
    await page.focus("[data-key=days-7]")
    await page.keyboard.press("Enter")
    await page.wait_for_selector("[data-key=days-7][aria-pressed=true]")


async def cells(page, panel: str) -> list[list[str]]:
    rows = await page.query_selector_all(f".panel.{panel} tbody tr")
    return [[await cell.inner_text() for cell in await row.query_selector_all("th, td")] for row in rows]


async def test_a_supervisor_sees_what_was_promised_and_what_came_of_it(house, chromium) -> None:
    promise(house.library, time.time())
    page = await enter(chromium, house, "sue")
    await page.focus("[data-key=nav-promises]")
    await page.keyboard.press("Enter")
    await a_week(page)
    await page.wait_for_selector(".panel.times tbody tr")
    told = await cells(page, "waits")
    assert [row[1:] for row in told] == [["cards", "3", "2:00 \u2013 4:00", "33.3%", "1", "1"]]
    times = await cells(page, "times")
    assert sorted((row[4], row[5]) for row in times) == [("Kept", "+0:20"), ("Late", "+3:20")]
    tiles = await page.inner_text(".tiles")
    assert "33.3%" in tiles
    assert "50.0%" in tiles
    await page.select_option("[data-key=queue]", "loans")
    await page.wait_for_selector(".panel.waits .empty")
    assert len(await cells(page, "times")) == 2
    await page.reload()
    await a_week(page)
    await page.wait_for_selector(".panel.times tbody tr")
    await page.select_option("[data-key=language]", "zh-CN")
    await page.wait_for_selector("text=约定的回拨时间")
    assert sorted(row[4] for row in await cells(page, "times")) == ["已守约", "迟到"]
    assert page.wrong == []


async def test_a_promise_leads_to_the_callers_journey(house, chromium) -> None:
    promise(house.library, time.time())
    page = await enter(chromium, house, "sue")
    await page.click("[data-key=nav-promises]")
    await a_week(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    await page.click('[data-key="open-p.1"]')
    await page.wait_for_function("() => document.querySelector('dialog') || !document.querySelector('.trouble').hidden")
    assert any(url.endswith("/api/contacts/p.1") for url in asked)


async def test_where_nothing_was_promised_the_page_says_so(house, chromium) -> None:
    page = await enter(chromium, house, "sue")
    await page.click("[data-key=nav-promises]")
    await page.wait_for_selector(".panel.times .empty")
    assert await page.inner_text(".panel.waits .empty") == "Nobody was told a wait."
    assert await page.inner_text(".panel.times .empty") == "No time was promised."
    await page.click("[data-key=days-7]")
    await page.wait_for_selector("[data-key=days-7][aria-pressed=true]")
    assert page.wrong == []
