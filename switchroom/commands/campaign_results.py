"""`switchroom campaign results` and `sales`: what came of a campaign's calls, asked of the running server.

It does not add anything up; the server does (`desk/campaign_results.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from switchroom.commands.answers import Code, print_json, print_line, settings_from
from switchroom.commands.campaign_picture import share, word
from switchroom.commands.cells import clock, print_csv, print_table
from switchroom.commands.report_steps import interval
from switchroom.commands.server_talk import LogIn, ask_server
from switchroom.words import say

_KIND: Final = {True: "success", False: "result"}
_SALES: Final = ("agent", "talks", "said", "successes", "amount", "talked", "recorded")


@dataclass(frozen=True, slots=True)
class Question:
    """Which campaign, from when to when as a person types it, and how to answer: text, json or csv."""

    campaign: str
    since: str
    until: str
    shape: str


def show_results(question: Question, who: LogIn) -> Code:
    """Print a campaign's attempts by outcome, and its talks by the agents' words."""
    told = _ask(question, who, "results")
    lines = [("outcome", one["outcome"] or "open", one["count"]) for one in told["outcomes"]]
    lines += [(_KIND[one["success"]], one["result"] or "-", one["count"]) for one in told["results"]]
    if question.shape == "json":
        print_json(told)
    elif question.shape == "csv":
        print_csv(("what", "name", "count"), lines)
    else:
        print_line(say("campaign.results.sum", **told))
        shares = [share(one["share"]) for one in told["outcomes"]] + [""] * len(told["results"])
        heads = [word("head", name) for name in ("what", "name", "count", "share")]
        cells = [[word("what", what), word("outcome", name), str(count)] for what, name, count in lines]
        print_table(heads, [[*cell, part] for cell, part in zip(cells, shares, strict=True)], 2)
    return Code.OK


def show_sales(question: Question, who: LogIn) -> Code:
    """Print sales by agent. Code 1 when outcomes, words and recordings do not agree."""
    told = _ask(question, who, "sales")
    lines = [*told["agents"], {**told["total"], "agent": say("campaign.sales.total")}]
    if question.shape == "json":
        print_json(told)
    elif question.shape == "csv":
        print_csv(_SALES, [[one[name] for name in _SALES] for one in lines])
    else:
        heads = [word("head", name) for name in _SALES]
        print_table(heads, [_sold(one) for one in lines], 1, last_is_total=True)
        for one in told["differences"]:
            differs = word("differs", one["what"])
            print_line(say("campaign.differs", contact=one["contact"], agent=one["agent"] or "-", what=differs))
        print_line(say("campaign.sales.agree" if told["agrees"] else "campaign.sales.differ"))
    return Code.OK if told["agrees"] else Code.NO


def _sold(one: dict[str, Any]) -> list[str]:
    return [clock(round(1000 * one[name])) if name == "talked" else str(one[name]) for name in _SALES]


def _ask(question: Question, who: LogIn, what: str) -> dict[str, Any]:
    begin, end = interval(settings_from(who.config).settings, question.since, question.until)
    path = f"/api/campaigns/{quote(question.campaign, safe='')}/{what}?since={begin:f}&until={end:f}"
    return dict(ask_server(who, path))
