"""Telling prompts by their sound: through G.711, cut off by a key, with noise, with lost packets, never mistaken."""

from __future__ import annotations

import array
import itertools
import math
import random
from pathlib import Path

import pytest

from cti.fingerprint import SILENCE, SOUNDS, of_mulaw, prints_of
from cti.hearing import Fingerprints
from cti.prompts import PromptError, render_prompts
from cti.sip.sound import speech, to_mulaw
from cti.sound import read_wav, write_wav
from switchroom.floorplan import load_floor

pytestmark = pytest.mark.unit

NAMES = ("menu", "ask-card", "ask-pin", "thanks", "goodbye", "closed")
TREE = Path(__file__).parents[2]


def voice(seed: int, seconds: float = 3.0) -> list[int]:
    return list(of_mulaw(speech(seconds, seed)))


@pytest.fixture(scope="module")
def sounds(tmp_path_factory) -> dict[tuple[str, str], Path]:
    """Six prompts in two languages; `ask-card` and `ask-pin` begin with the same second and a half."""
    folder = tmp_path_factory.mktemp("sounds")
    files = {}
    for language, seed in (("en", 100), ("zh-CN", 200)):
        for place, name in enumerate(NAMES):
            same = voice(seed + 50, 1.5) if name.startswith("ask") else []
            files[name, language] = folder / f"{language}-{name}"
            write_wav(files[name, language].with_suffix(".wav"), same + voice(seed + place))
    return files


@pytest.fixture(scope="module")
def known(sounds) -> Fingerprints:
    return Fingerprints(sounds)


def line(samples: list[int], seed: int = 1, noise: float = 0.0, lost: float = 0.0) -> array.array[int]:
    """What a phone receives: G.711, with noise (mean amplitude), lost packets as silence, begun at any sample."""
    chance = random.Random(seed)  # noqa: S311  noise for a test
    samples = [0] * chance.randrange(800) + samples
    heard = bytes(to_mulaw(max(-32768, min(32767, round(one + chance.gauss(0, noise))))) for one in samples)
    packets = [heard[at : at + 160] for at in range(0, len(heard), 160)]
    return of_mulaw(b"".join(b"\xff" * len(one) if chance.random() < lost else one for one in packets))


def played(sounds, key) -> list[int]:
    return list(read_wav(sounds[key].with_suffix(".wav"))[1])


def named(heard) -> list[tuple[str, str]]:
    return [(one.prompt, one.language) for one in heard]


def test_every_prompt_is_told_from_its_sound_alone(sounds, known) -> None:
    for key in sounds:
        (heard,) = known.hear(line(played(sounds, key)))
        assert (heard.prompt, heard.language) == key
        assert heard.whole
        assert heard.also == ()
        assert heard.score > 0.85


@pytest.mark.parametrize(("noise", "lost"), [(60, 0.0), (0, 0.05), (40, 0.03)])
def test_noise_and_lost_packets_do_not_change_what_is_heard(sounds, known, noise, lost) -> None:
    for seed, key in enumerate(sounds):
        assert named(known.hear(line(played(sounds, key), seed, noise, lost))) == [key]


def test_a_prompt_cut_off_by_a_key_is_heard_to_that_moment(sounds, known) -> None:
    (heard,) = known.hear(line([0] * 8000 + played(sounds, ("menu", "en"))[: int(1.2 * 8000)] + [0] * 8000))
    assert (heard.prompt, heard.language, heard.whole) == ("menu", "en", False)
    assert abs(heard.from_s - 1.0) < 0.15
    assert abs(heard.to_s - 2.2) < 0.2


def test_prompts_cut_off_within_the_same_words_name_each_other(sounds, known) -> None:
    (short,) = known.hear(line(played(sounds, ("ask-card", "en"))[: 8000 * 1]))
    assert {(short.prompt, short.language), *short.also} == {("ask-card", "en"), ("ask-pin", "en")}
    (long,) = known.hear(line(played(sounds, ("ask-card", "en"))))
    assert (long.prompt, long.also) == ("ask-card", ())


def test_what_is_played_one_after_the_other_is_heard_in_order(sounds, known) -> None:
    order = [("menu", "zh-CN"), ("ask-pin", "zh-CN"), ("ask-pin", "zh-CN"), ("goodbye", "en")]
    sound = [sample for key in order for sample in [*played(sounds, key)[:16000], *[0] * 1600]]
    heard = known.hear(line(sound))
    assert named(heard) == order
    assert all(a.to_s <= b.from_s for a, b in itertools.pairwise(heard))


def test_a_prompt_shifted_by_a_gap_is_one_prompt(sounds, known) -> None:
    sound = played(sounds, ("closed", "en"))
    (heard,) = known.hear(line(sound[:8000] + sound[8800:]))
    assert (heard.prompt, heard.whole) == ("closed", True)


def test_what_is_no_prompt_is_not_heard(known) -> None:
    chance = random.Random(3)  # noqa: S311  noise for a test
    assert known.hear([]) == []
    assert known.hear([0] * 16000) == []
    assert known.hear([round(chance.gauss(0, 800)) for _ in range(32000)]) == []
    assert known.hear(line(voice(999, 6.0))) == []
    assert known.hear([round(9000 * math.sin(n * 2 * math.pi * 440 / 8000)) for n in range(32000)]) == []


def test_listening_bit_by_bit_tells_what_is_played_now(sounds, known) -> None:
    ear = known.listen()
    sound = line(played(sounds, ("menu", "en")) + [0] * 40000 + played(sounds, ("thanks", "en")))
    told = []
    for at in range(0, len(sound), 1600):
        ear.take(sound[at : at + 1600])
        told.append(named(ear.heard()))
    assert told[10] == [("menu", "en")]
    assert told[-1] == [("menu", "en"), ("thanks", "en")]
    assert named(known.hear(sound)) == told[-1]


def test_prints_lie_beside_their_sound_and_are_read_again(sounds, known, monkeypatch) -> None:
    kept = list(next(iter(sounds.values())).parent.glob("*.prints*"))
    assert len(kept) == len(sounds)
    monkeypatch.setattr("cti.hearing.prints_of", None)
    assert Fingerprints(sounds).prints == known.prints


def test_a_print_tells_sound_from_silence() -> None:
    assert set(prints_of([0] * 8000)) == {SILENCE}
    assert all(one & SOUNDS for one in prints_of(voice(1, 0.5))[:10])


def test_no_prompt_of_this_floor_is_taken_for_another(tmp_path) -> None:
    """Twenty of them, spread over both languages: all of them would take minutes."""
    floor, _ = load_floor(TREE / "dialplans")
    assert floor is not None
    every = sorted(floor.prompts)
    some = {key: floor.prompts[key] for key in every[:: max(1, len(every) // 20)]}
    try:
        paths = render_prompts(some, tmp_path)
    except PromptError:
        pytest.skip("no speech program on this machine")
    floors = Fingerprints(paths)
    mistaken = []
    for seed, key in enumerate(sorted(paths)):
        heard = floors.hear(line(list(read_wav(Path(f"{paths[key]}.wav"))[1]), seed, noise=20, lost=0.01))
        same = {other for other, path in paths.items() if path == paths[key]}
        if len(heard) != 1 or named(heard)[0] not in same:
            mistaken.append((key, heard))
    assert not mistaken
