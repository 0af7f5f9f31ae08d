"""Writing transcripts: what `reading.py` reads back as the same records.

It does not know where the lines come from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from switchroom.trial import script as s
from switchroom.trial.spelling import quoted, span_of, written_keys, written_moment


def written(transcripts: Iterable[s.Transcript]) -> str:
    """The text of a transcript file."""
    return "\n".join(_one(transcript) for transcript in transcripts)


def _one(transcript: s.Transcript) -> str:
    head = [f"# {' '.join(transcript.title.split())}"] if transcript.title else []
    lines = [*head, opening_text(transcript.opening), *(line_text(line.what) for line in transcript.lines)]
    return "\n".join(lines) + "\n"


def opening_text(opening: s.Opening) -> str:
    """The `call` line."""
    number = opening.number or s.WITHHELD
    text = f"call {opening.called} from {number} at {written_moment(opening.at, opening.zone)} {opening.zone}"
    given = (
        ("name", opening.name or None),
        ("customer", opening.customer),
        ("customer-name", opening.customer_name),
        ("segment", opening.segment),
    )
    return text + "".join(f" {key}={quoted(value)}" for key, value in given if value is not None)


def line_text(what: s.Move | s.Expected | s.Skip) -> str:
    """One line."""
    if isinstance(what, s.Expected):
        return f"> {sight_text(what.sight)}"
    return "> ..." if isinstance(what, s.Skip) else _MOVES[type(what)](what)


def sight_text(sight: s.Sight) -> str:
    """A sight without its `>`."""
    if sight.name == "end":
        return "end" + "".join(f"  path: {path}" for _, path in sight.details)
    details = " ".join(f"{key}={quoted(value)}" for key, value in sight.details)
    plain = " ".join((sight.name, *map(quoted, sight.words)))
    return f"{plain}  {details}" if details else plain


def _pass(move: s.AgentLetsPass) -> str:
    return f"agent {move.how} {move.agent}".rstrip()


def _source(move: s.SourceAnswers) -> str:
    if move.outcome == "timed_out":
        return f"source {move.source} hangs"
    return " ".join(
        (f"source {move.source} answers {move.outcome}", *(f"{key}={quoted(text)}" for key, text in move.values))
    )


def _outside(move: s.OutsideEnds) -> str:
    if move.why == "answered":
        return f"outside answers {span_of(move.seconds)}"
    return f"outside {({'busy': 'busy', 'no_answer': 'ignores'}).get(move.why, 'fails')}"


def _again(move: s.CallAgain) -> str:
    return f"call again after {span_of(move.seconds)}" + (f" from {move.number}" if move.number else "")


_MOVES: dict[type, Callable[[Any], str]] = {
    s.Press: lambda move: f"press {written_keys(move.keys)}",
    s.PressSecret: lambda move: f"press secret {move.count} {move.name}".rstrip(),
    s.SecretIs: lambda move: f"secret {move.name} = {move.keys}",
    s.Silence: lambda move: "silence",  # noqa: ARG005 - one shape for every move
    s.Wait: lambda move: "wait",  # noqa: ARG005 - one shape for every move
    s.After: lambda move: f"after {span_of(move.seconds)}",
    s.Clock: lambda move: f"clock {move.day} {move.time}".replace("  ", " "),
    s.Speak: lambda move: f"speak {span_of(move.seconds)}",
    s.HangUp: lambda move: f"hang up during {move.during}" if move.during else "hang up",
    s.CallAgain: _again,
    s.AgentAnswers: lambda move: f"agent answers {move.agent}".rstrip(),
    s.AgentLetsPass: _pass,
    s.AgentHangsUp: lambda move: "agent hangs up",  # noqa: ARG005 - one shape for every move
    s.QueueLetsGo: lambda move: f"queue {move.why}",
    s.SourceAnswers: _source,
    s.OutsideEnds: _outside,
}
