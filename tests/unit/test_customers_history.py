"""Earlier contacts: newest first, bounded, and never another caller's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.context import EarlierContact
from customers.history import History

pytestmark = pytest.mark.unit


def contact(name, at, outcome="answered"):
    return EarlierContact(name, at, outcome, "menu", "cards", "ann", 12.0)


def test_newest_first_however_they_are_told():
    history = History()
    for name, at in (("b", 2.0), ("a", 1.0), ("c", 3.0)):
        history.add("K1", contact(name, at))
    assert [each.contact for each in history.earlier("K1")] == ["c", "b", "a"]
    assert history.earlier("K2") == ()


def test_the_same_contact_told_again_replaces():
    history = History()
    history.add("K1", contact("a", 1.0, "lost"))
    history.add("K1", contact("a", 1.0, "answered"))
    assert [each.outcome for each in history.earlier("K1")] == ["answered"]


def test_nobody_has_no_history():
    history = History()
    history.add("", contact("a", 1.0))
    assert (history.earlier(""), len(history)) == ((), 0)


def test_the_caller_longest_unheard_of_is_forgotten():
    history = History(callers=2)
    for caller, name in (("K1", "a"), ("K2", "b"), ("K1", "c"), ("K3", "d")):
        history.add(caller, contact(name, 1.0))
    assert [bool(history.earlier(caller)) for caller in ("K1", "K2", "K3")] == [True, False, True]


@pytest.mark.parametrize("bounds", [(0, 1), (1, 0)])
def test_bounds_are_at_least_one(bounds):
    with pytest.raises(ValueError):
        History(*bounds)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 12), st.integers(0, 50)), max_size=60))
def test_always_the_newest_few_of_this_caller(told):
    history, plain = History(per_caller=3, callers=99), {}
    for caller, name, at in told:
        # A contact keeps its time: what is told again is the same contact.
        when = plain.setdefault(caller, {}).setdefault(f"{caller}-{name}", float(at))
        history.add(str(caller), contact(f"{caller}-{name}", when))
    for caller, contacts in plain.items():
        kept = history.earlier(str(caller))
        times = [each.at for each in kept]
        assert times == sorted(contacts.values(), reverse=True)[:3]
        assert all(each.contact.startswith(f"{caller}-") for each in kept)
