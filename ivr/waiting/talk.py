"""How a waiting caller agrees to be called back: which number, when, and yes. One table of stages and keys.

It does not know the queue, nor whether anybody will call: in the end there is a number and a time.

    (key 1)  -> agree     his number is read to him: 1 yes, 2 another number, 3 a time, * wait on
             -> number    he keys another one (at once, when his own cannot be called)
             -> time      he keys four digits
    agree, 1 -> agreed    he is thanked, and the call ends
    else     -> waiting   he waits on, at his place

A number that may not be called is refused here, before anything is promised. He may try each thing twice; then, and
by star, he waits on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum

from ivr.saying import Kind, fragments
from ivr.steps.transfer import NUMBER
from ivr.waiting.rules import CallbackRule
from ivr.waiting.times import chosen, clock_of, is_today
from lean import dataclass

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


class Answer(StrEnum):
    """What his keys come to at a stage."""

    YES = "1"
    OTHER = "2"
    WHEN = "3"
    STAY = "*"
    TAKEN = "taken"
    FAILED = "failed"
    GIVEN_UP = "given_up"


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
    after = _JUDGES[talk.stage](talk, keys, terms)
    if after.answer is Answer.FAILED and talk.tries + 1 >= TRIES:
        after = replace(after, answer=Answer.GIVEN_UP)
    stage = TABLE[talk.stage, after.answer]
    failed = after.answer in {Answer.FAILED, Answer.GIVEN_UP}
    return Talk(stage, after.number, after.due, talk.tries + 1 if failed else 0, after.problem)


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
    calendar = terms.rule.calendar_of(talk.number)
    if not talk.due or calendar is None:
        return ("say/back-turn",)
    day = "say/back-today" if is_today(talk.due, calendar, terms.now) else "say/back-tomorrow"
    return (day, *fragments(Kind.TIME, clock_of(talk.due, calendar), language))


@dataclass(frozen=True, slots=True)
class _Judged:
    """What an answer comes to: the number and the time that now stand, and what is wrong with it."""

    answer: Answer
    number: str
    due: float
    problem: str = ""


def _key(talk: Talk, keys: str, terms: Terms) -> _Judged:
    answer = next((known for known in (Answer.YES, Answer.OTHER, Answer.WHEN, Answer.STAY) if known == keys), None)
    if answer is None or not _ABLE.get(answer, _always)(terms):
        answer = Answer.FAILED
    return _Judged(answer, talk.number, talk.due)


def _number(talk: Talk, keys: str, terms: Terms) -> _Judged:
    if NUMBER.match(keys) and terms.may_call(keys):
        elsewhere = terms.rule.calendar_of(keys) != terms.rule.calendar_of(talk.number)
        return _Judged(Answer.TAKEN, keys, 0.0 if elsewhere else talk.due)  # a time was one of another clock
    return _Judged(Answer.FAILED, talk.number, talk.due, "say/back-bad-number" if keys else "")


def _time(talk: Talk, keys: str, terms: Terms) -> _Judged:
    calendar = terms.rule.calendar_of(talk.number)
    due = chosen(keys, calendar, terms.now) if calendar is not None else 0.0
    if due:
        return _Judged(Answer.TAKEN, talk.number, due)
    return _Judged(Answer.FAILED, talk.number, talk.due, "say/back-bad-time" if keys else "")


def _may_choose(terms: Terms) -> bool:
    return terms.rule.times and terms.rule.calendar is not None


def _always(_terms: Terms) -> bool:
    return True


TABLE: dict[tuple[Stage, Answer], Stage] = {
    (Stage.AGREE, Answer.YES): Stage.AGREED,
    (Stage.AGREE, Answer.OTHER): Stage.NUMBER,
    (Stage.AGREE, Answer.WHEN): Stage.TIME,
    (Stage.AGREE, Answer.STAY): Stage.WAITING,
    (Stage.AGREE, Answer.FAILED): Stage.AGREE,
    (Stage.AGREE, Answer.GIVEN_UP): Stage.WAITING,
    (Stage.NUMBER, Answer.TAKEN): Stage.AGREE,
    (Stage.NUMBER, Answer.FAILED): Stage.NUMBER,
    (Stage.NUMBER, Answer.GIVEN_UP): Stage.WAITING,
    (Stage.TIME, Answer.TAKEN): Stage.AGREE,
    (Stage.TIME, Answer.FAILED): Stage.TIME,
    (Stage.TIME, Answer.GIVEN_UP): Stage.WAITING,
}
_ABLE: dict[Answer, Callable[[Terms], bool]] = {
    Answer.OTHER: lambda terms: terms.rule.other_number,
    Answer.WHEN: _may_choose,
}
_JUDGES: dict[Stage, Callable[[Talk, str, Terms], _Judged]] = {
    Stage.AGREE: _key,
    Stage.NUMBER: _number,
    Stage.TIME: _time,
}
