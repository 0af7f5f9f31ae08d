"""The desk's view of the campaigns, taken from the dialler as it runs and from the day's counts.

It does not change anything, and does not know who looks. Everything answers at once, from memory,
but for what a slider would come to, which a process of its own plays.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from desk.campaign_view import AgentWork, CampaignView, CrewView, DropView, LeadCard, PaceView, Projection
from outbound.campaign import Mode
from outbound.crew import DIALLING, OFFERED, READY, TALKING, WRAP_UP
from outbound.law.book import LawBook
from outbound.lead import Due
from outbound.messages import AttemptId
from outbound.states import Stage
from switchroom.projecting import learned_from
from switchroom.projection_worker import Answer, Question

if TYPE_CHECKING:
    from outbound.campaign import Campaign
    from outbound.dialler import Dialler
    from outbound.running import Running
    from switchroom.campaign_counts import CampaignCounts, Day

Play = Callable[[str, Question], Awaitable[Answer]]  # who asks, and what
RINGS_FOR: Final = {DIALLING: OFFERED}  # whose customer is dialled is counted with those who are rung
WAITING: Final = frozenset({Stage.WAITING, Stage.HEARING})


class FloorCampaigns:
    """The desk's `CampaignDesk`. `rows` tells how many leads each list has, `serving` how many agents serve a queue.

    `play` answers what other settings would come to.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - each is another thing that it asks
        self,
        dialler: Callable[[], Dialler],
        counts: CampaignCounts,
        rows: Callable[[], Mapping[str, int]],
        clock: Callable[[], float],
        play: Play,
        serving: Callable[[str], int] = lambda _queue: 0,
    ) -> None:
        self._dialler = dialler
        self._serving = serving
        self._counts = counts
        self._rows = rows
        self._clock = clock
        self._play = play

    def views(self) -> Sequence[CampaignView]:
        dialler, rows, now = self._dialler(), self._rows(), self._clock()
        runs = (run for _, run in sorted(dialler.campaigns.items()) if not run.dropped)
        return [self._view(dialler, run, rows, now) for run in runs]

    def works(self) -> Mapping[str, AgentWork]:
        dialler = self._dialler()
        by_hand = _by_hand(dialler)
        agents = dialler.previews.keys() | dialler.talking_of.keys() | dialler.reserved.keys() | by_hand.keys()
        works = ((agent, work_of(dialler, self._counts, agent, by_hand.get(agent, ()))) for agent in agents)
        return {agent: work for agent, work in works if work != AgentWork(agent)}

    async def projected(self, by: str, campaign: str, mode: str, ratio: float, cap: float) -> Projection | None:
        dialler = self._dialler()
        run, learned = dialler.campaigns.get(campaign), learned_from(self._counts.of(campaign))
        if run is None:
            return None
        told = None
        if learned is not None:
            most = run.campaign.lines or dialler.trunk.house.lines
            agents = sum(campaign in seen.campaigns for seen in dialler.crew.seen.values())
            wait = dialler.law.promise(run.campaign, self._clock()).wait
            question = Question(campaign, mode, ratio, cap, run.campaign.ring_for, agents, most, learned, wait)
            told = await self._play(by, question)
        dropped, talking = told if told is not None else (None, None)
        return Projection(campaign, mode, ratio, cap, dropped, talking)

    def _view(self, dialler: Dialler, run: Running, rows: Mapping[str, int], now: float) -> CampaignView:
        campaign, trunk, day = run.campaign, dialler.trunk, self._counts.of(run.name)
        stages = Counter(dialler.attempts[AttemptId(name)].stage for name in run.alive)
        total = sum(rows.get(name, 0) for name in campaign.lists)
        left = total if run.hopper.left < 0 else run.hopper.left
        drops = tuple(drops_of(dialler, campaign, now))
        return CampaignView(
            run.name, campaign.mode.value, run.state.value, run.why, run.by, run.since, campaign.queue, campaign.law,
            campaign.ratio, campaign.cap, law_cap_of(dialler, campaign),
            labels=dict(campaign.label), department=campaign.department, lists=campaign.lists,
            dialling=stages[Stage.DIALLING], listening=stages[Stage.LISTENING],
            waiting=sum(stages[stage] for stage in WAITING), talking=stages[Stage.TALKING],
            dialled=day.dialled, outcomes=_counted(day.outcomes), refused=_counted(day.refused),
            results=_counted(day.results), successes=day.successes,
            left=left, total=max(total, left), ends_at=day.ends_at(run.hopper.left, now) if run.dials else 0.0,
            dials_a_minute=day.a_minute(now), pace=PaceView(*run.told_pace, run.pacer.risk()), drops=drops,
            crew=crew_of(dialler, run, day, self._serving(campaign.queue)),
            lines_used=run.air, lines_most=campaign.lines,
            house_used=trunk.used, house_most=trunk.house.lines, pilot=run.pilot, until=run.opens_at,
        )  # fmt: skip


def _counted(counter: Counter[str]) -> tuple[tuple[str, int], ...]:
    return tuple((name, count) for name, count in sorted(counter.items()) if count > 0)


def crew_of(dialler: Dialler, run: Running, day: Day, serving: int) -> CrewView:
    """The agents who serve this campaign (`serving` in all), and how their time went in its calls."""
    crew = [seen.doing for seen in dialler.crew.seen.values() if run.name in seen.campaigns]
    doing = Counter(RINGS_FOR.get(one, one) for one in crew)
    busy = day.talked + day.wrapped + day.idle
    return CrewView(
        doing[READY], doing[OFFERED], doing[TALKING], doing[WRAP_UP], max(0, serving - doing.total()),
        day.idle / day.talks if day.talks else None,
        day.talked / busy if day.talks and busy else None,
        run.agents, run.room_why,
    )  # fmt: skip


def law_cap_of(dialler: Dialler, campaign: Campaign) -> float:
    """The law's limit; 0 where there is no law."""
    return dialler.law.law_of(campaign).cap if isinstance(dialler.law, LawBook) else 0.0


def drops_of(dialler: Dialler, campaign: Campaign, now: float) -> Iterator[DropView]:
    """The share of persons abandoned by every law's formula, its own law's first."""
    book = dialler.law
    if not isinstance(book, LawBook):
        promise = dialler.law.promise(campaign, now)
        share = promise.abandoned / promise.persons if promise.persons else None
        yield DropView(campaign.law, promise.persons, promise.abandoned, share, promise.cap, 0.0)
        return
    own, shares = book.law_of(campaign), book.every_share(campaign.name, now)
    for name, share_ in sorted(shares.items(), key=lambda one: (one[0] != own.name, one[0])):
        law = book.laws[name]
        cap = min(law.cap, campaign.cap) if name == own.name else law.cap
        rate = share_.rate if share_.persons else None
        yield DropView(name, share_.persons, share_.abandoned, rate, cap, law.window)


# ── agents ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def work_of(dialler: Dialler, counts: CampaignCounts, agent: str, dials: tuple[str, ...]) -> AgentWork:
    """What an agent has of campaigns now: the last talk of his that a word may be said on, and whom he is shown."""
    talk, dialled = dialler.talking_of.get(agent), dialler.attempts.get(dialler.reserved.get(agent, AttemptId("")))
    attempt = (dialler.attempts.get(talk) or dialler.ended.get(talk)) if talk is not None else None
    if dialled is not None:
        attempt = None  # his screen is his next customer's
    campaign, due = dialler.previews.get(agent, ("", None))
    last = dialled or attempt
    run = dialler.campaigns.get(campaign or (last.campaign if last is not None else ""))
    if run is None:
        return AgentWork(agent, dials=dials)
    own = run.campaign
    contact = str(attempt.attempt) if attempt is not None else ""
    return AgentWork(
        agent, run.name, dict(own.label), contact, dict(own.script), own.results, counts.word_on(contact),
        card=card_of(Due(dialled.lead, dialled.tries)) if dialled is not None else None,
        preview=card_of(due) if due is not None else None, dials=dials,
    )  # fmt: skip


def card_of(due: Due) -> LeadCard:
    """A lead as an agent sees him."""
    lead, last = due.lead, due.last.value if due.last is not None else ""
    return LeadCard(
        lead.lead, lead.name, lead.number, lead.language, lead.segment, lead.fields, due.tries, last, due.promised
    )


def _by_hand(dialler: Dialler) -> dict[str, tuple[str, ...]]:
    """The campaigns for which each agent may dial by hand."""
    manual = {name for name, run in dialler.campaigns.items() if run.dials and run.campaign.mode is Mode.MANUAL}
    if not manual:
        return {}
    seen = ((agent, tuple(sorted(one.campaigns & manual))) for agent, one in dialler.crew.seen.items())
    return {agent: names for agent, names in seen if names}
