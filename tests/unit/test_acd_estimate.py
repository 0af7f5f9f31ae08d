"""Wait estimates: known answers, what they learn, and that asking changes nothing."""

from __future__ import annotations

import math
from random import Random

import pytest
from day_floor import HOUR, router_of, seat, small_day

from acd import messages as m
from acd.ahead import count_ahead, standing
from acd.estimate import INSIDE, Bounds, Estimate, Scale, missed, turn_after
from acd.estimator import ENOUGH
from acd.habits import Remembered
from acd.places import place
from acd.router import Router
from acd.rules import QueueRules
from switchroom.day.crowd import draw
from switchroom.day.described import CallerKind, Day, Rate, Spell
from switchroom.day.engine import run
from switchroom.day.laws import FOREVER, Exponential, Fixed

pytestmark = pytest.mark.unit


def test_a_turn_comes_after_those_ahead_at_the_pace_of_the_agents():
    assert turn_after(0, 1, 60.0, 0.0) == 60.0
    assert turn_after(3, 2, 60.0, 0.0) == 120.0
    assert turn_after(3, 2, 60.0, 1 / 120) == pytest.approx(120 * math.log(2)), "some of those ahead leave"


def test_a_turn_is_later_the_more_are_ahead_and_sooner_the_more_serve_or_leave():
    chance = Random(1)  # noqa: S311 - a test wants repeatable chance
    for _ in range(300):
        ahead, agents, work, leaving = (
            chance.randrange(50),
            chance.randint(1, 30),
            200 * chance.random() + 1,
            chance.random(),
        )
        here = turn_after(ahead, agents, work, leaving / 100)
        assert 0 < here < turn_after(ahead + 1, agents, work, leaving / 100)
        assert turn_after(ahead, agents + 1, work, leaving / 100) < here
        assert turn_after(ahead, agents, work, leaving / 50 + 1e-4) < here


def test_a_miss_tells_whether_the_wait_lay_inside_and_how_wrong_the_likely_value_was():
    told = Estimate(10.0, 30.0, 60.0)
    assert [missed(told, waited).inside for waited in (9.9, 10.0, 60.0, 60.1)] == [False, True, True, False]
    assert missed(told, 45.0).error == 15.0


def test_a_scale_comes_to_what_waits_are_to_the_arithmetic():
    scale = Scale()
    assert scale.factor == 1.0
    for n in range(4000):
        scale.learn(50.0, 65.0)
        assert 1.0 < scale.factor < 1.3
        assert n < 200 or scale.factor > 1.15
    assert scale.factor == pytest.approx(1.3, abs=0.02)


@pytest.mark.parametrize("spread", [0.3, 1.0, 2.0])
def test_bounds_come_to_hold_four_in_five_whatever_the_spread(spread):
    chance, bounds, inside = Random(3), Bounds(0.25, 2.2), 0  # noqa: S311 - a test wants repeatable chance
    for n in range(4000):
        likely = 10 + 100 * chance.random()
        waited = likely * chance.lognormvariate(0, spread)
        inside += n >= 1000 and missed(bounds.around(likely), waited).inside
        bounds.learn(likely, waited)
    assert inside / 3000 == pytest.approx(INSIDE, abs=0.04)


def test_an_interval_holds_its_likely_value_and_never_a_wait_below_nothing():
    bounds = Bounds(0.25, 2.2)
    for likely in (0.0, 1.0, 30.0, 900.0):
        told = bounds.around(likely)
        assert 0 <= told.low <= told.likely <= told.high


# ── on a router ──

ANN, BOB = m.AgentId("ann"), m.AgentId("bob")


def busy_floor(talks: int = ENOUGH) -> tuple[Router, float]:
    """Two agents with `talks` talks of 60 s behind them, and both in a talk that has just begun."""
    day = Day("two", HOUR, (), (seat("ann", {"q"}), seat("bob", {"q"})))
    router = Router({"q": QueueRules("q", wrap_up=0.0)}, day.profiles())
    for agent in (ANN, BOB):
        for message in (m.PhoneFound(agent, "n"), m.AgentSignedOn(agent), m.AgentMadeReady(agent)):
            router.handle(message, 1000.0)
    now = 1000.0
    for n in range(talks):
        asks(router, f"t{n}", now)
        router.handle(m.OfferAccepted(m.OfferId(f"t{n}.1")), now)
        router.handle(m.TalkOver(m.OfferId(f"t{n}.1")), now + 60)
        now += 60
    for n in range(2):
        asks(router, f"b{n}", now)
        router.handle(m.OfferAccepted(m.OfferId(f"b{n}.1")), now)
    return router, now


def asks(router: Router, contact: str, now: float, asked_at: float | None = None) -> list[m.Answer]:
    at = now if asked_at is None else asked_at
    return router.handle(m.ContactArrived(m.ContactId(contact), "n", "q", (), 0, at), now)


def test_nothing_is_said_before_enough_was_seen_nor_of_one_who_does_not_wait():
    router, now = busy_floor(ENOUGH - 1)
    asks(router, "c", now)
    assert router.estimate(m.ContactId("c"), now) is None
    router, now = busy_floor()
    assert router.estimate(m.ContactId("b0"), now) is None, "he talks"
    assert router.estimate(m.ContactId("nobody"), now) is None


def test_behind_more_callers_the_wait_is_longer():
    router, now = busy_floor()
    likely = []
    for n in range(6):
        asks(router, f"c{n}", now + n / 10)
        likely.append(router.estimate(m.ContactId(f"c{n}"), now + n / 10).likely)
    assert likely == sorted(likely)
    assert 15 < likely[0] < 45, "the mean of the next of two ends of talks of 60 s is 30 s"
    assert 120 < likely[5] < 240


def test_nothing_is_said_when_nobody_is_at_work_who_could_serve():
    router, now = busy_floor()
    asks(router, "c", now)
    assert router.estimate(m.ContactId("c"), now) is not None
    for offer in ("b0.1", "b1.1"):
        router.handle(m.TalkOver(m.OfferId(offer)), now + 1)
    for agent in (ANN, BOB):
        router.handle(m.AgentSignedOff(agent), now + 2)
    asks(router, "d", now + 3)
    assert router.estimate(m.ContactId("d"), now + 3) is None


def test_after_a_restart_nothing_is_said_until_enough_was_seen_again():
    router, now = busy_floor()
    asks(router, "c", now)
    seen = router.snapshot()
    other = Router({"q": QueueRules("q", wrap_up=0.0)}, {a: router._floor.house.profiles[a] for a in (ANN, BOB)})
    other.restore(seen.agents, seen.contacts, seen.offers)
    assert other.estimate(m.ContactId("c"), now) is None
    offer, at = m.OfferId("b0.1"), now
    for n in range(ENOUGH + 1):
        at += 30
        answers = other.handle(m.TalkOver(offer), at)
        asks(other, f"d{n}", at)
        offer = next(each.offer for each in answers + other.handle(m.Tick(), at) if isinstance(each, m.MakeOffer))
        other.handle(m.OfferAccepted(offer), at)
    assert other.estimate(m.ContactId(f"d{ENOUGH}"), at) is not None


def test_a_new_server_that_remembers_says_at_once_what_the_old_one_said():
    router, now = busy_floor()
    asks(router, "c", now)
    seen = router.snapshot()
    other = Router({"q": QueueRules("q", wrap_up=0.0)}, {a: router._floor.house.profiles[a] for a in (ANN, BOB)})
    other.restore(seen.agents, seen.contacts, seen.offers)
    other.remember(Remembered("q", (60.0,) * ENOUGH, ((0.0, False),) * ENOUGH))
    told = other.estimate(m.ContactId("c"), now)
    assert told is not None
    assert told.likely == pytest.approx(router.estimate(m.ContactId("c"), now).likely, rel=0.05)


def test_what_was_seen_since_goes_before_what_is_remembered():
    router, now = busy_floor()
    asks(router, "c", now)
    before = router.estimate(m.ContactId("c"), now)
    router.remember(Remembered("q", (600.0,) * 100, ()))
    assert router.estimate(m.ContactId("c"), now) == before


def test_asking_changes_nothing():
    day, crowd = small_day(), draw(small_day(), 9)
    plain = run(day, crowd, router_of(day))
    router = router_of(day)

    def ask(now: float, _message: m.Told, _answers: list[m.Answer]) -> None:
        for contact in router.contacts():
            assert router.estimate(contact, now) == router.estimate(contact, now)

    assert run(day, crowd, router, ask) == plain


def test_nothing_is_kept_of_callers_who_are_gone_however_they_went():
    day = small_day()
    router = router_of(day)
    result = run(day, draw(day, 10), router)
    assert {end.how for end in result.ends} == {"answered", "abandoned", "flowed_out"}
    kept = router._estimator
    assert kept._samples == kept._asked == {}
    still = {who for who, record in router.agents().items() if record.state in {"talking", "wrap_up"}}
    assert set(kept._busy) <= still


@pytest.mark.parametrize("order", ["oldest", "deadline"])
def test_who_is_ahead_is_counted_as_the_order_of_service_has_it(order):
    """In a crowded floor, against the plain definition of places, one by one."""
    seats = tuple(seat(f"a{n}", {"q", "r"} if n % 2 else {"q"}) for n in range(4))
    kinds = tuple(CallerKind(q, q, (Rate(0.0, 150.0),), Exponential(100.0), Fixed(150.0)) for q in ("q", "r"))
    day = Day("crowded", HOUR, kinds, seats)
    router = Router({q: QueueRules(q, wrap_up=0.0, order=order) for q in ("q", "r")}, day.profiles())
    compared = []

    def compare(now: float, _message: m.Told, _answers: list[m.Answer]) -> None:
        board = router._floor.board
        waiting = [each for each in router.contacts().values() if each.state == "waiting"]
        places = {each.contact: place(each, board.house.rules(each.queue), now) for each in waiting}
        for me in waiting:
            mine = standing(me, board.house.rules(me.queue), now)
            counts = [count_ahead(line, mine, now) for line in board.lines.open_on("day")]
            assert sum(before for before, _ in counts) == sum(p < places[me.contact] for p in places.values())
            assert sum(older for _, older in counts) == sum(each.asked_at < me.asked_at for each in waiting)
            compared.append(mine.zone)

    run(day, draw(day, 5), router, compare)
    assert len(set(compared)) == (3 if order == "deadline" else 2)


def test_on_a_day_of_one_queue_the_intervals_hold_and_the_likely_value_beats_the_last_wait():
    """M/M/8 in a heavy hour after hour, nobody gives up: 80 % inside, and the error below that of the last wait."""
    seats = tuple(seat(f"a{n}", {"q"}, shifts=(Spell(0.0, 1e6),)) for n in range(8))
    kind = CallerKind("q", "q", (Rate(0.0, 0.93 * 8 * 3600 / 60.0),), Exponential(60.0), FOREVER)
    day = Day("heavy", 8 * HOUR, (kind,), seats)
    router = Router({"q": QueueRules("q", wrap_up=0.0)}, day.profiles())
    told: dict[m.ContactId, tuple[float, Estimate, float]] = {}
    ours, last, inside, waited = [], [], [], 0.0

    def hear(now: float, message: m.Told, answers: list[m.Answer]) -> None:
        nonlocal waited
        for answer in answers:
            if isinstance(answer, m.MakeOffer) and answer.contact in told:
                at, estimate, last_wait = told.pop(answer.contact)
                waited = now - at
                miss = missed(estimate, waited)
                ours.append(miss.error**2)
                last.append((last_wait - waited) ** 2)
                inside.append(miss.inside)
        if isinstance(message, m.ContactArrived) and (it := router.estimate(message.contact, now)) is not None:
            told[message.contact] = now, it, waited

    run(day, draw(day, 3), router, hear)
    assert len(ours) > 1500
    assert sum(ours) < 0.75 * sum(last)
    assert 0.75 <= sum(inside) / len(inside) <= 0.87
