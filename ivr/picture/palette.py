"""The colours of a picture: what kind of step a verb is, lines to steps where many meet, light.

It does not know what is drawn with them. Each ink is dark enough to be read on white.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of step: what it does, and its ink and paper."""

    does: str
    ink: str
    paper: str


ASKS: Final = Kind("asks", "#1d4ed8", "#eff6ff")
SAYS: Final = Kind("says", "#0f766e", "#f0fdfa")
DECIDES: Final = Kind("decides", "#b45309", "#fffbeb")
PEOPLE: Final = Kind("people", "#15803d", "#f0fdf4")
CALLS: Final = Kind("another flow", "#6d28d9", "#f5f3ff")
ENDS: Final = Kind("ends", "#475569", "#f1f5f9")
OTHER: Final = Kind("does", "#334155", "#f8fafc")
BROKEN: Final = Kind("at fault", "#b91c1c", "#fef2f2")

KINDS: Final = {
    **dict.fromkeys(("menu", "collect", "survey", "identify", "authenticate"), ASKS),
    **dict.fromkeys(("play", "say", "language"), SAYS),
    **dict.fromkeys(("branch", "hours", "set", "lookup"), DECIDES),
    **dict.fromkeys(("queue", "callback", "transfer", "voicemail", "record", "message"), PEOPLE),
    **dict.fromkeys(("subflow", "return"), CALLS),
    "hangup": ENDS,
}

TEXT, MUTED, FAINT, PAPER = "#0f172a", "#64748b", "#cbd5e1", "#ffffff"
LINE: Final = "#94a3b8"
HUBS: Final = ("#7c3aed", "#0891b2", "#be185d", "#4d7c0f", "#c2410c", "#4338ca", "#0d9488", "#a21caf")
MANY: Final = 3  # ways to a step that make it a hub, whose lines get a colour of their own
LIT: Final = "#ea580c"
HEAT: Final = ("#fffbf5", "#fff3e2", "#ffe8cc", "#fedcb0", "#fdcd92")
COUNT: Final = "#9a3412"


def kind_of(verb: str) -> Kind:
    """The kind of a verb; one that is not known here is just something that a step does."""
    return KINDS.get(verb, OTHER) if verb else BROKEN


def heat_of(count: int, most: int) -> str:
    """The paper of a step that `count` of at most `most` calls came to."""
    if not count:
        return PAPER
    return HEAT[min(len(HEAT) - 1, int(len(HEAT) * (count / most) ** 0.5))]
