"""What an agent sees of a customer whom we have called: the campaign, the row of its list, the script.

It does not know why he was called, nor how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Card:
    """`fields` are the list's columns, `script` is by language, `results` are what may be said of the talk.

    Of each result it is known whether it is a success. `attempt` is what the word on the talk is given for; `tries`
    counts the attempts before this one. `rang_back`: he has called us after an attempt.
    """

    attempt: str
    campaign: str
    lead: str
    tries: int = 0
    fields: tuple[tuple[str, str], ...] = ()
    script: tuple[tuple[str, str], ...] = ()
    results: tuple[tuple[str, bool], ...] = ()
    rang_back: bool = False


def read_card(told: Mapping[str, Any] | None) -> Card | None:
    """The card that was written as `told`, in JSON's words."""
    if told is None:
        return None
    pairs = {name: tuple((one, two) for one, two in told.get(name, ())) for name in ("fields", "script", "results")}
    return Card(**{**told, **pairs})
