"""Short calls told in facts, for the journal's tests."""

from __future__ import annotations

from journal.facts import AgentAnswered, AgentRang, CallerLeftQueue, CallerQueued, CallStarted, OfferMade, TalkEnded


def started(c, at=100.0, number="13900000001"):
    return CallStarted(at, c, c, "a1", number, "Wang", "95588", "card", "1", "zh-CN")


def queued(c, at=110.0, asked_at=110.0, queue="cards"):
    return CallerQueued(at, c, queue, (("zh", 1),), 0, asked_at, 0.0, "to_person")


def talk(c, n=1, at=115.0, recording=""):
    o = f"{c}.{n}"
    return [
        OfferMade(at, c, o, "ann", "a1", at + 20, recording),
        AgentRang(at + 1, c, o, "ann"),
        AgentAnswered(at + 3, c, o, "ann", at + 3 - 110),
        TalkEnded(at + 63, c, o, "ann", 60.0, "caller"),
    ]


LEFT = CallerLeftQueue(125.0, "c1", "cards", "limit", 15.0)
