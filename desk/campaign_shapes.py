"""The shapes of what people ask of campaigns and say about calls that we make.

They do not know who asks.
"""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from desk.models import Asked, Interval, Moment, Name

OneLine = r"^[^\x00-\x1f\x7f]*$"
Why = Annotated[str, StringConstraints(max_length=200, pattern=OneLine)]
_SAID = r"^[^\x00-\x1f\x7f]*\S[^\x00-\x1f\x7f]*$"
Needed = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_SAID)]
Number = Annotated[str, StringConstraints(min_length=2, max_length=40, pattern=r"^\+?[0-9 ()./-]+$")]
Note = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Amount = Annotated[str, StringConstraints(pattern=r"^(\d{1,12}(\.\d{1,4})?)?$")]
Mode = Literal["manual", "preview", "progressive", "ratio", "predictive", "message"]
Ratio = Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False, description="lines for each free agent")]
Share = Annotated[float, Field(ge=0, le=0.2, allow_inf_nan=False, description="of the persons who answer")]
Outcome = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_]+$")]
Outcomes = Annotated[str, StringConstraints(max_length=200, pattern=r"^[a-z_]+(,[a-z_]+)*$")]
ListName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{0,60}$")]


class StartWanted(Asked):
    """`pilot`: pause by itself after so many contacts; 0: not."""

    why: Why = ""
    pilot: Annotated[int, Field(ge=0, le=1000)] = 0


class WhyTold(Asked):
    why: Why = ""


class TuneWanted(Asked):
    """What is left out stays. `cap` is for administrators alone."""

    why: Why = ""
    mode: Mode | None = None
    ratio: Ratio | None = None
    cap: Share | None = None
    lines: Annotated[int | None, Field(ge=0, le=10_000)] = None

    @model_validator(mode="after")
    def _something_wanted(self) -> Self:
        if (self.mode, self.ratio, self.cap, self.lines) == (None, None, None, None):
            raise ValueError("write mode, ratio, cap or lines")
        return self


class ProjectionAsked(Asked):
    """What is left out is as it is now."""

    mode: Mode | None = None
    ratio: Ratio | None = None
    cap: Share | None = None


class TrialWanted(Asked):
    number: Number


class AttemptsAsked(Interval):
    """`outcomes` with commas between, all when left out."""

    outcomes: Outcomes | None = None
    limit: Annotated[int, Field(ge=1, le=1000)] = 200

    def kinds(self) -> tuple[str, ...]:
        return tuple(self.outcomes.split(",")) if self.outcomes else ()


class JourneyAsked(Asked):
    """`who` is a number in E.164, or a customer's id."""

    who: Name


class RerunWanted(Asked):
    """A new list of the campaign's leads whose last attempt ended in one of these."""

    outcomes: Annotated[list[Outcome], Field(min_length=1, max_length=20)]
    name: ListName


class BlockWanted(Asked):
    """Never call this number, or with `prefix` all that begin so. `scope` is a campaign, or "" for the house."""

    number: Number
    why: Needed
    scope: Annotated[str, StringConstraints(max_length=128, pattern=OneLine)] = ""
    prefix: bool = False


class OutcomeWanted(Asked):
    """The agent's word on his talk. `again`: when to call back; by him alone (`mine`) or by anybody."""

    contact: Name
    result: Name
    again: Moment = 0.0
    mine: bool = False
    note: Note = ""
    amount: Amount = ""
    block: bool = False


class PreviewAnswer(Asked):
    campaign: Name
    lead: Name
    take: bool
    why: Why = ""


class DialWanted(Asked):
    campaign: Name
    number: Number


class FileCalled(Asked):
    """`file` is its own name, by which its kind is known."""

    file: Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f/\\]+$")]


class ListWanted(Asked):
    """How the file is to be read. `mapping`: by a column's head what it is: number, name, ...; left out, as found."""

    name: ListName
    region: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""
    mapping: Annotated[dict[Name, Name] | None, Field(max_length=50)] = None
