"""The laws that calls are made under, as screens show them, and an administrator's word for one of the house's own.

They do not know what a law says; its text is shown as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LawView:
    """One law as it is written. `digest` is the fingerprint of what it says, `text` all of it in JSON.

    `in_force` tells whether it counts as it is written; `widens` names the rules in which it gives more than the law in
    force, which takes the word of two persons. `first` has given his word already, "" nobody.
    """

    law: str
    version: str
    digest: str
    in_force: bool
    widens: tuple[str, ...]
    first: str
    text: str


@dataclass(frozen=True, slots=True)
class LawRule:
    """One rule of a law in words. `source` is where it comes from; `ours`: no law that we know stands behind it."""

    rule: str
    name: str
    says: str
    source: str
    ours: bool


class LawDesk(Protocol):
    """What the desk asks of the laws. It answers at once, from memory."""

    def views(self) -> Sequence[LawView]:
        """Tell all laws, by name."""
        ...

    def rules(self, law: str, language: str) -> Sequence[LawRule] | None:
        """Read a law out in a language (en, zh), as it is written; None where there is no such law."""
        ...


class NoLaws:
    """The desk of a house that calls nobody."""

    def views(self) -> Sequence[LawView]:
        return ()

    def rules(self, law: str, language: str) -> Sequence[LawRule] | None:
        del law, language
        return None


@dataclass(frozen=True, slots=True)
class LawAgreeAsked:
    """An administrator agrees to a law of the house, as its text was when he read it (`digest`)."""

    by: str
    law: str
    digest: str
    why: str
