"""How a waiting caller agrees to be called back: which number, when, and yes. One table of stages and keys.

It does not know the queue, nor whether anybody will call: in the end there is a number and a time.

    (key 1)  -> agree     his number is read to him: 1 yes, 2 another number, 3 a time, * wait on
             -> number    he keys another one (at once, when his own cannot be called)
             -> time      he keys four digits
    agree, 1 -> agreed    he is thanked, and the call ends
    else     -> waiting   he waits on, at his place

A number that may not be called is refused here, before anything is promised. He may try each thing twice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum

from ivr.saying import Kind, fragments
from ivr.steps.transfer import NUMBER
from ivr.waiting.rules import CallbackRule
from ivr.waiting.times import chosen, clock_of, is_today

TRIES = 2
WANTS = "1"  # the key that takes the offer
THANKS = ("say/back-thanks",)
STAYS = ("say/back-waiting",)
_WAIT = 5.0  # seconds for a key
_LONGEST_NUMBER = 20
_CLOCK_DIGITS = 4

MayCall = Callable[[str], bool]


class Stage(StrEnum):
    """Where the two are. WAITING and AGREED are ends."""

    AGREE = "agree"
    NUMBER = "number"
    TIME = "time"
    AGREED = "agreed"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Talk:
    """`number` is whom to call; `due` when, 0 for as soon as it is his turn. `tries` counts failures at this stage.

    `problem` is what is said before the next question, a fragment or "".
    """

    stage: Stage
    number: str
    due: float = 0.0
    tries: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is possible in this talk. `own` is the number that he calls from, "" when it is not known."""

    rule: CallbackRule
    own: str
    may_call: MayCall
    now: float


@dataclass(frozen=True, slots=True)
class Ask:
    """A question: what is played, how many digits at most, and how long each is waited for."""

    prompts: tuple[str, ...]
    at_most: int
    wait: float


def begin(terms: Terms) -> Talk:
    """He has pressed the key of the offer."""
    if NUMBER.match(terms.own) and terms.may_call(terms.own):
        return Talk(Stage.AGREE, terms.own)
    return Talk(Stage.NUMBER if terms.rule.other_number else Stage.WAITING, "", problem="say/back-bad-number")


def advance(talk: Talk, keys: str, terms: Terms) -> Talk:
    """What follows from his keys, "" for none."""
    if talk.stage is Stage.NUMBER:
        return _keyed_number(talk, keys, terms)
    if talk.stage is Stage.TIME:
        return _keyed_time(talk, keys, terms)
    follow = TABLE.get((talk.stage, keys))
    if follow is None or not (follow not in _ABLE or _ABLE[follow](terms)):
        return _again(talk, "") if keys != "*" else replace(talk, stage=Stage.WAITING)
    return Talk(follow, talk.number, talk.due)


def question(talk: Talk, terms: Terms, language: str) -> Ask:
    """What he is asked at a stage that is no end."""
    problem = (talk.problem,) if talk.problem else ()
    if talk.stage is Stage.NUMBER:
        return Ask((*problem, "say/back-key-number"), _LONGEST_NUMBER, _WAIT)
    if talk.stage is Stage.TIME:
        return Ask((*problem, "say/back-key-time"), _CLOCK_DIGITS, _WAIT)
    choices = ["say/back-agree"]
    choices += ["say/back-other"] if terms.rule.other_number else []
    choices += ["say/back-when"] if _may_choose(terms) else []
    said = (*fragments(Kind.PHONE, talk.number, language), *_when(talk, terms, language))
    return Ask((*problem, "say/back-number", *said, *choices, "say/back-stay"), 1, _WAIT)


def _when(talk: Talk, terms: Terms, language: str) -> tuple[str, ...]:
    calendar = terms.rule.calendar
    if not talk.due or calendar is None:
        return ("say/back-turn",)
    day = "say/back-today" if is_today(talk.due, calendar, terms.now) else "say/back-tomorrow"
    return (day, *fragments(Kind.TIME, clock_of(talk.due, calendar), language))


def _keyed_number(talk: Talk, keys: str, terms: Terms) -> Talk:
    if NUMBER.match(keys) and terms.may_call(keys):
        return Talk(Stage.AGREE, keys, talk.due)
    return _again(talk, "say/back-bad-number" if keys else "")


def _keyed_time(talk: Talk, keys: str, terms: Terms) -> Talk:
    due = chosen(keys, terms.rule.calendar, terms.now) if terms.rule.calendar else 0.0
    return Talk(Stage.AGREE, talk.number, due) if due else _again(talk, "say/back-bad-time" if keys else "")


def _again(talk: Talk, problem: str) -> Talk:
    tries = talk.tries + 1
    stage = talk.stage if tries < TRIES else Stage.WAITING
    return replace(talk, stage=stage, tries=tries, problem=problem)


def _may_choose(terms: Terms) -> bool:
    return terms.rule.times and terms.rule.calendar is not None


TABLE: dict[tuple[Stage, str], Stage] = {
    (Stage.AGREE, "1"): Stage.AGREED,
    (Stage.AGREE, "2"): Stage.NUMBER,
    (Stage.AGREE, "3"): Stage.TIME,
    (Stage.AGREE, "*"): Stage.WAITING,
}
_ABLE: dict[Stage, Callable[[Terms], bool]] = {
    Stage.NUMBER: lambda terms: terms.rule.other_number,
    Stage.TIME: _may_choose,
}
