"""The whole server with a flow that asks a table, takes a message and would connect callers with numbers outside."""

from __future__ import annotations

import os
import signal
import wave
from pathlib import Path

import pytest
from crash_world import People, world
from flow_floor import write_floor
from patience import meanwhile

from cti.asterisk.music import tone, write_wav

pytestmark = pytest.mark.live

LI_LEI, STRANGER = "13800000001", "13900000002"


def write_service(folder: Path) -> None:
    """The floor of the simulated days, with a tone for each prompt."""
    write_floor(folder)
    (folder / "numbers.yaml").write_text("numbers:\n  700: service\nfallback: service\n", encoding="utf-8")
    for name in ("one-moment", "which", "enter-pin", "speak"):
        (folder / "recordings/en").mkdir(parents=True, exist_ok=True)
        write_wav(folder / f"recordings/en/{name}.wav", tone(440, 0.3))


async def test_a_caller_is_found_leaves_a_message_over_our_death_and_is_counted_once(package, tmp_path) -> None:
    with world(tmp_path, package, write_service) as floor:
        async with People(floor) as people:
            call = await people.call(LI_LEI)
            await floor.at(LI_LEI, "menu")
            await call.press("2")
            await floor.at(LI_LEI, "word")
            recordings = floor.layout.recordings
            await meanwhile(lambda: [*recordings.rglob("*-m*.wav")], "the recording")
            [spoken] = recordings.rglob("*-m*.wav")
            os.kill(floor.pids()[1], signal.SIGKILL)
            await meanwhile(lambda: len(floor.all_facts("ServerStarted")) == 2, "the next server")
            await meanwhile(lambda: spoken.stat().st_size > 30_000, "two seconds of speech")
            await call.press("#")
            ended = await floor.over(LI_LEI)
        told = {kind: floor.facts(LI_LEI, kind) for kind in ("LookupDone", "MessageLeft", "MessageSent", "CallEnded")}
        assert [(one.source, one.outcome) for one in told["LookupDone"]] == [("cards", "found")]
        assert (ended.outcome, len(told["CallEnded"])) == ("ended_in_flow", 1)
        [left] = told["MessageLeft"]
        assert left.seconds > 1.0
        with wave.open(str(recordings / left.recording)) as file:
            assert abs(file.getnframes() / file.getframerate() - left.seconds) < 0.05
        assert [one.to for one in told["MessageSent"]] == [LI_LEI]
        assert [one.level for one in floor.facts(LI_LEI, "CallerIdentified")] == ["identified"]


async def test_a_number_outside_that_nobody_allowed_is_not_dialled_and_the_caller_goes_on(package, tmp_path) -> None:
    with world(tmp_path, package, write_service) as floor:
        async with People(floor) as people:
            call = await people.call(STRANGER)
            await floor.at(STRANGER, "menu")
            await call.press("3")
            await meanwhile(lambda: floor.facts(STRANGER, "TransferMade"), "the refusal")
            await call.press("0")
            await floor.over(STRANGER)
        assert [(one.number, one.why) for one in floor.facts(STRANGER, "TransferMade")] == [("5551000", "failed")]
        assert [one.outcome for one in floor.facts(STRANGER, "LookupDone")] == ["not_found"]
