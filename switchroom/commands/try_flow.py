"""`switchroom try`: one caller walked through a flow at the terminal, and what he did saved as a transcript.

It does not know how a flow decides: the real centre does, in virtual time. No secret key is echoed where the terminal
can hide it, nor written to a transcript.
"""

from __future__ import annotations

import getpass
import json
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from switchroom.commands.answers import Code, OutsideError, UsageError, print_line, settings_from
from switchroom.commands.moments import MomentError, moment, zone_of
from switchroom.trial import script as s
from switchroom.trial.caller_line import Awaits, CannotHappen
from switchroom.trial.floor import FloorAtFault, trial_plan
from switchroom.trial.recorder import Recorder
from switchroom.trial.spelling import NUMBER, Unfit
from switchroom.trial.typed import typed_moves
from switchroom.trial.walk import Walk
from switchroom.trial.writing import line_text, opening_text, sight_text, written
from switchroom.words import say

if TYPE_CHECKING:
    from pathlib import Path

    from switchroom.plan import Plan


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for: a called number or a flow's name, the caller's number, the clock, where to save."""

    called: str
    caller: str
    at: str
    folder: Path | None
    save: Path | None


def try_flow(wish: Wish, config: Path | None, *, as_json: bool) -> Code:
    """Walk until the call is over and the input ends. Exit code 1 when a typed line could not be done."""
    server = settings_from(config).settings.server
    folder = wish.folder or server.dialplans
    try:
        plan = trial_plan(folder, server.country)
    except FloorAtFault as fault:
        print_line(f"{fault}\n" + say("check.faults", count=len(fault.faults), folder=folder))
        return Code.NO
    try:
        at = float(int(moment(wish.at, time.time(), zone_of(server.timezone))))
    except MomentError as fault:
        raise UsageError(str(fault)) from fault
    opening = s.Opening(_called(wish.called, plan), _number(wish.caller), at, server.timezone)
    show = _as_json if as_json else _Screen(plan, hints=sys.stdin.isatty())
    trial = _Trial(Walk(plan, opening), Recorder(opening), show)
    trial.run()
    if wish.save is not None:
        _save(wish.save, trial.recorder, wish.called)
    return Code.NO if trial.refused and not sys.stdin.isatty() else Code.OK


def _called(wanted: str, plan: Plan) -> str:
    """A number as it is; a flow's name as a number that leads to it, where there is one."""
    if wanted in plan.floor.flows:
        return next((number for number, flow in plan.floor.numbers.items() if flow == wanted), wanted)
    if not NUMBER.match(wanted):
        raise UsageError(say("try.unknown", wanted=wanted, flows=", ".join(sorted(plan.floor.flows))))
    return wanted


def _number(caller: str) -> str:
    if caller != s.WITHHELD and not NUMBER.match(caller):
        raise UsageError(say("try.caller", caller=caller))
    return "" if caller == s.WITHHELD else caller


def _save(path: Path, recorder: Recorder, title: str) -> None:
    try:
        path.write_text(written([recorder.transcript(str(path), title)]), encoding="utf-8")
    except OSError as error:
        raise OutsideError(str(error), say("try.save.remedy")) from error


class _Trial:
    """The walk, its recorder, and the lines of the input."""

    def __init__(self, walk: Walk, recorder: Recorder, show: Callable[[str, Any], None]) -> None:
        self.walk = walk
        self.recorder = recorder
        self.show = show
        self.refused = 0

    def run(self) -> None:
        self.show("call", self.recorder.opening)
        self._attempt(self.walk.dial)
        self._look()
        for line in self._input():
            if line.strip() in {":help", "?"}:
                self.show("note", say("try.keys"))
            elif line.strip() == ":quit":
                break
            else:
                self._take(line)
        if self.walk.line is not None:
            self._move(s.HangUp())
        self._look()

    def _input(self) -> Iterable[str]:
        while True:
            try:
                if sys.stdin.isatty():
                    ask = getpass.getpass if self.walk.asks_for_secret else input
                    line = ask(f"{say('try.secret') if self.walk.asks_for_secret else ''}? ")
                else:
                    line = sys.stdin.readline()
                    if not line:
                        return
            except EOFError:
                return
            yield line
            if self.walk.line is None and sys.stdin.isatty():
                self.show("note", say("try.over"))

    def _take(self, line: str) -> None:
        try:
            moves = typed_moves(line, self.walk.awaits)
        except Unfit as wrong:
            self._refuse(f"{wrong.message}; {wrong.hint}" if wrong.hint else wrong.message)
            return
        for move in moves:
            self._move(move)

    def _move(self, move: s.Move) -> None:
        shown = self._shown(move)
        if self._attempt(lambda: self.walk.do(move)):
            for one in shown:
                self.recorder.moved(one)
                self.show("move", one)
        self._look()

    def _shown(self, move: s.Move) -> tuple[s.Move, ...]:
        """The move as it may be written: of secret keys only how many there were."""
        if not isinstance(move, s.Press) or not self.walk.asks_for_secret:
            return (move,)
        keys = move.keys.removesuffix("#")
        count = (s.PressSecret(len(keys), self.walk.step),) if keys else ()
        return (*count, s.Press("#")) if keys != move.keys else count

    def _attempt(self, act: Callable[[], None]) -> bool:
        try:
            act()
        except CannotHappen as fault:
            self._refuse(str(fault))
            return False
        return True

    def _refuse(self, why: str) -> None:
        self.refused += 1
        self.show("refused", why)

    def _look(self) -> None:
        sights = self.walk.take()
        self.recorder.saw(sights)
        for sight in sights:
            self.show("seen", sight)
        if self.walk.awaits is not Awaits.NOBODY:
            self.show("awaits", self.walk.awaits)


class _Screen:
    """The walk as text: the lines of the transcript, with what each prompt says."""

    def __init__(self, plan: Plan, *, hints: bool) -> None:
        self._plan = plan
        self._hints = hints
        self._language = ""

    def __call__(self, kind: str, what: Any) -> None:
        _SHOWN[kind](self, what)

    def opened(self, opening: s.Opening) -> None:
        print_line(opening_text(opening))

    def seen(self, sight: s.Sight) -> None:
        self._language = dict(sight.details).get("language", self._language)
        bare = s.Sight(sight.name, sight.words) if sight.name in {"play", "say"} else sight
        said = self._plan.floor.prompts.get((sight.words[0], self._language), "") if sight.name == "play" else ""
        print_line(f"{'  > ' if sight.strict else '  · '}{sight_text(bare)}" + (f"    “{said}”" if said else ""))

    def moved(self, move: s.Move) -> None:
        if not self._hints:
            print_line(line_text(move))

    def refused(self, why: str) -> None:
        print_line(f"  ! {why}")

    def noted(self, text: str) -> None:
        print_line(text)

    def awaits(self, awaits: Awaits) -> None:
        if self._hints:
            print_line("  " + _hint(awaits))


_SHOWN: dict[str, Callable[..., None]] = {
    "call": _Screen.opened,
    "seen": _Screen.seen,
    "move": _Screen.moved,
    "refused": _Screen.refused,
    "note": _Screen.noted,
    "awaits": _Screen.awaits,
}


def _hint(awaits: Awaits) -> str:
    """What can be typed now."""
    if awaits is Awaits.KEYS:
        return say("try.awaits.keys")
    if awaits is Awaits.AGENT:
        return say("try.awaits.agent")
    if awaits is Awaits.TALK:
        return say("try.awaits.talk")
    if awaits is Awaits.SOURCE:
        return say("try.awaits.source")
    return say("try.awaits.voice") if awaits is Awaits.VOICE else say("try.awaits.outside")


def _as_json(kind: str, what: Any) -> None:
    """One JSON object a line."""
    writers: dict[str, Callable[[Any], str]] = {"call": opening_text, "move": line_text, "seen": sight_text}
    text = writers.get(kind, str)(what)
    event: dict[str, object] = {"event": kind, "text": text}
    if isinstance(what, s.Sight):
        event |= {"name": what.name, "words": list(what.words), "details": dict(what.details), "strict": what.strict}
    sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
