"""Campaigns in a real Chromium: the page of who runs them, a list brought in, and what an agent has of one."""

from __future__ import annotations

import sys
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from browser import WITHOUT, browser, chromium  # noqa: F401 - fixtures
from patience import PATIENCE, meanwhile

sys.path.append(str(Path(__file__).parents[1] / "wire"))

from campaign_fakes import CARDS, LEAD, LOANS, Campaigns, Lists
from desk_fakes import OFFICE, PASSWORDS, House, agent, context, known_users

from customers.card import Card
from desk import campaign_vocabulary as said
from desk.campaign_view import AgentWork
from desk.law_view import LawRule, LawView
from desk.outbound import OutboundDesk
from desk.vocabulary import ClearContact, ContactView, FloorView, ShowContact
from outbound.law.profiles import BUILT_IN
from outbound.law.wording import read_out
from outbound.law.writing import digest_of, text_of

pytestmark = [pytest.mark.live, WITHOUT, pytest.mark.asyncio(loop_scope="module")]
NAUGHTY = "<img src=x onerror=window.hit=1>"


@pytest_asyncio.fixture(loop_scope="module")
async def house(tmp_path: Path) -> AsyncIterator[House]:
    made = House(tmp_path, clock=time.time)
    now = time.time()
    made.floor.view = FloorView(now, (agent("anna", "ready", since=now),), (), (("node1", True),))
    made.outbound = OutboundDesk(Campaigns(), lists=Lists(tmp_path), laws=Laws())
    await made.open(known_users(tmp_path))
    yield made
    await made.close()


async def enter(chromium, house: House, who: str, language: str = "en-US"):
    """A page with `who` logged in by hand; what went wrong in it is in `page.wrong`."""
    page = await (await chromium.new_context(locale=language)).new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.wrong = []
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    page.on(
        "console",
        lambda told: page.wrong.append(told.text) if told.type == "error" and "401" not in told.text else None,
    )
    await page.goto(house.url)
    await page.fill("input[name=user]", who)
    await page.fill("input[name=password]", (PASSWORDS | OFFICE)[who])
    await page.keyboard.press("Enter")
    await page.wait_for_selector("#bar .who")
    return page


def key(page, name: str):
    return page.locator(f'[data-key="{name}"]')


async def told(house: House, what: object) -> None:
    """Wait until the floor is told this."""
    await meanwhile(lambda: what in house.floor.told, f"{what}")


async def seen(page, selector: str, part: str) -> None:
    """Wait until an element shows this text."""
    await page.wait_for_function(
        "([selector, part]) => document.querySelector(selector)?.textContent.includes(part)", arg=[selector, part]
    )


async def test_who_runs_campaigns_sees_them_move_and_says_his_word(house, chromium) -> None:
    house.outbound.campaigns.now = [CARDS, replace(LOANS, labels={"en": NAUGHTY})]
    page = await enter(chromium, house, "ada")
    await key(page, "nav-campaigns").click()
    await page.wait_for_selector(".campaigns tbody tr")
    shown = await page.inner_text("#room")
    for text in ("Card instalments", "2.0% / 3.0%", "240", "760 / 1000", "bounded by free agents", NAUGHTY):
        assert text in shown
    house.outbound.campaigns.now = [replace(CARDS, talking=8), LOANS]
    await seen(page, ".live-campaign .tile:nth-child(3) .value", "8")
    await key(page, "slide-mode").select_option("ratio")
    await key(page, "slide-cap").fill("1.5")
    await seen(page, ".projected", "2.4%")
    assert house.floor.told == []  # nothing changes while a slider moves
    await key(page, "campaign-why").fill("few agents")
    await key(page, "slide-apply").click()
    await told(house, said.CampaignTuneAsked("ada", "cards", "few agents", mode="ratio", cap=0.015))
    await key(page, "campaign-stop").click()
    await told(house, said.CampaignStopAsked("ada", "cards"))
    await key(page, "campaign-loans").click()
    await key(page, "campaign-resume").click()
    await told(house, said.CampaignStartAsked("ada", "loans"))
    await key(page, "language").select_option("zh-CN")
    await seen(page, ".campaigns h2", "外呼活动")
    assert not await page.evaluate("window.hit")
    assert page.wrong == []


class Laws:
    """The known laws as they are."""

    def views(self):
        return [
            LawView(law.name, law.version, digest_of(law), law.name != "uk", (), "", text_of(law))
            for law in BUILT_IN.values()
        ]

    def rules(self, law, language):
        return [
            LawRule(one.rule, one.name, one.says, one.source, one.ours) for one in read_out(BUILT_IN[law], language)
        ]


async def test_a_law_is_read_out_in_the_language_of_the_page(house, chromium) -> None:
    page = await enter(chromium, house, "cam")
    await seen(page, ".laws tbody", "Mon-Sun 08:00-21:00 at the called place")  # the law of the campaign that is shown
    await seen(page, ".laws tbody", "16 CFR 310.4(c)")
    await key(page, "law-uk").click()
    await seen(page, ".laws tbody", "Sat 09:00-18:00")
    await seen(page, ".laws", "NOT IN FORCE")
    await key(page, "language").select_option("zh-CN")
    await seen(page, ".laws tbody", "周六 09:00-18:00")
    await seen(page, ".laws", "未生效")
    assert page.wrong == []


async def test_a_list_is_brought_looked_at_and_imported(house, chromium, tmp_path) -> None:
    file = tmp_path / "March 2026.csv"
    file.write_text("phone,name\n13800000000,Wang\nabc,Li\n", encoding="utf-8")
    page = await enter(chromium, house, "cam")
    assert await key(page, "slide-cap").is_disabled()
    await key(page, "list-file").set_input_files(file)
    await page.wait_for_selector(".lists table.preview")
    assert await key(page, "list-name").input_value() == "march-2026"
    assert await key(page, "map-phone").input_value() == "number"
    await key(page, "list-check").click()
    await page.wait_for_selector(".lists a[download]")
    assert "2 good, 1 wrong" in await page.inner_text(".lists")
    await key(page, "list-import").click()
    await seen(page, ".lists [role=status]", "Imported")
    await key(page, "block-number").fill("+8613800000001")
    await key(page, "block-why").fill("asked for it")
    await key(page, "block").click()
    await told(house, said.NumberBlockAsked("cam", "+8613800000001", "asked for it"))
    assert page.wrong == []


async def test_an_agent_has_script_and_words_before_his_phone_rings_and_takes_his_next_lead(house, chromium) -> None:
    page = await enter(chromium, house, "anna")
    await page.wait_for_selector(".pill.ready")
    house.live.lead(said.ShowLead("anna", "cards", LEAD))
    await page.wait_for_selector(".card.lead")
    await key(page, "work-take").click()
    await told(house, said.PreviewAnswered("anna", "cards", "march.7", take=True))
    house.live.lead(said.ShowLead("anna", "cards", None))
    card = Card("D7", "cards", "march.7", 1, (("bill", NAUGHTY),), (("en", "Good day, this is the bank."),),
                (("sold", True), ("later", False)))  # fmt: skip
    now = time.time()
    shown = replace(context("D7", "Wang", begun=now), card=card)
    house.live.show(ShowContact("anna", "D7.1", now + 120, shown))
    await page.wait_for_selector(".card.offered")
    text = await page.inner_text("#room")
    for part in ("Good day, this is the bank.", "We called cards", NAUGHTY):
        assert part in text
    talking = ContactView("D7", "talking", "anna", "D7.1", shown)
    house.floor.change(agents=(agent("anna", "talking", contact="D7"),), contacts=(talking,))
    house.live.clear(ClearContact("nobody", "", ""))  # any word of the loop makes the screens look at the floor
    await key(page, "work-note").fill("call at six")
    await key(page, "work-block").check()
    await key(page, "result-later").click()
    await told(house, said.OutcomeGiven("anna", "D7", "later", note="call at six", block=True))
    await page.wait_for_selector('[data-key="result-later"][aria-pressed="true"]')
    house.outbound.campaigns.has = {"anna": AgentWork("anna", dials=("cards",))}
    await key(page, "work-number").fill("13800000009")
    await key(page, "work-dial").click()
    await told(house, said.NumberDialAsked("anna", "cards", "13800000009"))
    assert not await page.evaluate("window.hit")
    assert page.wrong == []
