"""Every situation that a caller of a flow may be in, and every move from one to the next.

It does not know what is to be proved: `ivr/proof.py` asks the questions.

A situation is a step, the language, what is certain of the variables that still matter for a choice ahead, and the try.
What is not certain (what a caller keys, what a source answers, the hour) decides in every possible way.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from ivr.flow import Flow, Step
from ivr.messages import CallerIdentified, Collect
from ivr.proof_moves import LEVEL, UNCERTAIN, Kind, Known, Move, Waiting, entering, following
from ivr.visit import Again, Finish, Leave, Outcome, Wait

END = 0  # the situation in which the call is over
MOST_TRIES = 20  # a step that asks again more often than this is taken to ask for ever
MOST_SITUATIONS = 200_000
MOST_VALUES = 64  # different sets of values at one step; beyond, none of them counts as certain
LANGUAGE = "language"
Heard = Callable[[str, str], float | None]  # seconds of a prompt in a language; None when there is no such sound
Values = tuple[tuple[str, str | None], ...]


@dataclass(frozen=True, slots=True)
class Where:
    """A step, in a language, with what is certain of the variables (None: set, but to what is not). "" is the end."""

    step: str
    language: str = ""
    values: Values = ()


@dataclass(frozen=True, slots=True)
class Edge:
    """A move to situation `target`. `exit` names it: an exit of the step, `again`, `end`, or "" inside a step."""

    move: Move
    exit: str
    target: int


@dataclass(slots=True)
class Situation:
    """`doing` is what is waited for, None where nothing is; `heard` how long its prompts last."""

    where: Where
    tries: int
    doing: Waiting | None = None
    heard: float = 0.0
    edges: list[Edge] = field(default_factory=list)


@dataclass(slots=True)
class Space:
    """All situations by number; 0 is the end. `silent_prompts` are (step, prompt, language) without a sound.

    `endless` are steps that ask again without end, `shown` are steps that would put a secret on record.
    """

    situations: list[Situation]
    start: int = 0
    silent_prompts: dict[tuple[str, str, str], None] = field(default_factory=dict)
    endless: dict[str, int] = field(default_factory=dict)
    shown: dict[str, int] = field(default_factory=dict)
    full: bool = False


def explore(flow: Flow, heard: Heard) -> Space:
    """Everything that can happen in `flow`. Stops, and says so in `full`, at `MOST_SITUATIONS`."""
    explorer = _Explorer(flow, heard)
    explorer.run()
    return explorer.space


class _Explorer:
    def __init__(self, flow: Flow, heard: Heard) -> None:
        self.flow = flow
        self.heard = heard
        self.space = Space([Situation(Where(""), 0)])
        self.deciding = _deciding(flow.steps)
        self.numbers: dict[tuple[Where, int, Waiting | None], int] = {}
        self.variants: dict[str, set[Values]] = {}
        self.ahead: deque[int] = deque()

    def run(self) -> None:
        given = tuple((name, None) for name in sorted(self.flow.parameters) if name in self.deciding[self.flow.start])
        self.space.start = self._arrive(Where(self.flow.start, self.flow.language, given), 1)
        while self.ahead and not self.space.full:
            number = self.ahead.popleft()
            situation = self.space.situations[number]
            step = self.flow.steps[situation.where.step]
            known = Known(situation.where.language, dict(situation.where.values))
            if situation.doing is None:
                moves = entering(step.verb, known, situation.tries)
            else:
                moves = following(step.verb, situation.doing, known, situation.tries, situation.heard)
            for move in moves:
                situation.edges.append(self._edge(number, step, move))
            if situation.doing is not None:
                self._look_for_secrets(number, step, moves)
            self._add_other_exits(number, step)

    def _arrive(self, where: Where, tries: int, doing: Waiting | None = None) -> int:
        key = (where, tries, doing)
        number = self.numbers.get(key)
        if number is None:
            number = self.numbers[key] = len(self.space.situations)
            heard = self._listen(where, doing)
            self.space.situations.append(Situation(where, tries, doing, heard))
            self.ahead.append(number)
            self.space.full = number >= MOST_SITUATIONS
        return number

    def _listen(self, where: Where, doing: Waiting | None) -> float:
        total = 0.0
        for prompt in getattr(doing, "prompts", ()):
            seconds = self.heard(prompt, where.language)
            if seconds is None:
                self.space.silent_prompts[where.step, prompt, where.language] = None
            total += seconds or 0.0
        return total

    def _edge(self, number: int, step: Step, move: Move) -> Edge:
        situation = self.space.situations[number]
        outcome = move.outcome
        if isinstance(outcome, Finish):
            return Edge(move, "end", END)
        if isinstance(outcome, Wait):
            return Edge(move, "", self._arrive(situation.where, situation.tries, outcome.answer))
        if isinstance(outcome, Again):
            if situation.tries >= MOST_TRIES:
                self.space.endless.setdefault(step.name, number)
                return Edge(move, "again", END)
            return Edge(move, "again", self._arrive(situation.where, situation.tries + 1))
        return Edge(move, outcome.exit, self._arrive(self._next(situation.where, step, outcome, move), 1))

    def _next(self, where: Where, step: Step, leave: Leave, move: Move) -> Where:
        target = step.target(leave.exit)
        wanted = self.deciding[target]
        values = {**dict(where.values), **_set_by(step, leave, move)}
        language = values.pop(LANGUAGE, None)
        found = tuple(sorted((name, value) for name, value in values.items() if name in wanted))
        variants = self.variants.setdefault(target, set())
        if found not in variants and len(variants) >= MOST_VALUES:
            found = tuple((name, None) for name in sorted(wanted))
        variants.add(found)
        return Where(target, language if language in self.flow.languages else where.language, found)

    def _add_other_exits(self, number: int, step: Step) -> None:
        """Exits that no sample led to (a pattern, a check that samples fail) may be taken all the same."""
        situation = self.space.situations[number]
        if situation.doing is None or not situation.edges:
            return
        if any(edge.exit == "" for edge in situation.edges):
            return  # the step has more to ask
        taken = {edge.exit for edge in situation.edges}
        for way in step.verb.exits:
            if way.name in taken or not self._may_be_missed(situation, way.name):
                continue
            move = Move(*self._guess(situation), keys="", told=None)
            situation.edges.append(self._edge(number, step, move_by(move, Leave(way.name))))

    def _may_be_missed(self, situation: Situation, leave: str) -> bool:
        at_most = getattr(situation.doing, "at_most", 0)
        return at_most > 1 and leave not in {"no_input", "no_match"} and hasattr(situation.doing, "secret")

    def _guess(self, situation: Situation) -> tuple[Kind, Outcome, float, float]:
        keys = int(getattr(situation.doing, "at_most", 0))
        took = situation.heard + keys
        return Kind.ENTRY, Again(), took, took

    def _look_for_secrets(self, number: int, step: Step, moves: Iterable[Move]) -> None:
        """Whether what is keyed as a secret would be put on record after all."""
        secret = set(step.verb.secret_writes())
        doing = self.space.situations[number].doing
        if not secret and not step.verb.hides_keys():
            return
        asked_openly = isinstance(doing, Collect) and not doing.secret
        for move in moves:
            outcome = move.outcome
            kept = {name for name, _ in outcome.kept} if isinstance(outcome, Leave) else set()
            keyed = isinstance(outcome, Leave | Again) and outcome.keys and move.keys
            if asked_openly or keyed or kept & secret:
                self.space.shown.setdefault(step.name, number)


def _set_by(step: Step, leave: Leave, move: Move) -> dict[str, str | None]:
    """The variables that are set on leaving a step, None where the value is not certain."""
    if move.told is None and not move.certain and not leave.kept:  # no sample led here: anything may have been set
        return dict.fromkeys(step.verb.writes(), None)
    found = {name: value if move.certain or name == LANGUAGE else None for name, value in leave.kept}
    found |= dict.fromkeys((name for name, _ in leave.secrets), None)
    for aside in leave.aside:
        if isinstance(aside, CallerIdentified):
            found[LEVEL] = aside.level
    return found


def move_by(move: Move, outcome: Outcome) -> Move:
    """The same move to another end."""
    return Move(move.kind, outcome, move.seconds, move.quick, move.keys, move.told, move.certain)


def _deciding(steps: Mapping[str, Step]) -> dict[str, frozenset[str]]:
    """For each step, the variables on which a choice at it or after it may depend."""
    wanted: dict[str, frozenset[str]] = dict.fromkeys(steps, frozenset())
    changed = True
    while changed:
        changed = False
        for name, step in steps.items():
            ahead = {each for way in step.verb.exits for each in wanted[way.step] - set(step.verb.writes_on(way.name))}
            matters = len(step.verb.exits) > 1 or any(
                wanted[way.step] & set(step.verb.writes()) for way in step.verb.exits
            )
            reads = (*step.verb.reads(), *step.verb.secret_reads()) if matters else ()
            here = ahead | {read for read in reads if read not in UNCERTAIN and read != LANGUAGE}
            if here != wanted[name]:
                wanted[name] = frozenset(here)
                changed = True
    return wanted
