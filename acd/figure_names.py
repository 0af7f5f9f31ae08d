"""Every figure with its names in English and Chinese, its formula, its base and where it is taken from.

It does not work any of them out: each formula's text is that of the function that does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from acd import agent_time, handling, service_level


class Unit(StrEnum):
    """What a figure's number means."""

    CALLERS = "callers"
    OFFERS = "offers"
    PERCENT = "percent"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"


@dataclass(frozen=True, slots=True)
class FigureName:
    """One figure. `key` is its place in the answers of the API, `text` its formula or meaning, `source` its facts."""

    key: str
    en: str
    zh: str
    unit: Unit
    text: str
    source: str

    def name(self, language: str) -> str:
        return self.zh if language.startswith("zh") else self.en


WAITS = "CallerQueued, AgentAnswered, CallerLeftQueue, CallbackAsked, CallEnded"
OFFERS = "OfferMade, OfferClosed, AgentAnswered"
TALKS = "TalkEnded, AgentChanged (wrap_up), the facts of holds"
TIME = "AgentChanged"


def _of(function: Callable[[Any], object]) -> str:
    return (function.__doc__ or "").strip()


def _callers(key: str, en: str, zh: str, text: str) -> FigureName:
    return FigureName(key, en, zh, Unit.CALLERS, text, WAITS)


def _offers(key: str, en: str, zh: str, text: str) -> FigureName:
    return FigureName(key, en, zh, Unit.OFFERS, text, OFFERS)


def _time(key: str, en: str, zh: str, text: str) -> FigureName:
    return FigureName(key, en, zh, Unit.MILLISECONDS, text, TIME)


def _percent(key: str, en: str, zh: str, function: Callable[[Any], object], source: str) -> FigureName:
    return FigureName(key, en, zh, Unit.PERCENT, _of(function), source)


def _seconds(key: str, en: str, zh: str, function: Callable[[Any], object], source: str) -> FigureName:
    return FigureName(key, en, zh, Unit.SECONDS, _of(function), source)


COUNTS = (
    _callers("asked", "Asked for a person", "请求人工", "All who asked, whatever became of them."),
    _callers("counts.answered", "Answered", "接听", "Two-way audio with an agent."),
    _callers("counts.answered_in_time", "Answered in time", "及时接听", "Answered within the target, its end too."),
    _callers("counts.abandoned", "Abandoned", "放弃", "Hung up while waiting, ringing of an agent included."),
    _callers("counts.abandoned_in_time", "Abandoned in time", "及时放弃", "Hung up within the target."),
    _callers("counts.short_abandoned", "Short abandons", "短时放弃", "Hung up within the short limit."),
    _callers("counts.flowed_out", "Flowed out", "转出", "Left the queue for something else, by the flow or a limit."),
    _callers("counts.callback", "Call-back", "转回拨", "Left the queue to be called back: no abandon."),
    _callers("counts.lost", "Lost", "丢失", "The platform lost the call; in no base but that of the connect rate."),
    _callers("counts.waiting", "Waiting", "仍在等待", "In progress; in no base, for nothing is decided."),
)
RATES = tuple(
    FigureName(f"rates.{one.key}", one.name("en"), one.name("zh"), Unit.PERCENT, one.text, WAITS)
    for one in service_level.DEFINITIONS
)
WAIT_FIGURES = (
    _percent("abandoned_percent", "Abandon rate", "放弃率", service_level.abandon_rate, WAITS),
    _percent("short_abandoned_percent", "Short abandon rate", "短时放弃率", service_level.short_abandon_rate, WAITS),
    _percent("connected_percent", "Connect rate", "接通率", service_level.connect_rate, WAITS),
    _seconds("answered_after", "Average speed of answer (ASA)", "平均应答时间", service_level.asa, WAITS),
    _seconds("longest_wait", "Longest wait", "最长等待", service_level.longest_wait, WAITS),
)
HANDLING = (
    _offers("handling.made", "Offers made", "派话", "An agent was rung for a caller."),
    _offers("handling.accepted", "Accepted, handled", "接听, 处理量", "Talks, call-backs and transfers among them."),
    _offers("handling.refused", "Refused", "拒接", "The agent pressed the call away, or his phone was busy."),
    _offers("handling.missed", "Missed", "未接", "It rang to its end."),
    _offers("handling.withdrawn", "Withdrawn", "撤回", "The caller left, or another agent was quicker."),
    _offers("handling.failed", "Failed", "失败", "The phone could not be reached."),
    _offers("handling.not_reached", "Customer not reached", "客户未接通", "A call-back that nobody answered."),
    _offers("handling.consulted", "Consulted", "被咨询", "Asked about a caller whom another agent kept."),
    _offers("handling.passed_on", "Passed on", "转接", "Accepted, and then transferred by the agent."),
    _offers("handling.unknown", "Unknown", "不明", "Nobody listened when it ended: the server was down."),
    _percent("accepted_percent", "Acceptance", "接起率", handling.acceptance, OFFERS),
    _seconds("handling_time", "Average handling time (AHT)", "平均处理时长", handling.aht, TALKS),
    _seconds("talk_time", "Average talk", "平均通话时长", handling.average_talk, TALKS),
    _seconds("hold_time", "Average hold", "平均保持时长", handling.average_hold, TALKS),
    _seconds("wrap_up_time", "Average wrap-up", "平均话后时长", handling.average_wrap_up, TALKS),
)
AGENT_TIME = (
    _time("on_duty", "On duty", "在岗时长", "From sign-on to sign-off; the sum of the five below, to the millisecond."),
    _time("ready", "Ready", "就绪", "Free to be rung."),
    _time("ringing", "Ringing", "振铃", "Being rung, or a customer being called for him."),
    _time("talking", "Talking", "通话", "Talks, with their holds."),
    _time("wrap_up", "Wrap-up", "话后", "After a talk."),
    _time("not_ready", "Not ready", "示忙", "Breaks and the like; apart by reason in `parts`."),
    _percent("occupancy", "Occupancy", "占用率", agent_time.occupancy, TIME),
    _percent("utilisation", "Utilisation", "利用率", agent_time.utilisation, TIME),
    _percent("adherence", "Adherence", "排班遵守率", agent_time.adherence, f"{TIME}, dialplans/schedule.yaml"),
)
LINE = (*COUNTS, *RATES, *WAIT_FIGURES, *HANDLING)
FIGURES = (*LINE, *AGENT_TIME)
BY_KEY = {one.key: one for one in FIGURES}
