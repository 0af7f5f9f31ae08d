"""The verb `record`: the caller speaks, and a variable holds where it is kept.

It does not know how sound is recorded, nor where. The recording goes on through a restart of ours.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.messages import MessageRecorded, RecordMessage, Told
from ivr.saying.script import Said, Script
from ivr.steps.verb import FAILED_TO_SAY, SCRIPT, Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit, Wait

LONGEST = 10 * 60

LIMITS = (
    Doc("at_most", f"1s to {LONGEST // 60}m; 2m", "how long the caller may speak"),
    Doc("silence", "1s to 30s; 3s", "the silence that ends the recording; a key ends it too"),
)


@dataclass(frozen=True, slots=True)
class Record(Verb):
    VERB = "record"
    SUMMARY = (
        "Plays prompts and a beep, and records the caller until he presses a key, is silent, or has spoken as long as "
        "he may. The variable holds the recording's name below the recordings folder."
    )
    FIELDS = (
        Doc("record", SCRIPT, "what is played before the beep"),
        Doc("into", "variable", "where the recording's name goes"),
        *LIMITS,
    )
    EXITS = (
        Doc("next", "step", "something was recorded"),
        Doc("silent", "step", "the caller said nothing"),
        FAILED_TO_SAY,
    )
    EXAMPLE = """
        where-was-it:
          record: say-where
          into: place-said
          at_most: 1m
          next: main-menu
          silent: person
    """
    ASKS = True

    script: Script
    into: str
    at_most: int
    silence: int
    next: Exit
    silent: Exit
    failed: Exit | None = None

    @classmethod
    def read(cls, fields: StepFields) -> Record:
        script, into = fields.script("record"), fields.texts("into")
        return cls(
            script,
            fields.variable(into[0]) if into else "",
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

    def writes(self) -> tuple[str, ...]:
        return (self.into,)

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
        return Leave("next", kept=((self.into, told.recording),)) if told.recording else Leave("silent")
