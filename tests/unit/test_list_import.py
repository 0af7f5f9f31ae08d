"""Lists brought in: encodings, delimiters, broken rows, columns."""

from __future__ import annotations

from datetime import datetime

import pytest
from list_house import LIST, house, leads, wish_for  # noqa: F401 - fixtures
from list_world import Facts, blocked

from outbound.listing.columns import ColumnsFault
from switchroom.list_import import preview
from switchroom.list_source import Reading
from switchroom.list_text import NoText

pytestmark = pytest.mark.unit


ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16-le", "utf-16-be", "utf-16")


def told(file):
    return [(one.row, one.column, one.why) for one in file.rejects()]


# ── encodings, delimiters, lines ──────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_of_a_spreadsheet_is_found_out(house, encoding, delimiter):
    file = house.take(LIST.replace(",", delimiter).encode(encoding))
    assert [(one.row, one.name, one.number, one.person) for one in leads(file)] == [
        (2, "王伟", "+8613812345678", "C1"), (3, "李娜", "+8613812345679", "C2"),
    ]  # fmt: skip
    assert told(file) == []


def test_a_spreadsheets_own_word_for_the_delimiter_is_heard(house):
    file = house.take("sep=;\n" + LIST.replace(",", ";"))
    assert [one.row for one in leads(file)] == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_end_of_lines_also_mixed_with_empty_rows(house, end):
    text = f"phone,name{end}13812345678,a\r\n\n13812345679,b\n,,{end}13812345670,c"
    assert [(one.row, one.name) for one in leads(house.take(text))] == [(2, "a"), (4, "b"), (6, "c")]


def test_a_broken_letter_costs_its_row_and_not_the_encoding_of_the_file(house):
    text = "手机,姓名\n" + "".join(f"1381234{n:04},王小明李大华\n" for n in range(20)) + "13899990000,\n"
    file = house.take(text.encode()[:-1] + b"\xe7\n13899990001,x\n")
    assert told(file) == [(22, "姓名", "unreadable")]
    assert leads(file)[0].name == "王小明李大华"
    assert leads(file)[-1].row == 23


def test_an_encoding_may_be_said_and_must_be_one(house):
    file = house.take("phone,name\n13812345678,José\n".encode("cp1252"), reading=Reading(encoding="cp1252"))
    assert leads(file)[0].name == "José"
    with pytest.raises(NoText):
        house.take("a", "feb", reading=Reading(encoding="klingon"))


@pytest.mark.parametrize("text", [b"", b"\xef\xbb\xbf", b"\n\n\n"])
def test_an_empty_file_is_told(house, text):
    with pytest.raises(NoText, match="empty"):
        house.take(text)
    assert house.store.lists() == []
    assert not list(house.store.folder.glob("*.part"))


# ── broken rows ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_quote_that_is_not_closed_costs_its_own_row(house):
    rows = "".join(f"138123456{n},b{n}\n" for n in range(10, 60))
    file = house.take(f'phone,name\n13812345678,"open\n{rows}13812349999,"with "" and\nnew line"\n')
    assert told(file) == [(2, "phone", "quote")]
    assert file.told.good == 51
    assert (leads(file)[-1].row, leads(file)[-1].name) == (53, 'with " and new line')


def test_a_quote_where_none_may_stand_costs_its_own_row(house):
    assert told(house.take('phone,name\n13812345678,"a"b\n13812345679,c\n')) == [(2, "phone", "quote")]


def test_a_field_of_ten_megabytes_and_a_nul_cost_their_rows(house):
    file = house.take(b"phone,name\n13812345678," + b"x" * 10_000_000 + b"\n13812345679,a\x00b\n13812345670,c\n")
    assert told(file) == [(2, "phone", "long_cell"), (3, "name", "unreadable")]
    assert [one.row for one in leads(file)] == [4]


def test_more_cells_than_the_header_has_cost_the_row_and_fewer_do_not(house):
    file = house.take("phone,name,city\n13812345678,a,b,c\n13812345679,a\n13812345670,a,b,,\n")
    assert told(file) == [(2, "#4", "many_cells")]
    assert [one.row for one in leads(file)] == [3, 4]


BAD = (
    ("phone,zone,due,priority,lang", ""),
    ("13812345678,,,,", ""),
    ("1381234567O,,,,", "phone letters"),
    ("1.38E+10,,,,", "phone mangled"),
    (",x,,,", "phone empty"),
    ("110,,,,", "phone short_number"),
    ("+1 900 555 2368,,,,", "phone premium"),
    ("13812345679,Asia/Shangai,,,", "zone zone"),
    ("13812345671,,01/02/2026,,", "due date"),
    ("13812345672,,,high,", "priority priority"),
    ("13812345673,,,,klingonisch!", "lang language"),
    ("138-1234-5678,,,,", "phone double"),
    ("+8613700000000,,,,", "phone blocked"),
    ("13912345678,asia/urumqi,2026-12-01 09:00,-3,English", ""),
)


def test_every_bad_row_is_told_with_row_column_and_reason(house):
    facts = Facts()
    facts.add(blocked("+86137", prefix=True))
    house.store.follow(facts)
    file = house.take("\n".join(text for text, _ in BAD))
    assert told(file) == [(row, *wrong.split()) for row, (_, wrong) in enumerate(BAD, 1) if wrong]
    counts = file.told
    assert (counts.rows, counts.good, counts.bad, counts.double, counts.blocked) == (13, 2, 9, 1, 1)
    last = leads(file)[-1]
    assert (last.zones, last.priority, last.language) == (("Asia/Urumqi",), -3, "en")
    assert last.due == datetime.fromisoformat("2026-12-01T09:00+08:00").timestamp()
    double = next(one for one in file.rejects() if one.why == "double")
    assert (double.value, double.told) == ("+8613812345678", "2")
    assert file.cells_of(3) == ("1381234567O", "", "", "", "")


def test_a_further_number_that_is_none_is_left_out_and_told(house):
    file = house.take("phone,phone2,home phone\n13812345678,x,010-65551234\n13812345679,13812345679,\n")
    (one,) = file.rejects()
    assert (one.row, one.column, one.why, one.left_out) == (2, "phone2", "letters", True)
    assert [lead.others for lead in leads(file)] == [("+861065551234",), ()]
    assert file.told.bad == 0


def test_evidence_of_consent_for_the_whole_list_stands_where_a_row_names_none(house):
    file = house.take("phone,consent\n13812345678,form 7\n13812345679,\n", consent=" form of March ")
    assert [one.consent for one in leads(file)] == ["form 7", "form of March"]


def test_formulas_are_kept_as_they_are_written(house):
    starts = ("=1+1", "+1", "-1", "@x", "\t=1", "=cmd|' /C calc'!A0")
    rows = "".join(f'1381234567{n},"{text}"\n' for n, text in enumerate(starts))
    assert [one.fields[0][1] for one in leads(house.take("phone,note\n" + rows))] == list(starts)


# ── columns ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_file_without_header_is_known_by_its_first_number(house):
    file = house.take("王伟,13812345678,x\n李娜,13812345679,y\n", columns=("name=#1",))
    assert [(one.row, one.name, one.fields) for one in leads(file)] == [
        (1, "王伟", (("#3", "x"),)), (2, "李娜", (("#3", "y"),)),
    ]  # fmt: skip


def test_a_header_that_says_no_number_is_told_before_a_row_is_read(house):
    with pytest.raises(ColumnsFault, match="no_number"):
        house.take("a,b\n1,2\n")
    assert house.store.lists() == []


def test_a_preview_shows_what_twenty_rows_would_become(house):
    house.path.write_text("手机,姓名\n13812345678,a\nx,b\n" + "13812345679,c\n" * 30, encoding="utf-8")
    seen = preview(wish_for(house.path))
    assert len(seen.rows) == 20
    assert seen.heads == ("手机", "姓名")
    assert seen.rows[0].lead.number == "+8613812345678"
    assert [(fault.place, fault.why) for fault in seen.rows[1].faults] == [(0, "letters")]
    house.path.write_text("a,b\n1,2\n", encoding="utf-8")
    assert preview(wish_for(house.path)).fault.why == "no_number"
    assert house.store.lists() == []
