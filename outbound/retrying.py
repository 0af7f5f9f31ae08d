"""When a lead is called again, by what the last attempt came to; and which of his numbers is next.

It does not know the law, which has its own word at each dial.
"""

from __future__ import annotations

from outbound.campaign import NO_RETRY, Campaign
from outbound.lead import Due, Lead, Outcome

NOT_CHARGED_AFTER = {Outcome.CONGESTION: 300.0, Outcome.CANCELLED: 60.0}  # seconds
NEXT_NUMBER_AFTER = 60.0  # seconds after a number that is none, before the next one of the same lead


def again_at(campaign: Campaign, lead: Lead, tries: int, outcome: Outcome, now: float) -> float:
    """When the lead is due again after its `tries` earlier attempts and this one; 0 for never."""
    if outcome in NOT_CHARGED_AFTER:
        return now + NOT_CHARGED_AFTER[outcome]
    made = tries + 1
    if made >= campaign.most_tries:
        return 0.0
    if outcome is Outcome.BAD_NUMBER and made <= len(lead.others):
        return now + NEXT_NUMBER_AFTER
    rule = campaign.retries.get(outcome, NO_RETRY)
    return now + rule.after if made <= rule.times else 0.0


def numbers_of(due: Due) -> tuple[str, ...]:
    """His numbers in the order in which this attempt may try them: each attempt begins with the next one."""
    numbers = (due.lead.number, *due.lead.others)
    first = due.tries % len(numbers)
    return numbers[first:] + numbers[:first]
