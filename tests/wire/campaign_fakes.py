"""Two campaigns and one list for the desk's tests, all in the test's hands."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desk_fakes import NOW

from desk.campaign_view import AgentWork, CampaignView, CrewView, DropView, LeadCard, Overtaken, PaceView, Projection
from desk.list_view import ListView, NoLists, NotTaken, RejectView, UploadView

CARDS = CampaignView(
    "cards", "predictive", "running", "", "cam", NOW - 60, "sales", "us", 1.0, 0.03, 0.03, department="cards",
    drops=(DropView("us", 200, 4, 0.02, 0.03, 2_592_000),), labels={"en": "Card instalments", "zh-CN": "账单分期"},
    pace=PaceView(12, "agents", 0.04), crew=CrewView(2, 1, 5, 1, 0, 21.0, 0.72, 9), talking=5, dialling=6, dialled=240,
    outcomes=(("connected", 150), ("busy", 20), ("abandoned", 4)), results=(("sold", 30),), left=760, total=1000,
    lines_used=11, lines_most=30,
)  # fmt: skip
LOANS = replace(CARDS, campaign="loans", department="loans", state="paused")
LEAD = LeadCard("march.7", "Wang", "+8613800000007", fields=(("card", "gold"),))


class Campaigns:
    """Two campaigns; the test may change them."""

    def __init__(self) -> None:
        self.now: list[CampaignView] = [CARDS, LOANS]
        self.has: dict[str, AgentWork] = {}

    def views(self):
        return list(self.now)

    def works(self):
        return dict(self.has)

    async def projected(self, by, campaign, mode, ratio, cap):
        if by == "cam" and ratio == 3.9:
            raise Overtaken
        return Projection(campaign, mode, ratio, cap, 0.024, 0.81) if campaign == "cards" else None


class Lists(NoLists):
    """A file that comes in is checked and imported at once, unless its name is bad."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.came: list[bytes] = []
        self.now: UploadView | None = None

    async def lists(self):
        return [ListView("march", "march.csv", "cam", NOW, 3, 2, 1, 0, 0)]

    async def take(self, file, pieces, by):
        if file.endswith(".pdf"):
            raise NotTaken("a list is CSV or XLSX")
        self.came = [piece async for piece in pieces]
        self.now = UploadView("u1", file, "came", by, columns=("phone", "name"), mapping=(("phone", "number"),))
        return self.now

    async def upload(self, upload):
        return self.now if upload == "u1" else None

    async def check(self, _upload, wish):
        self.now = replace(self.now, state="checked", list=wish.name, rows=3, good=2, bad=1, region=wish.region,
                           rejects=(RejectView(2, "phone", "letters"),))  # fmt: skip
        return self.now

    async def bring(self, _upload, wish, _by):
        self.now = replace(self.now, state="imported", list=wish.name)
        return self.now

    async def rejects(self, _upload):
        path = self.folder / "rejects.csv"
        path.write_text("row,column,reason\r\n2,phone,letters\r\n")
        return path

    async def rerun(self, campaign, outcomes, name, by):
        return ListView(name, f"{campaign}: {','.join(outcomes)}", by, NOW, 5, 5, 0, 0, 0)
