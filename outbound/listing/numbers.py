"""A telephone number as people write it, into E.164 with the time zones it may be in, or why it is none.

It does not know lists. What a number is, the library `phonenumbers` decides (Google's numbering plans).

Its whole way takes a tenth of a millisecond, too long for a million rows. Most numbers go a shorter one, of which it
can be said that it comes to the same: the digits are taken by the default region's own patterns out of the library, and
only where nothing else could have happened on its way. It could have: read an international prefix, taken a country
code or a trunk prefix off what remains, found a special kind of number, or a region that shares the country code and
comes first. Each of these sends the number the whole way. `tests/unit/test_list_numbers.py` compares the two.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import phonenumbers
from phonenumbers import NumberParseException, PhoneMetadata, PhoneNumberFormat, PhoneNumberType
from phonenumbers import timezone as zones_of_numbers
from phonenumbers.tzdata import TIMEZONE_DATA, TIMEZONE_LONGEST_PREFIX

from outbound.listing.faults import Why

_SEPARATORS: Final = str.maketrans("", "", " -().")
_UNSEEN: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_DIGITS: Final = re.compile(r"\+?[0-9]{6,17}\Z")
_MANGLED: Final = re.compile(r"\s*[0-9][.,]?[0-9]*\s*[eE]\s*\+?[0-9]{1,2}\s*\Z")
_EXTENSION: Final = re.compile(
    r"[0-9)]\s*(?:ext?\.?|x|#|分机|转|;\s*ext=|extension)\s*[0-9]{1,7}\s*#?\s*\Z", re.IGNORECASE
)
_FOREIGN: Final = re.compile(r"[^\W\d]|[=@#*,;:!?%&$\"'<>|\\^{}]|[\d+].*\+")  # what stands in no number
_UNKNOWN_ZONE: Final = "Etc/Unknown"
_LONGEST: Final = 60
_SHORT: Final = 6
_REMEMBERED: Final = 50_000  # beginnings of numbers
_SPECIAL: Final = (
    "premium_rate", "toll_free", "shared_cost", "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip
_REFUSED: Final = {
    PhoneNumberType.PREMIUM_RATE: Why.PREMIUM,
    PhoneNumberType.SHARED_COST: Why.PREMIUM,
    PhoneNumberType.PAGER: Why.KIND,
    PhoneNumberType.VOICEMAIL: Why.KIND,
}
_PARSED: Final = {
    NumberParseException.INVALID_COUNTRY_CODE: Why.COUNTRY,
    NumberParseException.TOO_SHORT_AFTER_IDD: Why.TOO_FEW,
    NumberParseException.TOO_SHORT_NSN: Why.TOO_FEW,
    NumberParseException.TOO_LONG: Why.TOO_MANY,
}


@dataclass(frozen=True, slots=True)
class Number:
    """`zones` are separated by blanks, "" for unknown."""

    e164: str
    zones: str


class UnknownRegion(ValueError):
    """There is no numbering plan for this region."""


class Numbers:
    """Reads numbers of one default region, named by two letters (CN, GB, US)."""

    def __init__(self, region: str) -> None:
        if region not in phonenumbers.SUPPORTED_REGIONS:
            raise UnknownRegion(region)
        self.region = region
        self._short = _ShortWay(region)

    def read(self, text: str) -> Number | Why:
        """Return the number, or why it is none."""
        found = self._short.read(text)
        return found if found is not None else self.whole_way(text)

    def whole_way(self, text: str) -> Number | Why:
        """The same by the library alone."""
        plain = _UNSEEN.sub("", text).strip().removeprefix("'")
        wrong = _looks_wrong(plain)
        if wrong is not None:
            return wrong
        try:
            number = phonenumbers.parse(plain, self.region)
        except NumberParseException as fault:
            return _short_or(plain, _PARSED.get(fault.error_type, Why.NO_NUMBER))
        if not phonenumbers.is_valid_number(number):
            return _short_or(plain, _why_invalid(number))
        refused = _REFUSED.get(phonenumbers.number_type(number))
        if refused is not None:
            return refused
        zones = (zone for zone in zones_of_numbers.time_zones_for_number(number) if zone != _UNKNOWN_ZONE)
        return Number(phonenumbers.format_number(number, PhoneNumberFormat.E164), " ".join(zones))


def region_of_country(code: str) -> str:
    """The region that a country code stands for, "" for none; the largest of those that share it."""
    region = phonenumbers.region_code_for_country_code(int(code)) if code.isdigit() else ""
    return region if region in phonenumbers.SUPPORTED_REGIONS else ""


def _looks_wrong(text: str) -> Why | None:
    """What a person would see without a numbering plan."""
    wrong = {
        Why.EMPTY: not text,
        Why.TOO_MANY: len(text) > _LONGEST,
        Why.MANGLED: bool(_MANGLED.match(text)),
        Why.EXTENSION: bool(_EXTENSION.search(text)),
        Why.LETTERS: not any(letter.isdigit() for letter in text) or bool(_FOREIGN.search(text)),
    }
    return next((why for why, is_so in wrong.items() if is_so), None)


def _short_or(text: str, why: Why) -> Why:
    """What is no number and is as short as those of police and banks is told to be so short."""
    return Why.SHORT_NUMBER if sum(letter.isdigit() for letter in text) <= _SHORT else why


def _why_invalid(number: phonenumbers.PhoneNumber) -> Why:
    match phonenumbers.is_possible_number_with_reason(number):
        case phonenumbers.ValidationResult.TOO_SHORT | phonenumbers.ValidationResult.IS_POSSIBLE_LOCAL_ONLY:
            return Why.TOO_FEW
        case phonenumbers.ValidationResult.TOO_LONG:
            return Why.TOO_MANY
        case phonenumbers.ValidationResult.INVALID_COUNTRY_CODE:
            return Why.COUNTRY
        case _:
            return Why.NO_NUMBER


class _ShortWay:
    """Numbers of which the region's own patterns say all. None: take the whole way."""

    def __init__(self, region: str) -> None:
        own, code = _plan(region), phonenumbers.country_code_for_region(region)
        sharing = phonenumbers.COUNTRY_CODE_TO_REGION_CODE[code]
        plans = [own] if sharing[0] == region else [own, _plan(sharing[0])]
        self._code = str(code)
        self._plus = f"+{code}"
        self._abroad = re.compile(own.international_prefix or "(?!)").match
        self._trunk = "" if own.national_prefix_transform_rule or len(plans) > 1 else own.national_prefix or ""
        self._taken = re.compile(own.national_prefix_for_parsing or "(?!)").match
        self._possible = re.compile(_pattern(own.general_desc)).fullmatch
        self._plain = _plain_numbers(own, plans, [_plan(one) for one in sharing[: sharing.index(region)]])
        self._lengths = {"fixed": frozenset(own.fixed_line.possible_length)} if own.fixed_line else {}
        self._lengths |= {"mobile": frozenset(own.mobile.possible_length)} if own.mobile else {}
        self._zones = _Zones(self._code)
        self._mobiles_lie = phonenumbers.is_number_type_geographical(PhoneNumberType.MOBILE, code)

    def read(self, text: str) -> Number | None:
        digits = text.translate(_SEPARATORS)
        if len(text) > _LONGEST or not _DIGITS.match(digits):
            return None
        national = self._national_part(digits)
        found = self._plain(national) if national else None
        if found is None or len(national) not in self._lengths[found.lastgroup]:
            return None
        if found.lastgroup == "fixed" or self._mobiles_lie:
            return Number(self._plus + national, self._zones.of(self._code + national))
        return Number(self._plus + national, self._zones.national)

    def _national_part(self, digits: str) -> str:
        """The digits without country code and trunk prefix, "" where it is not certain which they are."""
        if digits[0] == "+":
            return digits[len(self._plus) :] if digits.startswith(self._plus) else ""
        if self._abroad(digits):
            return ""
        if self._possible(digits):
            return digits
        if digits.startswith(self._code):
            return digits[len(self._code) :]
        if self._trunk and digits.startswith(self._trunk):
            taken = self._taken(digits)
            return digits[len(self._trunk) :] if taken and taken.end() == len(self._trunk) else ""
        return ""


class _Zones:
    """The zones of a country's numbers, by as many of their first digits as ever matter."""

    def __init__(self, code: str) -> None:
        self.national = _zones_at(code)
        self._matter = max((len(digits) for digits in TIMEZONE_DATA if digits.startswith(code)), default=len(code))
        self._known: dict[str, str] = {}

    def of(self, digits: str) -> str:
        first = digits[: self._matter]
        found = self._known.get(first)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[first] = _zones_at(first)
        return found


def _plan(region: str) -> PhoneMetadata:
    plan = PhoneMetadata.metadata_for_region(region, None)
    if plan is None:
        raise UnknownRegion(region)
    return plan


def _plain_numbers(own: PhoneMetadata, plans: list[PhoneMetadata], before: list[PhoneMetadata]) -> Callable[[str], Any]:
    """One pattern for numbers from which nothing is taken off any more, and which no other kind or region claims.

    Where the library asks for a length as well, the pattern does not: it then sends more numbers the whole way.
    """
    trunks = "".join(f"(?!{_group(plan.national_prefix_for_parsing)})" for plan in plans)
    general = "".join(rf"(?={_group(_pattern(plan.general_desc))}\Z)" for plan in plans)
    special = "".join(rf"(?!{_group(_pattern(getattr(own, name)))}\Z)" for name in _SPECIAL)
    claimed = "".join(f"(?!{_claim(plan)})" for plan in before)
    leading = f"(?={_group(own.leading_digits)})" if own.leading_digits else ""
    kinds = f"(?:(?P<fixed>{_group(_pattern(own.fixed_line))})|(?P<mobile>{_group(_pattern(own.mobile))}))"
    return re.compile(rf"(?!0){trunks}{leading}{general}{special}{claimed}{kinds}\Z").match


def _claim(plan: PhoneMetadata) -> str:
    """What the library takes for this region's: by its leading digits, or as being of any of its kinds."""
    if plan.leading_digits:
        return _group(plan.leading_digits)
    kinds = (_group(_pattern(getattr(plan, name))) for name in (*_SPECIAL, "fixed_line", "mobile"))
    return rf"(?:{'|'.join(kinds)})\Z"


def _pattern(kind: Any) -> str:
    return (kind and kind.national_number_pattern) or "(?!)"


def _group(pattern: str | None) -> str:
    """The pattern as one piece, without names or numbers for its parts; what does not exist matches nothing."""
    return f"(?:{pattern or '(?!)'})"


def _zones_at(digits: str) -> str:
    for length in range(min(TIMEZONE_LONGEST_PREFIX or 0, len(digits)), 0, -1):
        zones = TIMEZONE_DATA.get(digits[:length])
        if zones is not None:
            return " ".join(zone for zone in zones if zone != _UNKNOWN_ZONE)
    return ""
