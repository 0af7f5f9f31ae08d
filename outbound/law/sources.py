"""Where each number of the known laws comes from: a text that anybody can look up, or nothing but our own prudence.

It knows no number. `docs/outbound-law.md` says the same at length, and what we have not found.
"""

# ruff: noqa: RUF001  Chinese is written with Chinese punctuation

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_OURS = ("ours: what we found prudent, in no law that we know", "自定：出于审慎，未见于所知法规")
_OFCOM = ("Ofcom", "英国通信管理局（Ofcom）")
_OFCOM_OLD = ("Ofcom's statements until 2017; since then it names no figure", "Ofcom 2017 年前的声明，此后未再给出数值")
_DRAFT = ("MIIT's draft of 2020; no final text was found", "工信部 2020 年征求意见稿，未见正式文本")


@dataclass(frozen=True, slots=True)
class Source:
    """Both languages. `is_ours`: there is no law behind it."""

    en: str
    zh: str
    is_ours: bool = False


OURS = Source(*_OURS, is_ours=True)
HOUSE = Source("laws.yaml of this house", "本机构的 laws.yaml")


def _cited(text: str) -> Source:
    return Source(text, text)


_US = {
    "hours": _cited("16 CFR 310.4(c), 47 CFR 64.1200(c)(1)"),
    "consent": _cited("16 CFR 310.4(b)(1)(v), 47 CFR 64.1200(a)"),
    "ring": _cited("16 CFR 310.4(b)(4)(ii)"),
    "wait": _cited("16 CFR 310.4(b)(1)(iv)"),
    "message": _cited("16 CFR 310.4(b)(4)(iii), 47 CFR 64.1200(a)(7)"),
    "cap": _cited("16 CFR 310.4(b)(4)(i)"),
    "window": _cited("16 CFR 310.4(b)(4)(i)"),
    "formula": _cited("16 CFR 310.4(b)(4)(i)"),
    "blocks": _cited("16 CFR 310.4(b)(1)(iii)"),
}
_UK = {
    "lock": Source(*_OFCOM_OLD),
    "consent": _cited("PECR 2003, reg. 19"),
    "ring": Source(*_OFCOM),
    "wait": Source(*_OFCOM),
    "message": Source(*_OFCOM),
    "window": Source(*_OFCOM_OLD),
    "formula": Source(*_OFCOM),
    "blocks": _cited("PECR reg. 21"),
}
_CN = {"consent": Source(*_DRAFT), "blocks": Source(*_DRAFT)}

SOURCES: Mapping[str, Mapping[str, Source]] = {"us": _US, "uk": _UK, "cn": _CN}


def source_of(law: str, rule: str) -> Source:
    """Where a known law's rule comes from."""
    return SOURCES.get(law, {}).get(rule, OURS)
