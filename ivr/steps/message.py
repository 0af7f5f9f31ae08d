"""The verb `message`: a text goes out to somebody.

It does not know who delivers it, nor whether it arrives.
"""

from __future__ import annotations

from dataclasses import dataclass

from ivr.asking import clean
from ivr.expression import fill, references
from ivr.faults import did_you_mean
from ivr.messages import SendMessage
from ivr.steps.verb import Doc, Exit, StepFields, Verb
from ivr.visit import Leave, Outcome, Visit
from ivr.written import Table

LONGEST = 1000  # characters


@dataclass(frozen=True, slots=True)
class Message(Verb):
    VERB = "message"
    SUMMARY = (
        "Hands a text to the bus, for whoever delivers messages of this channel. Nothing is waited for, and the caller "
        "hears nothing."
    )
    FIELDS = (
        Doc("message", "name, like `sms` or `mail`", "the channel"),
        Doc("to", "text", "to whom; it may look names up: `${caller.number}`"),
        Doc("text", "text, or language: text, one line for every language", f"at most {LONGEST} characters go out"),
    )
    EXITS = (
        Doc("next", "step", "the text is handed over"),
        Doc("refused", "step", "there is nobody to send it to (a withheld number, say), or no text"),
    )
    EXAMPLE = """
        confirm-it:
          message: sms
          to: ${caller.number}
          text:
            en: Your card is locked.
            zh-CN: 您的卡已挂失。
          next: goodbye
          refused: goodbye
    """
    ONCE = True

    channel: str
    to: str
    texts: tuple[tuple[str, str], ...]
    next: Exit
    refused: Exit

    @classmethod
    def read(cls, fields: StepFields) -> Message:
        to = fields.value("to", required=True)
        return cls(
            fields.name("message"),
            fields.template(to, "to") if to else "",
            _texts(fields),
            fields.exit("next"),
            fields.exit("refused"),
        )

    @property
    def exits(self) -> tuple[Exit, ...]:
        return (self.next, self.refused)

    def reads(self) -> tuple[str, ...]:
        return (*references(self.to), *(name for _, text in self.texts for name in references(text)))

    def enter(self, visit: Visit) -> Outcome:
        to = clean(fill(self.to, visit.lookup)).strip()
        text = clean(fill(dict(self.texts).get(visit.language, ""), visit.lookup), LONGEST).strip()
        if not to or not text:
            return Leave("refused")
        return Leave("next", aside=(SendMessage(self.channel, to, text),))


def _texts(fields: StepFields) -> tuple[tuple[str, str], ...]:
    languages = fields.flow.languages
    found = fields.value("text", required=True)
    if found is None:
        return ()
    if not isinstance(found, Table):
        text = fields.template(found, "text")
        return tuple((language, text) for language in languages)
    texts = {}
    for key, value in fields.lines(found, "text"):
        if key.value not in languages:
            message = f"'{key.value}' is not a language of this flow"
            fields.fault(key.place, "unknown-language", message, did_you_mean(key.value, languages))
        texts[key.value] = fields.template(value, key.value)
    missing = [language for language in languages if language not in texts]
    if missing:
        fields.fault(found.place, "missing-language", f"'text' has no line for {', '.join(missing)}")
    return tuple(texts.items())
