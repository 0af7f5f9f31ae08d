"""Which known prompts were played, told from the sound alone: cut off early, with noise, with gaps.

It does not know calls or flows; it is given sound files by (name, language), and samples as a phone received them.

Equal halves of prints are *votes* for a prompt that began at some moment. Where votes gather, the prompt is laid
beside what was heard, print by print, and has a *gain* for each print that fits and a loss for each that does not. The
prompt with the greatest gain explains its stretch of sound; then the rest is looked at again.

Two prompts that begin with the same words cannot be told apart when the caller cuts them off within those words: the
others are named in `Heard.also`. Of a prompt cut off within its first third of a second nothing is said.
"""

from __future__ import annotations

import array
import contextlib
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cti.fingerprint import CHANGES, HOP, PRINTING, SILENCE, STEP, Print, Printer, distance, prints_of
from cti.sound import RATE, read_wav, telephone_sound, write_whole

SECOND = RATE // STEP  # steps
_FEWEST = 5  # votes that make a candidate
_CANDIDATES = 16  # that are looked at for each second in which a prompt can have begun
_LEAST = 2.2  # gain below which nothing was heard
_LEAST_CUT = 6.0  # the same for a prompt that was not heard to its end: a third of a second of it
_FITS = 9.5  # bits of 31 that may differ before a print speaks against a prompt (chance: 15.5)
_LOSS = -0.35  # for a print that is silent where the prompt sounds
_MIDWAY = 0.45  # what the gain is worth of a prompt that would have begun in its middle
_EQUAL = 0.93  # of the best gain: just as likely
_SETTLED = 3 * SECOND  # a prompt that ended so long ago is not thought over again

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """One prompt that was heard from `from_s` to `to_s` seconds after the first sample.

    `score` 0 to 1: how well the sound fits (0.5 is chance). `whole` tells that it was heard to its end. `also` names
    other prompts of the same language that fit the stretch as well: the same words, or cut off within the same words.
    """

    prompt: str
    language: str
    from_s: float
    to_s: float
    score: float
    whole: bool
    also: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class _Fit:
    """A prompt laid beside the sound: `start` is where it began (in steps), `begin` to `end` what fits of it."""

    number: int
    start: int
    begin: int
    end: int
    gain: float


class Fingerprints:
    """The prompts that can be recognised. `files` are paths as `PlayPrompt` takes them, with or without `.wav`."""

    def __init__(self, files: Mapping[Key, str | Path]) -> None:
        self.keys = tuple(sorted(files))
        self.prints = [_kept_prints(Path(files[key])) for key in self.keys]
        self.weights = [1 / math.sqrt(max(1, len(prints))) for prints in self.prints]  # long ones gather more by chance
        self.votes: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, prints in enumerate(self.prints):
            for place, bits in enumerate(prints):
                if bits != SILENCE:
                    self.votes[bits & CHANGES].append((number, place))
                    self.votes[bits & ~CHANGES].append((number, place))

    def hear(self, samples: Sequence[int]) -> list[Heard]:
        """Every known prompt in the sound (8 kHz, 16 bit), in the order in which they were played."""
        listening = self.listen()
        listening.take([*samples, *[0] * STEP * HOP * 4])
        return listening.heard()

    def listen(self) -> Listening:
        """A new ear, for sound that comes bit by bit."""
        return Listening(self)


def _kept_prints(path: Path) -> array.array[int]:
    """The prints of a sound file. They lie beside it once they were made, for it is named by its content."""
    sound = path if path.suffix == ".wav" else path.with_name(f"{path.name}.wav")
    kept = sound.with_suffix(f".prints{PRINTING}")
    prints = array.array("I")
    with contextlib.suppress(OSError, ValueError):
        prints.frombytes(kept.read_bytes())
        return prints
    prints = prints_of(telephone_sound(read_wav(sound)))
    with contextlib.suppress(OSError):
        write_whole(kept, prints.tobytes())
    return prints


class Listening:
    """One stretch of sound that is still going on."""

    def __init__(self, known: Fingerprints) -> None:
        self._known = known
        self._printer = Printer(HOP)
        self._prints: list[int] = []
        self._votes: dict[tuple[int, int], int] = defaultdict(int)
        self._gathered: dict[tuple[int, int], int] = defaultdict(int)  # the same with those beside it
        self._likely: set[tuple[int, int]] = set()  # where enough votes have gathered
        self._found: list[tuple[int, int]] = []  # the candidates, when so many prints were heard:
        self._looked_at = -1
        self._done: list[Heard] = []
        self._from = 0  # steps before this are settled

    def take(self, samples: Sequence[int]) -> None:
        """What was received next. A pause in the stream must be given as zeros, or times shrink by it."""
        for one in self._printer.take(samples):
            self._vote(one, len(self._prints) * HOP)
            self._prints.append(one.bits)

    def heard(self) -> list[Heard]:
        """All prompts so far; the last may still be going on."""
        fits = [fit for fit in _joined(self._explain()) if self._is_sure(fit)]
        now = len(self._prints) * HOP
        while fits and fits[0].end < now - _SETTLED:
            fit = fits.pop(0)
            self._done.append(self._told(fit))
            self._settle(fit.end)
        return [*self._done, *map(self._told, fits)]

    def _vote(self, one: Print, at: int) -> None:
        if one.bits == SILENCE:
            return
        half = one.bits & CHANGES
        for bits in (half, *(half ^ 1 << place for place in one.weak), one.bits & ~CHANGES):
            for number, place in self._known.votes.get(bits, ()):
                self._count(number, at - place)

    def _count(self, number: int, start: int) -> None:
        self._votes[number, start] += 1
        for near in (start - 1, start, start + 1):
            self._gathered[number, near] += 1
            if self._gathered[number, near] == _FEWEST:
                self._likely.add((number, near))

    def _explain(self) -> list[_Fit]:
        """The prompts that explain the sound best, none over another."""
        fits = [self._fit(number, start, self._from, len(self._prints) * HOP) for number, start in self._candidates()]
        found: list[_Fit] = []
        while fits:
            best = max(fits, key=lambda fit: (fit.gain, -fit.start, -fit.number))
            if best.gain < _LEAST:
                break
            found.append(best)
            fits = [rest for fit in fits for rest in self._beside(fit, best)]
        return sorted(found, key=lambda fit: fit.begin)

    def _beside(self, fit: _Fit, best: _Fit) -> list[_Fit]:
        """What is left of a fit before and after the best one."""
        if fit.end <= best.begin or fit.begin >= best.end:
            return [fit]
        before = self._fit(fit.number, fit.start, fit.begin, best.begin)
        after = self._fit(fit.number, fit.start, best.end, fit.end)
        return [rest for rest in (before, after) if rest.gain >= _LEAST]

    def _is_sure(self, fit: _Fit) -> bool:
        """A prompt heard from its beginning: to its end, or else for long enough that no other word can be meant."""
        return not _midway(fit) and (self._is_whole(fit) or fit.gain >= _LEAST_CUT)

    def _is_whole(self, fit: _Fit) -> bool:
        return fit.end >= fit.start + len(self._known.prints[fit.number]) - SECOND // 2

    def _candidates(self) -> list[tuple[int, int]]:
        """The likeliest prompts to have begun in each second."""
        if self._looked_at != len(self._prints):
            self._looked_at, self._found = len(self._prints), self._likeliest()
        return self._found

    def _likeliest(self) -> list[tuple[int, int]]:
        by_second: dict[int, list[tuple[float, tuple[int, int]]]] = defaultdict(list)
        for key in self._likely:
            if key in self._votes:
                weight = self._gathered[key] * self._known.weights[key[0]]
                by_second[key[1] // SECOND].append((-weight, key))
        return [key for likely in by_second.values() for _, key in sorted(likely)[:_CANDIDATES]]

    def _fit(self, number: int, start: int, since: int, until: int) -> _Fit:
        """The stretch of [since, until) with the greatest gain for this prompt begun at `start`."""
        prints, heard = self._known.prints[number], self._prints
        first = max(since, start, 0)
        first += -first % HOP
        best = _Fit(number, start, first, first, 0.0)
        gain, begin = 0.0, first
        for at in range(first, min(until, start + len(prints)), HOP):
            gain += _gain(prints[at - start], heard[at // HOP])
            if gain <= 0:
                gain, begin = 0.0, at + HOP
            elif gain > best.gain:
                best = _Fit(number, start, begin, at + HOP, gain)
        return replace(best, gain=best.gain * _MIDWAY) if _midway(best) else best

    def _told(self, fit: _Fit) -> Heard:
        name, language = self._known.keys[fit.number]
        prints = self._known.prints[fit.number]
        # Two hearings of one prompt joined into one may reach beyond its end.
        stretch = [at for at in range(fit.begin, fit.end, HOP) if 0 <= at - fit.start < len(prints)]
        pairs = [(prints[at - fit.start], self._prints[at // HOP]) for at in stretch]
        apart = [distance(one, other) for one, other in pairs if one and other]
        score = 1 - sum(apart) / (31 * max(1, len(apart)))
        began, ended = fit.begin / SECOND, fit.end / SECOND
        return Heard(name, language, began, ended, round(score, 3), self._is_whole(fit), self._rivals(fit))

    def _rivals(self, fit: _Fit) -> tuple[Key, ...]:
        """Other prompts that explain the same stretch as well."""
        found = set()
        for number, start in self._candidates():
            if number != fit.number and abs(start - fit.start) <= HOP:
                other = self._fit(number, start, fit.begin, fit.end)
                if other.gain >= _EQUAL * fit.gain:
                    found.add(self._known.keys[number])
        return tuple(sorted(found))

    def _settle(self, until: int) -> None:
        """Think no more of what was heard before `until`."""
        self._from = until
        lengths = [len(prints) for prints in self._known.prints]
        for kept in (self._votes, self._gathered):
            for key in [key for key in kept if key[1] + lengths[key[0]] <= until]:
                del kept[key]
        self._likely = {key for key in self._likely if key in self._gathered}
        self._looked_at = -1


def _gain(known: int, heard: int) -> float:
    """What one print says for a prompt: 1 at best, 0 where the prompt is silent."""
    if known == SILENCE:
        return 0.0
    if heard == SILENCE:
        return _LOSS
    return max(_LOSS, (_FITS - distance(known, heard)) / _FITS)


def _midway(fit: _Fit) -> bool:
    """Whether the prompt would have begun in its middle, which no prompt does: the same words in another one."""
    return fit.begin - max(fit.start, 0) > SECOND // 2


def _joined(fits: Iterable[_Fit]) -> list[_Fit]:
    """One prompt that was heard in two pieces, because lost packets shifted its rest, is one."""
    joined: list[_Fit] = []
    for fit in fits:
        last = joined[-1] if joined else None
        if last and last.number == fit.number and _goes_on(last, fit):
            joined[-1] = replace(last, end=fit.end, gain=last.gain + fit.gain)
        else:
            joined.append(fit)
    return joined


def _goes_on(last: _Fit, fit: _Fit) -> bool:
    near = fit.begin - last.end <= SECOND and abs(fit.start - last.start) <= SECOND
    return near and fit.begin - fit.start > last.end - last.start - HOP * 4
