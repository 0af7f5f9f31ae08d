"""Whether a transcript comes true: what is expected against what was seen, down to the first section that differs.

It does not know where the transcript was read from, nor how the verdict is shown.

A *section* is what stands between two moves. What the caller notices must be written whole and in order; asides may be
written anywhere in their section, and need not be.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from ivr.faults import Place
from journal.facts import Fact
from switchroom.trial import script as s
from switchroom.trial.caller_line import Awaits, CannotHappen
from switchroom.trial.walk import NEVER, Walk
from switchroom.trial.writing import line_text, opening_text, sight_text

_ANY = (s.Sight("end"),)  # stands for whatever `> ...` passes over


@dataclass(frozen=True, slots=True)
class Difference:
    """The first section that differs, or the move that could not be made.

    `place` is where in the transcript; `problem` one sentence; `section` the lines as in a diff: two blanks for what
    was as expected, `- ` for what was expected in vain, `+ ` for what was seen instead.
    """

    place: Place
    problem: str
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """`facts` are what the centre put on record on the way. `unchecked` are lines that nobody could look at."""

    transcript: s.Transcript
    difference: Difference | None
    facts: tuple[Fact, ...] = ()
    unchecked: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return self.difference is None


def judge(walk: Walk, transcript: s.Transcript) -> Verdict:
    """Play a transcript on a walk that has not dialled yet."""
    lines = transcript.lines
    start = next((at for at, line in enumerate(lines) if not isinstance(line.what, s.SETTINGS)), len(lines))
    for line in lines[:start]:
        walk.do(line.what)  # type: ignore[arg-type]  # a setting is a move
    walk.hangs_up_during = _during(lines, start)
    walk.dial()
    section = Section(transcript.place, opening_text(transcript.opening))
    difference = None
    for at, line in enumerate(lines[start:], start):
        if isinstance(line.what, s.Expected | s.Skip):
            section.expect(line)
        elif walk.is_setting(line.what):
            walk.do(line.what)
        else:
            walk.hangs_up_during = _during(lines, at + 1)
            difference = _hinted(walk, section.against(walk.take())) or _moved(walk, line, line.what)
            if difference is not None:
                break
            section = Section(line.place, line_text(line.what))
    else:
        difference = _finished(walk, section)
    return Verdict(transcript, difference, tuple(walk.facts))


def _during(lines: Sequence[s.Line], start: int) -> tuple[str, int]:
    """The prompt during which the next move from `start` on hangs up, and which of its plays that is."""
    played: Counter[str] = Counter()
    for at in range(start, len(lines)):
        what = lines[at].what
        if isinstance(what, s.HangUp) and what.during:
            return what.during, max(1, played[what.during])
        if isinstance(what, s.Expected):
            played.update(what.sight.words if what.sight.name == "play" else ())
        elif not isinstance(what, s.Skip | s.SETTINGS):
            break
    return NEVER


def _moved(walk: Walk, line: s.Line, move: s.Move) -> Difference | None:
    try:
        walk.do(move)
    except CannotHappen as fault:
        return Difference(line.place, f"`{line_text(move)}` cannot happen: {fault}")
    return None


def _finished(walk: Walk, section: Section) -> Difference | None:
    try:
        walk.finish()
    except CannotHappen as fault:
        return Difference(section.place, str(fault))
    return _hinted(walk, section.against(walk.take()))


def _hinted(walk: Walk, difference: Difference | None) -> Difference | None:
    """Where a source keeps the caller waiting that nobody said anything of, that is the reason."""
    if difference is None or walk.awaits is not Awaits.SOURCE or walk.sources.know(walk.asked.source):
        return difference
    source = walk.asked.source
    hint = f"; nothing is written of source '{source}', which is asked here: source {source} answers found ..."
    return Difference(difference.place, difference.problem + hint, difference.section)


@dataclass
class Section:
    """What is expected after one move; `after` is the move's line."""

    place: Place
    after: str
    lines: list[s.Line] = field(default_factory=list)

    def expect(self, line: s.Line) -> None:
        """One more line of the section."""
        self.lines.append(line)

    def against(self, seen: Sequence[s.Sight]) -> Difference | None:
        """The difference between this section and what was seen, None when it came true."""
        strict = [line for line in self.lines if not _is_aside(line)]
        steps = _aligned(strict, [sight for sight in seen if sight.strict])
        asides = [sight for sight in seen if not sight.strict]
        missed = [line for line in self.lines if _is_aside(line) and not _found(line, asides)]
        if not missed and all(expected is not None and got for expected, got in steps):
            return None
        return self._difference(steps, missed, asides)

    def _difference(
        self, steps: list[tuple[s.Line | None, tuple[s.Sight, ...]]], missed: list[s.Line], asides: list[s.Sight]
    ) -> Difference:
        shown: list[str] = []
        wrong = [line for line, got in steps if line is not None and not got] + missed
        for line, got in steps:
            if line is None or not got:
                shown += [f"- {line_text(line.what)}"] if line else []
                shown += [f"+ > {sight_text(sight)}" for sight in got]
            else:
                shown += [f"  {line_text(line.what)}"]
        for line in missed:
            shown.append(f"- {line_text(line.what)}")
            name = line.what.sight.name if isinstance(line.what, s.Expected) else ""
            shown += [f"+ > {sight_text(sight)}" for sight in asides if sight.name == name]
        extra = [sight for line, got in steps if line is None for sight in got]
        place = min((line.place for line in wrong), key=lambda at: at.line) if wrong else self.place
        return Difference(place, _problem(self.after, wrong, extra), tuple(shown))


def _problem(after: str, wrong: list[s.Line], extra: list[s.Sight]) -> str:
    if wrong:
        wanted = line_text(wrong[0].what).removeprefix("> ")
        came = f", got `{_brief(extra[0])}`" if extra else ", which never came"
        return f"after `{after}` expected `{wanted}`{came}"
    return f"after `{after}` came `{_brief(extra[0])}`, which is not written"


def _brief(sight: s.Sight) -> str:
    return " ".join((sight.name, *sight.words))


def _is_aside(line: s.Line) -> bool:
    return isinstance(line.what, s.Expected) and not line.what.sight.strict


def _found(line: s.Line, asides: list[s.Sight]) -> bool:
    return isinstance(line.what, s.Expected) and any(line.what.sight.fits(sight) for sight in asides)


def _aligned(lines: list[s.Line], seen: list[s.Sight]) -> list[tuple[s.Line | None, tuple[s.Sight, ...]]]:
    """Each expected line with what it found, () for nothing; a None with what was seen in between and not expected."""
    steps: list[tuple[s.Line | None, tuple[s.Sight, ...]]] = []
    at = 0
    skipping = False
    for line in lines:
        if not isinstance(line.what, s.Expected):
            skipping = True
            steps.append((line, _ANY))
            continue
        sight = line.what.sight
        found = next((there for there in range(at, len(seen)) if sight.fits(seen[there])), None)
        if found is None:
            steps.append((line, ()))
            continue
        if found > at and not skipping:
            steps.append((None, tuple(seen[at:found])))
        steps.append((line, (seen[found],)))
        at, skipping = found + 1, False
    if at < len(seen) and not skipping:
        steps.append((None, tuple(seen[at:])))
    return steps
