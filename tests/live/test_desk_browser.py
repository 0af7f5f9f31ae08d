"""The page in a real Chromium: log-in, the pop, hostile names, both roles, playback, coming back."""

from __future__ import annotations

import asyncio
import struct
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from browser import WITHOUT, browser, chromium  # noqa: F401 - fixtures
from patience import PATIENCE

sys.path.append(str(Path(__file__).parents[1] / "wire"))

from desk_fakes import PASSWORDS, House, WaitSeen, agent, context, known_users, write_wav

from acd.tally import Wait
from desk.pilot_view import (
    ActView,
    AutopilotView,
    ForecastView,
    SupervisorTurnedAutopilot,
    SupervisorUndidAct,
)
from desk.reckoning import QueueCount, Reckoning
from desk.steered import AlterationUndoAsked, QueueSwitchAsked, QueueWish
from desk.steering_view import ChangeView, QueueView
from desk.vocabulary import ClearContact, ContactView, FloorView, ShowContact
from desk.why_view import AgentLook, WhyView
from journal import facts as f
from journal.figure_views import OffersSummed

pytestmark = [pytest.mark.live, WITHOUT, pytest.mark.asyncio(loop_scope="module")]

NAUGHTY = [
    "<script>window.hit=1</script>",
    "<img src=x onerror=window.hit=1>",
    '"><svg onload=window.hit=1>',
    "javascript:window.hit=1",
    "{{constructor.constructor('window.hit=1')()}}",
    "';window.hit=1;//",
    "</title><script>window.hit=1</script>",
    "\u202eevil\u202c",
    "&lt;script&gt;",
    "<iframe srcdoc='<script>parent.hit=1</script>'>",
]


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path, clock=time.time)
    now = time.time()
    made.floor.view = FloorView(
        now,
        (agent("anna", "ready", since=now), agent("ben", "not_ready", reason="lunch", since=now)),
        (ContactView("w.1", "waiting", "", "", context("w.1", "Waiting One", begun=now - 70)),),
        (("node1", True),),
    )
    await made.open(known_users(tmp_path))
    yield made
    await made.close()


async def enter(chromium, house: House, who: str, language: str = "en-US"):
    """A page with `who` logged in by hand; what went wrong in it is in `page.wrong`."""
    context_ = await chromium.new_context(locale=language)
    page = await context_.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on(
        "console",
        lambda said: page.wrong.append(said.text) if said.type == "error" and "401" not in said.text else None,
    )
    await page.goto(house.url)
    await page.fill("input[name=user]", who)
    await page.fill("input[name=password]", PASSWORDS[who])
    await page.keyboard.press("Enter")
    await page.wait_for_selector(".pill, .tile")
    return page


async def test_the_pop_appears_with_everything_and_nothing_secret(house, chromium) -> None:
    page = await enter(chromium, house, "anna")
    await page.wait_for_selector(".pill.ready")
    shown = context("c", "Chen Wei", begun=time.time() - 60)
    assert house.live.show(ShowContact("anna", "c.1", time.time() + 120, shown)) == 1
    await page.wait_for_selector(".card.offered")
    card = await page.inner_text(".card")
    for text in ("Chen Wei", "+861391234567", "Gold", "card_last_four", "4417", "Answer within", "C-20817"):
        assert text in card
    assert "•" * 16 in card
    assert "lost_card" in await page.inner_text(".path li.stop")
    assert await page.locator(".path li").count() == 5
    assert await page.locator(".earlier li").count() == 2
    assert "Chen Wei" in await page.inner_text("#ringing")
    house.live.clear(ClearContact("anna", "c.1", "timed_out"))
    await page.wait_for_selector(".card.was")
    assert "Not answered" in await page.inner_text(".card .above")
    assert page.wrong == []


async def test_naughty_names_are_text_on_every_screen(house, chromium) -> None:
    now = time.time()
    anna, sue = await enter(chromium, house, "anna"), await enter(chromium, house, "sue")
    for n, name in enumerate(NAUGHTY):
        nasty = replace(
            context(f"n{n}", name, begun=now - 60, number=name, segment=name, customer=name, queue=name, flow=name),
            kept=((name, name),),
            breakpoint=name,
        )
        house.live.show(ShowContact("anna", f"n{n}.1", now + 120, nasty))
        await anna.wait_for_function("name => document.querySelector('.card h2')?.textContent === name", arg=name)
        house.floor.change(contacts=(ContactView(f"n{n}", "waiting", "", "", nasty),))
        house.library.finished(f"n{n}", "anna", name=name)
        house.library.rows[0] = replace(house.library.rows[0], started_at=now - 5 - n)
        house.happened(f.CallEnded(now, f"n{n}", "answered", 16))
        await sue.wait_for_function(
            "name => [...document.querySelectorAll('button.link')].some(one => one.textContent === name)",
            arg=name,
        )
    await sue.wait_for_function(
        "count => document.querySelectorAll('.finished tbody tr').length === count", arg=len(NAUGHTY)
    )
    await sue.locator(".finished button.link").first.click()
    await sue.wait_for_selector("dialog .card")
    for page in (anna, sue):
        assert await page.evaluate("window.hit") is None
        assert await page.locator("main script, main img, main iframe, main svg").count() == 0
        assert page.wrong == []


async def test_the_agent_works_with_the_keyboard_alone(house, chromium) -> None:
    page = await enter(chromium, house, "ben")
    await page.wait_for_selector(".pill.not_ready")
    assert "Lunch" in await page.inner_text(".pill")
    for _ in range(6):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.dataset.key") == "do.ready":
            break
    await page.keyboard.press("Enter")
    async with asyncio.timeout(PATIENCE):
        while not house.floor.told:  # noqa: ASYNC110 - the page's request arrives when it arrives
            await asyncio.sleep(0.02)
    house.floor.change(agents=(agent("ben", "ready", since=time.time()),))
    house.happened(f.AgentChanged(time.time(), "ben", "ready"))
    await page.wait_for_selector(".pill.ready")
    assert [type(one).__name__ for one in house.floor.told] == ["AgentAskedReady"]
    assert page.wrong == []


async def test_the_supervisor_sees_the_named_rate_and_plays_a_talk(house, chromium) -> None:
    now = time.time()
    midnight = now - now % 60
    house.library.waited = [Wait(midnight, midnight + 10, "answered")] * 9 + [
        Wait(midnight, midnight + 40, "abandoned")
    ]
    house.library.finished("p", "anna", legs=("a.wav", "b.wav"))
    house.library.rows[0] = replace(house.library.rows[0], started_at=now - 5)
    for name in ("a.wav", "b.wav"):
        write_wav(house.recordings / name, b"".join(struct.pack("<h", n % 900) for n in range(16_000)))
    page = await enter(chromium, house, "sue")
    await page.wait_for_function("() => document.querySelector('.tile.rate .value')?.textContent.startsWith('90')")
    assert "SL6 Answered within 20 s (asked-for-person base)" in await page.inner_text(".tile.rate .below")
    assert not await page.is_visible(".tile.rate .formula")
    await page.hover(".tile.rate")
    await page.wait_for_selector(".tile.rate .formula", state="visible")
    formula = "SL6 = answered in time / (answered + abandoned + flowed out + call-backs)"
    assert formula in await page.inner_text(".formula >> nth=0")
    assert await page.locator(".rates tbody tr").count() == 6
    await page.click("button.play")
    await page.wait_for_function(
        "() => { const s = document.querySelector('audio'); return !s.error && s.duration > 1.9 && s.currentTime > 0; }"
    )
    assert page.wrong == []


async def test_the_supervisor_sees_todays_queues_and_agents_and_when_counts_disagree(house, chromium) -> None:
    asked = round(time.time()) * 1000 - 5000
    house.library.figures.waited = [
        *[WaitSeen("cards", "", "anna", asked, asked + 12_000, "answered")] * 3,
        WaitSeen("cards", "", "", asked, asked + 50_000, "abandoned"),
    ]
    house.library.figures.offered = [
        OffersSummed("anna", "cards", "answered", 3, 180_000, 0, 45_000),
        OffersSummed("anna", "cards", "refused", 1, 0, 0, 0),
    ]
    house.library.figures.taken = {
        ("anna", "talking", ""): 180_000, ("anna", "wrap_up", ""): 45_000, ("anna", "ready", ""): 75_000,
        ("anna", "not_ready", "<b>lunch</b>"): 60_000,
    }  # fmt: skip
    count = QueueCount("", 4, 3, 1, 0, 0, 0, 1)
    house.counted = Reckoning(1.0, 60, 4, 1, 9.0, ("contact <b>c</b>: counted twice",), count, ())
    page = await enter(chromium, house, "sue")
    await page.wait_for_selector(".queues tbody tr")
    line = (await page.inner_text(".queues tbody tr >> nth=0")).split("\t")
    assert line[:5] == ["cards", "4", "3", "1", "0"]
    assert line[8:] == ["75.0%", "75.0%", "75.0%", "0:12", "0:50", "1:15"]
    assert (await page.inner_text(".queues tr.total")).startswith("All\t4")
    line = (await page.inner_text(".times tbody tr >> nth=0")).split("\t")
    assert line[:9] == ["Anna", "4", "3", "1", "0", "1:15", "75.0%", "62.5%", "\u2013"]
    assert line[9:] == ["6:00", "1:15", "0:00", "3:00", "0:45", "1:00"]
    assert await page.get_attribute(".times tbody tr >> nth=0", "title") == "<b>lunch</b> 1:00"
    told = await page.inner_text(".trouble")
    assert "Counts of callers disagree (1)" in told
    assert "contact <b>c</b>: counted twice" in told
    assert page.wrong == []


async def test_the_supervisor_sees_why_a_caller_waits_in_both_languages(house, chromium) -> None:
    class Told:
        async def why(self, contact):
            looks = (
                AgentLook("anna", "<b>Anna</b>", "lacks", "cards 3"), AgentLook("ben", "Ben", "not_ready", "lunch"),
                AgentLook("cid", "Cid", "wrap_up", "", time.time() + 30), AgentLook("dora", "Dora", "newer", "4"),
            )  # fmt: skip
            return WhyView(contact, time.time(), "waiting", "cards", "cards 3 and english 1", 1, 2, looks, ())

    house.reasons = Told()
    page = await enter(chromium, house, "sue")
    await page.click("button.link >> text=Waiting One")
    await page.wait_for_selector("dialog .why li")
    told = await page.inner_text("dialog .why")
    assert "2 before him, 1 relaxation(s) reached · asked for: cards 3 and english 1" in told
    assert "<b>Anna</b>" in told
    assert "is not able to do what is asked for: cards 3" in told
    assert "is not ready (lunch)" in told
    assert "wraps up (until " in told
    assert "newer 4" in told, "a reason of a newer server is shown as it is"
    await page.evaluate("localStorage.setItem('language', 'zh-CN')")
    await page.reload()
    await page.click("button.link >> text=Waiting One")
    await page.wait_for_selector("dialog .why li")
    assert "不满足要求\uff1acards 3" in await page.inner_text("dialog .why")
    assert not await page.evaluate("window.hit")


async def test_the_supervisor_closes_a_queue_and_takes_a_change_back_with_a_reason(house, chromium) -> None:
    class Steered:
        def queues(self):
            return [
                QueueView("cards", is_open=True, held=False, calendar="office", waiting=3, needs="cards 2"),
                QueueView("<b>loans</b>", is_open=False, held=True, calendar="", waiting=0, needs="anybody"),
            ]

        async def changes(self, _since, _until, _limit):
            before, after = "queues: [all]\nskills: {cards: 1}", "queues: [all]\nskills: {cards: 3}"
            told = ("agent", "anna", "sue", "<i>course</i>", "altered", before, after, 4)
            return [ChangeView(time.time(), *told, stands=True)]

    house.steering.now = Steered()
    page = await enter(chromium, house, "sue")
    await page.wait_for_selector(".doors tbody tr")
    told = await page.inner_text(".doors")
    assert "cards\topen office\t3\tcards 2\tClose" in told
    assert "<b>loans</b>\tclosed by a person\t0\tanybody\tOpen As the calendar says" in told
    assert "anna · changed by sue" in told
    assert "skills: {cards: 1} → skills: {cards: 3} · <i>course</i>" in told
    await page.click("[data-key='closed-cards']")
    await page.wait_for_selector("text=Say why first")
    assert house.floor.told == []
    await page.fill("[data-key='doors-why']", "fire drill")
    await page.click("[data-key='closed-cards']")
    await page.wait_for_function("() => !document.querySelector('[data-key=doors-why]').value")
    await page.fill("[data-key='doors-why']", "wrong agent")
    await page.click("[data-key='undo-anna-4']")
    await page.wait_for_function("() => !document.querySelector('[data-key=doors-why]').value")
    assert house.floor.told == [
        QueueSwitchAsked("sue", "cards", QueueWish.CLOSED, "fire drill"),
        AlterationUndoAsked("sue", "anna", 4, "wrong agent"),
    ]
    assert not await page.evaluate("window.hit")


async def test_a_contact_of_which_nobody_can_say_why_has_no_such_part(house, chromium) -> None:
    page = await enter(chromium, house, "sue")
    await page.click("button.link >> text=Waiting One")
    await page.wait_for_selector("dialog .card")
    assert not await page.is_visible("dialog .why")


async def test_the_supervisor_sees_what_the_autopilot_foresees_and_undoes_what_it_did(house, chromium) -> None:
    seen = ForecastView("<b>cards</b>", 0.62, 20.0, 0.8, 0.9, 12.5, 14, 1, 3, 210.0, 180.0)
    act = ActView("cards.1700000000", "cards", "relax", 15.0, time.time() - 30, 0.62, 12.5, 14, 1, 3)
    view = AutopilotView(time.time(), is_there=True, on=True, pace=0.5, forecasts=(seen,), acts=(act,))
    house.pilot = lambda: view
    page = await enter(chromium, house, "sue")
    await page.wait_for_selector(".autopilot tbody tr")
    told = await page.inner_text(".autopilot")
    assert "<b>cards</b>\t62.0%\t80.0%\t12.5\t1 / 14\t3" in told
    assert "Skills relaxed 15 s sooner" in told
    assert "62.0% were foreseen in time: 12.5 callers a minute, 1 of 14 agents free, 3 waiting" in told
    assert "The dialler keeps 50.0% of its pace." in told
    await page.click("text=Undo >> nth=-1")
    await page.click("text=Switch it off and undo everything")
    async with asyncio.timeout(PATIENCE):
        while len(house.floor.told) < 2:  # noqa: ASYNC110 - the fake floor tells nobody
            await asyncio.sleep(0.05)
    assert house.floor.told == [SupervisorUndidAct(act.act, "sue"), SupervisorTurnedAutopilot(on=False, by="sue")]
    house.pilot = lambda: replace(view, is_there=False)
    await page.wait_for_selector(".autopilot", state="hidden")
    assert page.wrong == []


async def test_a_save_that_is_not_in_force_is_told_to_the_supervisor_and_to_nobody_else(house, chromium) -> None:
    house.flows.trouble = ("flows/bank.yaml:3:1  step '<img src=x>' is <b>not</b> there",)
    sue, anna = await enter(chromium, house, "sue"), await enter(chromium, house, "anna")
    await sue.wait_for_selector(".trouble:visible")
    told = await sue.inner_text(".trouble")
    assert "flows/bank.yaml:3:1" in told
    assert "<b>not</b>" in told, "a file's words are text"
    assert await anna.locator(".trouble:visible").count() == 0
    assert [*sue.wrong, *anna.wrong] == []


async def test_the_language_changes_without_losing_the_call(house, chromium) -> None:
    page = await enter(chromium, house, "anna", "zh-CN")
    assert "就绪" in await page.inner_text(".pill")
    house.live.show(ShowContact("anna", "c.1", time.time() + 120, context("c", "陈伟", begun=time.time() - 60)))
    await page.wait_for_selector(".card.offered")
    assert "停在此处" in await page.inner_text(".path li.stop")
    await page.select_option("#bar select[data-key=language]", "en")
    await page.wait_for_function("() => document.querySelector('.path li.stop').innerText.includes('Stopped here')")
    assert await page.inner_text(".card h2") == "陈伟"
    assert await page.evaluate("document.documentElement.lang") == "en"
    assert page.wrong == []


async def test_a_dead_server_greys_the_page_and_its_return_brings_it_back(house, chromium, tmp_path) -> None:
    page = await enter(chromium, house, "anna")
    await page.wait_for_selector(".pill.ready")
    port = house.runner.addresses[0][1]
    await house.close()
    await page.wait_for_selector("body.stale")
    # A new server, as after a kill -9: same folder, same port; the session is still good.
    again = House(tmp_path, clock=time.time)
    again.floor.view = replace(
        house.floor.view,
        agents=(agent("anna", "talking", contact="c", since=time.time()),),
        contacts=(ContactView("c", "talking", "anna", "c.1", context("c", "Still Here", begun=time.time() - 90)),),
    )
    await again.open(known_users(tmp_path), port)
    try:
        await page.wait_for_selector("body:not(.stale) .card.talking")
        assert await page.inner_text(".card h2") == "Still Here"
        assert again.live.screens("anna") == 1
    finally:
        await again.close()
