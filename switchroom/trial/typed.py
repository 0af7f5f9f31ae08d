"""What a person types at `switchroom try`, as moves: keys at once, one letter for what is done often, `:` for the rest.

It does not know where the caller is, but for whether keys are waited for.
"""

from __future__ import annotations

from switchroom.trial import script as s
from switchroom.trial.caller_line import Awaits
from switchroom.trial.reading import read_moves
from switchroom.trial.spelling import KEY_WORDS, Unfit

_SHORT = {
    "agent": "agent answers",
    "again": "call again after 1m",
    "wait": "wait",
    "hang": "hang up",
    "silent": "silence",
}


def typed_moves(text: str, awaits: Awaits) -> tuple[s.Move, ...]:
    """The moves that were typed. Raises `Unfit` for what nobody can make out."""
    line = text.strip()
    if line in {"", "t"}:
        return (s.Silence() if awaits in {Awaits.KEYS, Awaits.VOICE} else s.Wait(),)
    if line == "x":
        return (s.HangUp(),)
    if line in KEY_WORDS or set(line) <= set(s.KEYS + " "):
        return (s.Press(KEY_WORDS.get(line, line.replace(" ", ""))),)
    found = []
    for written in read_moves(_whole(line.removeprefix(":").strip())):
        if isinstance(written.what, s.Expected | s.Skip):
            raise Unfit(written.place, "no-move", "nothing is expected here: this is what you do")
        found.append(written.what)
    return tuple(found)


def _whole(line: str) -> str:
    """A short command as the line of a transcript."""
    words = line.split(maxsplit=2)
    if line in _SHORT:
        return _SHORT[line]
    if words[:1] == ["agent"] and len(words) == 2 and words[1] not in {"answers", "refuses", "ignores"}:
        return f"agent answers {words[1]}"
    if words[:1] == ["again"]:
        return f"call again after {' '.join(words[1:])}"
    if words[:1] == ["source"] and len(words) == 3 and words[2].split()[0] not in {"answers", "hangs"}:
        return f"source {words[1]} answers {words[2]}"
    return line
