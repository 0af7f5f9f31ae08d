"""What figures must be, counted straight from the facts of a day, one contact and one agent after the other.

Slow and plain on purpose: no tables, no running sums. Times in whole milliseconds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

import journal.facts as f


def ms(seconds: float) -> int:
    return round(seconds * 1000)


@dataclass(frozen=True)
class Wait:
    queue: str
    skills: tuple[str, ...]
    agent: str
    asked: int
    ended: int | None
    how: str

    @property
    def length(self) -> int:
        return 0 if self.ended is None else max(0, self.ended - self.asked)


def by_contact(told) -> dict[str, list]:
    found = defaultdict(list)
    for fact in told:
        if getattr(fact, "contact", ""):
            found[fact.contact].append(fact)
    return found


def is_called(story) -> bool:
    return isinstance(story[0], f.CallStarted) and story[0].call != ""


def contact_waits(told) -> list[Wait]:
    """Everybody once, from his first request on."""
    return [wait for story in by_contact(told).values() if is_called(story) for wait in _first_wait(story)]


def _first_wait(story):
    asked = [x for x in story if isinstance(x, f.CallerQueued)]
    if not asked:
        return
    answered = [x for x in story if isinstance(x, f.AgentAnswered)]
    skills = tuple(sorted(name for name, _ in asked[0].skills))
    start = (asked[0].queue, skills)
    if answered:
        yield Wait(*start, answered[0].agent, ms(asked[0].asked_at), ms(answered[0].at), "answered")
        return
    after = story[story.index(asked[-1]) :]
    left = [x for x in after if isinstance(x, f.CallerLeftQueue)]
    if left:
        wished = any(isinstance(x, f.CallbackAsked) for x in after[after.index(left[0]) :])
        how = "callback" if wished or left[0].why == "callback" else "flowed_out"
        yield Wait(*start, "", ms(asked[0].asked_at), ms(left[0].at), how)
        return
    yield _by_end(start, ms(asked[0].asked_at), story)


def _by_end(start, asked, story) -> Wait:
    ended = [x for x in story if isinstance(x, f.CallEnded)]
    if not ended:
        return Wait(*start, "", asked, None, "waiting")
    # "answered": by an agent who had him before this stay
    hows = {"abandoned": "abandoned", "ended_in_flow": "flowed_out", "lost": "lost", "answered": "abandoned"}
    how = hows[ended[0].outcome]
    return Wait(*start, "", asked, ms(ended[0].at), how)


def queue_waits(told) -> list[Wait]:
    """Every stay in a queue, from its own begin on."""
    found = []
    for story in by_contact(told).values():
        if not is_called(story):
            continue
        begins = [n for n, x in enumerate(story) if isinstance(x, f.CallerQueued)]
        for n, begin in enumerate(begins):
            until = begins[n + 1] if n + 1 < len(begins) else len(story)
            found.append(_stay(story[begin:until], story[until : until + 1]))
    return found


def _stay(part, following) -> Wait:
    begin = part[0]
    start, asked = (begin.queue, tuple(sorted(name for name, _ in begin.skills))), ms(begin.at)
    for fact in part:
        if isinstance(fact, f.AgentAnswered):
            return Wait(*start, fact.agent, asked, ms(fact.at), "answered")
        if isinstance(fact, f.CallerLeftQueue):
            wished = any(isinstance(x, f.CallbackAsked) for x in part)
            return Wait(*start, "", asked, ms(fact.at), "callback" if wished else "flowed_out")
    if following:
        return Wait(*start, "", asked, ms(following[0].at), "flowed_out")
    return _by_end(start, asked, part)


@dataclass
class Hands:
    came: Counter
    talk: int = 0
    wrap: int = 0
    hold: int = 0
    passed_on: int = 0


def hands(told, part=lambda offer: True) -> Hands:
    """What came of the offers, and the milliseconds of talks and wrap-ups, of those offers that `part` takes."""
    made = {x.offer: x for x in told if isinstance(x, f.OfferMade) and part(x)}
    found = Hands(_came(told, made))
    for fact in told:
        if getattr(fact, "offer", "") not in made:
            continue
        if isinstance(fact, f.HoldEnded):
            found.hold += ms(fact.held)
        elif isinstance(fact, f.TalkEnded):
            found.talk += ms(fact.talked)
            found.passed_on += fact.ended_by == "transfer"
    for begin, end in steps(told):
        if begin.state == "wrap_up" and end is not None and begin.offer in made:
            found.wrap += ms(end.at) - ms(begin.at)
    return found


def _came(told, made) -> Counter:
    """What became of these offers in the end."""
    came = dict.fromkeys(made, "")
    for fact in told:
        if isinstance(fact, f.CallerTransferred) and fact.warm and fact.to_offer in made:
            came[fact.to_offer] = "answered"
        elif getattr(fact, "offer", "") in made:
            if isinstance(fact, f.OfferClosed):
                came[fact.offer] = fact.outcome
            elif isinstance(fact, f.AgentAnswered | f.ConsultBegan):
                came[fact.offer] = "answered" if isinstance(fact, f.AgentAnswered) else "consulted"
    return Counter(came.values())


def steps(told):
    """Each AgentChanged with the same agent's next one, None after his last."""
    last = {}
    for fact in told:
        if isinstance(fact, f.AgentChanged):
            if fact.agent in last:
                yield last[fact.agent], fact
            last[fact.agent] = fact
    for fact in last.values():
        yield fact, None


def times(told, since: int, until: int) -> dict[tuple[str, str, str], int]:
    """Milliseconds of [since, until) by agent, state and reason."""
    found = Counter()
    for begin, end in steps(told):
        ended = until if end is None else min(until, ms(end.at))
        found[begin.agent, begin.state, begin.reason] += max(0, ended - max(since, ms(begin.at)))
    return {key: took for key, took in found.items() if took}
