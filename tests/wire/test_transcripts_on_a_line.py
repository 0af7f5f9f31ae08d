"""A transcript on a line without an exchange: what is heard when, what the server remembers, what nobody can check."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from patience import PATIENCE

from cti.fingerprint import of_mulaw
from cti.hearing import Fingerprints
from cti.sip.call import CallEnd
from cti.sip.rtp import Ear
from cti.sip.sound import QUIET, speech
from cti.sound import write_wav
from switchroom.trial import rung
from switchroom.trial.line_ear import LineEar
from switchroom.trial.reading import read_transcripts
from switchroom.trial.remembered import Asking, Silent, seen_in, story_of
from switchroom.trial.rung import Line, ring
from switchroom.trial.script import Sight

pytestmark = pytest.mark.wire

NAMES = ("choose", "welcome", "menu")
CALL = "call 800 from 138 at 2026-03-02 10:15 UTC\n"


@pytest.fixture(scope="module")
def sounds(tmp_path_factory) -> dict[tuple[str, str], Path]:
    folder = tmp_path_factory.mktemp("sounds")
    files = {(name, "en"): folder / name for name in NAMES}
    for seed, path in enumerate(files.values(), 1000):
        write_wav(path.with_suffix(".wav"), list(of_mulaw(speech(1.0, seed))))
    return files


@pytest.fixture(scope="module")
def prompts(sounds) -> Fingerprints:
    return Fingerprints(sounds)


class FarEnd:
    """An exchange that plays what `plays` says for each key pressed ("" when it answers), and hangs up on `0`."""

    def __init__(self, plays: dict[str, str]) -> None:
        self.plays = plays
        self.ear = Ear()
        self.end: CallEnd | None = None
        self.pressed: list[str] = []
        self._began = time.monotonic()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def talking(self) -> bool:
        return self.end is None

    async def answered(self, within: float) -> bool:  # noqa: ARG002 - as a call has it
        self._say(self.plays[""])
        return True

    async def press(self, keys: str) -> None:
        self.pressed.append(keys)
        if keys == "0":
            self.hang_up()
        elif keys in self.plays:
            self._say(self.plays[keys])

    def hang_up(self) -> None:
        self.end = self.end or CallEnd("them", 0, "", time.monotonic())

    async def over_within(self, seconds: float) -> bool:
        await asyncio.sleep(min(seconds, 0.05))
        return self.end is not None

    async def ended(self, within: float) -> CallEnd:  # noqa: ARG002 - as a call has it
        assert self.end is not None
        return self.end

    def _say(self, names: str) -> None:
        task = asyncio.create_task(self._play(names.split()))
        self._tasks.add(task)

    async def _play(self, names: list[str]) -> None:
        for name in names:
            sound = speech(1.0, 1000 + NAMES.index(name)) + QUIET * 10
            for at in range(0, len(sound), 160):
                if self.end is None and self.ear.tap is not None:
                    self.ear.tap(sound[at : at + 160], time.monotonic() - self._began)
                if at % 1600 == 0:
                    await asyncio.sleep(0.2)


class Phone:
    def __init__(self, far: FarEnd) -> None:
        self.far = far

    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        return None

    def call(self, *_):
        return self.far


async def rang(monkeypatch, prompts, text, plays, patience=PATIENCE):
    (transcript,), faults = read_transcripts(CALL + text, "x.call")
    assert not faults
    far = FarEnd(plays)
    monkeypatch.setattr(rung, "RobotPhone", lambda account: Phone(far))
    return await ring(transcript, Line("127.0.0.1", 5060, prompts, patience=patience)), far


async def test_keys_are_pressed_when_the_prompts_before_them_were_heard(monkeypatch, prompts):
    text = "secret pin = 77\n> play choose\npress 2\n> play welcome\n> play menu\npress secret 2 pin\nhang up\n"
    found, far = await rang(monkeypatch, prompts, text, {"": "choose", "2": "welcome menu"})
    assert found.difference is None
    assert far.pressed == ["2", "77"]


async def test_another_prompt_is_told_as_soon_as_it_was_heard(monkeypatch, prompts):
    text = "> play choose\npress 2\n> play menu\n"
    found, far = await rang(monkeypatch, prompts, text, {"": "choose", "2": "welcome"})
    assert found.difference is not None
    assert (found.difference.place.line, far.pressed) == (4, ["2"])
    assert "got `play welcome`" in found.difference.problem


async def test_a_prompt_that_never_comes_is_waited_for_no_longer_than_one_has_patience(monkeypatch, prompts):
    found, _ = await rang(monkeypatch, prompts, "> play choose\n> play menu\n", {"": "choose"}, patience=6.0)
    assert found.difference is not None
    assert "expected `play menu`, which never came" in found.difference.problem


async def test_what_a_telephone_cannot_do_or_know_is_named(monkeypatch, prompts):
    text = "source bank answers found a=1\n> play choose\n> goal told\nclock 23:30\nhang up\n> outcome abandoned\n"
    found, _ = await rang(monkeypatch, prompts, text, {"": "choose"})
    assert found.difference is None
    assert [line.split("`")[1] for line in found.unchecked] == [
        "source bank answers found a=1",
        "clock 23:30",
        "> goal told",
        "> outcome abandoned",
    ]
    assert "no log-in was given" in found.unchecked[-1]


async def test_a_secret_that_nobody_told_is_not_guessed(monkeypatch, prompts):
    found, far = await rang(monkeypatch, prompts, "> play choose\npress secret 6 pin\n", {"": "choose"})
    assert "--secret pin=KEYS" in found.difference.problem
    assert far.pressed == []


async def test_a_key_after_the_end_cannot_happen(monkeypatch, prompts):
    found, _ = await rang(monkeypatch, prompts, "> play choose\npress 0\npress 1\n", {"": "choose"})
    assert found.difference.place.line == 4
    assert "the call is over" in found.difference.problem


async def test_an_exchange_that_sends_nothing_is_silent_and_time_goes_on(prompts):
    far = FarEnd({"": "choose"})
    ear = LineEar(far, prompts)  # type: ignore[arg-type]  # of a call it needs the ear alone
    await far.answered(1.0)
    deadline = time.monotonic() + PATIENCE
    while not ear.settled(from_place=0):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
        await ear.listen()
    assert [heard.prompt for heard in ear.heard] == ["choose"]


STORY = {
    "outcome": "answered",
    "offers": [{"agent": "amy"}],
    "context": {
        "path": [
            {"step": "menu", "exit": "again"},
            {"step": "menu", "exit": "1"},
            {"step": "person", "exit": ""},
        ],
        "kept": [["card", "4242"]],
        "queue": "cards",
        "language": "en",
        "breakpoint": "person",
    },
}


def test_what_a_server_remembers_as_sights():
    seen = seen_in(STORY)
    for sight in (
        Sight("end", (), (("path", "menu, person"),)),
        Sight("outcome", ("answered",)),
        Sight("agent", ("amy",)),
        Sight("keep", ("card", "4242")),
        Sight("join queue", ("cards",)),
    ):
        assert any(sight.fits(one) for one in seen), sight
    assert not any(Sight("outcome", ("abandoned",)).fits(one) for one in seen)


@pytest.mark.parametrize(
    ("asking", "why"),
    [(Asking(), "no log-in was given"), (Asking("http://127.0.0.1:9", "supervisor", "x"), "does not answer")],
)
async def test_a_server_that_cannot_be_asked_claims_nothing(asking, why):
    with pytest.raises(Silent, match=why):
        await story_of(asking, "138", "800", time.time())
