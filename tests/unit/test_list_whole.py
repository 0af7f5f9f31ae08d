"""A list is imported whole or not at all, also from a workbook."""

from __future__ import annotations

import io
import multiprocessing
import os
import re
import signal
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from list_house import LIST, house, leads, wish_for  # noqa: F401 - fixtures
from list_world import make_list
from openpyxl.worksheet.formula import ArrayFormula

from journal.errors import NotWritten
from journal.lead_filling import NameTaken, NewList
from journal.lead_store import LeadStore
from switchroom.list_import import BadName, stage
from switchroom.list_source import Reading
from switchroom.list_workbook import NoWorkbook

pytestmark = pytest.mark.unit


# ── whole or not at all ───────────────────────────────────────────────────────────────────────────────────────────────


def test_what_is_staged_and_not_kept_was_never_there(house):
    house.path.write_text(LIST, encoding="utf-8")
    with stage(house.store, wish_for(house.path), 1.0) as staged:
        assert staged.told.good == 2
        opened = staged.opened()
        assert [one.number for one in opened.all_leads()] == ["+8613812345678", "+8613812345679"]
        opened.close()
    assert house.store.lists() == []
    assert not list(house.store.folder.glob("*.part"))


@pytest.mark.parametrize("name", ["Jan", "a.b", "", "-a", "a" * 41, "../x", "ä"])
def test_a_name_that_cannot_be_part_of_a_leads_id_is_refused(house, name):
    with pytest.raises(BadName):
        house.take(LIST, name)


def test_a_name_that_is_taken_is_refused_before_the_file_is_read(house):
    house.take(LIST)
    with pytest.raises(NameTaken):
        stage(house.store, wish_for(house.path.with_name("no such file")), 1.0)


def test_numbers_that_another_list_has_are_refused_where_that_is_wished(house):
    make_list(house.store.folder, "dec", 1, numbers=("+8613812345678",))
    assert house.take(LIST, without=("dec", "none")).told.double == 1
    assert house.take(LIST, "feb").told.double == 0


def test_a_full_disk_is_told_with_a_remedy_and_leaves_nothing(house):
    with NewList(house.store.folder) as new:
        new._db.execute("PRAGMA max_page_count = 40")
        rows = [(row, f"+86{row}", 0, 0.0, *[""] * 9) for row in range(90_000)]
        with pytest.raises(NotWritten, match="make room"):
            new.add(rows, (), ())
    assert not list(house.store.folder.glob("*.part"))


def killed_while_it_imports(folder, path):
    def die(*_):
        os.kill(os.getpid(), signal.SIGKILL)

    with LeadStore(folder) as store:
        stage(store, wish_for(path), 1.0, die)


def test_a_kill_in_the_middle_leaves_no_half_list_and_the_next_import_works(house):
    house.path.write_text("phone\n" + "".join(f"138{n:08}\n" for n in range(5000)), encoding="utf-8")
    child = multiprocessing.get_context("spawn").Process(
        target=killed_while_it_imports, args=(house.store.folder, house.path)
    )
    child.start()
    child.join(100)
    assert child.exitcode == -signal.SIGKILL
    assert house.store.lists() == []
    with stage(house.store, wish_for(house.path), 1.0) as staged:
        assert staged.keep().good == 5000
    assert not list(house.store.folder.glob("*.part"))


def test_progress_is_told_in_bytes_and_rows(house):
    house.path.write_text("phone\n" + "".join(f"138{n:08}\n" for n in range(9000)), encoding="utf-8")
    seen = []
    stage(house.store, wish_for(house.path), 1.0, lambda *one: seen.append(one)).drop()
    assert [rows for *_, rows in seen] == [2000, 4000, 6000, 8000, 9000]
    assert all(size == house.path.stat().st_size and done <= size for done, size, _ in seen)


# ── workbooks ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def workbook(path, rows, change=lambda _: None):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    change(book)
    book.save(path)
    return path.read_bytes()


def test_a_workbook_is_read_as_it_is_seen(house, tmp_path):
    rows = (
        ("手机号", "姓名", "预约时间", "余额", "开户", "真"),
        (13812345678, "王伟", datetime.fromisoformat("2026-12-01 09:30"), 12.5, date(2020, 2, 29), True),
        ("13812345679", "李\n娜", None, 3.0, None, False),
        (None, None, None, None, None, None),
        (1.3812345670e10, "  张 ", "2026-12-02", "=1+1", "x" * 300, None),
    )
    file = house.take(workbook(tmp_path / "a.xlsx", rows))
    first, second, third = leads(file)
    assert (first.number, first.name, first.row) == ("+8613812345678", "王伟", 2)
    assert first.due == datetime.fromisoformat("2026-12-01T09:30+08:00").timestamp()
    assert dict(first.fields) == {"余额": "12.5", "开户": "2020-02-29", "真": "TRUE"}
    assert (second.name, dict(second.fields)) == ("李 娜", {"余额": "3", "真": "FALSE"})
    assert (third.row, third.number, third.name) == (5, "+8613812345670", "张")


def test_a_sheet_may_be_named_and_a_hidden_one_is_passed_over(house, tmp_path):
    def change(book):
        book.active.sheet_state = "hidden"
        for title, number in (("一月", 13812345678), ("二月", 13812345679)):
            sheet = book.create_sheet(title)
            sheet.append(("phone",))
            sheet.append((number,))

    written = workbook(tmp_path / "a.xlsx", (("phone",), (13800000000,)), change)
    assert leads(house.take(written))[0].number == "+8613812345678"
    assert leads(house.take(written, "feb", reading=Reading(sheet="二月")))[0].number == "+8613812345679"
    with pytest.raises(NoWorkbook, match="一月, 二月"):
        house.take(written, "mar", reading=Reading(sheet="三月"))


def test_days_that_count_from_1904_are_the_same_days(house, tmp_path):
    def change(book):
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    rows = (("phone", "due"), (13812345678, date(2026, 12, 1)))
    file = house.take(workbook(tmp_path / "a.xlsx", rows, change))
    assert leads(file)[0].due == datetime.fromisoformat("2026-12-01T00:00+08:00").timestamp()


def test_a_formula_is_the_value_that_was_last_shown(house, tmp_path):
    def change(book):
        book.active["B2"] = ArrayFormula("B2", "=1+1")

    file = house.take(workbook(tmp_path / "a.xlsx", (("phone", "x", "y"), (13812345678, None, "z")), change))
    assert leads(file)[0].fields == (("y", "z"),)  # it was never shown


@pytest.mark.parametrize("size", [30, 500, 2000])
def test_a_workbook_that_is_cut_is_told_and_leaves_nothing(house, tmp_path, size):
    whole = workbook(tmp_path / "a.xlsx", [("phone",), *[(13800000000 + n,) for n in range(500)]])
    with pytest.raises(NoWorkbook):
        house.take(whole[:size])
    assert house.store.lists() == []
    assert not list(house.store.folder.glob("*.part"))


def test_a_workbook_of_the_old_kind_or_with_a_password_is_told(house):
    with pytest.raises(NoWorkbook, match="old"):
        house.take(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)


def rewritten(whole, part, change):
    """The workbook with one part of its zip changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), part}:
            was = old.read(name) if name in old.namelist() else b""
            new.writestr(name, change(was) if name == part else was)
    return out.getvalue()


INLINE = re.compile(rb' t="inlineStr"><is>(.*?)</is></c>', re.DOTALL)


def sharing(whole):
    """The workbook with its texts in the part that cells share, each once, as Excel writes them."""
    texts = []

    def share(found):
        if found[1] not in texts:
            texts.append(found[1])
        return b' t="s"><v>%d</v></c>' % texts.index(found[1])

    whole = rewritten(whole, SHEET, lambda xml: INLINE.sub(share, xml))
    xml = b"<sst>" + b"".join(b"<si>%s</si>" % text for text in texts) + b"</sst>"
    return rewritten(whole, "xl/sharedStrings.xml", lambda _: xml)


SHEET = "xl/worksheets/sheet1.xml"
BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb">]><a>&b;</a>'


@pytest.mark.parametrize(
    ("part", "change"),
    [
        (SHEET, lambda _: BOMB),
        ("xl/sharedStrings.xml", lambda _: BOMB),
        ("xl/workbook.xml", lambda _: BOMB),
        (SHEET, lambda xml: xml.replace(b'r="A2"', b'r="ZZZ2"')),
        (SHEET, lambda xml: xml.replace(b'<row r="2"', b'<row r="two"')),
        (SHEET, lambda xml: xml[:-40]),
    ],
)
def test_what_no_spreadsheet_writes_is_refused(house, tmp_path, part, change):
    whole = workbook(tmp_path / "a.xlsx", (("phone", "n"), ("13812345678", "a")))
    whole = rewritten(sharing(whole) if "shared" in part else whole, part, change)
    with pytest.raises(NoWorkbook, match="broken"):
        house.take(whole)
    assert house.store.lists() == []


def test_cells_that_do_not_say_where_they_are_stand_one_behind_the_other(house, tmp_path):
    whole = workbook(tmp_path / "a.xlsx", (("name", "phone", "x", "y"), ("", "13812345678", "", "z")))
    bare = rewritten(whole, SHEET, lambda xml: re.sub(rb' r="[A-Z]*[0-9]+"', b"", xml))
    prefixed = re.compile(rb"<(/?)(worksheet|sheetData|row|c|is|t|v)\b")
    named = rewritten(bare, SHEET, lambda xml: prefixed.sub(rb"<\1x:\2", xml).replace(b" xmlns=", b" xmlns:x="))
    for name, written in (("jan", bare), ("feb", named)):
        [lead] = leads(house.take(written, name))
        assert (lead.row, lead.number, lead.fields) == (2, "+8613812345678", (("y", "z"),))


@pytest.mark.parametrize("dressed", [lambda whole: whole, sharing])
def test_cells_are_read_as_openpyxl_reads_them(house, tmp_path, dressed):
    """Texts of every kind, sparse rows, numbers: the library that everybody uses is the judge."""
    texts = ("", "a", " b ", "<&>'\"", "多\n行", "=x", "1e5", "007", "x" * 1000, "\u200b", "🙂")
    rows = [("phone", *[f"c{n}" for n in range(8)])]
    rows += [(f"1381234{n:04}", *[texts[(n * 7 + k * 3) % len(texts)] or None for k in range(8)]) for n in range(60)]
    whole = workbook(tmp_path / "a.xlsx", rows)
    assert INLINE.search(zipfile.ZipFile(io.BytesIO(whole)).read(SHEET))
    file = house.take(dressed(whole))
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx", read_only=True, data_only=True).active
    seen = [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    wanted = [tuple((f"c{k}", cell) for k, cell in enumerate(row[1:]) if cell) for row in seen]
    assert [tuple((head, value) for head, value in one.fields) for one in leads(file)] == wanted


def test_a_shared_text_of_several_pieces_is_one_and_how_it_is_read_aloud_is_none_of_it(house, tmp_path):
    whole = sharing(workbook(tmp_path / "a.xlsx", (("phone", "name"), ("13812345678", "x"))))
    pieces = b"<si><r><t>\xe7\x8e\x8b</t></r><r><t>\xe4\xbc\x9f</t></r><rPh><t>wang</t></rPh></si>"
    whole = rewritten(whole, "xl/sharedStrings.xml", lambda xml: xml.replace(b"<si><t>x</t></si>", pieces))
    assert leads(house.take(whole))[0].name == "\u738b\u4f1f"
    lost = rewritten(whole, "xl/sharedStrings.xml", lambda xml: xml.replace(pieces, b""))
    with pytest.raises(NoWorkbook, match="shared strings"):
        house.take(lost, "feb")
