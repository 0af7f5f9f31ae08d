"""How Mandarin says values on the telephone.

It does not know the words themselves (`inventory.py`), only their order.

两 stands for 2 before 千, 万 and 亿 at the front of a number (两千, 两万, but 一万二千) and where 2 alone counts
something (两元, 两点, 两小时); everywhere else it is 二 (二百, 二十, 一元二角). 1 is 幺 in telephone numbers only:
card numbers, codes and other digits say 一. The clock has 24 hours, so that no 上午 or 下午 can be missed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ivr.saying.inventory import PAUSE
from ivr.saying.values import SYMBOLS, Clock, Duration, Groups, Kind, Moment, Money, Number

Names = tuple[str, ...]
_SCALES = ((10**8, "hundred-million"), (10**4, "ten-thousand"))
_JIAO = frozenset({"CNY", "HKD"})  # currencies whose tenth has a name of its own


def say_digits(bare: str) -> Names:
    return tuple(f"say/{digit}" for digit in bare)


def say_number(number: Number) -> Names:
    decimals = ("say/point", *say_digits(number.decimals)) if number.decimals else ()
    return (*_minus(number.negative), *cardinal(number.whole), *decimals)


def say_percent(number: Number) -> Names:
    positive = Number(negative=False, whole=number.whole, decimals=number.decimals)
    return (*_minus(number.negative), "say/percent", *say_number(positive))


def say_money(money: Money) -> Names:
    code = money.currency.lower()
    names: Names = ()
    if money.whole or not money.cents:
        names = (*_counted(money.whole), f"say/{code}")
    if not money.cents:
        return (*_minus(money.negative), *names)
    gap = ("say/0",) if names and money.cents < 10 else ()
    small = _jiao(money.cents, not names) if money.currency in _JIAO else _cents(money.cents, code, not names)
    return (*_minus(money.negative), *names, *gap, *small)


def _jiao(cents: int, first: bool) -> Names:
    jiao, fen = divmod(cents, 10)
    names: Names = ()
    if jiao:
        names = (*(_counted(jiao) if first else (f"say/{jiao}",)), "say/jiao")
    if fen:
        names += (*(_counted(fen) if first and not jiao else (f"say/{fen}",)), "say/fen")
    return names


def _cents(cents: int, code: str, first: bool) -> Names:
    return (*(_counted(cents) if first else cardinal(cents)), f"say/{code}-cent")


def say_date(day: date) -> Names:
    year = tuple("say/round-0" if digit == "0" else f"say/{digit}" for digit in f"{day.year:04}")
    return (*year, "say/year", f"say/month-{day.month}", f"say/day-{day.day}")


def say_time(clock: Clock) -> Names:
    names: Names = (f"say/hour-{clock.hour}",)
    if clock.minute == clock.second == 0:
        return (*names, "say/sharp") if clock.hour else names
    names += (f"say/minute-{clock.minute}",)
    if clock.second:
        names += (*(("say/0",) if clock.second < 10 else ()), f"say/{clock.second}", "say/seconds")
    return names


def say_datetime(moment: Moment) -> Names:
    return (*say_date(moment.day), *say_time(moment.clock))


def say_weekday(place: int) -> Names:
    return (f"say/weekday-{place}",)


def say_duration(span: Duration) -> Names:
    counts = (("days", span.days), ("hours", span.hours), ("minutes", span.minutes), ("seconds", span.seconds))
    names: Names = ()
    for unit, count in counts:
        if count:
            names += (*_counted(count), f"say/{unit}")
    return names or ("say/0", "say/seconds")


def say_letters(bare: str) -> Names:
    return tuple(f"say/{SYMBOLS.get(char, char)}" for char in bare)


def say_card(groups: Groups) -> Names:
    return _grouped(groups, "say/1")


def say_phone(groups: Groups) -> Names:
    return (*(("say/plus",) if groups.plus else ()), *_grouped(groups, "say/yao"))


def _grouped(groups: Groups, one: str) -> Names:
    names: Names = ()
    for place, group in enumerate(groups.groups):
        names += ((PAUSE,) if place else ()) + tuple(one if digit == "1" else f"say/{digit}" for digit in group)
    return names


def cardinal(whole: int) -> Names:
    """A whole number below 10^16."""
    if whole < 100:
        return (f"say/{whole}",)
    names = _scaled(whole)
    swap = {"say/2000": ("say/two-thousand",)}
    if names[0] == "say/2" and names[1:2] in {("say/ten-thousand",), ("say/hundred-million",)}:
        return ("say/two", *names[1:])
    head = names[0].replace("say/in-", "say/")  # 十万, but 一百一十
    return (*swap.get(head, (head,)), *names[1:])


def _scaled(whole: int) -> Names:
    """The number with every 十 as 一十, as it stands inside of a larger one."""
    for scale, word in _SCALES:
        if whole >= scale:
            rest = whole % scale
            names = (*_scaled(whole // scale), f"say/{word}")
            if not rest:
                return names
            return (*names, *(("say/0",) if rest < scale // 10 else ()), *_scaled(rest))
    return _below_ten_thousand(whole)


def _below_ten_thousand(whole: int) -> Names:
    names: Names = ()
    for unit in (1000, 100):
        if whole >= unit:
            names += (f"say/{whole // unit * unit}",)
            rest = whole % unit
            names += ("say/0",) if 0 < rest < unit // 10 else ()
            whole = rest
    if not whole:
        return names
    inside = f"say/in-{whole}" if 10 <= whole < 20 else f"say/{whole}"
    return (*names, inside)


def _counted(count: int) -> Names:
    """A number before the word of what is counted: 两 for 2 alone."""
    return ("say/two",) if count == 2 else cardinal(count)


def _minus(negative: bool) -> Names:
    return ("say/minus",) if negative else ()


RULES: Mapping[Kind, Callable[[Any], Names]] = {
    Kind.DIGITS: say_digits,
    Kind.NUMBER: say_number,
    Kind.PERCENT: say_percent,
    Kind.MONEY: say_money,
    Kind.DATE: say_date,
    Kind.TIME: say_time,
    Kind.DATETIME: say_datetime,
    Kind.WEEKDAY: say_weekday,
    Kind.DURATION: say_duration,
    Kind.LETTERS: say_letters,
    Kind.PHONE: say_phone,
    Kind.CARD: say_card,
}
