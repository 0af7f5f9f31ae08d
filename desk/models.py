"""The shapes of requests and of those answers that no contract of another room gives.

They do not know who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from acd.grid import GRAINS
from desk.breakdown import BY

Name = Annotated[str, StringConstraints(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]+$")]
Reason = Annotated[str, StringConstraints(max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Limit = Annotated[float, Field(ge=0, le=86_400, allow_inf_nan=False, description="seconds")]
_WORD = "|".join(BY)
_BY = rf"^({_WORD})(,({_WORD})){{0,3}}$"
Moment = Annotated[float, Field(ge=0, le=1e11, allow_inf_nan=False, description="POSIX seconds")]


class Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(Asked):
    """No fields."""


class Login(Asked):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    user: Name
    password: Annotated[str, Field(min_length=1, max_length=1024, repr=False)]


class StateWanted(Asked):
    """`on` and `off` sign the agent on and off; `reason` is needed with `not_ready` only."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    state: Literal["on", "off", "ready", "not_ready", "wrap_up_done"]
    reason: Reason = ""

    @model_validator(mode="after")
    def _reason_given(self) -> Self:
        if self.state == "not_ready" and not self.reason.strip():
            raise ValueError("not_ready needs a reason, for example lunch")
        return self


class Interval(Asked):
    """[since, until). Without `until`: now. Without `since`: a day before `until`."""

    since: Moment | None = None
    until: Moment | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError("since is later than until")
        return self

    def bounds(self, now: float) -> tuple[float, float]:
        until = now if self.until is None else self.until
        since = until - 86_400.0 if self.since is None else self.since
        return max(0.0, since), until


class FlowPicture(Interval):
    """`call` is the contact whose way is lit; `heat` shows the traffic of the interval."""

    call: Name | None = None
    heat: bool = False


class ContactsAsked(Interval):
    """`outcome`: only contacts that ended so (abandoned, lost, ...), `open` for those that have not."""

    limit: Annotated[int, Field(ge=1, le=1000)] = 200
    queue: Name | None = None
    outcome: (
        Literal["open", "answered", "abandoned", "ended_in_flow", "flowed_out", "lost", "not_reached"] | None
    ) = None


class LeftAsked(Interval):
    queue: Name | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200


class FiguresAsked(Interval):
    """`target` and `short` in seconds, those of the configuration when left out."""

    queue: Name | None = None
    target: Limit | None = None
    short: Limit | None = None
    level: Literal["contact", "queue"] = "contact"


class BreakdownAsked(FiguresAsked):
    """`by`: one or more of queue, skill, agent and one of 15min, 30min, hour, day, month, with commas between."""

    by: Annotated[str, StringConstraints(max_length=60, pattern=_BY)] = "queue"

    def parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self.by.split(",")))

    @model_validator(mode="after")
    def _one_grain(self) -> Self:
        if len(set(self.parts()).intersection(GRAINS)) > 1:
            raise ValueError("by can hold one of " + ", ".join(GRAINS))
        return self


class TimesAsked(Interval):
    """`by` divides the time: 15min, 30min, hour, day or month."""

    agent: Name | None = None
    by: Literal["", "15min", "30min", "hour", "day", "month"] = ""


@dataclass(frozen=True, slots=True)
class Me:
    """`name` is the agent's name on the floor, the user's own otherwise. `until`: end of the session."""

    user: str
    role: str
    name: str
    until: float


@dataclass(frozen=True, slots=True)
class Done:
    done: bool = True


@dataclass(frozen=True, slots=True)
class Alive:
    alive: bool
    version: str


@dataclass(frozen=True, slots=True)
class Ready:
    """`trouble` holds what keeps the server from working, `limping` what it can do without for a while."""

    ready: bool
    trouble: dict[str, str]
    limping: dict[str, str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Every refusal looks like this. `error` is stable, `message` is for people."""

    error: str
    message: str
    field: str | None = None
