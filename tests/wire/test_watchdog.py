"""The watchdog against a toy server: frozen, killed, orphaned, stopped, at fault."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from patience import PATIENCE, until

pytestmark = pytest.mark.wire

TOY = """
import asyncio, os, sys, time
from pathlib import Path
from switchroom.watchdog import Patience, supervise

diary = Path(sys.argv[1])

def note(word):
    with diary.open("a") as file:
        file.write(f"{word} {os.getpid()} {time.monotonic()}\\n")

note("imported")

async def serve():
    note("up")
    try:
        await asyncio.Event().wait()
    except asyncio.CancelledError:
        note("bye")
        raise

async def misconfigured():
    note("up")
    raise SystemExit(2)

async def crashing():
    note("up")
    raise RuntimeError("planted")

async def deaf():
    note("up")
    while True:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            note("ignored")

async def finished():
    note("up")

sys.exit(supervise(globals()[sys.argv[2]], Patience(silence=2.5, start=60.0, stop=STOP, youth=3.0)))
"""


class Toy:
    def __init__(self, folder: Path, server: str) -> None:
        self.diary = folder / "diary"
        self.diary.touch()
        self.parent = subprocess.Popen(  # noqa: S603  our own interpreter runs our own script
            [sys.executable, "-c", TOY.replace("STOP", "1.5" if server == "deaf" else "60.0"), str(self.diary), server],
            stderr=subprocess.PIPE,
            text=True,
        )

    def notes(self, word: str) -> list[tuple[int, float]]:
        lines = [line.split() for line in self.diary.read_text().splitlines()]
        return [(int(pid), float(at)) for name, pid, at in lines if name == word]

    def servers(self, count: int) -> list[int]:
        """Wait until `count` servers have started; return their process ids."""
        until(lambda: len(self.notes("up")) >= count)
        return [pid for pid, _ in self.notes("up")]

    def end(self) -> tuple[int, str]:
        _, errors = self.parent.communicate(timeout=2 * PATIENCE)
        return self.parent.returncode, errors


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


@pytest.fixture
def toy(tmp_path: Path) -> Iterator[Callable[[str], Toy]]:
    started: list[Toy] = []

    def start(server: str = "serve") -> Toy:
        started.append(Toy(tmp_path, server))
        return started[-1]

    yield start
    for one in started:
        one.parent.kill()
        one.parent.wait()
        for pid, _ in one.notes("up"):
            until(lambda pid=pid: not alive(pid))


def test_a_killed_server_is_replaced_at_once(toy):
    one = toy()
    first = one.servers(1)[0]
    os.kill(first, signal.SIGKILL)
    second = one.servers(2)[1]
    assert second != first
    assert [pid for pid, _ in one.notes("imported")] == [one.parent.pid], "nothing is imported anew: a fork, some 10 ms"


def test_a_frozen_server_is_killed_and_replaced(toy):
    one = toy()
    first = one.servers(1)[0]
    os.kill(first, signal.SIGSTOP)
    frozen = time.monotonic()
    assert len(one.servers(2)) == 2
    assert not alive(first)
    assert one.notes("up")[1][1] - frozen > 1.4, "it was killed without patience"
    one.parent.terminate()
    assert "frozen" in one.end()[1]


def test_a_server_that_beats_is_left_alone(toy):
    one = toy()
    first = one.servers(1)[0]
    time.sleep(3.5)  # longer than the patience: silence is what must not be seen here
    assert one.servers(1) == [first]
    assert alive(first)


def test_the_server_dies_with_its_watchdog(toy):
    one = toy()
    first = one.servers(1)[0]
    one.parent.kill()
    until(lambda: not alive(first))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_request_to_stop_is_passed_on_and_ends_well(toy, number):
    one = toy()
    one.servers(1)
    one.parent.send_signal(number)
    assert one.end()[0] == 0
    assert len(one.notes("bye")) == 1
    assert len(one.notes("up")) == 1


def test_a_server_that_will_not_stop_is_killed(toy):
    one = toy("deaf")
    one.servers(1)
    one.parent.terminate()
    assert one.end()[0] == 0
    assert one.notes("ignored")
    assert not alive(one.servers(1)[0])


def test_a_fault_in_the_configuration_is_not_tried_again(toy):
    one = toy("misconfigured")
    code, errors = one.end()
    assert code == 2
    assert len(one.notes("up")) == 1
    assert "not started again" in errors


def test_a_server_that_ends_by_itself_ends_the_watchdog(toy):
    one = toy("finished")
    assert one.end()[0] == 0
    assert len(one.notes("up")) == 1


def test_a_server_that_keeps_crashing_is_restarted_ever_more_slowly(toy):
    one = toy("crashing")
    one.servers(4)
    starts = [at for _, at in one.notes("up")]
    assert starts[3] - starts[2] > 0.4, "the fourth start should have waited"
    until(lambda: not alive(one.servers(4)[3]))  # now it is the pause that is interrupted
    one.parent.terminate()
    code, errors = one.end()
    assert code == 0
    assert "planted" in errors
