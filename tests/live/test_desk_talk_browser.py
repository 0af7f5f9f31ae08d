"""The buttons of a talk in a real browser: an agent's, and a supervisor's."""

from __future__ import annotations

import time

import pytest
from browser import WITHOUT, browser, chromium  # noqa: F401 - fixtures
from desk_fakes import agent, context
from patience import meanwhile
from test_desk_browser import enter, house  # noqa: F401 - fixtures

from desk.talk_vocabulary import (
    AgentAskedConsult,
    AgentAskedTransfer,
    AgentWished,
    Ear,
    Kind,
    SupervisorAskedEar,
    SupervisorWentOff,
    Wish,
)
from desk.vocabulary import ContactView
from journal import facts as f

pytestmark = [pytest.mark.live, WITHOUT, pytest.mark.asyncio(loop_scope="module")]


def talking(home, standing: str, **more) -> None:
    """Anna talks with a caller, and her talk stands so."""
    now = time.time()
    view = ContactView(
        "a.1", "talking", "anna", "a.1.1", context("a.1", "Chen Wei", begun=now - 90), standing=standing, **more
    )
    home.floor.change(
        agents=(agent("anna", "talking", since=now - 30, contact="a.1"), agent("ben", "ready", since=now)),
        contacts=(view,), queues=("cards", "loans"), flows=("hotline",),
    )  # fmt: skip
    home.happened(f.AgentChanged(now, "anna", "talking"))


async def told(home, *wanted: object) -> None:
    await meanwhile(lambda: all(one in home.floor.told for one in wanted), f"{wanted}")


async def press(page, key: str) -> None:
    await page.click(f"[data-key='{key}']")


async def test_an_agent_holds_consults_hands_over_and_transfers(house, chromium) -> None:
    page = await enter(chromium, house, "anna")
    talking(house, "together")
    await press(page, "talk.hold")
    await told(house, AgentWished("anna", "a.1", Wish.HOLD))
    talking(house, "held", held_since=time.time() - 5)
    await page.wait_for_selector("[data-key='talk.retrieve']")
    assert "on hold" in await page.inner_text(".standing")
    await page.fill("[data-key='talk.target']", "ben")
    await press(page, "talk.consult")
    await told(house, AgentAskedConsult("anna", "a.1", Kind.AGENT, "ben"))
    talking(house, "consulting", third="ben", beside=("ben",))
    await page.wait_for_selector("[data-key='talk.complete']")
    assert "ben" in await page.inner_text(".standing")
    await press(page, "talk.to_caller")
    await told(house, AgentWished("anna", "a.1", Wish.TO_CALLER))
    talking(house, "with_caller", third="ben", beside=("ben",))
    await page.wait_for_selector("[data-key='talk.to_asked']")
    assert "ben waits" in await page.inner_text(".standing")
    await press(page, "talk.to_asked")
    await told(house, AgentWished("anna", "a.1", Wish.TO_ASKED))
    talking(house, "consulting", third="ben", beside=("ben",))
    await page.wait_for_selector("[data-key='talk.to_caller']")
    await press(page, "talk.conference")
    await told(house, AgentWished("anna", "a.1", Wish.CONFERENCE))
    talking(house, "conferring", third="ben", beside=("ben",))
    await page.wait_for_selector("[data-key='talk.drop_third']")
    talking(house, "together")
    await page.wait_for_selector("[data-key='talk.hold']")
    await page.select_option("[data-key='talk.kind']", "queue")
    await page.fill("[data-key='talk.target']", "loans")
    await press(page, "talk.transfer")
    await told(house, AgentAskedTransfer("anna", "a.1", Kind.QUEUE, "loans"))
    assert page.wrong == []


async def test_who_is_asked_sees_by_whom_and_has_no_buttons_for_the_talk(house, chromium) -> None:
    page = await enter(chromium, house, "ben", "zh-CN")
    talking(house, "consulting", third="ben", beside=("ben",))
    await page.wait_for_selector(".card.talking")
    assert "anna 的咨询" in await page.inner_text(".card")
    assert await page.locator("[data-key='talk.hold'], [data-key='talk.complete']").count() == 0
    assert page.wrong == []


async def test_a_supervisor_listens_takes_over_and_leaves(house, chromium) -> None:
    page = await enter(chromium, house, "sue")
    talking(house, "together")
    await page.fill("[data-key='ears.phone']", "boss-1")
    await press(page, "listen-a.1")
    await told(house, SupervisorAskedEar("sue", "a.1", Ear.LISTEN, "boss-1"))
    talking(house, "together", heard_by=(("sue", "listen"),))
    await page.wait_for_selector("[data-key='listen-a.1'][aria-pressed]")
    await press(page, "take_over-a.1")
    await told(house, SupervisorAskedEar("sue", "a.1", Ear.TAKE_OVER, "boss-1"))
    await press(page, "leave-a.1")
    await told(house, SupervisorWentOff("sue", "a.1"))
    assert page.wrong == []
