"""Writes the dialplans folder of this benchmark: the shipped flows, and a tone of its own pitch for each prompt.

It does not know Asterisk, nor what is measured.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from cti.asterisk.music import tone, write_wav

SHIPPED = Path(__file__).parent / "dialplans"
TONES = {"long": 440, "one": 1000, "two": 1500, "three": 2000, "ask": 700}  # hertz
SECONDS = {"long": 6.0, "ask": 3.0}  # the others are short
_SHORT = 0.3
NUMBER, LOAD, KEYS, PLAIN = "4200", "4201", "4202", "4210"


def write_floor(folder: Path) -> Path:
    """Write the floor into a new folder; no speech program is needed."""
    shutil.copytree(SHIPPED, folder)
    recordings = folder / "recordings" / "en"
    recordings.mkdir(parents=True)
    for name, hertz in TONES.items():
        write_wav(recordings / f"{name}.wav", tone(hertz, SECONDS.get(name, _SHORT)))
    return folder


def plain_dialplan(sounds: dict[str, str]) -> str:
    """The same call without us: one key cuts off the same sound, then the same three sounds."""
    return f"""
[switchroom-in](+)
exten => {PLAIN},1,Answer()
 same => n,Read(KEY,{sounds["long"]},1,,1,3)
 same => n,Playback({sounds["one"]})
 same => n,Playback({sounds["two"]})
 same => n,Playback({sounds["three"]})
 same => n,Hangup()
"""
