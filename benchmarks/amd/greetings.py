"""What people and machines say when they answer a telephone, drawn by seed: words, voice, loudness, noise, hesitation.

It does not know how it is spoken (`sounds.py`) nor who listens. Made speech is not human speech: what is measured on it
compares detectors and their settings, and promises nothing about a country's real machines.
"""

# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

from __future__ import annotations

import random
from dataclasses import dataclass
from enum import StrEnum


class Truth(StrEnum):
    """What answers. A detector may call a person `human` or `unsure`, which is the same to him."""

    PERSON = "person"
    FIRM = "firm"  # a person who says his firm's name and more
    MACHINE = "machine"
    FAX = "fax"
    SILENT = "silent"


PAUSE = "|"  # in a text: silence, here as long as `Greeting.pause`

PEOPLE = {
    "en": (
        "Hello?", "Hello.", "Yes?", "Hi.", "Yeah, hello?", "Good morning.", "Hello, John speaking.", "Speaking.",
        "Smith residence, hello?", "Hello, who is this?", "Hello?|Hello?", "Yes, who is calling please?",
        "Hello, this is Maria, hello?", "Hey, what's up?",
    ),
    "zh": (
        "喂？", "喂，你好。", "你好。", "你好，请问哪位？", "喂？|喂？", "哪位？", "您好，我是王芳。", "喂，您找谁？",
        "您好，请讲。", "嗯，你好。", "喂，是谁啊？",
    ),
}  # fmt: skip
FIRMS = {
    "en": (
        "Good afternoon, Miller and Sons, how can I help you?",
        "Thank you for calling Lakeside Dental, this is Anna speaking.",
        "Northern Supplies, good morning.",
        "Town library, Peter speaking, what can I do for you?",
    ),
    "zh": (
        "您好，宏达公司，请问您找哪位？",
        "您好，前台，请问有什么可以帮您？",
        "您好，和平饭店，很高兴为您服务。",
    ),
}
MACHINES = {
    "en": (
        "Hi, you've reached John Smith. I can't take your call right now. Please leave a message after the tone.",
        "You have reached the voice mailbox of five five five, one two three four. Please speak after the beep.",
        "The person you are calling is not available. At the tone, please record your message.",
        "Hello, this is the Miller family. We are not at home.|Leave your name and number and we will call you back.",
        "Hi, this is Anna.|I am away from my phone at the moment, so please leave a message.",
        "Your call has been forwarded to an automatic voice message system. Please wait for the tone.",
        "Sorry we missed your call. Our office is open from nine to five. Please call back later or leave a message.",
        "Hey, it's Mike, you know what to do, leave me a message and I will get back to you.",
    ),
    "zh": (
        "您好，您拨打的用户暂时无法接听您的电话，请在提示音后留言。",
        "您好，这里是张先生的语音信箱，请在嘀声之后留下您的姓名和电话号码。",
        "您好，我现在不方便接电话，|请留言，我会尽快给您回电话。",
        "欢迎致电宏达公司，现在是下班时间，我们的工作时间是上午九点到下午六点。",
        "对不起，您所拨打的电话已启用语音留言服务，请在听到提示音后开始录音，按井号键结束。",
    ),
}


@dataclass(frozen=True, slots=True)
class Greeting:
    """One answer. `voice` is espeak's variant, `speed` words a minute, `pitch` 0 to 99; times in seconds.

    `level` is the loudness of the speech and `noise` that of the line, in dBov; -99 is none.
    """

    truth: Truth
    language: str
    text: str
    voice: str
    speed: int
    pitch: int
    wait: float
    pause: float
    level: float
    noise: float


VOICES = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5")
SHARES = {Truth.PERSON: 0.5, Truth.FIRM: 0.08, Truth.MACHINE: 0.34, Truth.FAX: 0.04, Truth.SILENT: 0.04}
TEXTS = {Truth.PERSON: PEOPLE, Truth.FIRM: FIRMS, Truth.MACHINE: MACHINES}
NOISES = (-99.0, -99.0, -65.0, -55.0, -48.0, -44.0)


def greetings(count: int, seed: int) -> list[Greeting]:
    """So many answers; the same seed draws the same."""
    chance = random.Random(f"{seed} greetings")  # noqa: S311 (a benchmark's dice)
    return [_draw(chance) for _ in range(count)]


def _draw(chance: random.Random) -> Greeting:
    truth = chance.choices([*SHARES], [*SHARES.values()])[0]
    language = chance.choice(("en", "zh"))
    texts = TEXTS.get(truth)
    people = truth in {Truth.PERSON, Truth.FIRM}
    return Greeting(
        truth=truth,
        language=language,
        text=chance.choice(texts[language]) if texts else "",
        voice=chance.choice(VOICES),
        speed=chance.randint(140, 200) if people else chance.randint(130, 180),
        pitch=chance.randint(30, 70),
        wait=round(chance.uniform(0.05, 1.6) if people else chance.uniform(0.1, 1.2), 2),
        pause=round(chance.uniform(0.3, 1.2), 2),
        level=round(chance.uniform(-34.0, -16.0), 1),
        noise=chance.choice(NOISES),
    )
