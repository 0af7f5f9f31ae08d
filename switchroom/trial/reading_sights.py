"""Reading the lines that begin with `>`: what is expected to be seen.

It does not know whether it will be seen.
"""

from __future__ import annotations

from collections.abc import Iterator

from ivr.faults import Place, did_you_mean
from switchroom.trial import script as s
from switchroom.trial.spelling import Unfit, Word

_SHORT = {"queue": "join queue"}


def sights(words: list[Word]) -> Iterator[s.Line]:
    """The lines that one written line stands for: `> play a b` is two. Raises `Unfit`."""
    rest = _without_mark(words)
    first = rest[0]
    if first.text == "...":
        yield s.Line(s.Skip(), first.place)
        return
    name, after = _name(rest)
    shape = s.SIGHTS[name]
    if name == "end":
        yield s.Line(s.Expected(s.Sight("end", (), _path(after))), first.place)
        return
    plain, details = _parted(after, shape, name)
    if name == "play" and plain:
        for word in plain:
            yield s.Line(s.Expected(s.Sight(name, (word.text,), details)), word.place)
        return
    if not shape.least <= len(plain) <= shape.most:
        place = plain[shape.most].place if len(plain) > shape.most else first.place
        hint = "see docs/flows/transcripts.md"
        raise Unfit(place, "wrong-words", f"'> {name}' is written with {_count(shape)}", hint)
    yield s.Line(s.Expected(s.Sight(name, tuple(word.text for word in plain), details)), first.place)


def _without_mark(words: list[Word]) -> list[Word]:
    mark, rest = words[0], words[1:]
    if mark.text != ">":
        place = Place(mark.place.line, mark.place.column + 1, max(1, mark.place.width - 1))
        rest = [Word(mark.text[1:], place, mark.raw[1:]), *rest]
    if not rest:
        raise Unfit(mark.place, "too-few-words", "nothing is expected here", "write for example: > play welcome")
    return rest


def _name(rest: list[Word]) -> tuple[str, list[Word]]:
    two = " ".join(word.text for word in rest[:2])
    if two in s.SIGHTS:
        return two, rest[2:]
    one = _SHORT.get(rest[0].text, rest[0].text)
    if one not in s.SIGHTS:
        hint = did_you_mean(rest[0].text, s.SIGHTS)
        raise Unfit(rest[0].place, "unknown-sight", f"'{rest[0].text}' is nothing that can be expected", hint)
    return one, rest[1:]


def _path(after: list[Word]) -> tuple[tuple[str, str], ...]:
    if not after:
        return ()
    if after[0].text != "path:":
        hint = "write: > end  path: a, b"
        raise Unfit(after[0].place, "wrong-words", f"'{after[0].text}' cannot follow '> end'", hint)
    steps = [step.strip() for step in " ".join(word.text for word in after[1:]).split(",")]
    if not all(steps):
        raise Unfit(after[0].place, "too-few-words", "a path names each step", "write: > end  path: a, b")
    return (("path", ", ".join(steps)),)


def _parted(after: list[Word], shape: s.Shape, name: str) -> tuple[list[Word], tuple[tuple[str, str], ...]]:
    """Plain words first, then `key=value`."""
    plain: list[Word] = []
    details: dict[str, str] = {}
    for word in after:
        key, equals, value = word.text.partition("=")
        detail = bool(equals) and not word.raw.startswith('"') and (key in shape.details or len(plain) >= shape.most)
        if not detail:
            plain.append(word)
            continue
        if key not in shape.details:
            hint = did_you_mean(key, shape.details)
            raise Unfit(word.place, "unknown-key", f"'{key}' is not a key of '> {name}'", hint)
        if key in details:
            raise Unfit(word.place, "key-twice", f"'{key}' is written twice")
        details[key] = _canonical(key, value, word)
    return plain, tuple(details.items())


def _canonical(key: str, value: str, word: Word) -> str:
    """One spelling for each value, so that it can be compared: skills sorted and each with its level."""
    if not value:
        raise Unfit(word.place, "empty", f"'{key}' has no value")
    if key != "skills" or value == s.ANYTHING:
        return value
    pairs = [skill.partition(":") for skill in value.split(",") if skill]
    return ",".join(sorted(f"{skill}:{level or 1}" for skill, _, level in pairs))


def _count(shape: s.Shape) -> str:
    if shape.least == shape.most:
        return f"{shape.most} word{'' if shape.most == 1 else 's'} after it"
    return f"{shape.least} to {shape.most} words after it"
