"""What a number is for and where it may lie, by the numbering plans of all countries, for the book of law.

It does not know lists: those were read before (`outbound/listing/numbers.py`), and a number that an agent dials by hand
was in none. A number that is in no plan is of no kind that may be dialled.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberType
from phonenumbers import timezone as zones_of_numbers

from ivr.public_days import Public, public_day
from outbound.law.book import LawBook
from outbound.law.numbering import Placed, plain
from outbound.law.profile import NumberKind, Profile

_KINDS: Final = {
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
}
_UNKNOWN_ZONE: Final = "Etc/Unknown"


@lru_cache(maxsize=65_536)
def placed(number: str) -> Placed:
    """What the plans say of an E.164 number."""
    if plain(number).kind is NumberKind.SHORT:
        return plain(number)
    try:
        parsed = phonenumbers.parse(number)
    except NumberParseException:
        return Placed(NumberKind.UNKNOWN)
    if not phonenumbers.is_valid_number(parsed):
        return Placed(NumberKind.UNKNOWN)
    kind = _KINDS.get(phonenumbers.number_type(parsed), NumberKind.ORDINARY)
    zones = zones_of_numbers.time_zones_for_number(parsed)
    return Placed(kind, tuple(zone for zone in zones if zone != _UNKNOWN_ZONE))


def law_book(laws: Mapping[str, Profile]) -> LawBook:
    """A book of these laws that knows numbering plans and holidays."""
    return LawBook(laws, lambda country, day: public_day(country, day) is Public.HOLIDAY, placed)
