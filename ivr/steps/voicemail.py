"""The verb `voicemail`: the caller leaves a message for the people of a queue.

It does not know who hears it, nor how sound is recorded. The recording goes on through a
restart of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.messages import LeaveMessage, MessageRecorded, RecordMessage, Told
from ivr.saying.script import Said, Script
from ivr.steps.record import LIMITS, LONGEST
from ivr.steps.verb import FAILED_TO_SAY, SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait


@dataclass(frozen=True, slots=True)
class Voicemail(Verb):
    VERB = "voicemail"
    SUMMARY = (
        "Plays prompts and a beep, records the caller until he presses a key, is silent, or has spoken as long as he "
        "may, and leaves the message for the people of a queue, with his number."
    )
    FIELDS = (
        Doc("voicemail", "queue", "whose people find the message"),
        Doc("ask", SCRIPT, "what is played before the beep"),
        *LIMITS,
    )
    EXITS = (
        Doc("next", "step", "the message is left"),
        Doc("silent", "step", "the caller said nothing, and nothing is left"),
        FAILED_TO_SAY,
    )
    EXAMPLE = """
        leave-word:
          voicemail: cards
          ask: speak-after-beep
          at_most: 3m
          next: goodbye
          silent: goodbye
    """
    ASKS = True
    ONCE = True

    script: Script
    queue: str
    at_most: int
    silence: int
    next: Exit
    silent: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Voicemail:
        script = fields.script("ask")
        return cls(
            script,
            fields.known("voicemail", "queue", fields.flow.known.queues),
            fields.seconds("at_most", 1, LONGEST, default=120),
            fields.seconds("silence", 1, 30, default=3),
            fields.exit("next"),
            fields.exit("silent"),
            fields.failed(script),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.silent, *((self.failed,) if self.failed else ()))

    def silent_exits(self) -> tuple[Exit, ...]:
        return self.exits[1:]

    def reads(self) -> tuple[str, ...]:
        return self.script.reads()

    def says(self) -> tuple[Said, ...]:
        return self.script.said

    def enter(self, visit: Visit) -> Outcome:
        prompts = self.script.prompts(visit)
        if prompts is None:
            return Leave("failed")
        return Wait(RecordMessage(prompts, visit.language, float(self.at_most), float(self.silence)))

    def resume(self, visit: Visit, told: Told) -> Outcome | None:
        del visit
        if not isinstance(told, MessageRecorded):
            return None
        if not told.recording:
            return Leave("silent")
        return Leave("next", aside=(LeaveMessage(self.queue, told.recording, told.seconds),))
