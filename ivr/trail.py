"""The way a caller has come through a flow, as far as it is needed to go a part of it again.

It does not know why he goes it again: a secret was lost with the process, or he goes on where an earlier call stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from ivr.messages import StepLeft

ASKED_AGAIN = "asked_again"  # a secret was lost: the caller goes back to where it was asked
UNANSWERED = ("again", "end", ASKED_AGAIN, "flow_changed", "no_input", "no_match")  # exits that tell no answer


@dataclass(frozen=True, slots=True)
class Visited:
    """The last visit to one step. `exit` is "" until he has answered there, and where the answer was secret.

    `level` is what he had proved when he came there for the first time.
    """

    step: str
    exit: str = ""
    level: str = ""


Trail = tuple[Visited, ...]  # one for each step, in the order of the last visits


def entered(trail: Trail, step: str, level: str, answer: str = "") -> Trail:
    """The way after he has come to a step; `answer` is the exit by which he will leave it without being asked."""
    before = next((visited for visited in trail if visited.step == step), None)
    here = Visited(step, answer, level if before is None else before.level)
    return (*(visited for visited in trail if visited.step != step), here)


def left(trail: Trail, fact: StepLeft) -> Trail:
    """The way after he has left a step."""
    if not trail or trail[-1].step != fact.step:
        return trail
    told = (fact.keys or fact.kept) and not fact.secret and fact.exit not in UNANSWERED
    known = told or fact.exit == trail[-1].exit
    return (*trail[:-1], replace(trail[-1], exit=fact.exit if known else ""))


def ahead(retrace: Trail, step: str, tries: int) -> Trail:
    """What is left of the way that he goes again, once he has come to `step`; () when he has left that way."""
    if tries > 1:
        return retrace
    at = next((n for n, visited in enumerate(retrace) if visited.step == step), None)
    return () if at is None else retrace[at + 1 :]


def said(retrace: Trail, step: str) -> str:
    """The exit by which he has answered `step` on the way that he goes again, "" when he must be asked."""
    return next((visited.exit for visited in retrace if visited.step == step), "")
