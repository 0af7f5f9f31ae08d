"""A surge of callers with and without the autopilot, with the same agents, beside `app_queue`; and what a look costs.

    python benchmarks/autopilot/run.py [--quick] [--seed N] [--json FILE]

It measures and does not judge: every arm meets the same callers, seed by seed, and intervals are of 95 %.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))  # run as a file: the tree's root is not on the path

from acd.agents import AgentProfile
from acd.router import Router
from acd.tally import How, Wait
from benchmarks.autopilot import floors
from benchmarks.service_level.app_queue import AppQueue
from switchroom.day.crowd import draw
from switchroom.day.described import Day
from switchroom.day.engine import Deciding, run
from switchroom.day.outcome import DayRun, End
from switchroom.day.piloted import PilotedRouter
from switchroom.day.study import Value

LOADS = (0.78, 0.85)
DEFAULT_JSON = Path(__file__).parents[2] / "var" / "benchmarks" / "autopilot.json"
WINDOW = (floors.SURGE[0], floors.SURGE[0] + 1800.0)  # the surge and the quarter of an hour after it

Make = Callable[[Day], Deciding]


def first_queue_only(day: Day) -> Day:
    """Each agent in his first queue only."""
    return replace(day, seats=tuple(replace(seat, profile=_first(seat.profile)) for seat in day.seats))


def _first(profile: AgentProfile) -> AgentProfile:
    queue = max(profile.skills, key=lambda each: profile.skills[each])
    return replace(profile, queues=frozenset({queue}), skills={queue: 3})


def ours(after: float | None) -> Make:
    return lambda day: Router(floors.rules(after), day.profiles())


def flown(*steps: floors.Step) -> Make:
    def make(day: Day) -> Deciding:
        rules, profiles = floors.rules(), day.profiles()
        return PilotedRouter(Router(rules, profiles), floors.bounds(*steps), rules, profiles)

    return make


ARMS: dict[str, tuple[Make, bool, Callable[[Day], Day]]] = {
    "app_queue, first queue only": (lambda day: AppQueue(day, "rrmemory"), False, first_queue_only),
    "app_queue, both queues by penalty": (lambda day: AppQueue(day, "rrmemory", "home first"), False, lambda day: day),
    "Switchroom, relaxed after 60 s": (ours(floors.RELAXED_AFTER), False, lambda day: day),
    "Switchroom, autopilot relaxes": (flown(*floors.RELAX), False, lambda day: day),
    "Switchroom, both queues at once": (ours(None), False, lambda day: day),
    "Switchroom, autopilot, 6 in reserve": (flown(*floors.RELAX_AND_RESERVE), True, lambda day: day),
}


def figures(day: Day, done: DayRun, router: Deciding) -> dict[str, float]:
    """All and in the window: in time, abandoned; the longest wait of the answered; how many had the second best."""
    waits = [(caller, end) for caller, end in zip(done.crowd.callers, done.ends, strict=True) if end.how != How.WAITING]
    inside = [end for caller, end in waits if WINDOW[0] <= caller.at < WINDOW[1]]
    answered = [end for _, end in waits if end.how is How.ANSWERED]
    skills = {seat.agent: seat.profile.skills for seat in day.seats}
    second = sum(
        skills[end.agent].get(done.crowd.kinds[caller.kind].queue, 0) < 2
        for caller, end in waits
        if end.how is How.ANSWERED
    )
    lengths = sorted(end.ended - end.asked for end in answered if end.ended is not None)
    return {
        "in time": _in_time([end for _, end in waits]),
        "in time, surge": _in_time(inside),
        "worst queue, surge": min(
            _in_time([end for caller, end in waits if caller.kind == kind and WINDOW[0] <= caller.at < WINDOW[1]])
            for kind in range(len(done.crowd.kinds))
        ),
        "abandoned": 100 * sum(end.how is How.ABANDONED for _, end in waits) / len(waits),
        "p99 wait": lengths[int(0.99 * len(lengths))],
        "second best": 100 * second / len(answered),
        "changes": float(len(router.changes)) if isinstance(router, PilotedRouter) else 0.0,
    }


def _in_time(ends: list[End]) -> float:
    """SL6 in percent: answered within 20 s, of all who asked."""
    waits = [Wait(end.asked, end.ended, end.how) for end in ends]
    return 100 * sum(each.how is How.ANSWERED and each.milliseconds <= 20_000 for each in waits) / max(1, len(waits))


def measure(load: float, seeds: range) -> dict[str, dict[str, Value]]:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ARMS}
    for seed in seeds:
        for name, (make, reserve, change) in ARMS.items():
            day = change(floors.day(load, reserve=reserve))
            router = make(day)
            found[name].append(figures(day, run(day, draw(day, seed), router), router))
    return {name: {key: Value.of([one[key] for one in runs]) for key in runs[0]} for name, runs in found.items()}


def foresight(load: float, seeds: range) -> dict[str, float]:
    """How far each minute's forecast was from what came, in points: over all minutes, and with a surge in them."""
    errors: list[tuple[float, float]] = []
    for seed in seeds:
        day = floors.day(load)
        rules, profiles = floors.rules(None), day.profiles()
        watched = PilotedRouter(Router(rules, profiles), floors.bounds(), rules, profiles)
        seen: dict[tuple[int, str], float] = {}

        def look(at, *_, watched=watched, day=day, seen=seen):  # noqa: ANN001, ANN002, ANN202 - a watcher of this run
            minute = int((at - day.opens_at) // 60)
            for queue, forecast in watched.pilot.forecasts.items():
                if forecast.share is not None and minute >= 15:
                    seen.setdefault((minute, queue), forecast.share)

        done = run(day, draw(day, seed), watched, look)
        for (minute, queue), share in seen.items():
            ends = [
                end
                for caller, end in zip(done.crowd.callers, done.ends, strict=True)
                if done.crowd.kinds[caller.kind].queue == queue and minute * 60 <= caller.at < minute * 60 + 600
            ]
            if len(ends) >= 20:
                errors.append((minute * 60.0, 100 * share - _in_time(ends)))
    surge = [error for at, error in errors if WINDOW[0] <= at < WINDOW[1]]
    return {
        "looks": len(errors),
        "mean error": sum(error for _, error in errors) / len(errors),
        "mean absolute error": sum(abs(error) for _, error in errors) / len(errors),
        "mean absolute error, surge": sum(map(abs, surge)) / max(1, len(surge)),
    }


def cost(seconds: float) -> dict[str, float]:
    """Milliseconds of processor time of one look, with 500 agents at work, six queues, and callers all the time."""
    from benchmarks.autopilot.crowded import Crowded  # noqa: PLC0415 - only this part needs it

    floor = Crowded(agents=500, queues=6)
    floor.fill()
    spent, looks = 0.0, 0
    until = time.process_time() + seconds
    while time.process_time() < until:
        floor.goes_on()
        began = time.process_time()
        floor.look()
        spent, looks = spent + time.process_time() - began, looks + 1
    return {"looks": looks, "ms a look": 1000 * spent / looks}


def show(load: float, found: dict[str, dict[str, Value]]) -> None:
    keys = list(next(iter(found.values())))
    print(f"\nload {load:.2f}")
    print(f"{'':38}" + "".join(f"{key:>20}" for key in keys))
    for name, row in found.items():
        cells = (f"{row[key].mean:.1f} ±{row[key].half or 0.0:.1f}" for key in keys)
        print(f"{name:38}" + "".join(f"{cell:>20}" for cell in cells))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--quick", action="store_true", help="fewer seeds")
    asked.add_argument("--seed", type=int, default=1, help="the first seed")
    asked.add_argument("--json", type=Path, default=DEFAULT_JSON, help="write everything to this file")
    options = asked.parse_args()
    count = 3 if options.quick else 12
    seeds = range(options.seed, options.seed + count)
    told: dict[str, object] = {"seeds": count}
    for load in LOADS:
        found = measure(load, seeds)
        show(load, found)
        told[f"load {load}"] = {name: {k: [v.mean, v.half] for k, v in row.items()} for name, row in found.items()}
    told["forecast"] = foresight(LOADS[1], range(options.seed, options.seed + max(2, count // 4)))
    told["cost"] = cost(2.0 if options.quick else 10.0)
    print("\nforecast against what came, in points:", told["forecast"])
    print("a look of the autopilot, 500 agents:", told["cost"])
    options.json.parent.mkdir(parents=True, exist_ok=True)
    options.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
