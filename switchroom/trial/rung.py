"""A transcript on a real line: dials, listens, presses keys when the prompts before them were heard, and judges.

It does not know how prompts are recognised, nor how the server works. What cannot be known over a telephone line (the
skills that a queue was asked for) is asked of the server afterwards, else it is named as not checked. The clock, the
sources and the agents are the running server's own: lines that would set them are named as not checked too.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, ClassVar, NoReturn

from cti.hearing import Fingerprints, Heard
from cti.sip.call import PhoneError, RobotCall
from cti.sip.caller import GREETING
from cti.sip.phone import Account, RobotPhone
from cti.sip.sound import speech
from ivr.faults import Place
from ivr.saying import FRAGMENT
from switchroom.trial import script as s
from switchroom.trial.line_ear import LineEar
from switchroom.trial.remembered import KNOWN, WITHOUT, Asking, Silent, seen_in, story_of
from switchroom.trial.rung_lines import calls_of, has_extra, has_plays, has_skips, is_say, words_of_run
from switchroom.trial.verdict import Difference, Section, Verdict
from switchroom.trial.writing import line_text, opening_text

_LOOK = 0.3  # seconds between two looks at what was heard
_BREATH = 0.3  # seconds between a prompt and the key that answers it
_QUIET = 1.2  # seconds without a known prompt after which the next move is made, where anything may be heard ...
_NOTHING = 4.0  # ... and when nothing was recognised at all
_ANSWER_WITHIN = 60.0


@dataclass(frozen=True, slots=True)
class Line:
    """Where to call, and how. `hurry`: no wait that a transcript writes lasts longer; `patience`: for a prompt."""

    server: str
    port: int
    prompts: Fingerprints
    secrets: Mapping[str, str] = field(default_factory=dict)
    asking: Asking = Asking()  # noqa: RUF009 - frozen
    hurry: float = 3600.0
    patience: float = 30.0


class _Stopped(Exception):
    """The transcript did not come true; `difference` says where."""

    def __init__(self, difference: Difference) -> None:
        super().__init__(difference.problem)
        self.difference = difference


async def ring(transcript: s.Transcript, line: Line) -> Verdict:
    """Make the call, or the calls, of a transcript. Raises PhoneError when the exchange cannot be reached."""
    rung = _Rung(transcript, line)
    difference = None
    account = Account(line.server, line.port, "caller")
    async with RobotPhone(account) as phone:
        try:
            await rung.calls(phone)
        except _Stopped as stop:
            difference = stop.difference
    return Verdict(transcript, difference, (), tuple(rung.unchecked))


class _Rung:
    """One transcript under way."""

    call: RobotCall
    ear: LineEar

    def __init__(self, transcript: s.Transcript, line: Line) -> None:
        self.transcript = transcript
        self.line = line
        self.unchecked: list[str] = []
        self.secrets = dict(line.secrets)
        self._place = 0  # of `ear.heard`: before it everything is accounted for
        self._section = Section(transcript.place, opening_text(transcript.opening))
        self._number = transcript.opening.number
        self._aside: list[s.Line] = []  # expected, and not to be heard: for the server's memory

    # ── calls ───────────────────────────────────────────────────────────────────────────────────────────────────────

    async def calls(self, phone: RobotPhone) -> None:
        opening = self.transcript.opening
        if not opening.called.removeprefix("+").isdigit():
            self._stop(self.transcript.place, f"'{opening.called}' is a flow's name: a telephone needs a number")
        for move, lines in calls_of(self.transcript):
            if isinstance(move, s.CallAgain):
                await asyncio.sleep(min(move.seconds, self.line.hurry))
                self._number = move.number or self._number
            await self._call(phone, lines)

    async def _call(self, phone: RobotPhone, lines: list[s.Line]) -> None:
        began = time.time()
        called = self.transcript.opening.called
        self.call = phone.call(called, self._number or "anonymous", self.transcript.opening.name)
        try:
            if not await self.call.answered(within=_ANSWER_WITHIN):
                end = await self.call.ended(within=1.0)
                self._stop(self._section.place, f"the call was not taken: {end.code} {end.reason}".rstrip())
            self.ear, self._place, self._aside = LineEar(self.call, self.line.prompts), 0, []
            await self._play(lines)
        finally:
            self.call.hang_up()
        await self.call.ended(within=10.0)
        await self._remembered(called, began)

    async def _play(self, lines: list[s.Line]) -> None:
        for at, line in enumerate(lines):
            if isinstance(line.what, s.Expected | s.Skip):
                self._section.expect(line)
            elif isinstance(line.what, s.SETTINGS | s.Clock):
                self._set(line)
            else:
                await self._heard_all(begun=isinstance(line.what, s.HangUp) and bool(line.what.during))
                self._section = Section(line.place, line_text(line.what))
                await self._do(line, lines[at + 1 :])
        await self._heard_all(begun=False)
        if any(isinstance(line.what, s.Expected) and line.what.sight.name == "end" for line in self._section.lines):
            await self._over("the call goes on")

    def _set(self, line: s.Line) -> None:
        """What a telephone cannot set: only a secret is remembered, to be keyed."""
        if isinstance(line.what, s.SecretIs):
            self.secrets.setdefault(line.what.name, line.what.keys)
        else:
            self._uncheck(line, "the server has its own")

    # ── hearing ─────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _heard_all(self, *, begun: bool) -> None:
        """Wait until everything that the section expects to be heard was heard. Raises `_Stopped`."""
        audible = Section(self._section.place, self._section.after)
        for line in self._section.lines:
            if isinstance(line.what, s.Skip) or line.what.sight.name == "play":  # type: ignore[union-attr]
                audible.expect(line)
            elif isinstance(line.what, s.Expected):
                self._aside.append(line)
        began = self.ear.seconds
        deadline, count = time.monotonic() + self.line.patience, 0
        while True:
            await self.ear.listen()
            over = self.call.end is not None
            found = self.ear.settled(from_place=self._place, begun=begun, over=over)
            difference = audible.against(self._sights(found, audible))
            if len(found) > count:
                count, deadline = len(found), time.monotonic() + self.line.patience
            if difference is None and (over or begun or not has_skips(audible) or self._quiet_since(began)):
                break
            if difference is not None and (over or has_extra(difference) or time.monotonic() > deadline):
                raise _Stopped(difference)
            await self.call.over_within(_LOOK)
        self._place += len(found)
        await self._say_lines()

    def _quiet_since(self, began: float) -> bool:
        """Whether no known prompt is going on: where anything may be heard, the next move waits for that."""
        new = self.ear.heard[self._place :]
        if new:
            return self.ear.seconds - new[-1].to_s > _QUIET
        return self.ear.seconds - began > _NOTHING

    def _sights(self, found: Sequence[Heard], audible: Section) -> list[s.Sight]:
        """What was heard as sights; of prompts that sound alike, the one that is expected."""
        wanted = [line.what.sight for line in audible.lines if isinstance(line.what, s.Expected)]
        sights = []
        for heard in found:
            if heard.prompt.startswith(FRAGMENT):
                continue
            keys = ((heard.prompt, heard.language), *heard.also)
            able = [s.Sight("play", (name,), (("language", language),)) for name, language in keys]
            sights.append(next((one for one in able if any(want.fits(one) for want in wanted)), able[0]))
        return sights

    async def _say_lines(self) -> None:
        """Values that are said: checked where every fragment was heard, else named as not checked."""
        runs = groupby(self.ear.heard, lambda heard: heard.prompt.startswith(FRAGMENT))
        said = [words_of_run(list(run)) for fragments, run in runs if fragments]
        for line in [line for line in self._aside if is_say(line)]:
            self._aside.remove(line)
            if not (isinstance(line.what, s.Expected) and set(line.what.sight.words) & {*said, s.ANYTHING}):
                self._uncheck(line, "not every piece of it was recognised")

    # ── moving ──────────────────────────────────────────────────────────────────────────────────────────────────────

    async def _do(self, line: s.Line, rest: list[s.Line]) -> None:
        move = line.what
        if isinstance(move, s.AgentHangsUp):
            if not has_plays(rest):
                await self._over("the agent did not hang up")
        elif type(move) in self._DOERS:
            await self._DOERS[type(move)](self, line, move)

    async def _after(self, _: s.Line, move: s.After) -> None:
        await self.call.over_within(min(move.seconds, self.line.hurry))

    async def _speak(self, _: s.Line, move: s.Speak) -> None:
        seconds = min(move.seconds, self.line.hurry)
        self.call.play(speech(seconds))
        await self.call.over_within(seconds)

    async def _hang_up(self, _: s.Line, __: s.HangUp) -> None:
        self.call.hang_up()

    async def _theirs(self, line: s.Line, _: object) -> None:
        self._uncheck(line, "the running floor has its own")

    async def _press(self, line: s.Line, move: s.Press | s.PressSecret) -> None:
        if isinstance(move, s.PressSecret):
            keys = self.secrets.get(move.name, "")
            if len(keys) != move.count:
                hint = f"say it with --secret {move.name or 'NAME'}=KEYS, or write: secret {move.name or 'NAME'} = KEYS"
                self._stop(line.place, f"`{line_text(move)}`: its {move.count} keys are not known here; {hint}")
        else:
            keys = move.keys
        await self.call.over_within(_BREATH)
        if not self.call.talking:
            self._stop(line.place, f"`{line_text(move)}` cannot happen: the call is over")
        await self.call.press(keys)

    async def _greeted(self, line: s.Line, move: s.AgentAnswers) -> None:
        self.call.play(speech(), again=True)
        if not await self.call.heard_digit(GREETING, within=self.line.patience):
            over = "the call ended before" if self.call.end else f"within {self.line.patience:g} s"
            self._stop(line.place, f"no agent greeted: {over}")
        if move.agent:
            sight = s.Expected(s.Sight("agent", (move.agent,)))
            self._aside.append(s.Line(sight, line.place))

    async def _over(self, complaint: str) -> None:
        try:
            await self.call.ended(within=self.line.patience)
        except PhoneError:
            self._stop(self._section.place, f"after `{self._section.after}` {complaint}")

    # ── afterwards ──────────────────────────────────────────────────────────────────────────────────────────────────

    async def _remembered(self, called: str, began: float) -> None:
        """Compare what could not be heard with what the server remembers. Raises `_Stopped`."""
        able = [line for line in self._aside if isinstance(line.what, s.Expected) and line.what.sight.name in KNOWN]
        for line in self._aside:
            if line not in able:
                self._uncheck(line, "it cannot be heard")
        if not able:
            return
        try:
            sights = seen_in(await story_of(self.line.asking, self._number, called, began))
        except Silent as why:
            for line in able:
                self._uncheck(line, str(why))
            return
        for line in able:
            self._compare(line, sights)

    def _compare(self, line: s.Line, sights: list[s.Sight]) -> None:
        wanted = line.what.sight if isinstance(line.what, s.Expected) else s.Sight("end")
        bare = WITHOUT[wanted.name](wanted) if wanted.name in WITHOUT else wanted
        if any(bare.fits(sight) for sight in sights):
            if bare != wanted:
                self._uncheck(line, "its details are not in the server's story")
            return
        section = Section(line.place, "the call, as the server remembers it,")
        section.expect(line)
        found = section.against([sight for sight in sights if sight.name == wanted.name])
        raise _Stopped(found or Difference(line.place, "the server remembers it otherwise"))

    def _uncheck(self, line: s.Line, why: str) -> None:
        self.unchecked.append(f"{self.transcript.file}:{line.place.line}  `{line_text(line.what)}`: {why}")

    def _stop(self, place: Place, problem: str) -> NoReturn:
        raise _Stopped(Difference(place, problem))

    _DOERS: ClassVar[dict[type, Callable[[_Rung, s.Line, Any], Awaitable[None]]]] = {
        s.Press: _press,
        s.PressSecret: _press,
        s.After: _after,
        s.Speak: _speak,
        s.HangUp: _hang_up,
        s.AgentAnswers: _greeted,
        s.AgentLetsPass: _theirs,
        s.QueueLetsGo: _theirs,
        s.OutsideEnds: _theirs,
    }
