"""A campaign, a lead and moments by the clock of a place, for tests of the book of law."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from outbound.campaign import Campaign, Mode
from outbound.law.book import LawBook
from outbound.lead import Lead, Outcome
from outbound.messages import AttemptBegun, AttemptEnded, AttemptId, BlockKept

NEW_YORK = "America/New_York"
ANN = Lead("cards.1", "C-1", "+12125550100", "Ann Lee", zones=(NEW_YORK,), consent="form 2026-03-01")
CARDS = Campaign("cards", Mode.PREDICTIVE, "cards", ("cards",), "us", message="sorry")


def at(text: str, zone: str = NEW_YORK) -> float:
    """POSIX seconds of a moment as the clock there shows it."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


NOON = at("2026-12-02 12:00")


class House:
    """A book of law with numbered attempts."""

    def __init__(self, book: LawBook | None = None) -> None:
        self.book = book or LawBook()
        self.attempts = 0

    def begin(self, now: float, lead: Lead = ANN, campaign: Campaign = CARDS, number: str = "") -> AttemptBegun:
        self.attempts += 1
        begun = AttemptBegun(
            AttemptId(f"D{self.attempts}"), campaign.name, lead, number or lead.number, "", 0, "", "", campaign.mode
        )
        self.book.begun(begun, now)
        return begun

    def end(self, begun: AttemptBegun, outcome: Outcome, now: float) -> AttemptEnded:
        ended = AttemptEnded(
            begun.attempt, begun.campaign, begun.lead.lead, begun.lead.person, begun.number, outcome, 0.0
        )
        self.book.ended(ended, now)
        return ended

    def tried(self, outcome: Outcome, now: float, lead: Lead = ANN, campaign: Campaign = CARDS) -> None:
        self.end(self.begin(now, lead, campaign), outcome, now)

    def block(self, number: str, *, scope: str = "", prefix: bool = False, why: str = "", lifted: bool = False) -> None:
        self.book.blocked(BlockKept(number, "ann", why, scope, prefix, lifted), 0.0)

    def asked(self, now: float, lead: Lead = ANN, campaign: Campaign = CARDS, **more: float) -> object:
        """The refusal's reason, or None when the dial is allowed."""
        verdict = self.book.may_dial(lead, lead.number, campaign, now, **more)
        return getattr(verdict, "reason", None)

    def until(self, now: float, lead: Lead = ANN, campaign: Campaign = CARDS) -> float:
        return self.book.may_dial(lead, lead.number, campaign, now).until  # type: ignore[union-attr]


def under(law: str, **more: object) -> Campaign:
    return replace(CARDS, law=law, **more)
