"""A law as people read it: each of its rules as a sentence, English or Chinese, and where it comes from.

It decides nothing. A law of the house says of each rule whether it is as in the known law of its country, whose source
is then that law's; what differs is the house's own.
"""
# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from outbound.campaign import Mode
from outbound.law.profile import DAY, HOUR, Formula, Hours, NumberKind, Profile
from outbound.law.profiles import BUILT_IN
from outbound.law.sources import HOUSE, source_of

LANGUAGES = ("en", "zh")
_DAYS = {
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
Both = tuple[str, str]


@dataclass(frozen=True, slots=True)
class RuleRead:
    """One rule. `rule` is its stable name; `ours`: no law stands behind it."""

    rule: str
    name: str
    says: str
    source: str
    ours: bool


def read_out(law: Profile, language: str) -> tuple[RuleRead, ...]:
    """Every rule of the law in this language, in the order in which a call meets them."""
    place = LANGUAGES.index(language)
    known = _known(law)
    lines = []
    for rule, (names, say) in RULES.items():
        says = say(law)
        as_known = known is not None and says == say(known)
        source = source_of(known.name, rule) if as_known and known is not None else HOUSE
        told = source.zh if place else source.en
        lines.append(RuleRead(rule, names[place], says[place], told, source.is_ours))
    return tuple(lines)


def _known(law: Profile) -> Profile | None:
    """The known law by which this one is read: itself, or that of its country."""
    return next((one for one in BUILT_IN.values() if one.name == law.name or (law.code and one.code == law.code)), None)


# ── the sentences, both languages at once ───────────────────────────────────────────────────────────────────────────


def _hours(law: Profile) -> Both:
    return _week(law, "en"), _week(law, "zh")


def _week(law: Profile, language: str) -> str:
    """Days with the same hours told together: Mon-Fri 09:00-20:00, Sat 09:00-18:00."""
    names, parts, first = _DAYS[language], [], 0
    for day in range(1, 8):
        if day == 7 or law.week[day] != law.week[first]:
            last = day - 1
            days = names[first] if first == last else f"{names[first]}-{names[last]}"
            parts.append(f"{days} {_clock(law.week[first], language)}")
            first = day
    there = ("at the called place", "（被叫地时间）")[language == "zh"]
    return f"{', '.join(parts)} {there}" if language == "en" else f"{'，'.join(parts)}{there}"


def _clock(hours: Hours, language: str) -> str:
    if not hours:
        return ("no calls", "不外呼")[language == "zh"]
    spans = [f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}" for start, end in hours]
    return (" and " if language == "en" else "、").join(spans)


def _holidays(law: Profile) -> Both:
    closed = ", ".join(day.isoformat() for day in sorted(law.closed))
    if not law.country and not closed:
        return "no holidays are known", "未设定节假日"
    of = law.country or "-"
    en, zh = _clock(law.on_holidays, "en"), _clock(law.on_holidays, "zh")
    more = (f"; closed on {closed}", f"；{closed} 停呼") if closed else ("", "")
    return f"{en} on public holidays ({of}){more[0]}", f"公共假日（{of}）{zh}{more[1]}"


def _unknown(law: Profile) -> Both:
    count = len(law.zones)
    if not count:
        return "a number whose place is unknown is not dialled", "所在地未知的号码不拨打"
    return (
        f"only when it is time in every zone where the number may lie ({count} for one of which nothing is known)",
        f"仅当号码可能所在的所有时区（最多 {count} 个）都在时段内时拨打",
    )


def _tries(law: Profile) -> Both:
    return (
        f"{law.number_tries} on one number and {law.person_tries} on one person in a day of the called place",
        f"被叫地每天同一号码最多 {law.number_tries} 次，同一人最多 {law.person_tries} 次",
    )


def _gap(law: Profile) -> Both:
    return f"at least {_span(law.gap, 'en')} between two tries", f"两次拨打至少间隔 {_span(law.gap, 'zh')}"


def _lock(law: Profile) -> Both:
    return (
        f"left alone for {_span(law.lock, 'en')} after a call in which no agent came, unless an agent is held for him",
        f"接听后无座席应答者，{_span(law.lock, 'zh')}内不再拨打，除非已为其预留座席",
    )


def _contacts(law: Profile) -> Both:
    days = f"{law.contact_span / DAY:g}"
    return (
        f"one person is reached at most {law.contacts} time(s) in {days} day(s), over all departments",
        f"各部门合计，{days} 天内接通同一人最多 {law.contacts} 次",
    )


_MODES_ZH = {
    Mode.MANUAL: "手动", Mode.PREVIEW: "预览", Mode.PROGRESSIVE: "渐进", Mode.RATIO: "固定倍率",
    Mode.PREDICTIVE: "预测", Mode.MESSAGE: "语音通知",
}  # fmt: skip


def _consent(law: Profile) -> Both:
    if law.consent_for == frozenset(Mode):
        return "evidence of consent for every call", "每次外呼均须有同意凭证"
    if not law.consent_for:
        return "no evidence of consent is asked for", "不要求同意凭证"
    modes = [mode for mode in Mode if mode in law.consent_for]
    en, zh = ", ".join(modes), "、".join(_MODES_ZH[mode] for mode in modes)
    return f"evidence of consent for calls of the mode(s) {en}", f"以下方式须有同意凭证：{zh}"


_KINDS: Mapping[NumberKind, Both] = {
    NumberKind.ORDINARY: ("ordinary", "普通号码"),
    NumberKind.PREMIUM: ("premium", "收费号码"),
    NumberKind.SHARED_COST: ("shared cost", "分摊费用号码"),
    NumberKind.EMERGENCY: ("emergency", "紧急号码"),
    NumberKind.SHORT: ("short", "短号"),
    NumberKind.UNKNOWN: ("in no plan", "不在编号计划内的号码"),
}


def _kinds(law: Profile) -> Both:
    refused = [_KINDS[kind] for kind in NumberKind if kind in law.refuses]
    if not refused:
        return "every kind of number may be dialled", "各类号码均可拨打"
    return f"not dialled: {', '.join(en for en, _ in refused)}", f"不拨打：{'、'.join(zh for _, zh in refused)}"


def _ring(law: Profile) -> Both:
    return f"it rings for at least {law.ring_for:g} s", f"振铃至少 {law.ring_for:g} 秒"


def _wait(law: Profile) -> Both:
    return (
        f"an agent within {law.wait:g} s of the end of the greeting, or the call counts as abandoned",
        f"问候结束后 {law.wait:g} 秒内须有座席应答，否则计为呼损",
    )


def _message(law: Profile) -> Both:
    if not law.message:
        return "no message is asked for where no agent comes", "无座席应答时不要求播放提示语"
    return (
        "else a message: who called, how to refuse calls, a key that does so",
        "否则播放提示语：来电方、拒接方式及拒接按键",
    )


def _cap(law: Profile) -> Both:
    return f"at most {_percent(law.cap)} of persons abandoned", f"呼损最多占 {_percent(law.cap)}"


def _window(law: Profile) -> Both:
    days = f"{law.window / DAY:g}"
    return f"counted over every {days} day(s) that end now", f"按截至当前的任意 {days} 天计算"


def _formula(law: Profile) -> Both:
    if law.formula is Formula.ANSWERED:
        return (
            "abandoned / (connected + abandoned + hung up before the wait was over)",
            "呼损 ÷（接通 + 呼损 + 限时内自行挂断）",
        )
    if law.formula is Formula.STRICT:
        return "abandoned / (connected + abandoned)", "呼损 ÷（接通 + 呼损）"
    silent, machines = _percent(law.false_machine), _percent(law.machines_abandoned)
    return (
        f"abandoned / (abandoned + connected); {silent} of persons, as taken for machines, are added to the abandoned, "
        f"and {machines} of these are taken off as machines"
    ), (f"呼损 ÷（呼损 + 接通）；另加误判为机器的 {silent}，扣除呼损中属机器的 {machines}")


def _blocks(law: Profile) -> Both:
    del law
    return (
        "numbers on the do-not-call list of the house or campaign, asked at each dial, for good",
        "机构或活动拒拨名单中的号码，每次拨打时核对，永久有效",
    )


def _span(seconds: float, language: str) -> str:
    words = {"en": (" h", " min", " s"), "zh": (" 小时", " 分钟", " 秒")}[language]
    for size, word in zip((HOUR, 60.0, 1.0), words, strict=True):
        if seconds >= size and seconds % size == 0:
            return f"{seconds / size:g}{word}"
    return f"{seconds:g}{words[-1]}"


def _percent(share: float) -> str:
    return f"{100 * share:g} %"


RULES: Mapping[str, tuple[Both, Callable[[Profile], Both]]] = {
    "hours": (("Hours", "时段"), _hours),
    "holidays": (("Holidays", "节假日"), _holidays),
    "unknown_place": (("Unknown place", "所在地未知"), _unknown),
    "tries": (("Tries", "拨打次数"), _tries),
    "gap": (("Gap", "间隔"), _gap),
    "contacts": (("Frequency", "接通频次"), _contacts),
    "lock": (("After an abandoned call", "呼损之后"), _lock),
    "consent": (("Consent", "同意"), _consent),
    "kinds": (("Kinds of numbers", "号码类别"), _kinds),
    "blocks": (("Do not call", "拒拨"), _blocks),
    "ring": (("Ringing", "振铃"), _ring),
    "wait": (("Wait", "等待"), _wait),
    "message": (("Message", "提示语"), _message),
    "cap": (("Abandoned calls", "呼损上限"), _cap),
    "window": (("Counted over", "统计周期"), _window),
    "formula": (("Counted as", "计算方式"), _formula),
}
