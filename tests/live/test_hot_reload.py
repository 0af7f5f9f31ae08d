"""25 saves under ten real calls, with a kill and a bad file between: nobody is dropped, nobody meets two versions."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.request
from collections import defaultdict
from functools import partial
from pathlib import Path

import pytest
import small_floor
from crash_world import PROGRAM, People, World, world
from patience import PATIENCE, meanwhile
from prometheus_client.parser import text_string_to_metric_families

from cti.asterisk.music import tone, write_wav
from switchroom.floorplan import load_floor
from switchroom.versions import Versions

pytestmark = pytest.mark.live

CALLERS = [f"1390000000{n}" for n in range(10)]
SAVES = 25


def write(folder: Path, version: int = 1) -> None:
    """The small floor, with recordings for its prompts and menus that wait for long."""
    for name in ("hello", "ask", "more"):
        path = folder / f"recordings/en/{name}.wav"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_wav(path, tone(440, 0.3))
    small_floor.write(folder, version)
    flow = folder / "flows" / "main.yaml"
    flow.write_text(flow.read_text().replace("wait: 5s", "wait: 60s").replace("tries: 3", "tries: 9"))


def kept(floor: World) -> Versions:
    return Versions(floor.place.data / "versions")


async def save(floor: World, version: int) -> None:
    before = len(kept(floor).deployed("main"))
    write(floor.place.dialplans, version)
    os.kill(floor.pids()[0], signal.SIGHUP)  # to the watchdog, as an operator would
    await meanwhile(lambda: len(kept(floor).deployed("main")) > before, f"version {version} in force")


async def press(floor: World, calls: dict, number: str) -> None:
    """Between the two menus, from whichever he is in to the other."""
    steps = [fact.step for fact in floor.facts(number, "StepEntered")]
    key = "2" if steps[-1].startswith("menu") else "1"
    await calls[number].press(key)
    await meanwhile(lambda: len(floor.facts(number, "StepEntered")) > len(steps), f"the next step of {number}")


def metric(floor: World, name: str) -> float:
    with urllib.request.urlopen(f"{floor.place.url}/metrics", timeout=PATIENCE) as answer:  # noqa: S310  our own server
        families = {one.name: one for one in text_string_to_metric_families(answer.read().decode())}
    return families[name].samples[0].value


def command(floor: World, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603  our own interpreter runs our own program
        [sys.executable, "-c", PROGRAM, *words, "--config", str(floor.place.folder / "switchroom.toml")],
        capture_output=True, text=True, timeout=2 * PATIENCE, check=False, env={**os.environ, "LANGUAGE": "en"},
    )  # fmt: skip


async def test_callers_keep_their_version_over_saves_a_kill_and_a_bad_file(package, tmp_path) -> None:
    with world(tmp_path, package, write) as floor:
        await meanwhile(lambda: kept(floor).deployed("main"), "the first version in force")
        async with People(floor) as people:
            calls = {number: await people.call(number) for number in CALLERS}
            for number in CALLERS:
                await floor.at(number, "menu-1")
            for version in range(2, SAVES + 2):
                await save(floor, version)
                await press(floor, calls, CALLERS[version % 10])
                if version == 12:
                    await kill(floor)
                if version == 20:
                    await spoil(floor)
            late = await people.call("13911111111")
            await floor.at("13911111111", f"menu-{SAVES + 1}")
            for number in CALLERS:
                await press(floor, calls, number)
            late.hang_up()
            for call in calls.values():
                call.hang_up()
            for number in (*CALLERS, "13911111111"):
                assert (await floor.over(number)).outcome == "ended_in_flow"
        judge(floor)
        bring_back(floor)


async def kill(floor: World) -> None:
    """The server dies with all ten on the line; the next one takes them at the steps where they are."""
    os.kill(floor.pids()[1], signal.SIGKILL)
    await meanwhile(lambda: len(floor.all_facts("ServerStarted")) == 2, "the next server")
    for number in CALLERS:
        again = partial(_came_twice, floor, number)
        await meanwhile(again, f"{number} at the door again")


def _came_twice(floor: World, number: str) -> bool:
    return len(floor.arrivals(number)) == 2


async def spoil(floor: World) -> None:
    """A save with a fault is told and changes nothing."""
    running = kept(floor).head()
    (floor.place.dialplans / "flows" / "main.yaml").write_text("flow: main\nstart: nowhere\n")
    await meanwhile(lambda: metric(floor, "switchroom_floor_faults") > 0, "the faults in the metrics")
    assert kept(floor).head() == running
    assert command(floor, "versions", "main").returncode == 1


def judge(floor: World) -> None:
    """From the journal: every call in one version alone, from its first step to its end."""
    met: dict[str, set[int]] = defaultdict(set)
    for fact in floor.all_facts("StepEntered"):
        met[fact.contact].add(small_floor.version_of(fact.step))
    started = {fact.contact: fact for fact in floor.all_facts("CallStarted")}
    assert len(started) == len(CALLERS) + 1
    assert all(len(versions) == 1 for versions in met.values()), met
    assert sorted(len(met[contact]) for contact in started) == [1] * len(started)
    assert {*met[next(c for c, fact in started.items() if fact.number == CALLERS[0])]} == {1}
    assert not [fact for fact in floor.all_facts("StepLeft") if fact.exit == "flow_changed"]
    changes = floor.all_facts("FlowChanged")
    assert [change.how for change in changes] == ["first", *["saved"] * SAVES]
    assert len({change.version for change in changes}) == SAVES + 1


def bring_back(floor: World) -> None:
    """One word, and the first version is in force again; then everything is replayed, versions and all."""
    first = kept(floor).deployed("main")[0].version
    done = command(floor, "rollback", "main", first[:6])
    assert done.returncode == 0, done.stdout + done.stderr
    plan, _ = load_floor(floor.place.dialplans)
    assert plan.flows["main"].version == first
    assert floor.all_facts("FlowChanged")[-1].how == "rolled_back"
    replayed = command(floor, "replay", "--json")
    assert replayed.returncode == 0, replayed.stdout + replayed.stderr
    steps = command(floor, "report", "steps", "--json")
    assert steps.returncode == 0, steps.stdout + steps.stderr
