"""`switchroom report` by keys and of agents: a golden day counted by hand, its CSV, and what it refuses."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from journal import facts as f
from journal.store import Journal
from switchroom.cli import app
from switchroom.commands.answers import UsageError
from switchroom.commands.cells import clock, csv_of, plain_cell

pytestmark = pytest.mark.unit
NINE = datetime(2026, 3, 2, 9, 0, tzinfo=UTC).timestamp()  # a Monday


def talk(contact, asked, *, queue, agent, wait, talked, wrap):
    """A caller at `asked` seconds after nine whom `agent` answers after `wait`, is rung five seconds for."""
    at, offer = NINE + asked, f"{contact}.1"
    answer, end = at + wait, at + wait + talked
    return [
        f.CallStarted(at - 10, contact, contact, "n", "139", "", "955", "bank", "v", "en"),
        f.CallerQueued(at, contact, queue, ((queue, 1),), 0, at, 0.0, ""),
        f.OfferMade(answer - 5, contact, offer, agent, "n", answer + 10, queue=queue),
        f.AgentChanged(answer - 5, agent, "offered", offer=offer),
        f.AgentAnswered(answer, contact, offer, agent, wait),
        f.AgentChanged(answer, agent, "talking", offer=offer),
        f.TalkEnded(end, contact, offer, agent, talked, "caller"),
        f.AgentChanged(end, agent, "wrap_up", until=end + wrap, offer=offer),
        f.CallEnded(end, contact, "answered", 16),
        f.AgentChanged(end + wrap, agent, "ready"),
    ]


def gone(contact, asked, wait, *, queue, outcome="abandoned", left=""):
    at = NINE + asked
    told = [
        f.CallStarted(at - 10, contact, contact, "n", "138", "", "955", "bank", "v", "en"),
        f.CallerQueued(at, contact, queue, (), 0, at, 0.0, ""),
    ]
    if left:
        told.append(f.CallerLeftQueue(at + wait, contact, queue, "limit", wait))
    if left == "callback":
        told.append(f.CallbackAsked(at + wait + 5, contact, "138", queue, (), 0, at))
    return [*told, f.CallEnded(at + wait + 9 * bool(left), contact, outcome, 16)]


# The day by hand. ann signs on at 9:00:00, is ready at 9:00:10, signs off at 11:00:00; bob 9:30 to 10:30, 10 min lunch.
#   cards: a 8 s (ann), b 20.000 s (ann), c 20.001 s (bob), d abandoned after 4 s, e abandoned after 31 s, f flowed out
#   after 60 s, g called back after 45 s, h lost after 12 s. loans: i 0 s (bob). One refused offer of bob's for b.
GOLDEN = [
    f.AgentChanged(NINE, "ann", "not_ready", "signed on"),
    f.AgentChanged(NINE + 10, "ann", "ready"),
    *talk("a", 60, queue="cards", agent="ann", wait=8.0, talked=120.5, wrap=30.0),
    *gone("d", 300, 4.0, queue="cards"),
    *gone("e", 400, 31.0, queue="cards"),
    *gone("f", 500, 60.0, queue="cards", outcome="flowed_out", left="limit"),
    *gone("g", 600, 45.0, queue="cards", outcome="flowed_out", left="callback"),
    *gone("h", 700, 12.0, queue="cards", outcome="lost"),
    f.AgentChanged(NINE + 1800, "bob", "ready"),
    f.OfferMade(NINE + 3600, "b", "b.0", "bob", "n", NINE + 3615, queue="cards"),
    f.AgentChanged(NINE + 3600, "bob", "offered", offer="b.0"),
    f.OfferClosed(NINE + 3602, "b", "b.0", "bob", "refused"),
    f.AgentChanged(NINE + 3602, "bob", "ready"),
    *talk("b", 3600, queue="cards", agent="ann", wait=20.0, talked=100.0, wrap=30.0),
    *talk("c", 4000, queue="cards", agent="bob", wait=20.001, talked=80.0, wrap=10.0),
    *talk("i", 4200, queue="loans", agent="bob", wait=5.0, talked=300.25, wrap=0.0),
    f.AgentChanged(NINE + 4600, "bob", "not_ready", "lunch"),
    f.AgentChanged(NINE + 5200, "bob", "ready"),
    f.AgentChanged(NINE + 5400, "bob", "offline"),
    f.AgentChanged(NINE + 7200, "ann", "offline"),
]
BETWEEN = ("--since", "2026-03-02T08:00", "--until", "2026-03-02T20:00")


@pytest.fixture
def floor(tmp_path):
    journal = Journal.open(f"sqlite:///{tmp_path}/journal.db", holder="test", now=1.0)
    journal.append(GOLDEN)
    journal.close()
    (tmp_path / "dialplans").mkdir()
    config = tmp_path / "switchroom.toml"
    config.write_text(
        f'[server]\ntimezone = "UTC"\ndialplans = "{tmp_path}/dialplans"\n[journal]\nurl = "sqlite:///{tmp_path}/journal.db"\n'
    )
    return config


def run(floor, *words):
    done = CliRunner().invoke(app, ["report", *words, "--config", str(floor)])
    return done.exit_code, done.stdout


def rows(floor, *words):
    code, text = run(floor, *words, *BETWEEN, "--format", "csv")
    assert code == 0, text
    return list(csv.DictReader(io.StringIO(text)))


def test_the_golden_day_by_hand(floor):
    _, text = run(floor, *BETWEEN, "--json")
    day = json.loads(text)
    assert day["counts"] | {"longest": 0} == {
        "answered": 4, "answered_in_time": 3, "abandoned": 2, "abandoned_in_time": 1, "short_abandoned": 1,
        "flowed_out": 1, "callback": 1, "lost": 1, "waiting": 0, "answered_waits": 53_001, "longest": 0,
    }  # fmt: skip
    assert {rate["key"]: round(rate["percent"], 2) for rate in day["rates"]} == {
        "sl1": 66.67,  # (3 + 1) / (4 + 2)
        "sl2": 75.0,  # 3 / 4
        "sl3": 50.0,  # 3 / (4 + 2)
        "sl4": 60.0,  # 3 / (4 + 1 after the target)
        "sl5": 60.0,  # 3 / (4 + 2 - 1 short)
        "sl6": 37.5,  # 3 / (4 + 2 + 1 flowed out + 1 called back)
    }
    assert (day["asked"], day["answered_after"], day["longest_wait"]) == (9, 13.25025, 60.0)
    assert round(day["abandoned_percent"], 2) == 33.33  # 2 / 6
    assert round(day["connected_percent"], 2) == 44.44  # 4 / 9


def test_the_golden_day_by_queue(floor):
    cards, loans, every = rows(floor, "--by", "queue")
    assert (cards["queue"], cards["asked"], cards["counts.answered"], cards["rates.sl6"]) == (
        "cards", "8", "3", "28.571429",
    )  # fmt: skip
    # talks of 120.5 + 100 + 80 s and wrap-ups of 30 + 30 + 10 s
    assert (cards["handling_time"], cards["talk_time"], cards["wrap_up_time"]) == ("123.5", "100.166667", "23.333333")
    assert (cards["handling.made"], cards["handling.accepted"], cards["handling.refused"]) == ("4", "3", "1")
    assert (loans["asked"], loans["rates.sl6"], loans["handling_time"]) == ("1", "100", "300.25")
    assert (every["queue"], every["asked"], every["handling_time"]) == ("", "9", "167.6875")


def test_the_golden_day_by_hour_and_by_skill(floor):
    nine, ten, _ = rows(floor, "--by", "hour")
    assert (nine["hour"], nine["asked"], ten["asked"]) == ("2026-03-02T09:00+00:00", "6", "3")
    assert (nine["counts.answered"], ten["counts.answered_in_time"]) == ("1", "2")
    skills = {line["skill"]: line["asked"] for line in rows(floor, "--by", "skill")[:-1]}
    assert skills == {"": "5", "cards": "3", "loans": "1"}


def test_the_golden_day_by_agent(floor):
    ann, bob = rows(floor, "agents")
    assert (ann["handling.accepted"], ann["handling_time"]) == ("2", "140.25")
    assert [int(ann[key]) for key in ("on_duty", "ready", "ringing", "talking", "wrap_up", "not_ready")] == [
        7_200_000, 7_200_000 - 10_000 - 10_000 - 220_500 - 60_000, 10_000, 220_500, 60_000, 10_000,
    ]  # fmt: skip
    busy, ready = 280_500, 6_899_500
    assert float(ann["occupancy"]) == pytest.approx(100 * busy / (busy + ready), abs=1e-6)
    assert float(ann["utilisation"]) == pytest.approx(100 * busy / 7_200_000, abs=1e-6)
    # bob: an hour, ten minutes of it lunch; rung 2 + 5 + 5 s
    assert [int(bob[key]) for key in ("on_duty", "ringing", "talking", "wrap_up", "not_ready")] == [
        3_600_000, 12_000, 380_250, 10_000, 600_000,
    ]  # fmt: skip
    assert (bob["handling.refused"], bob["adherence"]) == ("1", "")


def test_agents_by_hour_are_the_same_time_divided(floor):
    lines = rows(floor, "agents", "--by", "hour")
    assert [(line["hour"][11:13], line["agent"]) for line in lines] == [
        ("09", "ann"), ("09", "bob"), ("10", "ann"), ("10", "bob"),
    ]  # fmt: skip
    whole = {line["agent"]: line for line in rows(floor, "agents")}
    for agent in ("ann", "bob"):
        for key in ("on_duty", "ready", "ringing", "talking", "wrap_up", "not_ready", "handling.made"):
            assert sum(int(line[key] or 0) for line in lines if line["agent"] == agent) == int(whole[agent][key]), key
    assert int(lines[1]["on_duty"]) == 1_800_000


def test_an_agents_time_is_told_without_a_gap(floor):
    code, text = run(floor, "time", "--agent", "bob", *BETWEEN, "--json")
    told = json.loads(text)
    assert code == 0
    ends = [one["until_ms"] for one in told["periods"]]
    assert ends[:-1] == [one["since_ms"] for one in told["periods"]][1:]
    assert sum(one["until_ms"] - one["since_ms"] for one in told["periods"]) == told["sheet"]["on_duty"] == 3_600_000
    _, text = run(floor, "time", "--agent", "bob", *BETWEEN)
    assert "0:10:00.000  not_ready lunch" in text
    assert "1:00:00.000  on duty" in text


def test_adherence_holds_the_day_against_the_schedule(floor):
    (floor.parent / "dialplans" / "schedule.yaml").write_text(
        "zone: UTC\nagents:\n  bob:\n    mon-fri:\n      09:00-10:10: work\n      10:10-10:20: lunch\n"
        "      10:20-10:30: work\n    2026-03-03: off\n"
    )
    _, bob = rows(floor, "agents")
    # planned 90 minutes; on from 9:30 to 10:10 all the time (40), at lunch from 10:16:40 to 10:20 (3:20),
    # and from 10:26:40 to 10:30 at work again (3:20)
    assert float(bob["adherence"]) == pytest.approx(100 * (40 * 60 + 200 + 200) / 5400, abs=1e-6)


def test_all_who_gave_up_are_listed_one_by_one(floor):
    code, text = run(floor, "calls", *BETWEEN, "--outcome", "abandoned", "--format", "csv")
    assert code == 0
    lines = list(csv.DictReader(io.StringIO(text)))
    assert [(line["contact"], line["queue"], line["how"], line["waited"]) for line in lines] == [
        ("e", "cards", "abandoned", "31"), ("d", "cards", "abandoned", "4"),
    ]  # fmt: skip
    _, text = run(floor, "calls", *BETWEEN, "--json")
    every = json.loads(text)
    assert {line["contact"]: line["how"] for line in every} == {
        "a": "answered", "b": "answered", "c": "answered", "i": "answered", "d": "abandoned", "e": "abandoned",
        "f": "flowed_out", "g": "callback", "h": "lost",
    }  # fmt: skip
    _, text = run(floor, "calls", *BETWEEN, "--queue", "loans")
    assert "bob" in text
    assert "300.2 s" in text


def test_another_target_another_level_one_queue(floor):
    (line, *_) = rows(floor, "--by", "queue", "--target", "20.001", "--queue", "cards", "--level", "queue")
    assert (line["counts.answered_in_time"], line["asked"]) == ("3", "8")
    (line, *_) = rows(floor, "--by", "queue", "--short", "31", "--queue", "cards")
    assert line["counts.short_abandoned"] == "2"


def test_text_for_people_names_every_column_and_shows_no_zero_for_nothing(floor):
    code, text = run(floor, "--by", "queue,hour", *BETWEEN)
    assert code == 0
    assert "SL6" in text
    assert "cards" in text
    assert text.rstrip().splitlines()[-1].split()[:2] == ["All", "9"]
    code, text = run(floor, "agents", *BETWEEN)
    assert "ann" in text
    assert "2:00:00.000" in text


@pytest.mark.parametrize("by", ["colour", "hour,day", "queue,,colour"])
def test_keys_that_are_none_are_refused_with_those_there_are(floor, by):
    done = CliRunner().invoke(app, ["report", "--by", by, *BETWEEN, "--config", str(floor)])
    assert isinstance(done.exception, UsageError)
    assert "15min" in str(done.exception)


def test_no_cell_is_run_by_a_spreadsheet():
    odd = ["=1+1", "+1", "-1", "@x", "\tx", "\rx", '=HYPERLINK("http://x")', "ann", "a=b", -5, 1.5, None, ""]
    _, line = csv.reader(io.StringIO(csv_of(["a"] * len(odd), [odd]), newline=""))
    assert line[:7] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "'=HYPERLINK(\"http://x\")"]
    assert line[7:] == ["ann", "a=b", "-5", "1.5", "", ""]


def test_lengths_are_read_to_the_millisecond():
    assert [clock(0), clock(61_005), clock(36_000_000)] == ["0:00:00.000", "0:01:01.005", "10:00:00.000"]
    assert [plain_cell(0.0), plain_cell(1 / 3), plain_cell(7)] == ["0", "0.333333", "7"]
