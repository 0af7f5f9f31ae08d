"""Numbers, headers and moments as people write them; the short way of numbers comes to the same as the whole."""
# ruff: noqa: RUF001  full-width letters are what people write

import random
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import PhoneMetadata, PhoneNumberType

from outbound.listing.columns import Column, ColumnsFault, columns_of
from outbound.listing.dates import moment_of
from outbound.listing.faults import Why
from outbound.listing.numbers import Number, Numbers, UnknownRegion, region_of_country

pytestmark = pytest.mark.unit

KINDS = (
    PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE, PhoneNumberType.PREMIUM_RATE, PhoneNumberType.TOLL_FREE,
    PhoneNumberType.VOIP, PhoneNumberType.UAN, PhoneNumberType.SHARED_COST,
)  # fmt: skip


@pytest.fixture(scope="module")
def china():
    return Numbers("CN")


@pytest.mark.parametrize(
    ("text", "e164", "zones"),
    [
        ("13812345678", "+8613812345678", "Asia/Shanghai"),
        ("138-1234-5678", "+8613812345678", "Asia/Shanghai"),
        ("+86 138 1234 5678", "+8613812345678", "Asia/Shanghai"),
        ("8613812345678", "+8613812345678", "Asia/Shanghai"),
        ("0086 13812345678", "+8613812345678", "Asia/Shanghai"),
        ("(010) 6555 1234", "+861065551234", "Asia/Shanghai"),
        ("１３８１２３４５６７８", "+8613812345678", "Asia/Shanghai"),
        ("\u202d13812345678\u202c", "+8613812345678", "Asia/Shanghai"),
        ("'+8613812345678", "+8613812345678", "Asia/Shanghai"),
        ("+44 20 7946 0958", "+442079460958", "Europe/London"),
        ("+1 212 555 2368", "+12125552368", "America/New_York"),
    ],
)
def test_numbers_in_any_dress_become_e164_with_their_zones(china, text, e164, zones):
    assert china.read(text) == Number(e164, zones)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", Why.EMPTY),
        ("   ", Why.EMPTY),
        ("n/a", Why.LETTERS),
        ("138O2345678", Why.LETTERS),
        ("1-800-FLOWERS", Why.LETTERS),
        ("=1+2", Why.LETTERS),
        ("13812345678,13812345679", Why.LETTERS),
        ("1.38E+10", Why.MANGLED),
        ("1.38123E10", Why.MANGLED),
        ("010-65551234转801", Why.EXTENSION),
        ("+44 20 7946 0958 ext. 12", Why.EXTENSION),
        ("+999 1234567", Why.COUNTRY),
        ("1381234567", Why.NO_NUMBER),
        ("138123456789012345", Why.TOO_MANY),
        ("12812345678", Why.NO_NUMBER),
        ("110", Why.SHORT_NUMBER),
        ("12345", Why.SHORT_NUMBER),
        ("+1 900 555 2368", Why.PREMIUM),
        ("+44 9098 790000", Why.PREMIUM),
        ("1" * 300, Why.TOO_MANY),
        ("٣٤", Why.SHORT_NUMBER),
    ],
)
def test_what_is_no_number_that_may_be_dialled_is_told_why(china, text, why):
    assert china.read(text) is why


def test_a_region_that_is_none_is_told():
    with pytest.raises(UnknownRegion):
        Numbers("XX")
    assert [region_of_country(code) for code in ("86", "44", "1", "", "999")] == ["CN", "GB", "US", "", ""]


def spelled(region, chance):
    """A number of some kind, changed a little, in one of the ways in which people write them."""
    plan, code = PhoneMetadata.metadata_for_region(region, None), phonenumbers.country_code_for_region(region)
    examples = [phonenumbers.example_number_for_type(region, kind) for kind in KINDS]
    digits = phonenumbers.national_significant_number(chance.choice([one for one in examples if one]))
    place = chance.randrange(len(digits))
    digits = chance.choice(
        (
            digits,
            digits[:-4] + f"{chance.randrange(10_000):04}",
            digits[:place] + digits[place + 1 :],
            f"{digits[:place]}{chance.randrange(10)}{digits[place:]}",
            f"{digits[:place]}{chance.randrange(10)}{digits[place + 1 :]}",
        )
    )
    trunk, abroad = plan.national_prefix or "0", (plan.international_prefix or "00").split("|")[0]
    text = chance.choice((f"+{code}{digits}", f"{code}{digits}", digits, trunk + digits, f"00{code}{digits}",
                          f"+{code}0{digits}", f"{abroad}{code}{digits}", f"+{digits}"))  # fmt: skip
    for _ in range(chance.choice((0, 0, 3))):
        place = chance.randrange(len(text) + 1)
        text = text[:place] + chance.choice(" -().") + text[place:]
    return text


@pytest.mark.parametrize("letter", "ABCDEFGHIJKLMNOPQRSTUVWYZ")
def test_the_short_way_comes_to_what_the_library_says_in_every_region(letter):
    chance = random.Random(letter)  # noqa: S311 - drawn by seed
    compared = 0
    for region in sorted(one for one in phonenumbers.SUPPORTED_REGIONS if one[0] == letter):
        numbers = Numbers(region)
        for _ in range(60):
            text = spelled(region, chance)
            quick = numbers._short.read(text)
            if quick is not None:
                compared += 1
                assert quick == numbers.whole_way(text), (region, text)
    assert compared


@pytest.mark.parametrize(("region", "first"), [("CN", 138), ("GB", 7400), ("US", 212), ("CA", 416), ("DE", 1512)])
def test_the_numbers_of_most_lists_take_the_short_way(region, first):
    numbers = Numbers(region)
    sizes = {"CN": 8, "GB": 6, "US": 7, "CA": 7, "DE": 7}
    texts = [f"{first}{2_345_678 % 10 ** sizes[region] + number:0{sizes[region]}}" for number in range(100)]
    quick = [numbers._short.read(text) for text in texts]
    assert all(quick)
    assert quick == [numbers.whole_way(text) for text in texts]


# ── headers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "heads",
    [
        ("Customer ID", "Full Name", "Mobile Phone", "Time-Zone", "lang", "Tier"),
        ("客户编号", "客户姓名", "手机号码", "时区", "语种", "客户等级"),
        ("客户 编号", " 姓名 ", "ＴＥＬ", "TIMEZONE", "语言", "segment"),
    ],
)
def test_columns_are_known_by_their_header_in_either_language(heads):
    found = columns_of(heads)
    wanted = (Column.PERSON, Column.NAME, Column.NUMBER, Column.ZONE, Column.LANGUAGE, Column.SEGMENT)
    assert [found.place(column) for column in wanted] == [0, 1, 2, 3, 4, 5]
    assert found.fields == ()


def test_what_is_not_known_is_a_field_and_a_second_number_is_tried_later():
    found = columns_of(("手机", "备用电话", "电话", "余额", ""))
    assert found.places == {Column.NUMBER: (0,), Column.OTHER: (1, 2)}
    assert found.fields == ((3, "余额"),)


def test_a_person_says_which_column_is_what_by_header_or_position():
    found = columns_of(("a", "phone", "secret", "手机"), ("number=#4", "name=A", "skip=secret"))
    assert (found.place(Column.NUMBER), found.place(Column.NAME)) == (3, 0)
    assert found.fields == ((1, "phone"),)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ((), "no_number"),
        (("number=none",), "unknown_head"),
        (("number=#9",), "unknown_head"),
        (("phone=a",), "unknown_column"),
        (("number=a", "number=b"), "twice"),
        (("number=a", "name=a"), "twice"),
        (("number",), "unreadable"),
    ],
)
def test_columns_that_cannot_be_told_apart_are_told(said, why):
    with pytest.raises(ColumnsFault) as told:
        columns_of(("a", "b"), said)
    assert told.value.why == why


# ── moments ───────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "text",
    ["2026-12-01 09:30", "2026/12/1 9:30", "2026.12.01 09:30:00", "2026年12月1日 9时30分", "2026年12月1日 9点30",
     "20261201 09:30", "2026-12-01T09:30", "2026-12-01T01:30Z", "2026-12-01T01:30:00.5+00:00"],
)  # fmt: skip
def test_moments_with_the_year_first_are_read(text):
    assert moment_of(text, ZoneInfo("Asia/Shanghai")) == datetime(2026, 12, 1, 1, 30, tzinfo=UTC).timestamp()


def test_a_day_is_its_first_moment():
    assert moment_of("2026-12-01", UTC) == datetime(2026, 12, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "text", ["01/02/2026", "2026-13-01", "2026-02-30", "2026-12-01 25:00", "tomorrow", "45000", "2026"]
)
def test_a_moment_that_nobody_can_be_sure_of_is_none(text):
    assert moment_of(text, UTC) is None
