"""The verbs of the flow language, one file each. It does not know what any of them does.

To add a verb: write its file, and name its class in `VERBS`.
"""

from ivr.steps.authenticate import Authenticate
from ivr.steps.branch import Branch
from ivr.steps.callback import Callback
from ivr.steps.collect import Collect
from ivr.steps.hangup import Hangup
from ivr.steps.hours import Hours
from ivr.steps.identify import Identify
from ivr.steps.language import Language
from ivr.steps.lookup import Lookup
from ivr.steps.menu import Menu
from ivr.steps.message import Message
from ivr.steps.play import Play
from ivr.steps.queue import Queue
from ivr.steps.record import Record
from ivr.steps.refuse import Refuse
from ivr.steps.return_ import Return
from ivr.steps.say import Say
from ivr.steps.set import Set
from ivr.steps.subflow import Subflow
from ivr.steps.survey import Survey
from ivr.steps.transfer import Transfer
from ivr.steps.verb import Verb
from ivr.steps.voicemail import Voicemail

_ALL: tuple[type[Verb], ...] = (
    Play, Say, Language, Menu, Collect, Hours, Set, Branch, Lookup, Identify, Authenticate, Queue, Callback, Voicemail,
    Transfer, Survey, Record, Message, Refuse, Subflow, Return, Hangup,
)  # fmt: skip
VERBS: dict[str, type[Verb]] = {verb.VERB: verb for verb in _ALL}

__all__ = [
    "VERBS", "Authenticate", "Branch", "Callback", "Collect", "Hangup", "Hours", "Identify", "Language", "Lookup",
    "Menu", "Message", "Play", "Queue", "Record", "Refuse", "Return", "Say", "Set", "Subflow", "Survey", "Transfer",
    "Verb", "Voicemail",
]  # fmt: skip
