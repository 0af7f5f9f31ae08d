"""What the router refuses. Each leaves the router exactly as it was.

It does not know who will read the text; the text says what was wrong and what is allowed.
"""

from __future__ import annotations


class UnknownAgent(ValueError):  # noqa: N818 - named for what was met, as every error of this house
    """A message speaks of an agent who has no profile."""


class UnknownQueue(ValueError):  # noqa: N818 - see above
    """A contact asks for a queue that has no rules."""


class IllegalTransition(Exception):  # noqa: N818 - see above
    """Something that cannot be: the pair (state, message) is in no table."""
