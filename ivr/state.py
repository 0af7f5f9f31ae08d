"""Where a caller is in a flow, as a value that can be saved.

It does not know how he goes on from there.

It changes only by what is also answered as a fact, so it can be rebuilt from the facts of a call (`ivr/session.py`).
Secrets are not in it. It changes several times a step, so it has no slots: a changed copy is made from its `__dict__`,
eight times quicker than field by field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ivr import trail as trails
from ivr.flow import Flow
from ivr.messages import StepLeft
from ivr.trail import ASKED_AGAIN

LANGUAGE = "language"
ANY_NUMBER = "*"

# Exits that no verb has: the session itself takes them.
AGAIN, ENDED, FLOW_CHANGED = "again", "end", "flow_changed"
__all__ = [
    "AGAIN", "ASKED_AGAIN", "ENDED", "FLOW_CHANGED", "LANGUAGE", "Caller", "SessionState", "first_state",
]


@dataclass(frozen=True, slots=True)
class Caller:
    """What a flow may know of the caller. All "" when unknown.

    `reachable` are the beginnings of the numbers at which anybody may be called, with blanks between; `*` for any.
    """

    number: str = ""
    name: str = ""
    called: str = ""
    customer: str = ""
    customer_name: str = ""
    segment: str = ""
    reachable: str = ANY_NUMBER

    def may_call(self, number: str) -> bool:
        """Whether he may be called at this number."""
        return self.reachable == ANY_NUMBER or number.startswith(tuple(self.reachable.split()))


@dataclass(frozen=True)
class SessionState:
    """Where a caller is in a flow. `step` is "" before the first and after the last step.

    `asked` are (secret variable, step that asked for it), oldest first, as long as a step ahead may need them.
    `level` is what he has proved: "", identified, authenticated, failed; `private` are the variables set since he was
    authenticated. `trail` is his way, `retrace` the part of it that he goes again without being asked again.
    `offer` is what was kept of his earlier call, until he has answered whether he goes on with it.
    """

    flow: str
    version: str
    language: str
    caller: Caller = Caller()
    step: str = ""
    tries: int = 1
    variables: tuple[tuple[str, str], ...] = ()
    asked: tuple[tuple[str, str], ...] = ()
    visits: int = 0
    ended: bool = False
    cause: int = 16
    level: str = ""
    private: tuple[str, ...] = ()
    trail: trails.Trail = ()
    retrace: trails.Trail = ()
    offer: SessionState | None = None

    def changed(self, **fields: Any) -> SessionState:
        """A copy with these fields instead."""
        copy = object.__new__(SessionState)
        copy.__dict__.update(self.__dict__)
        copy.__dict__.update(fields)
        return copy

    def entered(self, step: str, tries: int, live: frozenset[str]) -> SessionState:
        """The caller reached a step, at which the secrets in `live` are still needed."""
        asked = self.asked and tuple(pair for pair in self.asked if pair[0] in live)
        return self.changed(step=step, tries=tries, asked=asked, visits=self.visits + 1)

    def left(self, fact: StepLeft, writes: tuple[str, ...] = ()) -> SessionState:
        """The caller left a step; `writes` are the secret variables that the step sets."""
        ended = fact.exit == ENDED or self.ended
        asked = self.asked
        if writes:
            asked = tuple(pair for pair in asked if pair[0] not in writes)
            asked += tuple((name, fact.step) for name in writes) if fact.exit == "next" else ()
        if not fact.kept:
            return self.changed(step="", asked=asked, ended=ended)
        kept = {**dict(self.variables), **dict(fact.kept)}
        language = kept.pop(LANGUAGE, self.language)
        return self.changed(step="", language=language, variables=tuple(kept.items()), asked=asked, ended=ended)

    def record(self) -> dict[str, Any]:
        """The state as plain values for JSON."""
        offer = self.offer.record() if self.offer else None
        ways = {"trail": tuple(map(_plain, self.trail)), "retrace": tuple(map(_plain, self.retrace))}
        return {**self.__dict__, "caller": _plain(self.caller), **ways, "offer": offer}

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> SessionState:
        """The state that gave `record`, also after a trip through JSON."""
        pairs = {key: tuple((name, text) for name, text in record[key]) for key in ("variables", "asked")}
        ways = {key: tuple(trails.Visited(**visited) for visited in record[key]) for key in ("trail", "retrace")}
        offer = cls.from_record(record["offer"]) if record["offer"] else None
        plain = {"caller": Caller(**record["caller"]), "private": tuple(record["private"]), "offer": offer}
        return cls(**{**record, **pairs, **ways, **plain})


def _plain(one: Caller | trails.Visited) -> dict[str, Any]:
    """The fields by name. `asdict` would look into each text, and every caller who hangs up in a flow comes here."""
    return {name: getattr(one, name) for name in one.__slots__}


def first_state(flow: Flow, caller: Caller) -> SessionState:
    """A caller who is about to enter the flow."""
    return SessionState(flow.name, flow.version, flow.language, caller)
