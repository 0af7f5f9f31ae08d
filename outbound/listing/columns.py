"""Which column of a file is what, by the words in its header, in English and Chinese, or as a person says.

It does not know a file's format, nor what a cell must hold.

Whatever is not known by its header is a field: it is shown to the agent under that header. A person says
`number=手机号` or, by position from 1, `number=#3`; `skip=...` leaves a column out altogether.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Column(StrEnum):
    """What a column can be. OTHER may be several: further numbers, tried in their order."""

    NUMBER = "number"
    OTHER = "other"
    NAME = "name"
    PERSON = "person"
    ZONE = "zone"
    LANGUAGE = "language"
    OWNER = "owner"
    CONSENT = "consent"
    PRIORITY = "priority"
    SEGMENT = "segment"
    DUE = "due"
    SKIP = "skip"


SEVERAL: Final = frozenset({Column.OTHER, Column.SKIP})
_WORDS: Final[dict[Column, str]] = {
    Column.NUMBER: "phone mobile cell cellphone mobilephone phonenumber mobilenumber cellnumber tel telephone "
    "telephonenumber number msisdn contactnumber phoneno mobileno telno 手机 手机号 手机号码 移动电话 电话 电话号码 "
    "联系电话 联系号码 号码 联系方式 手机电话 客户手机 客户电话 主叫号码 电话1 手机1 phone1 mobile1",
    Column.OTHER: "phone2 phone3 mobile2 mobile3 altphone alternatephone alternativephone otherphone secondphone "
    "secondaryphone homephone workphone officephone landline 备用电话 备用号码 备用手机 其他电话 其它电话 固话 "
    "固定电话 座机 家庭电话 单位电话 办公电话 电话2 电话3 手机2 手机3 第二电话",
    Column.NAME: "name fullname customername clientname contactname 姓名 名字 客户姓名 客户名称 名称 联系人 客户名",
    Column.PERSON: "person personid customer customerid customerno customernumber clientid clientno cif 客户号 "
    "客户编号 客户id 客户代码 客户标识 会员号 会员编号",
    Column.ZONE: "zone timezone tz 时区",
    Column.LANGUAGE: "language lang locale 语言 语种",
    Column.OWNER: "owner agent accountowner accountmanager relationshipmanager 坐席 归属坐席 客户经理 经办人 负责人 "
    "专属坐席",
    Column.CONSENT: "consent consentid consentevidence optin 同意 同意书 同意凭证 授权 授权凭证 授权编号",
    Column.PRIORITY: "priority prio 优先级 优先 优先级别",
    Column.SEGMENT: "segment tier level grade customerlevel 等级 客户等级 级别 客户级别 分群 客群",
    Column.DUE: "due notbefore callafter callfrom callat callback callbackat 预约时间 拨打时间 可拨打时间 起呼时间 "
    "回呼时间",
}
_COLUMN_OF: Final = {word: column for column, words in _WORDS.items() for word in words.split()}
_POSITION: Final = re.compile(r"#([1-9][0-9]{0,3})\Z")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each column is. `places` count from 0; `fields` are (place, header) of those that agents are shown."""

    heads: tuple[str, ...]
    places: Mapping[Column, tuple[int, ...]]
    fields: tuple[tuple[int, str], ...]

    def place(self, column: Column) -> int | None:
        """Where this column is, None where the file has none."""
        found = self.places.get(column, ())
        return found[0] if found else None

    def head(self, place: int) -> str:
        """The header of a place; the place itself where it has none."""
        return self.heads[place] if place < len(self.heads) and self.heads[place] else f"#{place + 1}"


class ColumnsFault(Exception):
    """The columns cannot be told apart. `why` is no_number, unknown_head, unknown_column, twice or unreadable."""

    def __init__(self, why: str, about: str) -> None:
        super().__init__(f"{why}: {about}")
        self.why = why
        self.about = about


def plain_head(text: str) -> str:
    """A header as it is compared: no case, no width, no blanks, no signs."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(letter for letter in folded if letter.isalnum())


def columns_of(heads: Sequence[str], said: Sequence[str] = ()) -> Columns:
    """Say what each column is. `said` are a person's `column=header`. Raises `ColumnsFault`."""
    kept = tuple(head.strip() for head in heads)
    told = _told(kept, said)
    spoken = {column for column in told.values() if column not in SEVERAL}
    found: dict[int, Column] = dict(told)
    for place, head in enumerate(kept):
        column = _COLUMN_OF.get(plain_head(head))
        if place in found or column is None or column in spoken:
            continue
        if column is Column.NUMBER and Column.NUMBER in found.values():
            column = Column.OTHER
        if column in SEVERAL or column not in found.values():
            found[place] = column
    if Column.NUMBER not in found.values():
        raise ColumnsFault("no_number", ", ".join(filter(None, kept)))
    places: dict[Column, list[int]] = {}
    for place in sorted(found):
        places.setdefault(found[place], []).append(place)
    shown = tuple((place, head) for place, head in enumerate(kept) if place not in found and head)
    return Columns(kept, {column: tuple(where) for column, where in places.items()}, shown)


def _told(heads: Sequence[str], said: Sequence[str]) -> dict[int, Column]:
    found: dict[int, Column] = {}
    for one in said:
        name, sign, head = one.partition("=")
        if not sign:
            raise ColumnsFault("unreadable", one)
        try:
            column = Column(name.strip().lower())
        except ValueError:
            raise ColumnsFault("unknown_column", name) from None
        place = _place_of(heads, head.strip())
        if place in found or (column not in SEVERAL and column in found.values()):
            raise ColumnsFault("twice", one)
        found[place] = column
    return found


def _place_of(heads: Sequence[str], head: str) -> int:
    position = _POSITION.match(head)
    if position and int(position[1]) <= len(heads):
        return int(position[1]) - 1
    exact = [place for place, one in enumerate(heads) if one == head]
    alike = [place for place, one in enumerate(heads) if plain_head(one) == plain_head(head) and plain_head(head)]
    if not exact and not alike:
        raise ColumnsFault("unknown_head", head)
    return (exact or alike)[0]
