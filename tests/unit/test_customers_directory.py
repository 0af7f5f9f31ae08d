"""Numbers as networks write them, and whose they are."""

from __future__ import annotations

import pytest

from customers.directory import NOBODY, Customer, Directory, one_form

pytestmark = pytest.mark.unit

LI = Customer("13800138000", "K1", "李雷", "gold")


@pytest.mark.parametrize(
    "written", ["13800138000", "+8613800138000", "008613800138000", "138 0013 8000", "138-0013-8000"]
)
def test_one_person_however_the_network_writes_him(written):
    assert Directory([LI], country="86").find(written) == LI


def test_an_area_code_loses_its_zero_at_home_only():
    shop = Customer("010 8888 8888", "K2")
    directory = Directory([shop], country="86")
    assert directory.find("+86 10 8888 8888") == shop
    assert directory.find("+1 10 8888 8888") is NOBODY


@pytest.mark.parametrize("withheld", ["", "anonymous", "+", "sip:li@example.com", "12;34", "١٢٣"])
def test_what_is_no_number_is_nobodys(withheld):
    assert Directory([LI], country="86").find(withheld) is NOBODY


def test_without_a_country_numbers_are_compared_as_they_stand():
    directory = Directory([LI])
    assert directory.find("13800138000") == LI
    assert directory.find("+8613800138000") is NOBODY


@pytest.mark.parametrize("rows", [[Customer("x", "K1")], [Customer("1", "")], [LI, Customer("+8613800138000", "K9")]])
def test_bad_rows_are_refused_with_their_number(rows):
    with pytest.raises(ValueError, match=rows[-1].number.replace("+", r"\+")):
        Directory(rows, country="86")


def test_one_customer_may_have_many_numbers():
    directory = Directory([LI, Customer("999", "K1"), LI], country="86")
    assert (len(directory), directory.find("999").customer) == (2, "K1")


def test_a_country_is_digits():
    with pytest.raises(ValueError, match="digits only"):
        Directory(country="+86")
    assert one_form("0", "86") == "0"
