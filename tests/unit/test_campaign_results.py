"""What came of a campaign, added up; sales by agent, and everything that may not agree, each planted once."""

from dataclasses import replace

import pytest

from desk.campaign_results import amount_of, results_of, sales_of
from desk.sheets import csv_of
from journal.attempt_views import AttemptRow, OutcomeCount, TalkKept

pytestmark = pytest.mark.unit

BLANK = dict.fromkeys(AttemptRow.__dataclass_fields__, "")
ROW = AttemptRow(
    **BLANK
    | {"contact": "D1", "campaign": "cards", "begun_at": 1.0, "ended_at": 60.0, "outcome": "connected", "agent": "ann"}
    | {"talked": 40.0, "said_by": "ann", "result": "sold", "success": 1, "amount": "12.50"}
)
KEPT = TalkKept("D1", "D1.1", "ann", 40.0, "a/path", "whole")


def sales(*rows: AttemptRow, talks: dict[str, TalkKept] | None = None, sold: int | None = None):
    if talks is None:
        talks = {row.contact: replace(KEPT, contact=row.contact, agent=row.agent) for row in rows}
    won = sum(row.success for row in rows) if sold is None else sold
    lost = sum(row.outcome == "connected" for row in rows) - won
    counts = [OutcomeCount("connected", "sold", True, won, 0.0), OutcomeCount("connected", "", False, lost, 0.0)]
    return sales_of("cards", (0.0, 100.0), rows, talks, counts)


def test_sales_add_up_by_agent_to_the_cent_and_agree() -> None:
    rows = [replace(ROW, contact=f"D{n}", amount="0.10") for n in range(3)]
    told = sales(*rows, replace(ROW, contact="D9", agent="ben", said_by="ben", amount="100"))
    assert [(one.agent, one.talks, one.successes, one.amount, one.recorded) for one in told.agents] == [
        ("ann", 3, 3, "0.30", 3), ("ben", 1, 1, "100", 1),
    ]  # fmt: skip
    assert (told.total.amount, told.total.talked, told.differences, told.agrees) == ("100.30", 160.0, (), True)


@pytest.mark.parametrize(
    ("row", "talks", "what"),
    [
        (replace(ROW, result="", success=0), None, "no_word"),
        (replace(ROW, outcome="busy", success=0), None, "no_talk"),
        (replace(ROW, said_by="ben"), None, "other_agent"),
        (ROW, {}, "other_talk"),
        (ROW, {"D1": replace(KEPT, agent="ben")}, "other_talk"),
        (ROW, {"D1": replace(KEPT, state="missing")}, "no_recording"),
        (replace(ROW, amount="a lot"), None, "bad_amount"),
    ],
)
def test_each_thing_that_does_not_agree_is_told(row, talks, what) -> None:
    told = sales(row, talks=talks)
    assert [(one.contact, one.what) for one in told.differences] == [("D1", what)]
    assert not told.agrees


def test_a_sale_too_few_in_the_agents_sums_is_found_by_the_campaigns_own_count() -> None:
    assert not sales(ROW, sold=2).agrees


def test_a_talk_that_was_not_to_be_recorded_misses_no_recording() -> None:
    assert sales(ROW, talks={"D1": replace(KEPT, recording="", state="")}).agrees


def test_results_are_shares_of_what_has_ended() -> None:
    counts = [
        OutcomeCount("", "", False, 4, 0.0), OutcomeCount("busy", "", False, 5, 0.0),
        OutcomeCount("connected", "sold", True, 2, 60.0), OutcomeCount("connected", "", False, 1, 9.0),
        OutcomeCount("abandoned", "", False, 2, 0.0),
    ]  # fmt: skip
    told = results_of("cards", 0.0, 1.0, counts)
    assert (told.attempts, told.persons, told.successes, told.talked) == (14, 5, 2, 69.0)
    shares = {one.outcome: one.share for one in told.outcomes}
    assert shares == {"": None, "busy": 0.5, "connected": 0.3, "abandoned": 0.2}
    assert [(one.result, one.count) for one in told.results] == [("sold", 2), ("", 1)]


@pytest.mark.parametrize(("text", "amount"), [("", 0), ("1.5", 1.5), ("NaN", None), ("Infinity", None), ("x", None)])
def test_an_amount_is_decimal_or_nothing(text, amount) -> None:
    assert amount_of(text) == amount


@pytest.mark.parametrize("cell", ["=1+1", "+86138", "-1", "@SUM(A1)", "\tx", "\r=1", '=HYPERLINK("http://x")'])
def test_no_cell_is_run_by_a_spreadsheet(cell) -> None:
    line = csv_of(["name"], [[cell]]).split("\r\n", 1)[1]
    assert line.lstrip('"').startswith("'")
