"""What the router refuses. Each leaves the router exactly as it was.

It does not know who will read the text; the text says what was wrong and what is allowed.
"""

from __future__ import annotations


class UnknownAgent(ValueError):
    """A message speaks of an agent who has no profile."""


class UnknownQueue(ValueError):
    """A contact asks for a queue that has no rules."""


class IllegalTransition(Exception):
    """Something that cannot be: the pair (state, message) is in no table."""


class Unstaffable(ValueError):
    """No number of seats reaches what was asked."""


class UnknownAct(ValueError):
    """The autopilot has no such act in force."""
