"""Plain days for tests: one kind of callers a queue, agents who are all alike."""

from acd.agents import AgentProfile
from acd.messages import AgentId
from acd.rules import QueueRules
from switchroom.day.described import CallerKind, Day, Rate, Seat, Spell
from switchroom.day.laws import Exponential
from switchroom.day.study import Arm

HOURS = 3600.0


def day(rate=200.0, seats=12, *, hours=10, patience=300.0, queues=("cards",), work=180.0):
    """A plain day of one kind of callers, as Erlang would have it."""
    kinds = tuple(
        CallerKind(queue, queue, (Rate(0.0, rate),), Exponential(work), Exponential(patience)) for queue in queues
    )
    whole = (Spell(0.0, hours * HOURS),)
    profiles = [AgentProfile(AgentId(f"a{n:02d}"), frozenset(queues), {queues[0]: 2}) for n in range(seats)]
    return Day("plain", hours * HOURS, kinds, tuple(Seat(profile, whole) for profile in profiles))


def arm(a_day, bounds=None, **rules):
    made = {queue: QueueRules(queue, wrap_up=0.0, guard=0.0, **rules) for queue in a_day.queues()}
    return Arm(a_day, made, bounds or {})
