"""Reading one line of a transcript: a move, or what is expected.

It does not know the lines before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ivr.faults import did_you_mean
from ivr.steps.queue import OTHERS
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
    zone_of,
)

_OUTCOMES = ("found", "not_found", "refused", "locked", "failed")


def lines_of(words: list[Word]) -> Iterator[s.Line]:
    """The lines that one written line stands for. Raises `Unfit`."""
    first = words[0]
    if first.text.startswith(">"):
        yield from sights(words)
        return
    reader = MOVES.get(first.text)
    if reader is None:
        hint = did_you_mean(first.text, (*MOVES, ">")) or "write a move, or `>` and what is expected"
        raise Unfit(first.place, "unknown-line", f"'{first.text}' begins no line", hint)
    yield s.Line(reader(words), first.place)


def text_at(words: list[Word], at: int) -> str:
    """The word at a place, "" behind the last."""
    return words[at].text if at < len(words) else ""


def pairs(words: list[Word], known: tuple[str, ...] = ()) -> Iterator[tuple[str, str, Word]]:
    """`key=value` of each word, with the word. Raises `Unfit`."""
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
    shown = [text_at(words, at) for at in (1, 2, 4)]
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


def _queue(words: list[Word]) -> s.Move:
    form = "queue full, queue closed, queue no_agent"
    why = _need(words, 1, form)
    _only(words, 2, form)
    if why.text not in OTHERS:
        hint = did_you_mean(why.text, OTHERS) or f"write: {form}"
        raise Unfit(why.place, "unknown-line", f"a queue lets nobody go because it is '{why.text}'", hint)
    return s.QueueLetsGo(why.text)


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
    values = tuple((key, value) for key, value, _ in pairs(words[4:]))
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
    "queue": _queue,
    "source": _source,
    "outside": _outside,
}
