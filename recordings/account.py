"""Whether the files on the disk are those that were kept: one recording a talk, as long as it, and unaltered.

It does not know the journal: it is given talks, and what was found of each when it was looked at. Every file is read
once, in pieces.

    unlooked  a talk that was recorded is over, and nobody has looked at its recording
    gone      a file that was there is not there
    altered   a file is not what it was: its sum differs, or it is no audio any more
    length    it counts as whole, and is shorter or longer than its talk by more than 2 % and half a second
    shared    two talks name the same recording
    left      it was to be deleted, and is still there
    stray     a file belongs to no call
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from recordings.audio import NotAudio, checksum, measure
from recordings.messages import RecordingLookedAt
from recordings.naming import leg_names
from recordings.policy import LEAST_TOLERANCE, TOLERANCE, UNWRITTEN

LATE: Final = 300.0  # seconds after its end in which a talk's recording is looked at
ERASED: Final = "erased"
SOUND: Final = ("whole", "repaired")


@dataclass(frozen=True, slots=True)
class Talk:
    """A talk that is to be recorded at `path`. `over_at` is None while it goes on, or where nobody answered."""

    path: str
    over_at: float | None
    found: RecordingLookedAt | None = None


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, as a word of the list above, and with which file."""

    what: str
    name: str


def flaws(folder: Path, talks: Iterable[Talk], now: float) -> Iterator[Flaw]:
    """Hold each talk against its files."""
    claimed: Counter[str] = Counter()
    for talk in talks:
        claimed[talk.path] += 1
        yield from _of(folder, talk, now)
    yield from (Flaw("shared", path) for path, count in sorted(claimed.items()) if count > 1)


def files_of(folder: Path, day: str) -> list[str]:
    """What lies there of a day ("2026/11/21"). To be asked before the talks: a file comes after its call."""
    return sorted(f"{day}/{path.name}" for path in (folder / day).glob("*"))


def strays(files: Iterable[str], talks: Iterable[Talk], is_known: Callable[[str], bool]) -> Iterator[Flaw]:
    """The files of a whole day that are of no talk, nor of anything else that `is_known` by its name."""
    wanted = {name for talk in talks for name in leg_names(talk.path)}
    yield from (Flaw("stray", name) for name in files if name not in wanted and not is_known(name))


def _of(folder: Path, talk: Talk, now: float) -> Iterator[Flaw]:
    found = talk.found
    if found is None:
        if talk.over_at is not None and now - talk.over_at > LATE:
            yield Flaw("unlooked", talk.path)
    elif found.state == ERASED:
        yield from (Flaw("left", name) for name in leg_names(talk.path) if (folder / name).exists())
    else:
        yield from _kept(folder, talk.path, found)


def _kept(folder: Path, path: str, found: RecordingLookedAt) -> Iterator[Flaw]:
    lengths = []
    for name, digest in zip(found.legs, found.sha256, strict=False):
        try:
            lengths.append(measure(folder / name).seconds)
            if checksum(folder / name) != digest:
                yield Flaw("altered", name)
        except NotAudio:
            yield Flaw("altered", name)
        except OSError:
            yield Flaw("gone", name)
    if found.state in SOUND and len(lengths) == len(found.legs) and not _fits(lengths, found):
        yield Flaw("length", path)


def _fits(lengths: list[float], found: RecordingLookedAt) -> bool:
    """Whether both legs are as long as the talk; what a dying Asterisk had not written may be missing."""
    spare = max(TOLERANCE * found.talked, LEAST_TOLERANCE)
    least = found.talked - spare - (UNWRITTEN if found.state == "repaired" else 0.0)
    return len(lengths) == len(leg_names("")) and all(least <= one <= found.talked + spare for one in lengths)
