"""How many agents a load needs: Erlang's formulas B, C and A, exact and stable for many thousands of seats.

It does not know skills, days or surges: one kind of caller, one kind of agent, a load that stays as it is. Where agents
have several skills, or the load moves, simulate the day (`switchroom simulate day`) and read these beside it.

Load is in erlangs: callers a second times seconds of work a caller. B loses who finds all busy, C lets everybody wait
for ever, A lets each hang up after his patience (exponential, like the work). All three agree where nobody has to wait.
Served in time is counted over all who ask, as the rates of `service_level.py` do: C has no abandonment, so SL3 and SL6
are one; in A an abandoned caller is in the base.

Nothing is computed by factorials: B by the recursion of its inverse, A by sums of logarithms, and the share served in
time from the fact that the time until j + 1 callers ahead have gone, rates c, c+1, ..., c+j in units of one patience,
is -log of a Beta(c, j + 1) variable.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import exp, expm1, fsum, inf, log, log1p, sqrt

from acd.errors import Unstaffable

TINY = 1e-18  # queue lengths less likely than this in sum are left out
WIDTH = 10.0  # and those so many standard deviations below the usual length
SURELY, MANY = 3.0, 200.0  # more callers than this many times those of one target are not served within it
MOST_SEATS = 100_000


@dataclass(frozen=True, slots=True)
class Load:
    """What callers bring: `rate` a second, `work` seconds of an agent each, `patience` in seconds (inf: for ever)."""

    rate: float
    work: float
    patience: float = inf

    def __post_init__(self) -> None:
        if self.rate < 0 or self.work <= 0 or self.patience <= 0:
            raise ValueError(f"rate must be 0 or more, work and patience more than 0, not {self}")

    @property
    def erlangs(self) -> float:
        """Erlangs."""
        return self.rate * self.work


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a load meets, as shares of all who ask (0 to 1) and seconds.

    `wait` is the mean time in the queue of all who ask, those who hang up included; inf where it grows for ever.
    """

    must_wait: float
    in_time: float
    abandoned: float
    wait: float
    occupancy: float


def erlang_b(load: float, seats: int) -> float:
    """Tell the share that finds every seat taken, when nobody waits."""
    if load <= 0:
        return 0.0 if seats > 0 else 1.0
    inverse = 1.0
    for seat in range(1, seats + 1):
        inverse = 1.0 + inverse * seat / load
        if inverse == inf:
            return 0.0
    return 1.0 / inverse


def erlang_c(load: float, seats: int) -> float:
    """Tell the share that must wait, when everybody waits for as long as it takes; 1 where the load is too much."""
    if load >= seats:
        return 1.0 if load > 0 else 0.0
    blocked = erlang_b(load, seats)
    return seats * blocked / (seats - load * (1.0 - blocked))


def patient(load: Load, seats: int, target: float) -> Outlook:
    """Erlang C: everybody waits for as long as it takes."""
    erlangs = load.erlangs
    waits = erlang_c(erlangs, seats)
    if erlangs >= seats:
        return Outlook(waits, 1.0 - waits, 0.0, inf if erlangs else 0.0, 1.0 if erlangs else 0.0)
    spare = (seats - erlangs) / load.work
    return Outlook(waits, 1.0 - waits * exp(-spare * target), 0.0, waits / spare, erlangs / seats)


def impatient(load: Load, seats: int, target: float) -> Outlook:
    """Erlang A: each hangs up when his patience is over."""
    if load.patience == inf:
        return patient(load, seats, target)
    if load.rate == 0:
        return Outlook(0.0, 1.0, 0.0, 0.0, 0.0)
    first, queue = _queue_lengths(load, seats)
    waiting = fsum(chance * length for length, chance in enumerate(queue, first))
    abandoned = waiting / load.patience / load.rate
    must_wait = fsum(queue)
    served = 1.0 - must_wait + fsum(_served_in_time(load, seats, target, (first, queue))) if seats else 0.0
    occupancy = load.erlangs * (1.0 - abandoned) / seats if seats else 0.0
    return Outlook(must_wait, min(1.0, served), min(1.0, abandoned), waiting / load.rate, min(1.0, occupancy))


def outlook(load: Load, seats: int, target: float) -> Outlook:
    """Take Erlang C for a patience without end, else Erlang A."""
    return impatient(load, seats, target)


def _queue_lengths(load: Load, seats: int) -> tuple[int, list[float]]:
    """Give the chance that all are busy and so many callers wait: from the first length that counts on.

    Where the load is too much and callers are patient, the queue is long, and short ones are as good as impossible.
    """
    leaving, hanging_up = seats / load.work, 1.0 / load.patience
    usual = max(0.0, (load.rate - leaving) * load.patience)
    first = max(0, int(usual - WIDTH * sqrt(load.rate * load.patience)) - 1)
    logs, here, most = [0.0], 0.0, 0.0
    while here > most + log(TINY) or (first + len(logs)) * hanging_up + leaving < load.rate:
        here += log(load.rate) - log(leaving + (first + len(logs)) * hanging_up)
        most = max(most, here)
        logs.append(here)
    # The states with a free seat weigh 1/B - 1 against the state in which all are busy and nobody waits.
    blocked = 1.0 if first else erlang_b(load.erlangs, seats)
    if blocked == 0.0:
        return 0, [0.0]
    weights = [exp(each - most) for each in logs]
    whole = fsum(weights) + (1.0 / blocked - 1.0) * exp(-most)
    return first, [weight / whole for weight in weights]


def _served_in_time(load: Load, seats: int, target: float, queue: tuple[int, list[float]]) -> list[float]:
    """Give, for each queue length met, the chance to meet it and be served within `target` all the same."""
    first, chances = queue
    c = seats * load.patience / load.work
    b = c + 1.0
    log_x, y = -target / load.patience, -expm1(-target / load.patience)
    if y <= 0 or first > SURELY * load.rate * target + MANY:
        return [0.0] * len(chances)  # nobody is served within the target who finds so many before him
    in_time = -expm1(b * log_x)  # I_y(1, b)
    log_step = log(b) + log(y) + b * log_x
    shares = []
    for ahead in range(first + len(chances)):
        if ahead >= first:
            shares.append(chances[ahead - first] * c / (c + ahead + 1.0) * in_time)
        in_time = max(0.0, in_time - exp(log_step))  # I_y(j + 2, b) = I_y(j + 1, b) - y^(j+1) x^b / ((j+1) B(j+1, b))
        log_step += log(y) + log1p((b - 1.0) / (ahead + 2.0))
    return shares


def seats_for(
    load: Load, target: float, share: float, within: Callable[[Outlook], bool] = lambda _outlook: True
) -> int:
    """Find the fewest seats with which `share` (0 to 1) of all who ask are served within `target` seconds.

    `within` may ask for more (an occupancy, an abandonment); it must not fail again with more seats. Raises
    Unstaffable when no number of seats does it.
    """

    def enough(seats: int) -> bool:
        found = outlook(load, seats, target)
        return found.in_time >= share and within(found)

    low, high = -1, max(1, int(load.erlangs))
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST_SEATS:
            raise Unstaffable(f"no {MOST_SEATS} seats serve {share:.1%} within {target:g} s")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
