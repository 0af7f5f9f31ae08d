"""Whose number it is.

It does not know where the rows come from, nor what is done for a customer. It knows who lives together.

Networks write one number in many ways: +8613800138000, 008613800138000 and 13800138000 are one person when
the home country is 86, and so are 010 8888 8888 and +86 10 8888 8888. Numbers are compared in one form;
what is no number (withheld, "anonymous") is nobody's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN_BETWEEN_DIGITS = str.maketrans("", "", " -.()/\t")


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer under one of his numbers; all fields are "" for somebody we do not know.

    `household` is the same for all who live together; `agent` is who looks after him in particular.
    """

    number: str
    customer: str
    name: str = ""
    segment: str = ""
    household: str = ""
    agent: str = ""


NOBODY = Customer("", "")


class Directory:
    """All known numbers. `country` is the home country's code without +, "" to compare numbers without one.

    Rows may be any order; raises ValueError naming the number when one is no number, has no customer id, or
    belongs to two customers.
    """

    def __init__(self, rows: Iterable[Customer] = (), country: str = "") -> None:
        if country and not _digits(country):
            raise ValueError(f"country {country!r} must be digits only, such as 86")
        self._country = country
        self._found: dict[str, Customer] = {}
        self._customers: dict[str, Customer] = {}
        self._households: dict[str, list[str]] = {}
        for row in rows:
            self._add(row)

    def _add(self, row: Customer) -> None:
        number = one_form(row.number, self._country)
        if not number:
            raise ValueError(f"{row.number!r} is not a telephone number")
        if not row.customer:
            raise ValueError(f"number {row.number} has no customer id")
        other = self._found.setdefault(number, row)
        if other.customer != row.customer:
            raise ValueError(f"number {row.number} belongs to {other.customer} and to {row.customer}")
        self._customers.setdefault(row.customer, row)
        members = self._households.setdefault(row.household, []) if row.household else []
        if row.customer not in members:
            members.append(row.customer)

    def customer(self, customer: str) -> Customer:
        """Give a customer by his id, under the first of his numbers; NOBODY when it is not known."""
        return self._customers.get(customer, NOBODY)

    def household(self, customer: str) -> tuple[str, ...]:
        """Give the other customers of his household, in the order in which they are written."""
        household = self.customer(customer).household
        return tuple(member for member in self._households.get(household, ()) if member != customer)

    def find(self, number: str) -> Customer:
        """Give the customer of a number as the network sent it; NOBODY when it is not known or withheld."""
        return self._found.get(one_form(number, self._country), NOBODY)

    def __len__(self) -> int:
        return len(self._found)


def one_form(number: str, country: str = "") -> str:
    """Write a number the one way in which numbers are compared: "+", country and digits, or bare home digits.

    "" when it is not a number. Home numbers lose the country code and the leading 0 of an area code.
    """
    bare = number.translate(SHOWN_BETWEEN_DIGITS)
    abroad = bare.startswith(("+", "00"))
    digits = bare.removeprefix("+") if bare.startswith("+") else bare.removeprefix("00")
    if not _digits(digits):
        return ""
    if not abroad:
        return digits.removeprefix("0") or digits if country else digits
    home = country and digits.startswith(country) and len(digits) > len(country)
    return digits.removeprefix(country) if home else f"+{digits}"


def _digits(text: str) -> bool:
    return text.isascii() and text.isdigit()
