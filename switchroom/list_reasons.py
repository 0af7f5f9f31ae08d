"""What people are told of a row that is in no list, in English and Chinese.

It does not know where it is said: on a terminal, on a page, or in the file of rejects, which has both languages.
"""
# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

from __future__ import annotations

from typing import Final

from journal.lead_rows import BadCell
from outbound.listing.faults import Why

REASONS: Final[dict[Why, tuple[str, str]]] = {
    Why.EMPTY: ("there is no telephone number", "没有电话号码"),
    Why.LETTERS: ("a telephone number has digits only", "电话号码只能是数字"),
    Why.MANGLED: (
        "a spreadsheet cut the number short (1.38E+10); format the column as text and export it again",
        "电子表格截断了号码（1.38E+10）；请将该列设为文本后重新导出",
    ),
    Why.EXTENSION: ("there is an extension behind the number", "号码后面带有分机号"),
    Why.COUNTRY: ("there is no such country code", "没有这个国家代码"),
    Why.TOO_FEW: ("the number has too few digits", "号码位数太少"),
    Why.TOO_MANY: ("the number has too many digits", "号码位数太多"),
    Why.NO_NUMBER: ("nobody can have this number", "不存在这样的号码"),
    Why.SHORT_NUMBER: ("this is a short number (emergency, service)", "这是短号码（紧急或服务号码）"),
    Why.PREMIUM: ("this is a premium-rate number", "这是收费服务号码"),
    Why.KIND: ("this is a pager or a mailbox", "这是寻呼机或语音信箱"),
    Why.ZONE: ("there is no such time zone; write for example Asia/Shanghai", "没有这个时区；例如 Asia/Shanghai"),
    Why.DATE: (
        "this is no date that is certain; write 2026-12-01 or 2026-12-01 09:30",
        "日期不明确；请写 2026-12-01 或 2026-12-01 09:30",
    ),
    Why.PRIORITY: ("a priority is a whole number from -1000 to 1000", "优先级须为 -1000 到 1000 的整数"),
    Why.LANGUAGE: ("this is no language; write for example zh-CN or en", "不是语言；例如 zh-CN 或 en"),
    Why.UNREADABLE: ("there is a letter that cannot be read", "有无法读取的字符"),
    Why.LONG_CELL: ("the cell is too long", "单元格太长"),
    Why.MANY_CELLS: (
        "the row has more cells ({told}) than the header; is a delimiter unquoted?",
        "该行的单元格（{told}）多于表头；是否有未加引号的分隔符？",
    ),
    Why.QUOTE: ("a quote is not closed, or stands where none may", "引号未闭合，或出现在不该出现的位置"),
    Why.DOUBLE: ("row {told} has the same number", "与第 {told} 行号码相同"),
    Why.ELSEWHERE: ("{told} of another list has the same number", "与另一名单的 {told} 号码相同"),
    Why.BLOCKED: ("this number is never to be called", "该号码禁止呼叫"),
}  # fmt: skip
LEFT_OUT: Final = ("; the row is in the list without it", "；该行已导入，仅略去此项")


def reason(cell: BadCell, *, chinese: bool) -> str:
    """The sentence for a bad cell."""
    return reason_of(cell.why, cell.told, left_out=cell.left_out, chinese=chinese)


def reason_of(why: str, told: str = "", *, left_out: bool = False, chinese: bool) -> str:
    """The sentence for a reason; one of another version stands for itself."""
    known = REASONS.get(Why(why)) if why in set(Why) else None
    sentence = known[chinese].format(told=told) if known else why
    return sentence + LEFT_OUT[chinese] if left_out else sentence
