"""`switchroom campaign` against a desk: what it prints in both languages, what it tells the floor, its exit codes."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from campaign_fakes import CARDS, LOANS, Campaigns, Lists
from desk_fakes import NOW, OFFICE, House, known_users
from rich.console import Console
from typer.testing import CliRunner
from yarl import URL

from desk import campaign_vocabulary as said
from desk.attempts import JournalAttempts
from desk.outbound import OutboundDesk
from journal.facts import AttemptBegun, AttemptEnded, ResultKept
from journal.store import Journal
from switchroom.cli import app
from switchroom.commands.campaign import _watch
from switchroom.commands.campaign_picture import picture, rows

pytestmark = pytest.mark.wire
NUMBER = "+8613800000001"
SOLD = [
    AttemptBegun(NOW - 90, "D1", "cards", "a1", "march.1", NUMBER, NUMBER, "+86", 0, "new", "us@1", "predictive"),
    AttemptEnded(NOW - 20, "D1", "cards", "march.1", NUMBER, NUMBER, "busy", 17, 0.0),
    ResultKept(NOW - 10, "D1", "cards", "march.1", "anna", "sold", True, 0.0, "", "", "12.50"),
]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    journal = Journal.open(f"sqlite:///{tmp_path}/j.db", holder="test", now=1.0)
    journal.append(SOLD)
    journal.project()
    made = House(tmp_path)
    made.outbound = OutboundDesk(Campaigns(), JournalAttempts(journal), Lists(tmp_path))
    await made.open(known_users(tmp_path))
    yield made
    await made.close()
    journal.close()


@pytest.fixture
def switchroom(house: House, tmp_path: Path, monkeypatch):
    """The command line as one of the office, in the test's own process."""
    monkeypatch.setenv("LANGUAGE", "en")
    config = tmp_path / "switchroom.toml"
    config.write_text(f'[http]\nport = {URL(house.url).port}\n[server]\ndata = "{tmp_path}/var"\n', encoding="utf-8")
    for who, word in OFFICE.items():
        (tmp_path / who).write_text(word + "\n", encoding="utf-8")
        (tmp_path / who).chmod(0o600)

    async def run(*words: str, who: str = "cam") -> tuple[int, str]:
        login = ("--user", who, "--password-file", str(tmp_path / who), "--config", str(config))
        done = await asyncio.to_thread(CliRunner().invoke, app, ["campaign", *words, *login])
        return done.exit_code, done.output if done.exception is None or done.exit_code else str(done.exception)

    return run


async def test_campaigns_are_listed_and_shown_in_both_languages(switchroom, monkeypatch) -> None:
    code, told = await switchroom("list")
    assert code == 0
    for text in ("cards", "running", "predictive", "2.0 % / 3.0 %", "760 / 1000", "loans", "paused"):
        assert text in told
    code, told = await switchroom("show", "cards")
    assert code == 0
    for text in ("12 lines at most; bounded by free agents", "us: 2.0 % of 200 persons (4), limit 3.0 %, in 30 day(s)"):
        assert text in told
    assert json.loads((await switchroom("show", "cards", "--json"))[1])["talking"] == 5
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    assert "受限于空闲坐席" in (await switchroom("show", "cards"))[1]


async def test_a_word_is_told_to_the_floor_as_the_person_who_says_it(house, switchroom) -> None:
    for words in (
        ("start", "cards", "--why", "evening"), ("pilot", "cards"), ("pause", "cards"), ("resume", "cards"),
        ("stop", "cards"), ("mode", "cards", "ratio", "--ratio", "1.8"), ("test-call", "cards", NUMBER),
        ("block", NUMBER, "--why", "by letter", "--campaign", "cards"),
    ):  # fmt: skip
        assert (await switchroom(*words))[0] == 0, words
    assert (await switchroom("mode", "cards", "--cap", "2", who="ada"))[0] == 0
    assert house.floor.told == [
        said.CampaignStartAsked("cam", "cards", "evening"),
        said.CampaignStartAsked("cam", "cards", pilot=5),
        said.CampaignPauseAsked("cam", "cards"),
        said.CampaignStartAsked("cam", "cards"),
        said.CampaignStopAsked("cam", "cards"),
        said.CampaignTuneAsked("cam", "cards", mode="ratio", ratio=1.8),
        said.TrialCallAsked("cam", "cards", NUMBER),
        said.NumberBlockAsked("cam", NUMBER, "by letter", "cards"),
        said.CampaignTuneAsked("ada", "cards", cap=0.02),
    ]


async def test_what_is_refused_is_told_with_its_code(house, switchroom) -> None:
    for words in (
        ("mode", "cards"), ("block", NUMBER), ("block", NUMBER, "--lift", "--why", "x"), ("show", "none"),
        ("mode", "cards", "--cap", "1"), ("mode", "cards", "warp"),
    ):  # fmt: skip
        assert (await switchroom(*words))[0] in {1, 2}, words
    assert house.floor.told == []


async def test_results_and_sales_are_printed_and_what_does_not_agree_is_no(switchroom) -> None:
    since = ("--since", "2025-01-01")
    code, told = await switchroom("results", "cards", *since)
    assert (code, "cards: 1 attempts, 0 persons, 1 successes" in told, "busy" in told) == (0, True, True)
    assert "outcome,busy,1" in (await switchroom("results", "cards", "--format", "csv", *since))[1]
    code, told = await switchroom("sales", "cards", *since)
    assert code == 1
    assert "12.50" in told
    assert "DIFFERS  D1  anna  a word about a call in which nobody talked" in told


async def test_watching_prints_a_line_a_look_where_there_is_no_terminal(capsys) -> None:
    async def looks() -> AsyncIterator[dict]:
        yield json.loads(json.dumps(asdict(CARDS)))
        yield json.loads(json.dumps(asdict(replace(CARDS, talking=9))))

    await _watch(looks())
    first, second = capsys.readouterr().out.splitlines()
    assert first.split("  ")[3] == "5"
    assert second.split("  ")[3] == "9"


ODD = replace(CARDS, drops=(), total=0, left=0, state="strange", why="\x1b[2J")


@pytest.mark.parametrize("view", [CARDS, LOANS, ODD], ids=["cards", "loans", "odd"])
def test_the_live_picture_shows_every_campaign_and_never_moves_the_cursor(view, monkeypatch) -> None:
    monkeypatch.setenv("LANGUAGE", "en")
    out = io.StringIO()
    told = json.loads(json.dumps(asdict(view)))
    Console(file=out, width=120, highlight=False).print(picture(told))
    assert view.campaign in out.getvalue()
    assert "\x1b[2J" not in out.getvalue()
    assert rows([told])[0][0] == view.campaign
