"""How English says values on the telephone.

It does not know the words themselves (`inventory.py`), only their order.

British "and" before the last two digits ("one hundred and five"); dates as month, day, year ("November twenty-first
twenty twenty-six"); the clock of twelve hours with noon and midnight by name, because "twelve p.m." is misheard.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from ivr.saying.inventory import PAUSE
from ivr.saying.values import SYMBOLS, Clock, Duration, Groups, Kind, Moment, Money, Number

Names = tuple[str, ...]
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))


def say_digits(bare: str) -> Names:
    return tuple(f"say/{digit}" for digit in bare)


def say_number(number: Number) -> Names:
    decimals = ("say/point", *say_digits(number.decimals)) if number.decimals else ()
    return (*_minus(number.negative), *cardinal(number.whole), *decimals)


def say_percent(number: Number) -> Names:
    return (*say_number(number), "say/percent")


def say_money(money: Money) -> Names:
    parts = []
    code = money.currency.lower()
    if money.whole or not money.cents:
        parts.append((*cardinal(money.whole), f"say/{code}" if money.whole == 1 else f"say/{code}-many"))
    if money.cents:
        small = f"say/{code}-cent" if money.cents == 1 else f"say/{code}-cents"
        parts.append((*cardinal(money.cents), small))
    return (*_minus(money.negative), *_joined(parts))


def say_date(day: date) -> Names:
    return (f"say/month-{day.month}", f"say/day-{day.day}", *say_year(day.year))


def say_year(year: int) -> Names:
    """In two halves, but "two thousand and five", "nineteen hundred" and "nineteen oh five"."""
    century, rest = divmod(year, 100)
    if year < 1000 or (century % 10 == 0 and rest < 10):
        return cardinal(year)
    if rest == 0:
        return (f"say/{century}", "say/hundred")
    return (f"say/{century}", *(("say/oh",) if rest < 10 else ()), f"say/{rest}")


def say_time(clock: Clock) -> Names:
    if clock.minute == clock.second == 0 and clock.hour in {0, 12}:
        return ("say/noon",) if clock.hour else ("say/midnight",)
    minutes = () if clock.minute == 0 else (*(("say/oh",) if clock.minute < 10 else ()), f"say/{clock.minute}")
    half = "say/am" if clock.hour < 12 else "say/pm"
    return (f"say/{clock.hour % 12 or 12}", *minutes, half, *_seconds(clock.second))


def say_datetime(moment: Moment) -> Names:
    return (*say_date(moment.day), "say/at", *say_time(moment.clock))


def say_weekday(place: int) -> Names:
    return (f"say/weekday-{place}",)


def say_duration(span: Duration) -> Names:
    counts = (("day", span.days), ("hour", span.hours), ("minute", span.minutes), ("second", span.seconds))
    parts = [(*cardinal(count), f"say/{unit}" if count == 1 else f"say/{unit}s") for unit, count in counts if count]
    return _joined(parts) or ("say/0", "say/seconds")


def say_letters(bare: str) -> Names:
    return tuple(f"say/{SYMBOLS.get(char, char)}" for char in bare)


def say_groups(groups: Groups) -> Names:
    names: Names = ("say/plus",) if groups.plus else ()
    for place, group in enumerate(groups.groups):
        names += ((PAUSE,) if place else ()) + say_digits(group)
    return names


def cardinal(whole: int) -> Names:
    """A whole number below 10^15."""
    names: Names = ()
    for scale, word in _SCALES:
        if whole >= scale:
            names += (*_below_thousand(whole // scale), f"say/{word}")
            whole %= scale
    if whole or not names:
        names += ("say/and",) if names and whole < 100 else ()
        names += _below_thousand(whole)
    return names


def _below_thousand(whole: int) -> Names:
    hundreds, rest = whole // 100 * 100, whole % 100
    if not hundreds:
        return (f"say/{rest}",)
    return (f"say/{hundreds}", "say/and", f"say/{rest}") if rest else (f"say/{hundreds}",)


def _joined(parts: list[Names]) -> Names:
    """The parts one after the other, with "and" before the last."""
    names: Names = ()
    for place, part in enumerate(parts):
        names += (("say/and",) if place and place == len(parts) - 1 else ()) + part
    return names


def _minus(negative: bool) -> Names:
    return ("say/minus",) if negative else ()


def _seconds(second: int) -> Names:
    return ("say/and", f"say/{second}", "say/second" if second == 1 else "say/seconds") if second else ()


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
    Kind.PHONE: say_groups,
    Kind.CARD: say_groups,
}
