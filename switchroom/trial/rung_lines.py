"""Small questions about the lines of a transcript that is played on a real line.

It does not hear anything.
"""

from __future__ import annotations

from cti.hearing import Heard
from ivr.saying import plain
from switchroom.trial import script as s
from switchroom.trial.verdict import Difference, Section


def calls_of(transcript: s.Transcript) -> list[tuple[s.CallAgain | None, list[s.Line]]]:
    """The lines of each call, with the line that began it; None for the first."""
    found: list[tuple[s.CallAgain | None, list[s.Line]]] = [(None, [])]
    for line in transcript.lines:
        if isinstance(line.what, s.CallAgain):
            found.append((line.what, []))
        else:
            found[-1][1].append(line)
    return found


def has_plays(lines: list[s.Line]) -> bool:
    """Whether a prompt is expected among these lines."""
    return any(isinstance(line.what, s.Expected) and line.what.sight.name == "play" for line in lines)


def has_skips(section: Section) -> bool:
    """Whether anything may be heard in this section."""
    return any(isinstance(line.what, s.Skip) for line in section.lines)


def has_extra(difference: Difference) -> bool:
    """Whether something was heard that was not expected; else something is only missing yet."""
    return any(text.startswith("+") for text in difference.section)


def is_say(line: s.Line) -> bool:
    """Whether a value is expected to be said."""
    return isinstance(line.what, s.Expected) and line.what.sight.name == "say"


def words_of_run(run: list[Heard]) -> str:
    """The words that a run of fragments says, "" when it is none that can be read."""
    try:
        return plain(tuple(heard.prompt for heard in run), run[0].language)
    except KeyError:
        return ""
