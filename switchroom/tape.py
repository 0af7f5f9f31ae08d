"""The tape: every message the centre was told, with its time, as text that `replay` can read back.

It does not know what a message means. Keys that a flow marks secret are on no tape: `masked` puts a dot for each.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final, get_args

from pydantic import TypeAdapter

import cti.vocabulary as cti
from switchroom.turn import Message

KINDS: Final[dict[str, TypeAdapter[Any]]] = {kind.__name__: TypeAdapter(kind) for kind in get_args(Message)}

_WRITERS: Final = {kind: KINDS[kind.__name__].serializer.to_json for kind in get_args(Message)}


def masked(message: Message, taken: bool = True) -> Message:
    """The same message with a dot for each key: a full one where the flow takes the keys, else an empty one."""
    if isinstance(message, cti.DigitsCollected):
        return replace(message, digits=("•" if taken else "◦") * len(message.digits))
    return message


def write(told: Iterable[tuple[float, Message]]) -> str:
    """One commit's messages as a JSON list of [now, kind, fields]."""
    lines = (
        f'[{now!r},"{type(message).__name__}",{_WRITERS[type(message)](message).decode()}]'
        for now, message in told
    )
    return f"[{','.join(lines)}]"


def read(text: str) -> Iterator[tuple[float, Message]]:
    """The messages of one commit. Raises `ValueError` where the text is no tape of ours."""
    for now, kind, fields in json.loads(text):
        if kind not in KINDS:
            raise ValueError(f"the tape holds a '{kind}', which this version does not know")
        yield now, KINDS[kind].validate_python(fields)
