"""The way a caller has come through a flow, as far as it is needed to go a part of it again.

It does not know why he goes it again: a secret was lost with the process, or he goes on where an earlier call stopped.
"""

from __future__ import annotations

from ivr.messages import StepLeft
from lean import dataclass

ASKED_AGAIN = "asked_again"  # a secret was lost: the caller goes back to where it was asked
UNANSWERED = ("again", "end", ASKED_AGAIN, "flow_changed", "no_input", "no_match")  # exits that tell no answer


@dataclass(frozen=True, slots=True)
class Visited:
    """The last visit to one step. `exit` is "" until he has answered there, and where the answer was a `secret`.

    `level` is what he had proved when he came there for the first time.
    """

    step: str
    exit: str = ""
    level: str = ""
    secret: bool = False


Trail = tuple[Visited, ...]  # one for each step, in the order of the last visits


def entered(trail: Trail, retrace: Trail, step: str, level: str) -> tuple[Trail, Trail]:
    """The way, and what is left of the part that he goes again, after he has come to a step for the first try.

    While he goes a part again his way stays as it was: it ends where he is going. When he leaves it for another step,
    what he has not come to again is no part of his way any more.
    """
    for at, visited in enumerate(retrace, 1):
        if visited.step == step:
            return trail, retrace[at:]
    if retrace:
        trail = trail[: len(trail) - len(retrace)]
    for at, visited in enumerate(trail):
        if visited.step == step:
            return (*trail[:at], *trail[at + 1 :], Visited(step, level=visited.level)), ()
    return (*trail, Visited(step, level=level)), ()


def left(trail: Trail, fact: StepLeft, *, once: bool = False) -> Trail:
    """The way after he has left a step; one that acts `once` is passed over when he goes that way again."""
    if not trail or trail[-1].step != fact.step:
        return trail
    told = fact.exit not in UNANSWERED
    open_answer = told and not fact.secret and (fact.keys or fact.kept or once)
    here = trail[-1]
    last = Visited(here.step, fact.exit if open_answer else "", here.level, told and fact.secret)
    return (*trail[:-1], last)


def said(retrace: Trail, step: str) -> str:
    """The exit by which he has answered `step` on the way that he goes again, "" when he must be asked."""
    return next((visited.exit for visited in retrace if visited.step == step), "")
