"""The judge of the kills: SIPp's logs are read right, and each planted fault is found, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.kills import crowd, logs
from benchmarks.kills.aftermath import Restart, outages
from benchmarks.kills.checker import Kind, Outage, Told, check
from benchmarks.kills.drive import Plan, Victim

pytestmark = pytest.mark.unit

STAYS = crowd.Caller("1", until_key=2.0, leaves=False, until_end=crowd.LONGEST)
IMPATIENT = crowd.Caller("2", until_key=2.0, leaves=False, until_end=3.0)
LEAVES = crowd.Caller("3", until_key=1.0, leaves=True, until_end=0.0)
CALLERS = (STAYS, IMPATIENT, LEAVES)

LOG = """\
caller|1|called|100.0
caller|1|connected|100.1
caller|1|pressed|102.0
agent|anna|1|rung|102.1|sip-1
agent|anna|1|answered|103.0|sip-1
agent|anna|1|hung_up|108.0|sip-1
caller|1|sent_away|108.1
caller|2|called|100.0
caller|2|connected|100.1
caller|2|pressed|102.0
agent|bert|2|rung|104.9|sip-2
caller|2|left|105.0
agent|bert|2|cancelled|105.1|sip-2
caller|3|called|100.0
caller|3|connected|100.1
caller|3|left|101.0
"""
JOURNAL = (
    Told("a1-1.1", "1", "answered", 102.0, 103.0, 108.1, offers=1, talked=5.0),
    Told("a1-1.2", "2", "abandoned", 102.0, None, 105.0, offers=1),
    Told("a1-1.3", "3", "ended_in_flow", None, None, 101.0, offers=0),
)


def judged(log: str = LOG, journal=JOURNAL, away: tuple[Outage, ...] = ()):
    return check(CALLERS, logs.read(log.splitlines()), journal, away)


def without(*lines: str) -> str:
    assert all(line in LOG for line in lines)
    return "".join(line + "\n" for line in LOG.splitlines() if line not in lines)


def changed(place: int, **changes):
    return (*JOURNAL[:place], replace(JOURNAL[place], **changes), *JOURNAL[place + 1 :])


def test_a_sound_run_has_no_findings_and_is_counted():
    verdict = judged()
    assert verdict.findings == []
    assert (verdict.callers, verdict.talks, verdict.abandoned, verdict.left_flow) == (3, 1, 1, 1)
    assert verdict.undecided == 0
    assert verdict.talk_errors == [pytest.approx(0.0)]


@pytest.mark.parametrize(
    ("log", "kind"),
    [
        # the exchange hangs up in the middle of a talk: the agent's side, the caller's side
        (LOG.replace("agent|anna|1|hung_up|108.0", "agent|anna|1|cut|105.0"), Kind.TALK_DROPPED),
        (LOG.replace("caller|1|sent_away|108.1", "caller|1|sent_away|104.0"), Kind.TALK_DROPPED),
        # a server that hangs up who waits or stands in the flow
        (LOG.replace("caller|2|left|105.0", "caller|2|sent_away|104.0"), Kind.CALLER_LOST),
        (LOG.replace("caller|3|left|101.0", "caller|3|sent_away|100.9"), Kind.CALLER_LOST),
        (without("caller|3|connected|100.1", "caller|3|left|101.0"), Kind.CALLER_LOST),
        (without("caller|2|left|105.0"), Kind.CALLER_LOST),
        # nobody ever answers who stays
        (
            without(*(line for line in LOG.splitlines() if line.startswith("agent|anna"))).replace(
                "caller|1|sent_away|108.1", "caller|1|left|162.0"
            ),
            Kind.CALLER_LOST,
        ),
        # two phones ring for one caller: at once, or one more than was offered
        (LOG + "agent|carl|1|rung|102.5|sip-9\nagent|carl|1|cancelled|103.2|sip-9\n", Kind.RUNG_TWICE),
        (LOG + "agent|carl|2|rung|103.0|sip-9\nagent|carl|2|refused|104.0|sip-9\n", Kind.RUNG_TWICE),
    ],
)
def test_what_the_phones_saw_go_wrong_is_found(log, kind):
    assert kind in {finding.kind for finding in judged(log).findings}


@pytest.mark.parametrize(
    ("journal", "kind"),
    [
        (JOURNAL[1:], Kind.COUNT_WRONG),  # a call forgotten
        ((*JOURNAL, JOURNAL[0]), Kind.COUNT_WRONG),  # one counted twice
        ((*JOURNAL, replace(JOURNAL[0], number="77")), Kind.COUNT_WRONG),  # one that nobody made
        (changed(0, outcome="abandoned"), Kind.COUNT_WRONG),
        (changed(0, outcome=""), Kind.COUNT_WRONG),  # still open
        (changed(1, outcome="lost"), Kind.COUNT_WRONG),
        (changed(1, outcome="ended_in_flow"), Kind.COUNT_WRONG),
        (changed(2, outcome="abandoned"), Kind.COUNT_WRONG),
        (changed(0, asked_at=103.0), Kind.WAIT_WRONG),  # a clock that began anew
        (changed(0, answered_at=105.0), Kind.WAIT_WRONG),  # answered only when the next server looked
        (changed(1, ended_at=109.0), Kind.WAIT_WRONG),  # gave up only when the next server looked
        (changed(0, asked_at=None), Kind.WAIT_WRONG),
        (changed(0, asked_again=("welcome",)), Kind.ASKED_TWICE),
        (changed(0, offers=0), Kind.RUNG_TWICE),
    ],
)
def test_what_the_journal_tells_wrong_is_found_and_nothing_else(journal, kind):
    assert {finding.kind for finding in judged(journal=journal).findings} == {kind}


def test_a_key_that_nobody_heard_may_count_either_way_but_only_then():
    ended_in_flow = changed(1, outcome="ended_in_flow", asked_at=None)
    away = (Outage(101.5, 103.0),)
    assert judged(journal=ended_in_flow, away=away).findings == []
    assert judged(journal=ended_in_flow, away=away).undecided == 1
    assert judged(journal=ended_in_flow, away=(Outage(103.0, 104.0),)).count(Kind.COUNT_WRONG) == 1
    assert judged(journal=changed(0, outcome="ended_in_flow"), away=away).count(Kind.COUNT_WRONG) == 1


def test_who_hangs_up_in_the_moment_of_the_answer_may_count_either_way():
    log = LOG.replace("agent|bert|2|cancelled|105.1", "agent|bert|2|answered|104.9") + "agent|bert|2|cut|105.1|sip-2\n"
    for outcome, answered in (("answered", 104.95), ("abandoned", None)):
        verdict = judged(log, changed(1, outcome=outcome, answered_at=answered))
        assert (verdict.findings, verdict.undecided) == ([], 1)


def test_an_agent_cut_because_the_caller_hung_up_was_not_dropped():
    log = LOG.replace("caller|1|sent_away|108.1", "caller|1|left|105.0").replace(
        "agent|anna|1|hung_up|108.0", "agent|anna|1|cut|105.1"
    )
    assert judged(log, changed(0, ended_at=105.0, talked=2.0)).findings == []


@pytest.mark.parametrize(
    "line", ["caller|1|danced|1.0", "agent|anna|1|answered|103.0|never-rung", "agent|anna|1|waved|103.0|sip-1"]
)
def test_a_log_that_cannot_be_is_refused(line):
    with pytest.raises(ValueError, match=r"anna|danced"):
        logs.read([*LOG.splitlines(), line])


def test_other_lines_of_sipp_are_passed():
    assert logs.read(["", "The following events occurred:", *LOG.splitlines()]).callers.keys() == {"1", "2", "3"}


def test_equal_seeds_draw_equal_runs_and_every_kind_of_caller(tmp_path):
    plan = Plan(Victim.SERVER, kills=20, rate=5.0, seed=3)
    assert plan.callers() == replace(plan).callers()
    assert plan.moments() == replace(plan).moments()
    assert plan.callers() != replace(plan, seed=4).callers()
    assert len({caller.number for caller in plan.callers()}) == len(plan.callers())
    assert {(c.leaves, c.until_end == crowd.LONGEST) for c in plan.callers()} == {
        (True, False), (False, True), (False, False)
    }  # fmt: skip
    crowd.write_rows(plan.callers(), tmp_path / "rows")
    first, *rows = (tmp_path / "rows").read_text().splitlines()
    assert first == "SEQUENTIAL"
    assert len(rows) == len(plan.callers())
    assert all(len(row.split(";")) == 5 for row in rows)


def test_an_outage_lasts_until_the_next_server_has_looked_and_the_caller_has_knocked():
    assert outages([Restart(100.0, 0.1, 0.3, 1.0)]) == [Outage(99.9, pytest.approx(101.8))]
    assert outages([Restart(100.0, None, None, None)])[0].over > 105.0
