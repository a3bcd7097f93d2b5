"""A hold-out portal on two nights: each night is an edition, a table of addresses with the stories of that night."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import ClassVar

from phuongchi.demo.site import Gold, Reply
from tests.unseen import furniture, prose
from tests.unseen.base import Portal
from tests.unseen.model import Block, Story, iso, slugify

NEWEST = datetime.fromisoformat("2026-11-22T09:25")
"""When the article of the second night appears; all others are of days before the first."""


class Edition(Portal):
    """One night of a portal."""

    unit = "phường Tân Lập"
    hamlet = "khu phố"
    sections: tuple[str, ...] = ("Tin tức - Sự kiện", "Văn hóa - Xã hội", "Thông báo")
    count = 20
    """How many articles the first night shows."""
    gap = 7.0
    newest = NEWEST
    minutes = True
    """Whether pages print the time of day."""
    byline = "Tin, ảnh: {author}"
    """How articles are signed; empty where they never are."""
    edits: ClassVar[bool] = False
    """Whether one article reads otherwise on the second night."""
    seed = "holdout"
    ahead = timedelta(0)
    """How much the server's clock is fast."""
    boilerplate: tuple[str, ...] = ()

    def __init__(self, night: int) -> None:
        self.night = night
        told = prose.stories(
            f"{self.name}/{self.seed}",
            self.unit,
            self.sections,
            count=self.count + 1,
            newest=self.newest,
            gap=self.gap,
            hamlet=self.hamlet,
        )
        if not self.byline:
            told = [replace(story, author=None, photographer=None) for story in told]
        if self.edits and night > 1:
            told = _edited(told)
        self.stories: list[Story] = told if night > 1 else told[1:]
        super().__init__()

    # -- for subclasses

    @property
    def town(self) -> str:
        """The unit's name as a heading writes it."""
        return self.unit[:1].upper() + self.unit[1:]

    def age(self, story: Story) -> int:
        """A number that grows with each article and never changes."""
        return self.count - story.number

    def clock(self, hit: int) -> datetime:
        """The time that this portal shows at one request of this night."""
        return furniture.clock(hit % 900) + timedelta(days=self.night - 1) + self.ahead

    def signed(self, story: Story) -> str:
        """The byline as this portal prints it."""
        return story.signature(self.byline)

    def record(self, story: Story, path: str, **fields: object) -> None:
        """Note the gold of an article."""
        when = iso(story.when) if self.minutes else f"{story.when:%Y-%m-%d}"
        known: dict[str, object] = {
            "published_at": when,
            "published_precision": "minute" if self.minutes else "day",
            "boilerplate": self.boilerplate,
            "night": self.night,
        }
        self.golds.append(story.gold(path, **(known | fields)))

    def others(self, story: Story, count: int) -> list[Story]:
        """The neighbours of an article in the order of the portal, never itself."""
        place = self.stories.index(story)
        rows = [row for row in self.stories if row is not story]
        start = max(0, min(place - 1, len(rows) - count))
        return rows[start : start + count]

    def inside(self, section: str) -> list[Story]:
        """The stories of a section, newest first."""
        return [story for story in self.stories if story.section == section]

    @property
    def slugs(self) -> dict[str, str]:
        """Sections by the last part of their address."""
        return {slugify(name): name for name in self.sections}


def _edited(told: list[Story]) -> list[Story]:
    """The stories with the first fair candidate corrected: a paragraph rewritten and one more at the end."""
    for place in range(2, len(told)):
        story = told[place]
        texts = [at for at, block in enumerate(story.blocks) if block.kind == "p"]
        if story.kind == "news" and len(texts) >= 2:
            blocks = list(story.blocks)
            first = blocks[texts[0]]
            blocks[texts[0]] = Block(
                "p", "Theo số liệu đã được kiểm tra lại, " + first.text[:1].lower() + first.text[1:]
            )
            correction = "Bản tin này đã được sửa lại số liệu theo báo cáo của Ban Chỉ huy Quân sự và Trạm Y tế."
            blocks.insert(texts[-1] + 1, Block("p", correction))
            return [*told[:place], replace(story, blocks=tuple(blocks)), *told[place + 1 :]]
    raise LookupError("no story to edit")


class TwoNights:
    """The editions of one portal as a site of the sample world."""

    def __init__(self, kind: type[Edition]) -> None:
        self.name, self.platform, self.entry = kind.name, kind.platform, kind.entry
        self.editions = {night: kind(night) for night in (1, 2)}

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        return self.editions[night].reply(target, headers, night=night, hit=hit)

    def gold(self, night: int) -> Sequence[Gold]:
        return self.editions[night].golds

    def tolerated(self, path: str) -> bool:
        return any(edition.tolerated(path) for edition in self.editions.values())

    def changed(self) -> tuple[list[str], list[str]]:
        """The paths that the second night adds, and those that it edits."""
        before = {gold.path: gold for gold in self.gold(1)}
        added = [gold.path for gold in self.gold(2) if gold.path not in before]
        edited = [
            gold.path
            for gold in self.gold(2)
            if gold.path in before
            and (gold.paragraphs, gold.title) != (before[gold.path].paragraphs, before[gold.path].title)
        ]
        return added, edited
