"""How long a text takes to be spoken, estimated from its letters.

It does not know recordings: where the length of a sound is known, nobody asks here.

Compared with the prompts of the demo floor as espeak-ng speaks them: between 0.85 and 1.4 times their true length,
nearly always longer, so that a promise kept on paper is kept on the line.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_CHINESE = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_DIGIT = re.compile("[0-9]")
_LETTER = re.compile(r"[^\W\d_]")
# Chinese marks need no blank behind them.
_LONG_PAUSE = re.compile(r"[.!?;:\u2026](?=\s|$)|[\u3002\uff01\uff1f\uff1b\uff1a]")
_SHORT_PAUSE = re.compile("[,\u3001\uff0c]")
_CHINESE_SECONDS, _DIGIT_SECONDS, _LETTER_SECONDS = 0.25, 0.35, 1 / 14
_LONG, _SHORT, _BEGINNING = 0.4, 0.2, 0.3


def seconds_of(text: str) -> float:
    """Seconds that the text takes, the breath before it included."""
    chinese, digits = len(_CHINESE.findall(text)), len(_DIGIT.findall(text))
    letters = len(_LETTER.findall(text)) - chinese
    pauses = _LONG * len(_LONG_PAUSE.findall(text)) + _SHORT * len(_SHORT_PAUSE.findall(text))
    spoken = _CHINESE_SECONDS * chinese + _DIGIT_SECONDS * digits + _LETTER_SECONDS * letters
    return round(_BEGINNING + spoken + pauses, 2)


def lengths(
    texts: Mapping[tuple[str, str], str], measured: Mapping[tuple[str, str], float] | None = None
) -> dict[tuple[str, str], float]:
    """Seconds of each (prompt, language): as measured where it is, else as estimated."""
    known = measured or {}
    return {key: known.get(key) or seconds_of(text) for key, text in texts.items()}
