"""The verbs of the flow language, one file each. It does not know what any of them does.

To add a verb: write its file, and name its class in `VERBS`.
"""

from ivr.steps.branch import Branch
from ivr.steps.collect import Collect
from ivr.steps.hangup import Hangup
from ivr.steps.hours import Hours
from ivr.steps.language import Language
from ivr.steps.menu import Menu
from ivr.steps.play import Play
from ivr.steps.queue import Queue
from ivr.steps.say import Say
from ivr.steps.set import Set
from ivr.steps.verb import Verb

VERBS: dict[str, type[Verb]] = {
    verb.VERB: verb for verb in (Play, Say, Language, Menu, Collect, Hours, Set, Branch, Queue, Hangup)
}

__all__ = [
    "VERBS", "Branch", "Collect", "Hangup", "Hours", "Language", "Menu", "Play", "Queue", "Say", "Set", "Verb",
]  # fmt: skip
