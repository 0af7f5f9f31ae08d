"""Answers kept for a while, a fuse for what is down, a lock on guessed secrets; and the digests they go by."""

from __future__ import annotations

import pytest

from customers.guards import MOST_KEPT, Fuse, Kept, Lock, about

pytestmark = pytest.mark.unit


def test_a_digest_tells_keys_apart_and_names_none_of_them():
    one = about("cards", (("card", "6222"), ("branch", "1")))
    assert one == about("cards", (("branch", "1"), ("card", "6222")))
    others = [
        about("loans", (("card", "6222"), ("branch", "1"))), about("cards", (("card", "62221"), ("branch", ""))),
        about("cards", (("card", "6222"),)), about("cards", (("branch", "6222"), ("card", "1"))),
        about("cards", (("card", "6222\0branch\1\u0031"),)),
    ]  # fmt: skip
    assert len({one, *others}) == 6
    assert "6222" not in one
    assert about("cards", (("card", "\ud800"),))


def test_an_answer_is_kept_until_its_time_and_the_oldest_go_first():
    kept = Kept()
    kept.keep("a", (("name", "Li"),), until=10.0)
    assert kept.find("a", 9.9) == (("name", "Li"),)
    assert kept.find("a", 10.0) is None
    assert kept.find("b", 0.0) is None
    for number in range(MOST_KEPT):
        kept.keep(str(number), (), until=100.0)
    assert kept.find("a", 9.0) is None
    assert kept.find("0", 9.0) == ()


def test_a_fuse_blows_after_failures_in_a_row_only():
    fuse = Fuse(most=3, rest=5.0)
    assert [fuse.failed(1.0), fuse.failed(1.0)] == [False, False]
    fuse.answered()
    assert [fuse.failed(2.0), fuse.failed(2.0), fuse.failed(2.0)] == [False, False, True]
    assert not fuse.lets_through(6.9)


def test_after_the_rest_one_tries_for_all():
    fuse = Fuse(most=1, rest=5.0)
    fuse.failed(0.0)
    assert fuse.lets_through(5.0)
    assert not fuse.lets_through(5.0)
    assert not fuse.failed(5.1)
    assert not fuse.lets_through(10.0)
    assert fuse.lets_through(10.2)
    fuse.answered()
    assert fuse.lets_through(10.2)
    assert fuse.lets_through(10.2)


def test_a_lock_shuts_after_wrong_secrets_within_its_time_and_opens_that_time_after_the_last():
    lock = Lock()
    for at in (0.0, 50.0):
        lock.wrong("card", at)
    assert not lock.is_shut("card", 3, 100.0, 60.0)
    lock.wrong("card", 90.0)
    assert lock.is_shut("card", 3, 100.0, 90.0)
    assert lock.is_shut("card", 3, 100.0, 189.9)
    assert not lock.is_shut("card", 3, 100.0, 190.0)
    assert not lock.is_shut("other", 3, 100.0, 90.0)


def test_wrong_secrets_that_lie_far_apart_shut_nothing():
    lock = Lock()
    for at in (0.0, 60.0, 120.0):
        lock.wrong("card", at)
    assert not lock.is_shut("card", 3, 100.0, 121.0)
    lock.wrong("card", 130.0)
    assert lock.is_shut("card", 3, 100.0, 131.0)


def test_what_is_being_tried_counts_as_wrong_until_it_is_known():
    lock = Lock()
    lock.wrong("card", 1.0)
    lock.trying("card")
    lock.trying("card")
    assert lock.is_shut("card", 3, 100.0, 2.0)
    lock.tried("card")
    assert not lock.is_shut("card", 3, 100.0, 2.0)
    lock.tried("card")
    lock.tried("card")
    assert not lock.is_shut("card", 2, 100.0, 2.0)
