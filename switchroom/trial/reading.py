"""Reading transcripts from text, with every fault at its line and column. Whatever the text holds, it never raises.

It does not know flows or prompts: whether a name exists is found out when the transcript is played.

    call 4008001 from 13800000001 at 2026-03-02 10:15 Asia/Shanghai
    > play welcome
    press 1
    > join queue cards  priority=5
    after 4m
    hang up
    > end  path: opening, welcome, cards
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ivr.faults import Fault, Faults, Place, did_you_mean
from switchroom.trial import script as s
from switchroom.trial.reading_sights import sights
from switchroom.trial.spelling import (
    NAME,
    NUMBER,
    Unfit,
    Word,
    clock_of,
    is_day,
    keys_of,
    moment_of,
    seconds_of,
    words_of,
    zone_of,
)

MAX_BYTES = 1024 * 1024
LONGEST_LINE = 4000
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SETTINGS = {"name": "name", "customer": "customer", "customer-name": "customer_name", "segment": "segment"}
_OUTCOMES = ("found", "not_found", "refused", "locked", "failed")
_FORM = "call NUMBER from NUMBER at DATE TIME ZONE"


def read_transcripts(text: str | bytes, file: str) -> tuple[tuple[s.Transcript, ...], tuple[Fault, ...]]:
    """Every transcript in the text, or () and every fault. `file` is the name that the faults carry."""
    faults, decoded = _decoded(text, file)
    if faults:
        return (), faults.all()
    faults = Faults(file, decoded)
    reader = _Reader(faults)
    for number, line in enumerate(faults.lines, 1):
        reader.line(line, number)
    reader.close()
    if not reader.found and not faults:
        faults.add(Place(), "no-call", "there is no call in this file", f"begin with: {_FORM}")
    return ((), faults.all()) if faults else (tuple(reader.found), ())


def read_moves(text: str) -> tuple[s.Line, ...]:
    """One line of a transcript that was typed. Raises `Unfit`."""
    return tuple(_lines(words_of(text, 1)))


def _decoded(text: str | bytes, file: str) -> tuple[Faults, str]:
    faults = Faults(file)
    if len(text) > MAX_BYTES:
        faults.add(Place(), "too-large", f"the file has {len(text)} bytes; at most {MAX_BYTES} are read")
        return faults, ""
    if isinstance(text, str):
        return faults, text
    try:
        return faults, text.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = text.count(b"\n", 0, error.start) + 1
        message = f"byte 0x{text[error.start]:02x} is not UTF-8"
        faults.add(Place(line), "bad-utf8", message, "save the file as UTF-8")
        return faults, ""


@dataclass(slots=True)
class _Reader:
    """The file so far: finished transcripts, and the open one."""

    faults: Faults
    found: list[s.Transcript] = field(default_factory=list)
    opening: tuple[s.Opening, Place, str] | None = None
    lines: list[s.Line] = field(default_factory=list)
    title: str = ""
    started: bool = False

    def line(self, line: str, number: int) -> None:
        try:
            self._line(line, number)
        except Unfit as wrong:
            self.faults.add(wrong.place, wrong.code, wrong.message, wrong.hint)

    def _line(self, line: str, number: int) -> None:
        unfit = _UNFIT.search(line)
        if unfit:
            place = Place(number, unfit.start() + 1)
            raise Unfit(place, "control-character", f"character U+{ord(unfit[0]):04X} is not allowed", "remove it")
        if len(line) > LONGEST_LINE:
            raise Unfit(Place(number), "too-long", f"a line has at most {LONGEST_LINE} characters")
        words = words_of(line, number)
        if not words:
            self.title = line.strip().lstrip("# ").strip()
            return
        if words[0].text == "call" and _text(words, 1) != "again":
            self.close()
            self.started = True
            self.opening = (_opening(words), words[0].place, self.title)
        elif not self.started:
            raise Unfit(words[0].place, "no-call", "nothing can happen before the call", f"begin with: {_FORM}")
        else:
            self.lines.extend(_lines(words))

    def close(self) -> None:
        """The open transcript is complete."""
        if self.opening is not None:
            opening, place, title = self.opening
            self.found.append(s.Transcript(self.faults.file, title, opening, tuple(self.lines), place))
        self.opening, self.lines = None, []


def _text(words: list[Word], at: int) -> str:
    return words[at].text if at < len(words) else ""


def _opening(words: list[Word]) -> s.Opening:
    form = [_text(words, at) for at in (0, 2, 4)]
    if form != ["call", "from", "at"] or len(words) < 8:
        raise Unfit(words[0].place, "bad-call", "a call is not written like this", f"write: {_FORM}")
    called, number = words[1], words[3]
    if not (NUMBER.match(called.text) or NAME.match(called.text)):
        raise Unfit(called.place, "bad-number", f"'{called.text}' is no number and no flow", "write digits")
    if number.text != s.WITHHELD and not NUMBER.match(number.text):
        raise Unfit(number.place, "bad-number", f"'{number.text}' is not a number", "write digits, or withheld")
    zone = zone_of(words[7])
    given = {}
    for key, value, _ in _pairs(words[8:], tuple(_SETTINGS)):
        given[_SETTINGS[key]] = value
    shown = "" if number.text == s.WITHHELD else number.text
    return s.Opening(called.text, shown, moment_of(words[5], words[6], zone), words[7].text, **given)


def _lines(words: list[Word]) -> Iterator[s.Line]:
    first = words[0]
    if first.text.startswith(">"):
        yield from sights(words)
        return
    reader = MOVES.get(first.text)
    if reader is None:
        hint = did_you_mean(first.text, (*MOVES, ">")) or "write a move, or `>` and what is expected"
        raise Unfit(first.place, "unknown-line", f"'{first.text}' begins no line", hint)
    yield s.Line(reader(words), first.place)


def _pairs(words: list[Word], known: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Word]]:
    seen = set()
    for word in words:
        key, equals, value = word.text.partition("=")
        if not equals or not NAME.match(key):
            raise Unfit(word.place, "bad-setting", f"'{word.text}' is not key=value", 'write for example name="Li Na"')
        if known and key not in known:
            raise Unfit(word.place, "unknown-key", f"'{key}' is not a key here", did_you_mean(key, known))
        if key in seen:
            raise Unfit(word.place, "key-twice", f"'{key}' is written twice")
        seen.add(key)
        yield key, value, word


# ── moves ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _only(words: list[Word], most: int, form: str) -> None:
    if len(words) > most:
        raise Unfit(words[most].place, "too-many-words", f"'{words[most].text}' is too much here", f"write: {form}")


def _need(words: list[Word], at: int, form: str) -> Word:
    if at >= len(words):
        raise Unfit(words[-1].place, "too-few-words", "the line is not complete", f"write: {form}")
    return words[at]


def _name(word: Word) -> str:
    if not NAME.match(word.text):
        hint = "use small letters, digits and hyphens"
        raise Unfit(word.place, "bad-name", f"'{word.text}' is not a name", hint)
    return word.text


def _secret_name(word: Word) -> str:
    """The name of a secret; often that of the step that asks for it, which may be a part of another (`card/pin`)."""
    if not all(NAME.match(part) for part in word.text.split("/")):
        hint = "use small letters, digits and hyphens"
        raise Unfit(word.place, "bad-name", f"'{word.text}' is not a name", hint)
    return word.text


def _press(words: list[Word]) -> s.Move:
    form = "press 1234, press pound, or press secret 6 [name]"
    if _need(words, 1, form).text == "secret":
        _only(words, 4, form)
        count = _need(words, 2, form)
        if not re.fullmatch(r"[1-9]\d?", count.text):
            raise Unfit(count.place, "not-a-number", f"'{count.text}' is no count of keys", "write 1 to 99")
        return s.PressSecret(int(count.text), _secret_name(words[3]) if len(words) > 3 else "")
    keys = keys_of(words[1:])
    if s.MASK in keys and set(keys) != {s.MASK}:
        raise Unfit(words[1].place, "bad-key", "secret keys stand alone", "write `press secret 6` on a line of its own")
    return s.PressSecret(len(keys)) if s.MASK in keys else s.Press(keys)


def _secret(words: list[Word]) -> s.Move:
    form = "secret pin = 123456"
    rest = [word for word in words if word.text != "="]
    name, keys = _need(rest, 1, form), _need(rest, 2, form)
    _only(rest, 3, form)
    return s.SecretIs(_secret_name(name), keys_of([keys]))


def _silence(words: list[Word]) -> s.Move:
    _only(words, 1, "silence")
    return s.Silence()


def _wait(words: list[Word]) -> s.Move:
    _only(words, 2, "wait, or after 4m")
    return s.After(seconds_of(words[1])) if len(words) > 1 else s.Wait()


def _after(words: list[Word]) -> s.Move:
    _only(words, 2, "after 4m")
    return s.After(seconds_of(_need(words, 1, "after 4m")))


def _clock(words: list[Word]) -> s.Move:
    form = "clock 23:30, or clock 2026-03-02 23:30"
    _only(words, 3, form)
    first = _need(words, 1, form)
    if not is_day(first.text):
        _only(words, 2, form)
        return s.Clock(clock_of(first))
    time = _need(words, 2, form)
    moment_of(first, time, zone_of(Word("UTC", first.place)))
    return s.Clock(clock_of(time), first.text)


def _speak(words: list[Word]) -> s.Move:
    _only(words, 2, "speak 12s")
    return s.Speak(seconds_of(_need(words, 1, "speak 12s")))


def _hang(words: list[Word]) -> s.Move:
    form = "hang up, or hang up during PROMPT"
    shown = [word.text for word in words[:3]]
    if shown[:2] != ["hang", "up"] or shown[2:] not in ([], ["during"]):
        raise Unfit(words[0].place, "unknown-line", "this begins no line", f"write: {form}")
    _only(words, 4, form)
    return s.HangUp(_name(_need(words, 3, form)) if len(words) > 2 else "")


def _again(words: list[Word]) -> s.Move:
    form = "call again after 5m [from NUMBER]"
    shown = [_text(words, at) for at in (1, 2, 4)]
    if shown[:2] != ["again", "after"] or shown[2] not in {"", "from"}:
        raise Unfit(words[0].place, "bad-call", "a second call is not written like this", f"write: {form}")
    _only(words, 6, form)
    seconds = seconds_of(_need(words, 3, form))
    number = _need(words, 5, form) if shown[2] else None
    if number is not None and not NUMBER.match(number.text):
        raise Unfit(number.place, "bad-number", f"'{number.text}' is not a number", "write digits")
    return s.CallAgain(seconds, number.text if number else "")


def _agent(words: list[Word]) -> s.Move:
    form = "agent answers [NAME], agent refuses [NAME], agent ignores [NAME], agent hangs up"
    what = _need(words, 1, form)
    if [word.text for word in words[1:]] == ["hangs", "up"]:
        return s.AgentHangsUp()
    if what.text not in {"answers", "refuses", "ignores"}:
        raise Unfit(what.place, "unknown-line", f"an agent cannot '{what.text}' here", f"write: {form}")
    _only(words, 3, form)
    name = _name(words[2]) if len(words) > 2 else ""
    return s.AgentAnswers(name) if what.text == "answers" else s.AgentLetsPass(what.text, name)


def _source(words: list[Word]) -> s.Move:
    form = "source NAME answers found key=value, source NAME answers not_found, source NAME hangs"
    name, what = _name(_need(words, 1, form)), _need(words, 2, form)
    if what.text == "hangs":
        _only(words, 3, form)
        return s.SourceAnswers(name, "timed_out")
    outcome = _need(words, 3, form)
    if what.text != "answers" or outcome.text not in _OUTCOMES:
        wrong = what if what.text != "answers" else outcome
        raise Unfit(wrong.place, "bad-answer", f"a source cannot say '{wrong.text}'", f"write: {form}")
    values = tuple((key, value) for key, value, _ in _pairs(words[4:]))
    if values and outcome.text != "found":
        raise Unfit(words[4].place, "too-many-words", f"'{outcome.text}' has no values", f"write: {form}")
    return s.SourceAnswers(name, outcome.text, values)


def _outside(words: list[Word]) -> s.Move:
    form = "outside answers 2m, outside busy, outside ignores, outside fails"
    what = _need(words, 1, form)
    if what.text == "answers":
        _only(words, 3, form)
        return s.OutsideEnds("answered", seconds_of(words[2]) if len(words) > 2 else 0.0)
    _only(words, 2, form)
    why = {"busy": "busy", "ignores": "no_answer", "fails": "failed"}.get(what.text)
    if why is None:
        raise Unfit(what.place, "unknown-line", f"the other side cannot '{what.text}'", f"write: {form}")
    return s.OutsideEnds(why)


MOVES: dict[str, Callable[[list[Word]], s.Move]] = {
    "press": _press,
    "secret": _secret,
    "silence": _silence,
    "wait": _wait,
    "after": _after,
    "clock": _clock,
    "speak": _speak,
    "hang": _hang,
    "call": _again,
    "agent": _agent,
    "source": _source,
    "outside": _outside,
}
