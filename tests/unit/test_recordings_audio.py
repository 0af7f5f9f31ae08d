"""Real WAV files: measured by their true size, repaired after a crash, joined without losing a sample."""

from __future__ import annotations

import asyncio
import hashlib
import math
import struct
import threading
import tracemalloc
import wave
from array import array

import pytest

from recordings.audio import NotAudio, checksum, join, measure, peaks, repair
from recordings.keeper import Keeper, Patience, look
from recordings.messages import KeepRecording, RecordingLookedAt

pytestmark = pytest.mark.unit

RATE = 8000


def tone(seconds, hertz=440.0, loud=8000):
    return array("h", (int(loud * math.sin(2 * math.pi * hertz * n / RATE)) for n in range(int(seconds * RATE))))


def write(path, samples, rate=RATE):
    with wave.open(str(path), "wb") as out:
        out.setparams((1, 2, rate, 0, "NONE", ""))
        out.writeframes(samples.tobytes())
    return path


def orphan(path):
    """Make of a closed file what Asterisk leaves when it is killed: all the audio, sizes 0 in the header."""
    raw = bytearray(path.read_bytes())
    raw[4:8] = struct.pack("<I", 0)
    raw[40:44] = struct.pack("<I", 0)
    path.write_bytes(raw)
    return path


def samples_of(path):
    with wave.open(str(path)) as file:
        return array("h", file.readframes(file.getnframes()))


def test_a_closed_leg_is_measured(tmp_path):
    leg = measure(write(tmp_path / "a.wav", tone(1.25)))
    assert (leg.seconds, leg.rate, leg.start, leg.closed) == (1.25, RATE, 44, True)


def test_an_orphan_is_measured_by_its_size_and_repaired_to_the_last_sample(tmp_path):
    samples = tone(2.0)
    whole = write(tmp_path / "a.wav", samples).read_bytes()
    path = orphan(tmp_path / "a.wav")
    with pytest.raises(wave.Error):  # what any other reader makes of it
        samples_of(path)
    assert (measure(path).seconds, measure(path).closed) == (2.0, False)
    assert repair(path).closed
    assert path.read_bytes() == whole


def test_half_a_sample_at_the_end_is_dropped(tmp_path):
    path = orphan(write(tmp_path / "a.wav", tone(0.5)))
    with path.open("ab") as file:
        file.write(b"\x07")
    assert repair(path).seconds == 0.5
    assert samples_of(path) == tone(0.5)
    assert measure(path).closed


def test_a_header_that_promises_more_than_there_is_is_repaired_too(tmp_path):
    path = write(tmp_path / "a.wav", tone(1.0))
    path.write_bytes(path.read_bytes()[: 44 + 2 * RATE // 2])  # the disk was full
    assert not measure(path).closed
    assert repair(path).seconds == 0.5
    assert len(samples_of(path)) == RATE // 2


def test_a_whole_file_is_not_touched(tmp_path):
    path = write(tmp_path / "a.wav", tone(0.1))
    path.chmod(0o600)
    before = path.stat().st_mtime_ns
    repair(path)
    assert path.stat().st_mtime_ns == before


def test_other_chunks_before_the_audio_are_passed_over(tmp_path):
    raw = write(tmp_path / "a.wav", tone(0.1)).read_bytes()
    extra = b"LIST" + struct.pack("<I", 5) + b"hello\x00"
    path = tmp_path / "b.wav"
    path.write_bytes(raw[:4] + struct.pack("<I", len(raw) + len(extra) - 8) + raw[8:36] + extra + raw[36:])
    assert measure(path).seconds == 0.1
    assert measure(path).closed
    assert repair(orphan_at(path, 36 + len(extra))).seconds == 0.1
    assert measure(path).closed


def orphan_at(path, data):
    raw = bytearray(path.read_bytes())
    raw[data + 4 : data + 8] = bytes(4)
    path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"ID3" + bytes(100),
        b"RIFF\0\0\0\0WAVEfmt \xff\xff\xff\xff",
        b"RIFF\0\0\0\0WAVEdata\0\0\0\0abcd",
        bytes(44),
    ],
)
def test_what_is_no_audio_is_said_to_be_none(tmp_path, content):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    with pytest.raises(NotAudio, match=r"a\.wav"):
        measure(path)
    with pytest.raises(NotAudio):
        repair(path)
    assert path.read_bytes() == content


def test_stereo_is_not_taken_for_a_leg(tmp_path):
    with wave.open(str(tmp_path / "s.wav"), "wb") as out:
        out.setparams((2, 2, RATE, 0, "NONE", ""))
        out.writeframes(bytes(400))
    with pytest.raises(NotAudio, match="one channel"):
        measure(tmp_path / "s.wav")


def test_both_legs_keep_every_sample_at_its_moment(tmp_path):
    left, right = tone(20.0, 300.0), tone(20.0, 700.0)  # longer than one step of the joining
    a, b = write(tmp_path / "a.wav", left), write(tmp_path / "b.wav", right)
    assert join(a, b, tmp_path / "both.wav") == 20.0
    with wave.open(str(tmp_path / "both.wav")) as file:
        assert (file.getnchannels(), file.getframerate(), file.getnframes()) == (2, RATE, 20 * RATE)
    both = samples_of(tmp_path / "both.wav")
    assert both[0::2] == left
    assert both[1::2] == right
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wav", "b.wav", "both.wav"]


def test_the_shorter_leg_is_silent_to_the_end(tmp_path):
    a, b = write(tmp_path / "a.wav", tone(1.0)), orphan(write(tmp_path / "b.wav", tone(0.25)))
    assert join(a, b, tmp_path / "both.wav") == 1.0
    both = samples_of(tmp_path / "both.wav")
    assert both[0::2] == tone(1.0)
    assert both[1::2] == tone(0.25) + array("h", bytes(2 * (RATE - RATE // 4)))


def test_legs_of_different_rates_cannot_be_joined(tmp_path):
    a, b = write(tmp_path / "a.wav", tone(0.1)), write(tmp_path / "b.wav", tone(0.1), 16000)
    with pytest.raises(NotAudio, match="16000"):
        join(a, b, tmp_path / "both.wav")


def test_an_hour_is_joined_in_the_memory_of_a_moment(tmp_path):
    second = tone(1.0)
    for name in "ab":
        with wave.open(str(tmp_path / f"{name}.wav"), "wb") as out:
            out.setparams((1, 2, RATE, 0, "NONE", ""))
            for _ in range(3600):
                out.writeframesraw(second.tobytes())
    tracemalloc.start()
    join(tmp_path / "a.wav", tmp_path / "b.wav", tmp_path / "both.wav")
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (tmp_path / "both.wav").stat().st_size == 44 + 3600 * RATE * 4
    assert most < 3_000_000


def test_peaks_show_who_speaks_when(tmp_path):
    path = write(tmp_path / "a.wav", tone(1.0, loud=0) + tone(1.0, loud=16384) + tone(2.0, loud=0))
    assert [round(peak, 1) for peak in peaks(path, 4)] == [0.0, 0.5, 0.0, 0.0]
    assert peaks(write(tmp_path / "b.wav", tone(0.0)), 3) == [0.0, 0.0, 0.0]


def test_a_checksum_is_sha256_of_the_file(tmp_path):
    path = write(tmp_path / "a.wav", tone(0.1))
    assert checksum(path) == hashlib.sha256(path.read_bytes()).hexdigest()


# ── the keeper ────────────────────────────────────────────────────────────────────────────────────────────────────

QUICK = Patience(step=0.02, still=0.2, most=3.0)
ASKED = KeepRecording("c", "c.1", "2026/11/21/c-1", 2.0)


@pytest.fixture
def legs(tmp_path):
    folder = tmp_path / "2026/11/21"
    folder.mkdir(parents=True)
    return folder / "c-1-caller.wav", folder / "c-1-agent.wav"


@pytest.fixture
async def keeper(tmp_path):
    one = Keeper(tmp_path, QUICK)
    yield one
    await one.stop()


async def looked_at(keeper, *asked):
    told = asyncio.Queue()
    keeper.start(told.put_nowait)
    for one in asked:
        keeper.keep(one)
    return [await asyncio.wait_for(told.get(), 10) for _ in asked]


async def test_a_whole_recording_is_told_with_its_legs_and_sums(keeper, legs, tmp_path):
    sums = tuple(checksum(write(leg, tone(2.01))) for leg in legs)
    (found,) = await looked_at(keeper, ASKED)
    names = ("2026/11/21/c-1-caller.wav", "2026/11/21/c-1-agent.wav")
    assert found == RecordingLookedAt("c", "c.1", names, 2.01, 2.0, "whole", sums)


async def test_a_file_that_asterisk_closes_late_is_waited_for(keeper, legs):
    for leg in legs:
        orphan(write(leg, tone(1.0)))
    closing = threading.Timer(0.15, lambda: [write(leg, tone(2.0)) for leg in legs])
    closing.start()
    (found,) = await looked_at(keeper, ASKED)
    closing.join()
    assert (found.state, found.seconds) == ("whole", 2.0)


async def test_orphans_of_a_dead_asterisk_are_repaired(keeper, legs):
    for leg in legs:
        orphan(write(leg, tone(2.0)))
    (found,) = await looked_at(keeper, ASKED)
    assert (found.state, found.seconds) == ("repaired", 2.0)
    assert all(len(samples_of(leg)) == 2 * RATE for leg in legs)


@pytest.mark.parametrize(
    ("caller", "agent", "state", "seconds"),
    [(2.0, 1.0, "short", 1.0), (2.0, None, "short", 2.0), (None, None, "missing", 0.0)],
)
async def test_what_is_not_all_there_is_said(  # noqa: PLR0917 - fixtures and a table
    keeper, legs, caller, agent, state, seconds
):
    for leg, length in zip(legs, (caller, agent), strict=True):
        if length is not None:
            write(leg, tone(length))
    (found,) = await looked_at(keeper, ASKED)
    assert (found.state, found.seconds, len(found.legs)) == (
        state,
        seconds,
        sum(x is not None for x in (caller, agent)),
    )


async def test_one_that_never_closes_holds_up_no_other(keeper, legs):
    for leg in legs:
        write(leg, tone(2.0))
    missing = [KeepRecording("m", f"m.{n}", f"2026/11/21/m-{n}", 2.0) for n in range(20)]
    found = await looked_at(keeper, *missing, ASKED)
    assert found[0].contact == "c"
    assert {one.state for one in found[1:]} == {"missing"}


async def test_what_was_asked_before_the_start_is_not_forgotten(keeper, legs):
    for leg in legs:
        write(leg, tone(2.0))
    keeper.keep(ASKED)
    told = asyncio.Queue()
    keeper.start(told.put_nowait)
    assert (await asyncio.wait_for(told.get(), 10)).state == "whole"


async def test_stopping_leaves_no_task_behind(tmp_path):
    keeper = Keeper(tmp_path)
    keeper.start(lambda _: pytest.fail("it was stopped"))
    keeper.keep(ASKED)
    await asyncio.sleep(0)
    await keeper.stop()
    assert len(asyncio.all_tasks()) == 1


@pytest.mark.parametrize("path", ["../outside", "/etc/outside", "a/../../outside"])
def test_no_path_leads_out_of_the_recordings_folder(tmp_path, path):
    inside = tmp_path / "in"
    inside.mkdir()
    for leg in ("caller", "agent"):
        write(tmp_path / f"outside-{leg}.wav", tone(2.0))
    assert look(inside, KeepRecording("c", "c.1", path, 2.0)).state == "missing"
