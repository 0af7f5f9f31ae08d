"""The six rates: the golden day, the edge of the second, and the running tally against a plain count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from acd import service_level as sl
from acd.tally import How, Tally, Wait, rates

pytestmark = pytest.mark.unit

DAY = 1_700_000_000.0


def waits(count, how, seconds):
    return [Wait(DAY + n, DAY + n + seconds, how) for n in range(count)]


GOLDEN = [
    *waits(800, How.ANSWERED, 12.0), *waits(100, How.ANSWERED, 50.0), *waits(30, How.ABANDONED, 3.0),
    *waits(20, How.ABANDONED, 15.0), *waits(40, How.ABANDONED, 80.0), *waits(10, How.FLOWED_OUT, 90.0),
]  # fmt: skip


def test_the_golden_day():
    day = rates(GOLDEN)
    six = (day.sl1, day.sl2, day.sl3, day.sl4, day.sl5, day.sl6)
    assert [round(value, 2) for value in six] == [85.86, 88.89, 80.81, 85.11, 83.33, 80.00]
    assert tuple(day.value(each) for each in sl.DEFINITIONS) == six
    assert (day.counts.asked, day.counts.answered, day.counts.answered_in_time) == (1000, 900, 800)
    assert (day.counts.abandoned, day.counts.short_abandoned, day.counts.flowed_out) == (90, 30, 10)
    assert day.asa == pytest.approx((800 * 12 + 100 * 50) / 900)
    assert day.abandon_rate == pytest.approx(100 * 90 / 990)
    assert day.longest_wait == 90.0


@pytest.mark.parametrize("start", [0.0, DAY, DAY + 0.001, DAY + 0.333, DAY + 0.9995, 2_000_000_000.007])
@pytest.mark.parametrize(("seconds", "inside"), [(19.999, 1), (20.0, 1), (20.001, 0)])
def test_exactly_twenty_seconds_is_in_time(start, seconds, inside):
    begin = round(start, 3)
    assert rates([Wait(begin, round(begin + seconds, 3), "answered")]).counts.answered_in_time == inside


@pytest.mark.parametrize(("seconds", "short"), [(5.0, 1), (5.001, 0)])
def test_exactly_five_seconds_is_a_short_abandon(seconds, short):
    assert rates([Wait(DAY, DAY + seconds, "abandoned")]).counts.short_abandoned == short


def test_nobody_is_no_rate_rather_than_zero_or_hundred():
    none = rates([])
    assert {none.sl1, none.sl2, none.sl3, none.sl4, none.sl5, none.sl6} == {None}
    assert {none.asa, none.abandon_rate, none.longest_wait} == {None}


def test_the_lost_and_the_waiting_are_shown_and_are_in_no_base():
    more = [*GOLDEN, *waits(50, How.LOST, 500.0), *[Wait(DAY, None, How.WAITING)] * 7]
    day, plain = rates(more), rates(GOLDEN)
    assert (day.counts.lost, day.counts.waiting, day.counts.asked) == (50, 7, 1057)
    assert [day.value(each) for each in sl.DEFINITIONS] == [plain.value(each) for each in sl.DEFINITIONS]
    assert (day.asa, day.longest_wait, day.abandon_rate) == (
        plain.asa,
        plain.longest_wait,
        plain.abandon_rate,
    )


def test_a_clock_set_back_counts_as_no_wait():
    assert rates([Wait(DAY, DAY - 5, "answered")]).asa == 0.0


@pytest.mark.parametrize(("end", "how"), [(None, "answered"), (DAY, "waiting"), (DAY, "vanished")])
def test_a_wait_that_cannot_be_is_refused(end, how):
    with pytest.raises(ValueError):
        Wait(DAY, end, how)


def test_every_rate_has_its_own_name_with_its_base():
    for language in ("en", "zh-CN"):
        names = [each.name(language) for each in sl.DEFINITIONS]
        assert len(set(names)) == 6
        assert all("20" in name for name in names if "answered base" not in name)
    assert (sl.HEADLINE.key, sl.BESIDE.key) == ("sl6", "sl3")
    assert sl.HEADLINE.name("en") == "Answered within 20 s (asked-for-person base)"
    assert sl.HEADLINE.name("zh-CN", target=12.5) == "12.5秒接听率 (请求人工为基数)"
    assert sl.SL5.name("en", short=4) == "Answered within 20 s (answered + abandoned after 4 s base)"
    assert all(each.text for each in sl.DEFINITIONS)


MILLISECONDS = st.integers(0, 40_000)
ENDED = st.builds(
    lambda begin, length, how: Wait(DAY + begin / 1000, DAY + (begin + length) / 1000, how),
    MILLISECONDS,
    MILLISECONDS | st.sampled_from([5_000, 5_001, 20_000, 20_001]),
    st.sampled_from([How.ANSWERED, How.ABANDONED, How.FLOWED_OUT, How.LOST]),
)


def plain_count(ended, waiting, target, short):
    """Count by brute force, in milliseconds."""
    lengths = [(str(w.how), round(w.ended_at * 1000) - round(w.asked_at * 1000)) for w in ended]

    def count(how, most=10**9):
        return sum(h == how and length <= most for h, length in lengths)

    return sl.Counts(
        count("answered"), count("answered", target * 1000),
        count("abandoned"), count("abandoned", target * 1000), count("abandoned", short * 1000),
        count("flowed_out"), count("lost"), waiting,
        sum(length for how, length in lengths if how == "answered"),
        max((length for how, length in lengths if how != "lost"), default=0),
    )  # fmt: skip


@given(st.lists(ENDED, max_size=40), st.integers(0, 3), st.sampled_from([(20.0, 5.0), (10.0, 2.0)]))
def test_the_running_tally_is_the_plain_count_at_every_moment(ended, still, bounds):
    tally = Tally(*bounds)
    for _ in range(len(ended) + still):
        tally.began()
    for number, wait in enumerate(ended, start=1):
        tally.ended(wait)
        waiting = len(ended) - number + still
        assert tally.counts() == plain_count(ended[:number], waiting, *bounds)
    everything = [*ended, *[Wait(DAY, None, How.WAITING)] * still]
    assert tally.rates() == rates(everything, *bounds)


def test_what_never_began_cannot_end():
    with pytest.raises(ValueError):
        Tally().ended(Wait(DAY, DAY + 1, "answered"))
    tally = Tally()
    tally.began()
    with pytest.raises(ValueError):
        tally.ended(Wait(DAY, None, "waiting"))
    with pytest.raises(ValueError):
        Tally(target=-1)
