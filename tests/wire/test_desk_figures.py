"""Figures over HTTP from a real journal: by queue, skill, agent and interval, agents' time, and whether all agree."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import aiohttp
import pytest
from desk_fakes import NOW, House, known_users
from prometheus_client.parser import text_string_to_metric_families
from yarl import URL

from acd.agent_time import Planned
from desk.archive import JournalLibrary
from desk.reckoning import QueueCount, Reckoning
from journal import facts as f
from journal.store import Journal

pytestmark = pytest.mark.wire
AT = NOW - 3000


def call(contact, at, *, queue="cards", agent="anna", wait=10.0, talk=60.0, wrap=15.0, skills=()):
    offer, answer = f"{contact}.1", at + wait
    end = answer + talk
    return [
        f.CallStarted(at - 5, contact, contact, "n", "139", "", "955", "bank", "v", "en"),
        f.CallerQueued(at, contact, queue, skills, 0, at, 0.0, ""),
        f.OfferMade(at + 1, contact, offer, agent, "n", at + 30, queue=queue),
        f.AgentChanged(at + 1, agent, "offered", offer=offer),
        f.AgentAnswered(answer, contact, offer, agent, wait),
        f.AgentChanged(answer, agent, "talking", offer=offer),
        f.TalkEnded(end, contact, offer, agent, talk, "caller"),
        f.AgentChanged(end, agent, "wrap_up", until=end + wrap, offer=offer),
        f.CallEnded(end, contact, "answered", 16),
        f.AgentChanged(end + wrap, agent, "ready"),
    ]


DAY = [
    f.AgentChanged(AT - 100, "anna", "not_ready", "signed on"),
    f.AgentChanged(AT - 90, "anna", "ready"),
    f.AgentChanged(AT - 100, "ben", "not_ready", "lunch"),
    *call("c1", AT, skills=(("loans", 2),)),
    *call("c2", AT + 200, wait=30.0),
    *call("c3", AT + 400, queue="loans", wrap=0.0),
    f.CallStarted(AT + 500, "c4", "c4", "n", "138", "", "955", "bank", "v", "en"),
    f.CallerQueued(AT + 510, "c4", "cards", (), 0, AT + 510, 0.0, ""),
    f.CallEnded(AT + 550, "c4", "abandoned", 16),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    journal = Journal.open(f"sqlite:///{tmp_path}/journal.db", holder="test", now=1.0)
    journal.append(DAY)
    journal.project()
    made = House(tmp_path, timezone="Asia/Shanghai")
    made.library = JournalLibrary(journal)
    await made.open(known_users(tmp_path))
    yield made
    await made.close()
    journal.close()


@pytest.fixture
async def talk(house) -> AsyncIterator:
    clients = {}

    async def ask(who: str, path: str):
        if who not in clients:
            clients[who] = aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True))
            clients[who].cookie_jar.update_cookies(house.cookie(who), URL(house.url))
        async with clients[who].get(path) as answer:
            return answer.status, await (answer.json() if "json" in answer.content_type else answer.text())

    yield ask
    for client in clients.values():
        await client.close()


async def test_the_lines_of_queues_are_those_of_the_calls(talk) -> None:
    status, told = await talk("sue", "/api/figures/breakdown?by=queue")
    assert status == 200
    cards, loans = told["lines"]
    assert (cards["queue"], cards["asked"], cards["counts"]["answered"], cards["counts"]["abandoned"]) == (
        "cards", 3, 2, 1,
    )  # fmt: skip
    assert (cards["rates"]["sl6"], cards["answered_after"]) == (pytest.approx(100 / 3), 20.0)
    assert (cards["handled"], cards["handling_time"]) == (2, 75.0)
    assert (cards["talk_time"], cards["wrap_up_time"]) == (60.0, 15.0)
    assert (loans["asked"], loans["rates"]["sl6"], loans["handling_time"]) == (1, 100.0, 60.0)
    assert (told["total"]["asked"], told["total"]["handled"]) == (4, 3)
    assert told["total"]["connected_percent"] == 75.0
    _, whole = await talk("sue", "/api/figures")
    assert whole["counts"] == told["total"]["counts"]
    assert {one["key"]: one["percent"] for one in whole["rates"]} == told["total"]["rates"]


async def test_contacts_can_be_listed_by_how_they_ended(talk) -> None:
    _, told = await talk("sue", "/api/contacts?outcome=abandoned")
    assert [one["contact"] for one in told] == ["c4"]
    _, told = await talk("sue", "/api/contacts?outcome=answered&queue=loans")
    assert [one["contact"] for one in told] == ["c3"]
    _, told = await talk("sue", "/api/contacts?outcome=open")
    assert told == []


async def test_two_keys_and_an_interval_make_a_line_each(talk) -> None:
    _, told = await talk("sue", "/api/figures/breakdown?by=agent,hour")
    lines = [(one["agent"], one["interval"], one["asked"]) for one in told["lines"]]
    assert {agent for agent, _, _ in lines} == {"anna", ""}
    assert sum(asked for _, _, asked in lines) == 4
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d\+08:00", interval) for _, interval, _ in lines)
    _, told = await talk("sue", "/api/figures/breakdown?by=skill")
    assert [(one["skill"], one["asked"], one["handled"]) for one in told["lines"]] == [("", 3, 2), ("loans", 1, 1)]


async def test_another_target_is_worked_out_for_the_same_past(talk) -> None:
    for target, in_time in ((20, 2), (30, 3), (5, 0)):
        _, told = await talk("sue", f"/api/figures?target={target}&until={NOW}")
        assert told["counts"]["answered_in_time"] == in_time
        assert told["rates"][5]["name"] == f"Answered within {target} s (asked-for-person base)"
    _, told = await talk("sue", f"/api/figures/breakdown?by=queue&short=40&until={NOW}")
    assert told["lines"][0]["counts"]["short_abandoned"] == 1


@pytest.mark.parametrize("query", ["by=colour", "by=hour,day", "by=", "level=floor", "target=-1", "short=nan"])
async def test_a_question_that_makes_no_sense_is_refused_with_its_field(talk, query) -> None:
    status, told = await talk("sue", f"/api/figures/breakdown?{query}")
    assert status in (400, 422)
    assert told["error"]


async def test_more_lines_than_anybody_reads_are_refused(talk) -> None:
    status, told = await talk("sue", f"/api/figures/breakdown?by=15min&since=0&until={NOW}")
    assert (status, told["error"], told["field"]) == (422, "too_fine", "by")


async def test_an_agents_time_adds_up_and_he_sees_his_own_alone(talk) -> None:
    _, told = await talk("sue", f"/api/figures/agents?since={AT - 100}&until={AT + 1000}")
    anna, ben = told["agents"]
    assert anna["on_duty"] == 1_100_000 == sum(part["milliseconds"] for part in anna["parts"])
    assert (anna["talking"], anna["wrap_up"], anna["ringing"]) == (180_000, 30_000, 9_000 + 29_000 + 9_000)
    busy, ready = 210_000, 1_100_000 - 210_000 - 47_000 - 10_000
    assert (anna["ready"], anna["occupancy"]) == (ready, pytest.approx(100 * busy / (busy + ready)))
    assert anna["utilisation"] == pytest.approx(100 * busy / 1_100_000)
    assert [(part["state"], part["reason"]) for part in ben["parts"]] == [("not_ready", "lunch")]
    assert told["total"]["on_duty"] == anna["on_duty"] + ben["on_duty"]
    _, own = await talk("ben", f"/api/figures/agents?since={AT - 100}&until={AT + 1000}&agent=anna")
    assert [one["agent"] for one in own["agents"]] == ["ben"]
    assert (await talk("ben", "/api/figures/breakdown"))[0] == 403


async def test_agents_time_is_divided_by_clocks_without_a_rest(talk) -> None:
    interval = f"since={AT - 100}&until={AT + 1000}"
    _, whole = await talk("sue", f"/api/figures/agents?{interval}")
    _, told = await talk("sue", f"/api/figures/agents?{interval}&by=15min")
    assert len({one["interval"] for one in told["agents"]}) >= 2
    assert sum(one["on_duty"] for one in told["agents"]) == whole["total"]["on_duty"] == told["total"]["on_duty"]
    status, told = await talk("sue", f"/api/figures/agents?by=15min&since=0&until={NOW}")
    assert (status, told["error"]) == (422, "too_fine")


async def test_adherence_is_the_time_in_which_the_plan_was_kept(house, talk) -> None:
    begin = round((AT - 100) * 1000)

    def planned(agent, since, until):
        del since, until
        work = Planned(begin, begin + 400_000, "work")
        return [work, Planned(begin + 400_000, begin + 500_000, "lunch")] if agent == "anna" else []

    house.planned = planned
    _, told = await talk("sue", f"/api/figures/agents?since={AT - 100}&until={AT + 1000}")
    anna = told["agents"][0]
    assert (anna["planned"], anna["kept"]) == (500_000, 390_000)  # ten seconds to get ready, no lunch at all
    assert anna["adherence"] == 78.0
    assert told["agents"][1]["adherence"] is None


async def test_a_disagreement_is_told_to_supervisor_and_metrics(house, talk) -> None:
    count = QueueCount("cards", 5, 3, 1, 0, 0, 0, 1)
    house.counted = Reckoning(1.0, 60, 4, 2, 9.0, ("contact c: odd",), replace(count, queue=""), (count,))
    _, told = await talk("sue", "/api/figures/reconciliation")
    assert (told["faults"], told["last"], told["queues"][0]["offered"]) == (2, ["contact c: odd"], 5)
    assert (await talk("anna", "/api/figures/reconciliation"))[0] == 403
    _, text = await talk("sue", "/metrics")
    families = {one.name: one for one in text_string_to_metric_families(text)}
    assert families["switchroom_reconciliation_faults"].samples[0].value == 2
    callers = {(s.labels["queue"], s.labels["how"]): s.value for s in families["switchroom_callers"].samples}
    assert (callers["cards", "offered"], callers["cards", "in_progress"]) == (5, 1)
