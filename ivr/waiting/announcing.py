"""What one waiting caller is told, and when: his place, an honest estimate, the prompts of the queue, an offer.

It does not know how a position or an estimate is found, nor how a sound is played.

What is said never becomes worse. A place in line is said again only when it is no larger, an estimate only when it ends
no later than what was promised before. Once a promise is broken he is told so, one time, and hears no estimate any more
that would break it again. An estimate that is not known is not said.
"""

from __future__ import annotations

from dataclasses import replace

from ivr.saying.waits import rounded, say_interval, say_position
from ivr.waiting.rules import ESTIMATE, POSITION, CallbackRule, Offer, WaitRules
from lean import dataclass

OFFER = "say/back-offer"
LONGER = "say/wait-longer"
APART = 15.0  # seconds between an offer, or the talk about it, and an announcement; nearer ones become one


@dataclass(frozen=True, slots=True)
class Heard:
    """What a caller has heard since he came into the queue, at `since`.

    `last` is when he was told anything, `announced` when it was more than an offer, 0 for never. `until` is when the
    wait that he was told last is over, 0 when he was told none; `position` is the place that he was told, 0 for none.
    `offers` counts the offers to call him back.
    """

    since: float
    last: float = 0.0
    announced: float = 0.0
    until: float = 0.0
    position: int = 0
    offers: int = 0
    sorry: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """How he stands: his place from 1 (0 unknown), and the wait from now on in seconds (None unknown).

    `switched_on`: call-backs are offered to everybody in the queue for now.
    """

    now: float
    language: str
    position: int = 0
    estimate: tuple[float, float] | None = None
    switched_on: bool = False


@dataclass(frozen=True, slots=True)
class Telling:
    """One announcement. `low` and `high` are the wait that it tells, in seconds, 0 and 0 for none."""

    prompts: tuple[str, ...] = ()
    low: float = 0.0
    high: float = 0.0
    position: int = 0
    offers: bool = False
    sorry: bool = False


def next_due(rules: WaitRules, heard: Heard, *, switched_on: bool = False) -> float | None:
    """When he is to be told something; None for never."""
    announced = _announced_next(rules, heard)
    callback = rules.callback
    if callback is None or heard.offers or not callback.after or not _is_offered(callback, switched_on):
        return announced
    offered = max(heard.since + callback.after, heard.last + APART)
    if announced is None or offered < announced - APART:
        return offered
    return announced


def compose(rules: WaitRules, heard: Heard, outlook: Outlook) -> Telling:
    """What he is told now. It has no prompts when there is nothing to tell."""
    telling = Telling(sorry=heard.sorry)
    due = _announced_next(rules, heard)
    is_time = due is not None and outlook.now >= due
    for name in rules.announce.say if rules.announce is not None and is_time else ():
        if name == POSITION:
            telling = _with_position(telling, heard, outlook)
        elif name == ESTIMATE:
            telling = _with_estimate(telling, heard, outlook)
        else:
            telling = replace(telling, prompts=(*telling.prompts, name))
    if _offers_now(rules.callback, heard, outlook):
        telling = replace(telling, prompts=(*telling.prompts, OFFER), offers=True)
    return telling


def after(heard: Heard, telling: Telling, now: float) -> Heard:
    """What he has heard with this."""
    return replace(
        heard,
        last=now,
        announced=heard.announced if telling.prompts == (OFFER,) else now,
        until=now + telling.high if telling.high else heard.until,
        position=telling.position or heard.position,
        offers=heard.offers + telling.offers,
        sorry=telling.sorry,
    )


def _offers_now(rule: CallbackRule | None, heard: Heard, outlook: Outlook) -> bool:
    if rule is None or not _is_offered(rule, outlook.switched_on) or (heard.offers and rule.offer is not Offer.EACH):
        return False
    waited = bool(rule.after) and outlook.now >= heard.since + rule.after
    long = bool(rule.estimate_over) and outlook.estimate is not None and outlook.estimate[1] > rule.estimate_over
    return outlook.switched_on or waited or long


def _is_offered(rule: CallbackRule, switched_on: bool) -> bool:
    return switched_on or rule.offer is not Offer.NEVER


def _announced_next(rules: WaitRules, heard: Heard) -> float | None:
    if rules.announce is None:
        return None
    due = heard.announced + rules.announce.every if heard.announced else heard.since + rules.announce.after
    return max(due, heard.last + APART) if heard.last > heard.announced else due


def _with_position(telling: Telling, heard: Heard, outlook: Outlook) -> Telling:
    place = outlook.position
    if not place or (heard.position and place > heard.position):
        return telling
    return replace(telling, prompts=(*telling.prompts, *say_position(place, outlook.language)), position=place)


def _with_estimate(telling: Telling, heard: Heard, outlook: Outlook) -> Telling:
    if heard.until and outlook.now > heard.until:
        if heard.sorry:
            return telling
        return replace(telling, prompts=(*telling.prompts, LONGER), sorry=True)
    if outlook.estimate is None:
        return telling
    low, high = rounded(*outlook.estimate)
    if heard.until and outlook.now + high > heard.until:
        return telling
    prompts = (*telling.prompts, *say_interval(low, high, outlook.language))
    return replace(telling, prompts=prompts, low=float(low), high=float(high))
