"""One attempt: a dial of one number for one lead, from the moment it is decided until its channel is gone.

It does not decide anything; the dialler moves it by the table in `outbound/states.py`.
"""

from __future__ import annotations

from lean import dataclass
from outbound.lead import Lead, Outcome
from outbound.messages import AttemptId
from outbound.states import ATTEMPT_MOVES, Stage, Step

NOBODY_THERE = {"machine": Outcome.MACHINE, "fax": Outcome.FAX, "silent": Outcome.SILENT}
PERSONS = frozenset({"", "human", "unsure"})  # what is not surely a machine is a person


@dataclass(slots=True)
class Attempt:
    """`agent` is for whom it is dialled, then who talks; `by` when an agent must be there. Times are POSIX seconds.

    `charged` is the outcome that is written down already, of a person who was abandoned and still hears the message.
    `trial`: nobody's lead, in no figure. `unseen`: its node is away, and its pacer waits for it no longer.
    """

    attempt: AttemptId
    campaign: str
    lead: Lead
    number: str
    tries: int
    begun_at: float
    stage: Stage = Stage.DIALLING
    agent: str = ""
    heard: str = ""
    answered_at: float = 0.0
    greeted_at: float = 0.0
    by: float = 0.0
    connected_at: float = 0.0
    over_at: float = 0.0
    charged: Outcome | None = None
    informs: bool = False
    trial: bool = False
    unseen: bool = False

    def step(self, step: Step) -> bool:
        """Move by the table. False for what is told twice or too late: then nothing is to be done."""
        after = ATTEMPT_MOVES.get((self.stage, step))
        if after is None:
            return False
        self.stage = after
        return True

    @property
    def in_the_air(self) -> bool:
        """Whether it may still become a person for whom an agent is needed."""
        return self.stage in {Stage.DIALLING, Stage.LISTENING}

    @property
    def is_counted_later(self) -> bool:
        """Whether he has, or had, his agent in time: laws count him when his call has ended."""
        return 0.0 < self.connected_at <= self.by and not self.trial

    def outcome(self) -> Outcome:
        """What it came to, if its channel is gone now."""
        if self.charged is not None:
            return self.charged
        if self.stage is Stage.LEAVING:
            return NOBODY_THERE.get(self.heard, Outcome.CANCELLED)
        if self.stage is Stage.HEARING:
            return NOBODY_THERE.get(self.heard, Outcome.INFORMED)
        return _AT_ITS_END[self.stage]

    def waited(self) -> float:
        """Seconds from the end of the greeting to the agent."""
        return max(0.0, self.connected_at - self.greeted_at) if self.connected_at else 0.0

    def lines(self, until: float) -> float:
        """Seconds from dialling to the answer, or to the end."""
        return max(0.0, (self.answered_at or until) - self.begun_at)

    def talked(self, until: float) -> float:
        """Seconds with an agent."""
        return max(0.0, until - self.connected_at) if self.connected_at else 0.0


_AT_ITS_END = {
    Stage.DIALLING: Outcome.UNKNOWN,
    Stage.LISTENING: Outcome.GONE,
    Stage.WAITING: Outcome.GONE,
    Stage.TALKING: Outcome.CONNECTED,
}
