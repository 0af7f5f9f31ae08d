"""Whether a flow keeps what is asked of every flow, and what it promises itself, on every way through it.

It does not know how a verdict is printed, nor how long a prompt is: it is told.

Asked of every flow: every way ends, for a caller who does nothing or only wrong things, too; from everywhere there is a
way to the end; no secret comes on record; every prompt that can be played has a sound in the language it is played in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf

from ivr import proof_loops
from ivr.faults import Place
from ivr.flow import Flow
from ivr.messages import JoinQueue
from ivr.promises import GoalPromise, PersonPromise
from ivr.proof_moves import BY_CALLER, Kind, Waiting
from ivr.proof_reach import Game, Reach, Way, keys_first, soonest
from ivr.proof_space import Edge, Heard, Space, explore
from ivr.proof_ways import Ways
from ivr.steps.queue import Queue

MOST_FAILURES = 5  # of one claim


class Claim(StrEnum):
    """What is proved."""

    ENDS = "ends"  # every way comes to an end
    WAY_OUT = "way-out"  # from everywhere some way leads to the end
    SECRETS = "secrets"  # no secret is asked or kept unmasked
    PROMPTS = "prompts"  # whatever can be played has a sound in its language
    PERSON = "person"  # as promised
    DONE = "done"  # as promised


_OF_EVERY_FLOW = (Claim.ENDS, Claim.WAY_OUT, Claim.SECRETS, Claim.PROMPTS)


@dataclass(frozen=True, slots=True)
class Passage:
    """One move on the way that shows a failure: at `step`, while `doing`, this happened, and it was left by `exit`."""

    step: str
    verb: str
    doing: Waiting | None
    kind: Kind
    keys: str
    exit: str
    seconds: float
    edge: Edge


@dataclass(frozen=True, slots=True)
class Failure:
    """A claim that does not hold: the shortest way to where it shows, and what happens from there on."""

    claim: Claim
    step: str
    place: Place
    message: str
    way: tuple[Passage, ...]
    then: tuple[Passage, ...] = ()

    @property
    def keys(self) -> str:
        """Every key on the way, in order."""
        return "".join(passage.keys for passage in self.way)


@dataclass(frozen=True, slots=True)
class Done:
    """How soon a goal is reached by keys alone: `seconds` is infinite when it cannot be."""

    goal: str
    seconds: float
    keys: int


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found out of a flow. `complete` is false when it has too many situations to see all of them."""

    flow: str
    situations: int
    moves: int
    claims: tuple[Claim, ...]
    failures: tuple[Failure, ...]
    goals: tuple[Done, ...]
    complete: bool

    @property
    def holds(self) -> bool:
        return self.complete and not self.failures


def prove(flow: Flow, heard: Heard) -> Proof:
    """Explore the whole of `flow`. `heard` tells the seconds of a prompt in a language, None when it has no sound."""
    space = explore(flow, heard)
    moves = sum(len(situation.edges) for situation in space.situations)
    count = len(space.situations)
    if space.full:
        return Proof(flow.name, count, moves, (), (), (), complete=False)
    made = ((Claim.PERSON, flow.promises.person), (Claim.DONE, flow.promises.goals))
    claims = (*_OF_EVERY_FLOW, *(claim for claim, promise in made if promise))
    prover = _Prover(flow, space)
    failures: dict[tuple[Claim, str], Failure] = {}
    for failure in prover.failures():  # the same in another language is not told again
        failures.setdefault((failure.claim, failure.message), failure)
    return Proof(flow.name, count, moves, claims, tuple(failures.values()), tuple(prover.goals()), complete=True)


class _Prover:
    def __init__(self, flow: Flow, space: Space) -> None:
        self.flow = flow
        self.space = space
        self.assumed = dict(flow.promises.assuming)
        self.ways = Ways(space)

    def failures(self) -> Iterator[Failure]:
        yield from self._ends()
        yield from self._way_out()
        yield from self._secrets()
        yield from self._prompts()
        if self.flow.promises.person:
            yield from self._person(self.flow.promises.person)
        for promise in self.flow.promises.goals:
            yield from self._done(promise)

    def goals(self) -> Iterator[Done]:
        for goal in sorted({step.goal for step in self.flow.steps.values() if step.goal}):
            seconds, keys = self._soonest(goal)[0]
            yield Done(goal, round(seconds, 1) if seconds < inf else inf, int(keys) if keys < inf else 0)

    # ── asked of every flow ─────────────────────────────────────────────────────────────────────────────────────────

    def _ends(self) -> Iterator[Failure]:
        for step, number in list(self.space.endless.items())[:MOST_FAILURES]:
            yield self._failure(Claim.ENDS, number, f"step '{step}' asks again and again without end")
        stuck = proof_loops.loops(self.space, proof_loops.never_right)
        for knot in stuck[:MOST_FAILURES]:
            first = self.ways.nearest(knot)[0]
            ordered = [first, *(number for number in knot if number != first)]
            trip = proof_loops.round_trip(self.space, ordered, proof_loops.never_right)
            yield self._round(trip, "a caller who presses nothing that is taken")
        for trip in proof_loops.refusals(self.space)[:MOST_FAILURES] if not stuck else ():
            yield self._round(trip, "a caller whose numbers are refused")

    def _round(self, trip: Way, who: str) -> Failure:
        nearest = self.ways.nearest(number for number, _ in trip)[0]
        at = next(place for place, (number, _) in enumerate(trip) if number == nearest)
        trip = trip[at:] + trip[:at]
        steps = list(dict.fromkeys(self.space.situations[number].where.step for number, _ in trip))
        loop = " -> ".join((*steps, steps[0])) if len(steps) > 1 else steps[0]
        return self._failure(Claim.ENDS, nearest, f"{who} goes round for ever: {loop}", trip)

    def _way_out(self) -> Iterator[Failure]:
        for number in self.ways.nearest(proof_loops.traps(self.space))[:1]:
            step = self.space.situations[number].where.step
            yield self._failure(Claim.WAY_OUT, number, f"from step '{step}' no way leads to the end of the call")

    def _secrets(self) -> Iterator[Failure]:
        for step, number in self.space.shown.items():
            yield self._failure(Claim.SECRETS, number, f"step '{step}' puts what is keyed in secret on record")

    def _prompts(self) -> Iterator[Failure]:
        told: dict[tuple[str, str], tuple[str, int]] = {}
        for step, prompt, language in self.space.silent_prompts:
            number = next(
                n
                for n, each in enumerate(self.space.situations)
                if (each.where.step, each.where.language) == (step, language) and each.doing is not None
            )
            told.setdefault((prompt, language), (step, number))
        for (prompt, language), (step, number) in list(told.items())[:MOST_FAILURES]:
            message = f"step '{step}' plays '{prompt}', which has no sound in {language}"
            yield self._failure(Claim.PROMPTS, number, message)

    # ── promised by this one ────────────────────────────────────────────────────────────────────────────────────────

    def _person(self, promise: PersonPromise) -> Iterator[Failure]:
        queues = [n for n, each in enumerate(self.space.situations) if isinstance(each.doing, JoinQueue)]
        game = Game(self.space, self._untalked)  # a talk, also with somebody outside, is what he wanted
        took = game.within(queues, promise.keys)
        ways = Ways(self.space, self._untalked)
        broken: dict[str, int] = {}
        for number in ways.nearest(range(1, len(self.space.situations))):
            step = self.space.situations[number].where.step
            if step not in broken and self._promised(promise, step) and took[number] > promise.seconds:
                broken[step] = number
        reach = game.reach(queues, keys_first)
        lucky = Game(self.space, self._untalked, alone=True).reach(queues, keys_first)
        for step, number in list(broken.items())[:MOST_FAILURES]:
            sure = reach.prices[number][0] < inf
            way = reach.way(number) if sure else lucky.way(number)
            message = f"step '{step}': {_why(promise, took[number], reach.prices[number], self._doubts(way, reach))}"
            yield self._failure(Claim.PERSON, number, message, way, ways)

    def _promised(self, promise: PersonPromise, step: str) -> bool:
        names = {step, step.partition("/")[0]}  # a step inside another one is named by that, too
        if not step or names & promise.excepted:
            return False
        if promise.sources:
            return bool(names & set(promise.sources))
        verb = self.flow.steps[step].verb
        return verb.ASKS and not isinstance(verb, Queue)

    def _untalked(self, number: int, edge: Edge) -> bool:
        return edge.move.kind is not Kind.TALK and self._as_assumed(number, edge)

    def _as_assumed(self, number: int, edge: Edge) -> bool:
        situation = self.space.situations[number]
        wanted = self.assumed.get(situation.where.step)
        if wanted is None or edge.exit in ("", "again", wanted):
            return True
        return all(other.exit != wanted for other in situation.edges)

    def _doubts(self, way: Way, reach: Reach) -> str:
        """What must go well on a lucky way: the moves in place of which another one leads nowhere."""
        doubts = [
            f"step '{self.space.situations[number].where.step}' leaves by '{edge.exit}'"
            for number, edge in way
            if edge.exit
            and edge.move.kind not in BY_CALLER
            and any(reach.prices[other.target][0] == inf for other in self.space.situations[number].edges)
        ]
        return " and ".join(list(dict.fromkeys(doubts))[:3])

    def _done(self, promise: GoalPromise) -> Iterator[Failure]:
        (seconds, _), way = self._soonest(promise.goal)
        if seconds <= promise.seconds:
            return
        if seconds == inf:
            message = f"goal '{promise.goal}' cannot be reached by keys alone"
        else:
            message = f"goal '{promise.goal}' takes {ceil(seconds)} s by keys alone; {promise.seconds} s are promised"
        yield Failure(Claim.DONE, "", promise.place, message, self._passages(way))

    def _soonest(self, goal: str) -> tuple[tuple[float, float], Way]:
        goals = [
            number
            for number, each in enumerate(self.space.situations)
            if each.where.step and self.flow.steps[each.where.step].goal == goal
        ]
        game = Game(self.space, lambda _, edge: edge.move.kind is not Kind.TALK, alone=True)
        reach = game.reach(goals, soonest)
        return reach.prices[self.space.start], reach.way(self.space.start)

    # ── telling ─────────────────────────────────────────────────────────────────────────────────────────────────────

    def _failure(
        self, claim: Claim, number: int, message: str, then: Way | None = None, ways: Ways | None = None
    ) -> Failure:
        step = self.flow.steps[self.space.situations[number].where.step]
        way = self._passages((ways or self.ways).to(number))
        return Failure(claim, step.name, step.place, message, way, self._passages(then or []))

    def _passages(self, way: Way) -> tuple[Passage, ...]:
        found = []
        for number, edge in way:
            situation = self.space.situations[number]
            if situation.doing is None and not edge.exit:
                continue  # he only arrives
            step = situation.where.step
            verb = self.flow.steps[step].verb.VERB
            move = edge.move
            found.append(Passage(step, verb, situation.doing, move.kind, move.keys, edge.exit, move.seconds, edge))
        return tuple(found)


def _why(promise: PersonPromise, took: float, price: tuple[float, float], doubts: str) -> str:
    keys, seconds = price
    if keys == inf:
        return "no person can be reached for certain" + (f"; only if {doubts}" if doubts else "")
    if keys > promise.keys:
        return f"a person is {_keys(int(keys))} away; at most {promise.keys} promised"
    wait = took if took < inf else seconds
    return f"a person takes {ceil(wait)} s with {_keys(promise.keys)}; {promise.seconds} s are promised"


def _keys(count: int) -> str:
    return f"{count} key" if count == 1 else f"{count} keys"
