"""Campaigns on live screens: how they stand, twice a second, and what each agent has of them, as soon as it changes.

It does not know who runs a campaign. `campaigns` goes to those who may see them, `work` to the agent himself; nothing
is sent while it is as before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from desk.campaign_view import AgentWork, CampaignDesk, CampaignView
from desk.live import Screen, frame

BEAT: Final = 0.5  # seconds; what is shown is never older than a second
Sent = tuple[Iterable[Screen], bytes]


class CampaignScreens:
    """Compares what was sent with what is. One per server, asked by the live desk at each pulse."""

    def __init__(self, campaigns: CampaignDesk) -> None:
        self._campaigns = campaigns
        self._views: Sequence[CampaignView] = ()
        self._works: Mapping[str, AgentWork] = {}
        self._next = 0.0

    def news(self, screens: Mapping[str, set[Screen]], now: float) -> Iterator[Sent]:
        """Tell what changed, to whom."""
        yield from self._of_agents(screens)
        if now >= self._next or self._next > now + 2 * BEAT:
            self._next = now + BEAT
            yield from self._of_campaigns(screens, now)

    def greeting(self, screen: Screen) -> Iterator[bytes]:
        """Tell how it is, to one who has just come."""
        if screen.watches:
            yield _views(self._campaigns.views(), screen.department, 0.0)
        work = self._campaigns.works().get(screen.user)
        if work is not None:
            yield frame("work", work)

    def _of_agents(self, screens: Mapping[str, set[Screen]]) -> Iterator[Sent]:
        before, self._works = self._works, self._campaigns.works()
        for user in screens.keys() & (before.keys() | self._works.keys()):
            work = self._works.get(user, AgentWork(user))
            if before.get(user, AgentWork(user)) != work:
                yield screens.get(user, ()), frame("work", work)

    def _of_campaigns(self, screens: Mapping[str, set[Screen]], now: float) -> Iterator[Sent]:
        watching: dict[str, list[Screen]] = {}
        for some in screens.values():
            for screen in some:
                if screen.watches:
                    watching.setdefault(screen.department, []).append(screen)
        if not watching:
            return
        before, self._views = self._views, self._campaigns.views()
        if before != self._views:
            for department, those in watching.items():
                yield those, _views(self._views, department, now)


def _views(views: Sequence[CampaignView], department: str, now: float) -> bytes:
    seen = [view for view in views if department in {"", view.department}]
    return frame("campaigns", {"at": now, "campaigns": seen})
