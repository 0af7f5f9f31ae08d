"""What callers of a running server hear: a sound that was deleted, a recording that comes in while it serves."""

from __future__ import annotations

import array
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from crash_world import PROGRAM, People, World, world
from patience import PATIENCE, meanwhile

from cti.asterisk.music import tone, write_wav
from cti.fingerprint import of_mulaw
from cti.sip.call import RobotCall

pytestmark = pytest.mark.live

FLOW = """\
flow: prompts
languages: [en]
start: hello

steps:
  hello:
    play: hello
    next: bye
  bye:
    hangup: normal
"""


def write_floor(folder: Path) -> None:
    files = {
        "numbers.yaml": "numbers:\n  700: prompts\n\nfallback: prompts\n",
        "calendars.yaml": "always:\n  zone: UTC\n  open:\n    daily: 00:00-24:00\n",
        "prompts/en.yaml": "hello: Hello.\n",
        "queues.yaml": "line:\n  ring_for: 12s\n  wrap_up: 1s\n  misses: 9\n  record: false\n  target: 20s\n",
        "agents.yaml": "agent1:\n  name: Agent\n  phone: agent1\n  node: a1\n  queues: [line]\n  skills: {any: 1}\n"
        "  screen: none\n",
        "flows/prompts.yaml": FLOW,
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "recordings/en").mkdir(parents=True)
    write_wav(folder / "recordings/en/hello.wav", tone(440, 1.0))


@pytest.fixture(scope="module")
def served(tmp_path_factory, package) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("prompts"), package, write_floor) as made:
        yield made


def pitch(samples: array.array[int], wanted: tuple[int, ...] = (440, 900)) -> int:
    """Which of these tones is in the sound, 0 for none."""

    def strength(hertz: int) -> float:
        turn = 2 * math.pi * hertz / 8000
        real = sum(s * math.cos(turn * n) for n, s in enumerate(samples))
        imaginary = sum(s * math.sin(turn * n) for n, s in enumerate(samples))
        return 2 * math.hypot(real, imaginary) / max(1, len(samples))

    best = max(wanted, key=strength)
    return best if strength(best) > 200 else 0


async def heard(world: World, number: str) -> int:
    """Call, listen to the end, and tell which tone was heard."""
    sound = bytearray()

    def listen(_at: float, _stamp: int, packet: bytes) -> None:
        sound.extend(packet)

    async with People(world) as people:
        call: RobotCall = people._outside.call("700", number)
        assert await call.answered(PATIENCE)
        call.listen(listen)
        await call.ended(PATIENCE)
    return pitch(of_mulaw(bytes(sound)))


def sounds(world: World) -> list[Path]:
    return sorted((world.place.data / "sounds").glob("*.wav"))


async def test_a_sound_that_was_deleted_or_cut_is_heard_all_the_same(served: World) -> None:
    assert await heard(served, "1001") == 440
    (sound,) = sounds(served)
    whole = sound.read_bytes()
    sound.unlink()
    assert await heard(served, "1002") == 440
    assert sound.read_bytes() == whole
    sound.write_bytes(whole[:44])
    assert await heard(served, "1003") == 440
    log = (served.place.folder / "server.log").read_text()
    assert log.count("sound_restored") == 2


async def test_a_recording_that_comes_in_is_heard_a_moment_later(served: World, tmp_path: Path) -> None:
    before = sounds(served)
    write_wav(tmp_path / "hello.wav", tone(900, 1.0))
    config = served.place.folder / "switchroom.toml"
    words = [sys.executable, "-c", PROGRAM, "prompts", "record-import", str(tmp_path / "hello.wav"), "--language", "en"]
    done = subprocess.run([*words, "--config", str(config)], capture_output=True, text=True, check=False, timeout=120)  # noqa: S603,ASYNC221  our own program
    assert done.returncode == 0, done.stdout + done.stderr
    await meanwhile(lambda: served.all_facts("FlowChanged") or len(sounds(served)) > len(before), "the new sound")
    for attempt in range(20):  # the edition is swapped a moment after its sound was made
        if await heard(served, f"20{attempt:02}") == 900:
            break
    else:
        pytest.fail("the new recording was never heard")
    (served.place.folder / "dialplans" / "recordings" / "en" / "hello.wav").write_bytes(b"ID3 an mp3 in disguise")
    log = served.place.folder / "server.log"
    await meanwhile(lambda: "floor_refused" in log.read_text(), "the refusal")
    assert await heard(served, "3001") == 900, "what cannot be used changes nothing"
