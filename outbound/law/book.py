"""The book of law: whether a number may be dialled now, when it may be asked again, and what abandonment leaves us.

It does not know Asterisk, pacing, or where a profile comes from. It is told every attempt and every block, as facts
tell them, and nothing else: a new server that is told of them again answers the same.

Every rule is a pair: whether it lets the dial pass at a moment, and the first moment from then on at which it would.
`next_allowed` asks the rules in turn until none moves the moment on, so it is exact, whatever rules there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from math import inf
from zoneinfo import ZoneInfo

from outbound.campaign import Campaign, Mode
from outbound.law import clock_there, shares
from outbound.law.blocks import Blocks
from outbound.law.callbook import Callbook
from outbound.law.numbering import Numbering, plain
from outbound.law.openings import Openings, Place
from outbound.law.profile import DAY, Hours, Profile
from outbound.law.profiles import BUILT_IN, STRICT
from outbound.law.shares import Share, Shares
from outbound.lead import Lead
from outbound.messages import AttemptBegun, AttemptEnded, BlockKept
from outbound.permission import Promise
from outbound.verdict import Allowed, Reason, Refused, Verdict

HORIZON = 60 * DAY  # what is not allowed within two months is never allowed
NEVER = 0.0
MEANWHILE = 30.0  # after so many seconds somebody who is in contact is asked for again
SOME = 1024  # ends after which the old ones are thrown away
HOLDS_AN_AGENT = frozenset({Mode.MANUAL, Mode.PREVIEW, Mode.PROGRESSIVE})

PublicDays = Callable[[str, date], bool]  # whether the country has a public holiday on that day


def no_holidays(country: str, day: date) -> bool:
    """Of a house that knows none."""
    del country, day
    return False


@dataclass(frozen=True, slots=True)
class _Asked:
    """One question: this number of this lead, for this campaign, under this law."""

    lead: Lead
    number: str
    campaign: Campaign
    law: Profile
    zones: tuple[ZoneInfo, ...]
    known: bool  # whether the zones are the number's own, or only all that it may be in
    promised: bool  # he was promised this call
    busy_until: float  # when it is worth asking again about a person in contact

    def place(self) -> Place:
        """What its hours depend on."""
        return self.law.name, self.campaign.window, self.zones


def hours_of(law: Profile, window: tuple[int, int] | None, holidays: PublicDays) -> clock_there.HoursOf:
    """The law's hours of each day, narrowed by the campaign."""

    def of(day: date) -> Hours:
        free = day in law.closed or (law.country != "" and holidays(law.country, day))
        return narrowed(law.on_holidays if free else law.week[day.weekday()], window)

    return of


def narrowed(hours: Hours, window: tuple[int, int] | None) -> Hours:
    """What is in the hours and in the window."""
    if window is None:
        return hours
    cut = ((max(start, window[0]), min(end, window[1])) for start, end in hours)
    return tuple((start, end) for start, end in cut if start < end)


class LawBook:
    """`Permission` by the laws. `holidays` and `numbering` are tables of the shell: pure, and the same for ever."""

    def __init__(
        self,
        laws: Mapping[str, Profile] = BUILT_IN,
        holidays: PublicDays = no_holidays,
        numbering: Numbering = plain,
    ) -> None:
        self.laws = laws
        self.blocks = Blocks()
        self.callbook = Callbook()
        self.shares = Shares()
        self._openings = Openings(HORIZON)
        self._ends = 0
        self._holidays = holidays
        self._numbering = numbering

    def become(self, laws: Mapping[str, Profile]) -> None:
        """Other laws count from now on; what happened stays what it was."""
        self.laws = laws
        self._openings = Openings(HORIZON)

    def law_of(self, campaign: Campaign) -> Profile:
        """Its law; the strictest for a name that no law has."""
        return self.laws.get(campaign.law, STRICT)

    # ── asked ───────────────────────────────────────────────────────────────────────────────────────────────────

    def may_dial(self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float = 0.0) -> Verdict:
        """Whether this number of this lead may be dialled now; `promised` is when he was promised a call, 0 for never.

        A refusal names the first rule that refuses, and the first moment at which none would.
        """
        asked = self._asked(lead, number, campaign, now, promised)
        why = self._for_good(asked)
        if why is not None:
            return Refused(why, NEVER, asked.law.rules)
        for reason, free_at in self._rules(asked, now):
            if free_at != now:
                return Refused(reason, self._free(asked, now), asked.law.rules, self._told(asked, reason))
        return Allowed(asked.law.rules)

    def next_allowed(
        self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float = 0.0
    ) -> float:
        """The first moment from `now` on at which it may be dialled if nothing else happens; 0 for never."""
        asked = self._asked(lead, number, campaign, now, promised)
        return NEVER if self._for_good(asked) is not None else self._free(asked, now)

    def opens(self, campaign: Campaign, places: Collection[tuple[str, ...]], now: float) -> float:
        """The first moment from `now` on that is a time for calls in one of these places; `now` if nobody can tell.

        The unknown place is taken for the law's own. Of a place that never opens nothing is said here: whoever is there
        is refused for good, one by one.
        """
        law, first = self.law_of(campaign), inf
        hours = hours_of(law, campaign.window, self._holidays)
        for place in places:
            zones = tuple(zone for name in place or law.zones if (zone := clock_there.zone_of(name)) is not None)
            opens = self._openings.next((law.name, campaign.window, zones), hours, now) if zones else now
            if opens == now:
                return now
            first = min(first, opens or inf)
        return now if first == inf else first

    def promise(self, campaign: Campaign, now: float) -> Promise:
        """What the abandonment rule leaves to this campaign."""
        law = self.law_of(campaign)
        persons, abandoned = shares.counted(law, self.shares.ends(campaign.name, law.window, now))
        cap = shares.bound(law, min(law.cap, campaign.cap), detects=campaign.detect)
        return Promise(cap, persons, abandoned, law.wait, max(law.ring_for, campaign.ring_for))

    def every_share(self, campaign: str, now: float) -> Mapping[str, Share]:
        """What each law would say of this campaign, whichever it is under."""
        return {name: self.shares.of(law, campaign, now) for name, law in sorted(self.laws.items())}

    # ── told ────────────────────────────────────────────────────────────────────────────────────────────────────

    def begun(self, attempt: AttemptBegun, at: float) -> None:
        """A number is dialled."""
        self.callbook.begun(attempt, at)

    def ended(self, attempt: AttemptEnded, at: float) -> None:
        """What came of it. An abandoned call is told as soon as it is one; telling its end again changes nothing."""
        if self.callbook.ended(attempt, at):
            self.shares.ended(attempt.campaign, attempt.outcome, at, attempt.waited)
            self._ends += 1
            if self._ends % SOME == 0:
                self.shares.forget(self.laws)

    def blocked(self, block: BlockKept, at: float) -> None:
        """A number may not be called any more, or may be again."""
        del at
        self.blocks.keep(block)

    def reach(self) -> float:
        """How many seconds back a new server must be told of attempts; blocks it must be told of from the beginning."""
        return max((*(law.window for law in self.laws.values()), self.callbook.span))

    # ── the rules ───────────────────────────────────────────────────────────────────────────────────────────────

    def _asked(self, lead: Lead, number: str, campaign: Campaign, now: float, promised: float) -> _Asked:
        law = self.law_of(campaign)
        own = lead.zones if number == lead.number and lead.zones else self._numbering(number).zones
        home = () if own or not law.code or not number.startswith(law.code) else law.zones
        found = [clock_there.zone_of(name) for name in own or home]
        zones = tuple(zone for zone in found if zone is not None)
        busy = now + MEANWHILE if self.callbook.in_contact(lead.person) else now
        sure = zones if len(zones) == len(found) else ()
        return _Asked(lead, number, campaign, law, sure, bool(own), 0 < promised <= now, busy)

    def _for_good(self, asked: _Asked) -> Reason | None:
        """Why it may not be dialled at any time."""
        refused = self.blocks.refuses(asked.lead, asked.number, asked.campaign.name)
        if refused is not None:
            return refused
        if self._numbering(asked.number).kind in asked.law.refuses:
            return Reason.NUMBER_KIND
        if not asked.zones:
            return Reason.UNKNOWN_ZONE
        if asked.campaign.mode in asked.law.consent_for and not asked.lead.consent and not asked.promised:
            return Reason.NO_CONSENT
        return None

    def _free(self, asked: _Asked, now: float) -> float:
        at = now
        while at <= now + HORIZON:
            times = [at, *(free_at for _, free_at in self._rules(asked, at))]
            later = NEVER if NEVER in times else max(times)
            if later == at:
                return at
            if later == NEVER:
                break
            at = later
        return NEVER

    def _rules(self, asked: _Asked, now: float) -> Iterator[tuple[Reason, float]]:
        """Each rule that time can satisfy, with the first moment from `now` on at which it is satisfied."""
        law, book, person = asked.law, self.callbook, asked.lead.person
        yield Reason.IN_CONTACT, max(now, asked.busy_until)
        if asked.campaign.mode not in HOLDS_AN_AGENT:
            left = book.abandoned_at(asked.number, person)
            yield Reason.ABANDONED_LATELY, now if left is None else max(now, left + law.lock)
        if not asked.promised:  # he has asked for this call himself, whatever was before it
            yield Reason.FREQUENCY, _room(book.contacts_of(person), law.contacts, law.contact_span, now)
            on, of = book.tries_on(asked.number), book.tries_of(person)
            yield Reason.NUMBER_TRIES, _another_day(asked.zones, on, law.number_tries, now)
            yield Reason.PERSON_TRIES, _another_day(asked.zones, of, law.person_tries, now)
            yield Reason.TOO_SOON, max([now, *(at + law.gap for at in (*on[-1:], *of[-1:]))])
        hours = hours_of(law, asked.campaign.window, self._holidays)
        opens = self._openings.next(asked.place(), hours, now)
        if opens != now:  # why it is closed is only looked up when it is
            yield self._why_closed(asked, now), NEVER if opens is None else opens

    def _why_closed(self, asked: _Asked, now: float) -> Reason:
        if not asked.known:
            return Reason.UNKNOWN_ZONE
        days = [clock_there.day_there(zone, now) for zone in asked.zones]
        law = asked.law
        free = any(day in law.closed or (law.country != "" and self._holidays(law.country, day)) for day in days)
        return Reason.HOLIDAY if free else Reason.HOURS

    def _told(self, asked: _Asked, reason: Reason) -> str:
        law = asked.law
        return {
            Reason.NUMBER_TRIES: f"{law.number_tries}",
            Reason.PERSON_TRIES: f"{law.person_tries}",
            Reason.FREQUENCY: f"{law.contacts}/{law.contact_span / DAY:g}d",
            Reason.TOO_SOON: f"{law.gap:g}s",
            Reason.ABANDONED_LATELY: f"{law.lock / 3600:g}h",
        }.get(reason, "")


def _room(times: list[float], most: int, span: float, now: float) -> float:
    """When fewer than `most` of these moments lie in the last `span` seconds."""
    return max(now, times[-most] + span) if len(times) >= most else now


def _another_day(zones: tuple[ZoneInfo, ...], times: list[float], most: int, now: float) -> float:
    """When in none of the zones `most` of these moments have today's date."""
    free = now
    for zone in zones if len(times) >= most else ():
        today = clock_there.day_there(zone, now)
        if sum(clock_there.day_there(zone, at) == today for at in times) >= most:
            free = max(free, clock_there.next_day(zone, now))
    return free
