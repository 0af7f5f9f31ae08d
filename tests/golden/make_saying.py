"""Writes the golden cases of saying values, from other people's rules: num2words for English, cn2an for Chinese.

It does not know our own rules (`ivr/saying`): what those libraries do not say is spelled out here a second time, in
another way, from texts instead of fragments. Run it by hand, with both libraries installed:

    python tests/golden/make_saying.py

The test reads only the files, so neither library is needed for it.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import cn2an
from num2words import num2words

CHANCE = random.Random(20261121)  # noqa: S311  the same cases each time
EDGES = [*range(31), 40, 45, 50, 59, 60, 70, 80, 90, 99, 100, 101, 105, 110, 111, 115, 120, 199, 200, 202, 210, 219,
         220, 222, 300, 305, 365, 404, 500, 555, 600, 700, 777, 800, 808, 900, 909, 990, 999, 1000, 1001, 1005,
         1010, 1011, 1020, 1050, 1100, 1101, 1110, 1111, 1200, 1234, 1500, 1999, 2000, 2001, 2002, 2010, 2020, 2022,
         2100, 2200, 2222, 2500, 5000, 8848, 9000, 9999, 10000, 10001, 10002, 10010, 10012, 10100, 10110, 11000,
         11111, 12000, 12345, 15000, 20000, 20002, 20020, 20200, 22000, 22222, 50000, 65536, 99999, 100000, 100001,
         100010, 100100, 101000, 102000, 110000, 115000, 120000, 123456, 200000, 202020, 220000, 500500, 654321,
         999999, 1000000, 1000001, 1000100, 1001000, 1010000, 1100000, 1234567, 2000000, 2000002, 2020202, 5000000,
         9999999, 10000000, 10000001, 10010010, 12000000, 20000000, 20002000, 22222222, 99999999, 100000000,
         100000001, 100000010, 100010000, 100100000, 101000000, 110000000, 123456789, 200000000, 200020000,
         202000000, 222222222, 999999999, 1000000000, 1000000001, 1005000000, 1200000000, 2000000000, 2147483647,
         10000000000, 12345678901, 20000000000, 100000000000, 200000000002, 999999999999]  # fmt: skip
MONTHS = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December"]  # fmt: skip
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
SMALL = str.maketrans("0123456789", "零一二三四五六七八九")
ROUND = str.maketrans("0123456789", "\u3007一二三四五六七八九")
EN = {"CNY": ("yuan", "yuan", "fen", "fen"), "USD": ("US dollar", "US dollars", "cent", "cents"),
      "EUR": ("euro", "euros", "cent", "cents"), "GBP": ("pound", "pounds", "penny", "pence"),
      "HKD": ("Hong Kong dollar", "Hong Kong dollars", "cent", "cents")}  # fmt: skip
ZH = {"CNY": "元", "USD": "美元", "EUR": "欧元", "GBP": "英镑", "HKD": "港元"}
ZH_CENT = {"USD": "美分", "EUR": "欧分", "GBP": "便士"}


def en_number(number: int) -> str:
    return num2words(number).replace(",", "")


def zh_number(number: int) -> str:
    text = cn2an.an2cn(number, "low")
    text = text.removeprefix("一") if text.startswith("一十") else text
    if text.startswith("二") and text[1:2] in set("千万亿"):
        return "两" + text[1:]
    return text


def zh_count(number: int) -> str:
    return "两" if number == 2 else zh_number(number)


def en_digits(text: str) -> str:
    return " ".join(num2words(int(digit)) for digit in text)


def numbers() -> Iterator[tuple[str, str, str]]:
    """Value, English, Chinese."""
    drawn = [CHANCE.randrange(10 ** CHANCE.randint(2, 12)) for _ in range(60)]
    for number in [*EDGES, *drawn]:
        yield str(number), en_number(number), zh_number(number)
    for whole, tail in [(0, "5"), (0, "05"), (1, "0"), (2, "5"), (3, "14159"), (10, "10"), (100, "01"), (2000, "75")]:
        text = f"{whole}.{tail}"
        yield text, f"{en_number(whole)} point {en_digits(tail)}", f"{zh_number(whole)}点{tail.translate(SMALL)}"
        minus = (f"minus {en_number(whole)} point {en_digits(tail)}", f"负{zh_number(whole)}点{tail.translate(SMALL)}")
        yield f"-{text}", *minus
    for number in (1, 2, 15, 105, 2000, 10000):
        yield f"-{number}", f"minus {en_number(number)}", f"负{zh_number(number)}"


def en_money(whole: int, cents: int, code: str) -> str:
    one, many, cent, several = EN[code]
    large = f"{en_number(whole)} {one if whole == 1 else many}"
    small = f"{en_number(cents)} {cent if cents == 1 else several}"
    if not cents:
        return large
    return f"{large} and {small}" if whole else small


def zh_money(whole: int, cents: int, code: str) -> str:
    text = f"{zh_count(whole)}{ZH[code]}" if whole or not cents else ""
    if not cents:
        return text
    zero = "零" if text and cents < 10 else ""
    first = zh_number if text else zh_count
    if code in ZH_CENT:
        return f"{text}{zero}{first(cents)}{ZH_CENT[code]}"
    jiao, fen = divmod(cents, 10)
    words = f"{first(jiao)}角" if jiao else ""
    return text + zero + words + (f"{(zh_number if words else first)(fen)}分" if fen else "")


def money() -> Iterator[tuple[str, str, str, str]]:
    """Value, currency, English, Chinese."""
    amounts = [(0, 0), (0, 1), (0, 2), (0, 5), (0, 10), (0, 20), (0, 22), (0, 50), (0, 99), (1, 0), (1, 1), (2, 0),
               (2, 2), (2, 20), (2, 22), (10, 5), (12, 30), (15, 60), (20, 0), (22, 2), (99, 99), (100, 0), (100, 5),
               (100, 50), (105, 8), (200, 0), (1000, 1), (1234, 56), (2000, 0), (10000, 0), (20000, 0), (20002, 20),
               (88888, 88),
               (100000, 0), (123456, 78), (1000000, 9), (2000000, 0), (12345678, 90), (200000000, 2)]  # fmt: skip
    amounts += [(CHANCE.randrange(10 ** CHANCE.randint(1, 8)), CHANCE.randrange(100)) for _ in range(25)]
    for place, (whole, cents) in enumerate(amounts):
        for code in EN if place % 3 == 0 else ("CNY", tuple(EN)[1 + place % 4]):
            yield f"{whole}.{cents:02}", code, en_money(whole, cents, code), zh_money(whole, cents, code)


def en_date(day: date) -> str:
    year = num2words(day.year, to="year").replace("oh-", "oh ")
    return f"{MONTHS[day.month - 1]} {num2words(day.day, to='ordinal')} {year}"


def zh_date(day: date) -> str:
    year = str(day.year).translate(ROUND)
    return f"{year}年{zh_number(day.month)}月{zh_number(day.day)}日"


def days() -> list[date]:
    fixed = [date(2026, month, 1) for month in range(1, 13)] + [date(2027, 1, day) for day in range(1, 32)]
    years = (1900, 1905, 1949, 1978, 1999, 2000, 2001, 2009, 2010, 2020, 2024, 2026, 2030, 2049, 2100, 2108)
    fixed += [date(year, 2, 28) for year in years]
    return fixed + [date(2026, 11, 21) + timedelta(days=CHANCE.randrange(-9000, 9000)) for _ in range(15)]


def en_time(hour: int, minute: int) -> str:
    if not minute and hour in {0, 12}:
        return "noon" if hour else "midnight"
    past = f" oh {num2words(minute)}" if 0 < minute < 10 else f" {num2words(minute)}" if minute else ""
    return f"{num2words((hour + 11) % 12 + 1)}{past} {'p.m.' if hour > 11 else 'a.m.'}"


def zh_time(hour: int, minute: int) -> str:
    tail = f"{'零' if minute < 10 else ''}{zh_number(minute)}分" if minute else "整" if hour else ""
    return f"{zh_count(hour)}点{tail}"


def en_join(parts: list[str]) -> str:
    return " and ".join((" ".join(parts[:-1]), parts[-1])) if len(parts) > 1 else parts[0]


def durations() -> Iterator[tuple[str, str, str]]:
    for seconds in (0, 1, 2, 5, 12, 45, 59, 60, 61, 62, 90, 119, 120, 150, 600, 601, 3599, 3600, 3601, 3660, 5400, 7200,
                    7322, 36000, 45296, 86399, 86400, 86401, 90000, 172800, 176522, 864000, 1000000,
                    31536000):  # fmt: skip
        counts = [(seconds // 86400, "day", "天"), (seconds // 3600 % 24, "hour", "小时")]
        counts += [(seconds // 60 % 60, "minute", "分钟"), (seconds % 60, "second", "秒")]
        parts = [(n, en, zh) for n, en, zh in counts if n] or [(0, "second", "秒")]
        english = en_join([f"{en_number(n)} {en}{'' if n == 1 else 's'}" for n, en, _ in parts])
        yield str(seconds), english, "".join(f"{zh_count(n)}{zh}" for n, _, zh in parts)


def spelled(groups: str, one: str) -> tuple[str, str]:
    english = ", ".join(en_digits(group) for group in groups.split())
    return english, " ".join(group.translate(SMALL).replace("一", one) for group in groups.split())


def percents() -> Iterator[tuple[str, str, str]]:
    for number in ("0", "3", "3.85", "4.9", "12.5", "50", "100", "0.05"):
        whole, _, tail = number.partition(".")
        en = en_number(int(whole)) + (f" point {en_digits(tail)}" if tail else "")
        zh = zh_number(int(whole)) + (f"点{tail.translate(SMALL)}" if tail else "")
        yield f"{number}%", f"{en} percent", f"百分之{zh}"


def dates() -> Iterator[tuple[str, str, str, str]]:
    """Kind, value, English, Chinese."""
    for place, day in enumerate(days()):
        yield "date", str(day), en_date(day), zh_date(day)
        if place % 4 == 0:
            yield "weekday", str(day), DAYS[day.weekday()], "星期" + "一二三四五六日"[day.weekday()]
            hour, minute = CHANCE.randrange(24), CHANCE.randrange(60)
            when = (f"{en_date(day)} at {en_time(hour, minute)}", zh_date(day) + zh_time(hour, minute))
            yield "datetime", f"{day}T{hour:02}:{minute:02}", *when
    for hour in range(24):
        for minute in (0, 5, CHANCE.randrange(10, 60)):
            yield "time", f"{hour:02}:{minute:02}", en_time(hour, minute), zh_time(hour, minute)


def spellings() -> Iterator[tuple[str, str, str, str]]:
    """Kind, value, English, Chinese."""
    for groups in ("138 0013 8000", "139 1234 5678", "400 800 1234", "8888 1234", "555 0199", "10086", "110", "95588"):
        yield "phone", groups.replace(" ", ""), *spelled(groups, "幺")
    for groups in ("6222 0212 3456 7890 123", "4111 1111 1111 1111", "5500 0000 0000 0004", "1234", "1234 5"):
        yield "card", groups.replace(" ", ""), *spelled(groups, "一")
    for value in ("0", "1", "1234", "007", "9012345678", "110120"):
        yield "digits", value, en_digits(value), value.translate(SMALL)
    for value in ("A", "AB12", "ZX900", "A8812", "vip", "q7w8e9"):
        english = " ".join(char.upper() if char.isalpha() else num2words(int(char)) for char in value)
        yield "letters", value, english, value.upper().translate(SMALL)


def rows() -> Iterator[tuple[str, str, str, str, str]]:
    """Kind, value, currency, English, Chinese."""
    yield from (("money", *row) for row in money())
    for kind, found in (("number", numbers()), ("percent", percents()), ("duration", durations())):
        yield from ((kind, value, "", en, zh) for value, en, zh in found)
    for kind, value, en, zh in (*dates(), *spellings()):
        yield kind, value, "", en, zh


def main() -> None:
    every = list(dict.fromkeys(rows()))
    for language, place in (("en", 3), ("zh-CN", 4)):
        path = Path(__file__).with_name(f"saying-{language}.csv")
        with path.open("w", encoding="utf-8", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(["kind", "value", "currency", "text"])
            lines.writerows((*row[:3], row[place]) for row in every)


if __name__ == "__main__":
    main()
