"""What runs on the channel of a caller at our door, and which answer is not that of the last command.

It does not know what is done about such an answer (`agi_visit.py`).

A busy Asterisk may find both commands at once. Then it reads the second into its own buffer, sees nothing new on the
socket, plays the silence to its end, answers it, and waits for ever with the second command unread. So when the silent
collection answers after all, a word that is no command is sent: whatever was unread is read then, begins and is ended
by that word, and Asterisk's "unknown command" marks the place from which the command is sent once more.
"""

from __future__ import annotations

from enum import StrEnum

from cti.asterisk.agi_lines import Answer

SILENCE = "silence/10"
SILENCE_SAMPLES = 80_000
SILENCE_FROM = 64_000  # only the last two seconds are played: for longer nobody is left unheard


class Doing(StrEnum):
    """What runs on the channel.

    NOTHING, a PROMPT, a SOUND before a collection, a COLLECTION, a sound and the one KEY that is waited for, LISTENING
    ahead, FILLING, a LEAD_IN to a recording.
    """

    NOTHING = "nothing"
    PROMPT = "prompt"
    SOUND = "sound"
    COLLECTION = "collection"
    KEY = "key"
    LISTENING = "listening"
    FILLING = "filling"
    LEAD_IN = "lead_in"


def is_stray(answer: Answer, doing: Doing) -> bool:
    """Whether the silent collection ended by itself in the instant in which this next command was on its way."""
    if answer.endpos is None:
        return False
    return (
        doing is Doing.COLLECTION
        or answer.endpos == SILENCE_SAMPLES
        or (doing is Doing.PROMPT and answer.result not in {"0", "-1"})
    )
