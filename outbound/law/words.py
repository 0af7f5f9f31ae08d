"""Why a number is not dialled, in the words of people, English and Chinese.

It knows no rule. Screens, exports and the command line say it in these words.
"""
# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

from __future__ import annotations

from collections.abc import Mapping

from outbound.verdict import Reason

_ENGLISH = {
    Reason.BLOCKED: "the number is on the do-not-call list",
    Reason.HOURS: "it is not a time for calls at the called place",
    Reason.HOLIDAY: "it is a day without calls at the called place",
    Reason.UNKNOWN_ZONE: "where the number lies is unknown, and it is not a time for calls everywhere it may lie",
    Reason.NUMBER_TRIES: "the number was tried as often today as the law allows",
    Reason.PERSON_TRIES: "the person was tried as often today as the law allows",
    Reason.TOO_SOON: "the last attempt is not long enough ago",
    Reason.FREQUENCY: "all departments together have reached this person as often as the law allows",
    Reason.ABANDONED_LATELY: "the person was left without an agent lately and is to be left alone",
    Reason.NO_CONSENT: "there is no evidence that the person agreed to such calls",
    Reason.NUMBER_KIND: "a number of this kind is not dialled (premium, shared cost, emergency, short or no number)",
    Reason.IN_CONTACT: "the person is in another call of ours",
    Reason.REFUSED_CALLS: "the person has refused calls",
    Reason.CAP: "one more abandoned call would break the campaign's limit",
}

_CHINESE = {
    Reason.BLOCKED: "号码在拒拨名单中",
    Reason.HOURS: "被叫地当前不在允许外呼的时段",
    Reason.HOLIDAY: "被叫地当天不外呼",
    Reason.UNKNOWN_ZONE: "号码所在地未知，且并非所有可能的地区此刻都允许外呼",
    Reason.NUMBER_TRIES: "该号码今天的拨打次数已达法规上限",
    Reason.PERSON_TRIES: "此人今天被拨打的次数已达法规上限",
    Reason.TOO_SOON: "距上次拨打的时间还不够长",
    Reason.FREQUENCY: "各部门接通此人的次数合计已达法规上限",
    Reason.ABANDONED_LATELY: "此人近期接听后无座席应答，须暂停外呼",
    Reason.NO_CONSENT: "没有此人同意接听此类电话的凭证",
    Reason.NUMBER_KIND: "此类号码不拨打（收费、分摊费用、紧急、短号或无效号码）",
    Reason.IN_CONTACT: "此人正在我们的另一通电话中",
    Reason.REFUSED_CALLS: "此人已拒绝来电",
    Reason.CAP: "再有一次无座席应答就会突破该活动的上限",
}

WORDS: Mapping[str, Mapping[Reason, str]] = {"en": _ENGLISH, "zh": _CHINESE}


def why_not(reason: str, language: str) -> str:
    """The reason in words; the bare name where there are none (a newer version wrote it)."""
    return next((words for known, words in WORDS[language].items() if known == reason), reason)
