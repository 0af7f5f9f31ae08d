"""Faults planted into the dialler for storms that call customers to find, each with the invariants that may name it.

It does not know how a storm is played.
"""

from __future__ import annotations

from dataclasses import replace

from outbound import again, beat, calls, dials
from outbound.law import book
from outbound.pacing.counted import Ratio
from outbound.trunk import Pulse, Trunk


def i12_hours_do_not_matter(patch):
    patch.setattr(book.Openings, "next", lambda _self, _place, _hours, now: now)


def i12_who_is_blocked_is_called(patch):
    patch.setattr(book.Blocks, "refuses", lambda *_: None)


def i12_nobody_remembers_who_was_tried(patch):
    patch.setattr(book.Callbook, "tries_on", lambda *_: [])
    patch.setattr(book.Callbook, "tries_of", lambda *_: [])


def i13_the_cap_does_not_matter(patch):
    real = Ratio.lines
    patch.setattr(Ratio, "lines", lambda self, bounds, now: real(self, replace(bounds, abandoned=-1000), now))


def i14_lines_are_not_counted(patch):
    patch.setattr(Trunk, "freed", lambda self: setattr(self, "used", 0))


def i14_the_pulse_is_not_kept(patch):
    patch.setattr(Pulse, "room", lambda *_: 99)


def i14_a_new_server_forgets_what_is_under_way(patch):
    def begun(dialler, fact, *_args, **_more):
        again.numbered(dialler, fact.attempt)

    patch.setattr(again, "attempt_begun", begun)


def i15_other_attempts_are_not_asked_for(patch):
    def may(dialler, run, due, number, now):
        return dialler.law.may_dial(due.lead, number, run.campaign, now, due.promised)

    patch.setattr(dials, "may", may)
    patch.setattr(book.Callbook, "in_contact", lambda *_: False)
    for name in ("tries_on", "tries_of"):
        patch.setattr(book.Callbook, name, lambda *_: [])


def i16_who_has_no_agent_is_forgotten(patch):
    patch.setattr(calls, "look_at_late", lambda dialler, _turn: dialler.late.clear())


def l5_nothing_is_dialled_any_more(patch):
    real = beat.dial_next

    def dial_next(dialler, run, turn):
        return turn.now < 1_700_000_120.0 and real(dialler, run, turn)

    patch.setattr(beat, "dial_next", dial_next)


PLANTED_IN_CALLING = {
    i12_hours_do_not_matter: ("I12",),
    i12_who_is_blocked_is_called: ("I12",),
    i12_nobody_remembers_who_was_tried: ("I12",),
    i13_the_cap_does_not_matter: ("I13",),
    i14_lines_are_not_counted: ("I14",),
    i14_the_pulse_is_not_kept: ("I14",),
    i14_a_new_server_forgets_what_is_under_way: ("I14", "I15"),
    i15_other_attempts_are_not_asked_for: ("I15",),
    i16_who_has_no_agent_is_forgotten: ("I16",),
    l5_nothing_is_dialled_any_more: ("L5",),
}
