"""One campaign as the dialler holds it: its text, its state, its leads at hand, its lines, and its pacers.

It does not decide when to dial.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace

from outbound.campaign import Campaign, Mode
from outbound.hopper import Hopper
from outbound.pacing.sight import Event, Happened, Pacer
from outbound.permission import Place
from outbound.states import CAMPAIGN_MOVES, CampaignState, Order
from outbound.trunk import Pulse

REMEMBERED = 4000  # the last things that happened, from which another pacer learns when the mode changes
PACED = frozenset({Mode.PROGRESSIVE, Mode.RATIO, Mode.PREDICTIVE, Mode.MESSAGE})
SLOWLY = 0.1  # how much one person's time counts
FASTEST = 10_000.0  # dials a second, where the campaign's text names no rate

NewPacer = Callable[[Campaign], Pacer]


class Running:
    """`alive` are its attempts; `air` counts those that an agent may still be needed for."""

    def __init__(self, campaign: Campaign, new_pacer: NewPacer) -> None:
        self.text = campaign
        self.campaign = campaign
        self.state = CampaignState.PLANNED
        self.by = self.why = ""
        self.since = 0.0
        self.places: tuple[Place, ...] = ()  # where the people on its lists may be, as far as the lists have told
        self.opens_at = 0.0  # it rests until then, for it is no time for calls there; 0 if that is not why
        self.hopper = Hopper()
        self.air = 0
        self.alive: set[str] = set()
        self.talking = 0  # persons who have their agent: no end of theirs is counted yet, and none is abandoned
        self.patience = 0.0  # seconds that are left to a person when it is known that he is one, 0 for not known
        self.agents = 0
        self.room_why = ""
        self.pilot = 0
        self.last_dial = 0.0
        self.told_pace: tuple[int, str] = (0, "")
        self.told_pace_at = 0.0
        self.pulse = Pulse(campaign.rate or FASTEST)
        self.dropped = False
        self._new_pacer = new_pacer
        self._log: deque[Happened] = deque(maxlen=REMEMBERED)
        self.pacer = new_pacer(campaign)

    @property
    def name(self) -> str:
        return self.campaign.name

    @property
    def dials(self) -> bool:
        """Whether it may begin anything."""
        return self.state is CampaignState.RUNNING and not self.dropped

    def move(self, order: Order) -> bool:
        """Move by the table; False where the order means nothing in this state."""
        after = CAMPAIGN_MOVES.get((self.state, order))
        if after is None:
            return False
        self.state = after
        return True

    def happened(self, told: Happened) -> None:
        """The pacer hears of it, and any that follows it."""
        self._log.append(told)
        self.pacer.happened(told)

    def person_has(self, seconds: float) -> None:
        """So much time was left for finding an agent when it was known that a person is there."""
        self.patience += (seconds - self.patience) * (SLOWLY if self.patience else 1.0)

    def agents_told_of(self) -> set[str]:
        """Every agent of whom the pacers have lately heard."""
        return {told.agent for told in self._log if told.agent}

    def become(self, campaign: Campaign) -> None:
        """Another text is in force, or another setting over it."""
        old, self.campaign = self.campaign, campaign
        self.pulse.become(campaign.rate or FASTEST)
        if old.lists != campaign.lists:
            self.hopper.empty()
        if (old.mode, old.ratio) != (campaign.mode, campaign.ratio):
            self.pacer = self._new_pacer(campaign)
            for told in _from_a_beginning(self._log):
                self.pacer.happened(told)

    def tuned(self, **changes: object) -> None:
        """A manager's setting stands over the text."""
        self.become(replace(self.campaign, **changes))  # type: ignore[arg-type]  # the words were checked


def _from_a_beginning(log: deque[Happened]) -> list[Happened]:
    """The log with what its lost beginning must have said: agents had come, and lines were dialled."""
    lines: set[str] = set()
    agents: set[str] = set()
    told: list[Happened] = []
    for one in log:
        if one.agent and one.agent not in agents:
            agents.add(one.agent)
            if one.event is not Event.CAME:
                told.append(Happened(Event.CAME, one.at, agent=one.agent))
        if one.event is Event.DIALLED:
            lines.add(one.line)
        if not one.line or one.line in lines:
            told.append(one)
        elif one.event is Event.CONNECTED:
            told.append(Happened(Event.BUSY_ELSEWHERE, one.at, agent=one.agent))
    return told
