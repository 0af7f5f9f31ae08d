"""What is said to a caller who waits: his place in line, how long it may take, and the offer to be called back.

It does not know queues, nor whether an estimate is right: numbers come in, names of fragments go out.

A wait is said as an interval in whole minutes ("between two and four minutes"), rounded outward, so that what is said
holds whenever the estimate does. Each text is a fragment like those of values (`inventory.py`), so a person's recording
may stand for any of them.
"""
# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor

from ivr.saying import en, zh
from ivr.saying.inventory import inventory, rules_of
from ivr.saying.values import Kind, number

MINUTE = 60
BY_ONE = 10  # minutes: above, a wait is said in steps of `COARSE` minutes
COARSE = 5
KINDS = (Kind.NUMBER, Kind.DURATION, Kind.PHONE, Kind.TIME)  # of the values that are said between the texts

_ENGLISH = {
    "wait-next": "You are the next in line.",
    "wait-number": "You are number",
    "wait-in-line": "in line.",
    "wait-between": "We expect your wait to be between",
    "wait-below": "We expect your wait to be less than",
    "wait-longer": "We are sorry: it is taking longer than we told you.",
    "back-offer": "You need not wait on the line. Press one, and we will call you back when it is your turn.",
    "back-number": "We will call you at",
    "back-turn": "when it is your turn.",
    "back-today": "today at",
    "back-tomorrow": "tomorrow at",
    "back-agree": "If this is right, press one.",
    "back-other": "For another number, press two.",
    "back-when": "To choose a time, press three.",
    "back-stay": "To go on waiting, press star.",
    "back-key-number": "Please key the number, and then the pound key.",
    "back-key-time": "Please key the time as four digits. Half past four in the afternoon is one six three zero.",
    "back-bad-number": "We cannot call this number.",
    "back-bad-time": "We cannot call you at this time.",
    "back-waiting": "You have kept your place in line.",
    "back-thanks": "Thank you. We will call you. Goodbye.",
}
_CHINESE = {
    "wait-next": "您是下一位。",
    "wait-number": "您目前排在第",
    "wait-in-line": "位。",
    "wait-between": "预计等待时间为",
    "wait-to": "到",
    "wait-below": "预计等待时间不到",
    "wait-longer": "很抱歉，等待时间比我们告诉您的要长。",
    "back-offer": "您不必一直在线等待。请按一，轮到您时我们会给您回电。",
    "back-number": "我们将拨打您的电话",
    "back-turn": "轮到您时就回电。",
    "back-today": "时间是今天",
    "back-tomorrow": "时间是明天",
    "back-agree": "确认请按一。",
    "back-other": "使用其他号码请按二。",
    "back-when": "选择回电时间请按三。",
    "back-stay": "继续等待请按星号键。",
    "back-key-number": "请输入电话号码，按井号键结束。",
    "back-key-time": "请用四位数字输入时间，例如下午四点半请输入一六三零。",
    "back-bad-number": "我们无法拨打这个号码。",
    "back-bad-time": "这个时间我们无法回电。",
    "back-waiting": "您的排队位置不变。",
    "back-thanks": "谢谢，我们会给您回电。再见。",
}
_TEXTS: Mapping[str, Mapping[str, str]] = {"en": _ENGLISH, "zh": _CHINESE}


def waiting_texts(language: str) -> Mapping[str, str]:
    """Name to text of every fragment that a waiting caller may hear; empty for a language without rules."""
    known = _TEXTS.get(rules_of(language))
    if known is None:
        return {}
    return {**inventory(language, KINDS), **own_texts(language)}


def own_texts(language: str) -> Mapping[str, str]:
    """The texts of this module alone."""
    return {f"say/{name}": text for name, text in _TEXTS.get(rules_of(language), {}).items()}


def say_position(place: int, language: str) -> tuple[str, ...]:
    """His place in line, counted from 1."""
    if place <= 1:
        return ("say/wait-next",)
    return ("say/wait-number", *_count(place, language), "say/wait-in-line")


def rounded(low: float, high: float) -> tuple[int, int]:
    """An interval in seconds as it will be said: outward to whole minutes. Below one minute at the low end it is 0."""
    first, last = max(0.0, low) / MINUTE, max(1.0, high / MINUTE)
    least = floor(first) if first < BY_ONE else floor(first / COARSE) * COARSE
    most = ceil(last) if last <= BY_ONE else ceil(last / COARSE) * COARSE
    return least * MINUTE, max(most, least + 1) * MINUTE


def say_interval(low: int, high: int, language: str) -> tuple[str, ...]:
    """A rounded interval."""
    least, most = low // MINUTE, high // MINUTE
    unit = "say/minute" if most == 1 and rules_of(language) == "en" else "say/minutes"
    if least < 1:
        return ("say/wait-below", *_counted(most, language), unit)
    to = "say/wait-to" if rules_of(language) == "zh" else "say/and"
    return ("say/wait-between", *_counted(least, language), to, *_counted(most, language), unit)


def _count(whole: int, language: str) -> tuple[str, ...]:
    say = zh.say_number if rules_of(language) == "zh" else en.say_number
    return say(number(str(whole)))


def _counted(whole: int, language: str) -> tuple[str, ...]:
    """A number before what it counts: Chinese says 两 for 2."""
    return ("say/two",) if whole == 2 and rules_of(language) == "zh" else _count(whole, language)
