"""What the pages of a generated portal are made from, and what comes out: samples with their gold."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from bench.worlds.design import Design
from bench.worlds.material import Sort
from phuongchi.demo.site import Gold
from tests.unseen.furniture import views
from tests.unseen.model import Story, slugify

HOST = "http://{}.world.invalid"
_DAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_MONTHS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")
# How dates are printed, with what a reader can know from it.
PRINTED: tuple[tuple[str, str], ...] = (
    ("Ngày đăng {t:%d/%m/%Y} | {t:%H:%M} | Lượt xem: {n}", "minute"),
    ("{t:%d/%m/%Y} {t:%H:%M}    {n}", "minute"),
    ("{d} - {t:%d/%m/%Y} {t:%H:%M} {n} 0", "minute"),
    ("{t:%H:%M} {t:%d/%m/%Y}", "minute"),
    ("{t:%H:%M} !! {t:%d/%m/%Y}", "minute"),
    ("{t:%d/%m/%Y} {h}:{t:%M:%S} {half}", "minute"),
    ("Cập nhật lúc: {t:%H:%M} | {t:%d/%m/%Y}", "minute"),
    ("Đăng lúc: {t:%H:%M} - {t.day}/{t.month}/{t.year}", "minute"),
    ("{d}, ngày {t:%d/%m/%Y}, {t:%H:%M} (GMT+7)", "minute"),
    ("{t:%d/%m/%Y}", "day"),
    ("Ngày cập nhật {t:%d/%m/%Y}", "day"),
    ("Đăng ngày {t:%d} - {t:%m} - {t:%Y}", "day"),
    ("Ngày {t:%d} tháng {t:%m} năm {t:%Y}", "day"),
    ("Ngày đăng: {t:%d/%m/%Y} {t:%H:%M} | Cập nhật: {u:%d/%m/%Y} {u:%H:%M}", "minute"),
    ("{t:%d} Tháng {moon} {t:%Y} {h}:{t:%M:%S} {half}", "minute"),
    ("{t:%H:%M:%S} {t:%d/%m/%Y} | View count: {n}", "minute"),
    ("{t:%d/%m/%Y} 00:00 | Lượt xem: {n}", "day"),
    ("{d}, Tháng {month} {t.day}, {t.year}", "day"),
    ("", "none"),
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One page. `gold` is the perfect reading of an article, `sort` its sort; both are empty for other pages."""

    url: str
    body: bytes
    sort: str = ""
    gold: Gold | None = None
    lists: bool = False
    charset: str = "utf-8"


@dataclass(slots=True)
class Built:
    """What the pages of one portal are made from."""

    design: Design
    rows: list[tuple[Sort, Story]]
    sections: tuple[str, ...]
    form: tuple[str, str]
    addresses: dict[int, str] = field(default_factory=dict)

    @property
    def base(self) -> str:
        """The portal's address."""
        return HOST.format(self.design.name)

    @property
    def lists_dated(self) -> bool:
        """Whether the lists print a day beside each headline."""
        return self.design.chance("listdate", 0.6)

    def address(self, story: Story) -> str:
        """Where a story stands: path and query."""
        return self.addresses[story.number]

    def file(self, name: str) -> str:
        """Where a file stands."""
        return self.design.choose("files", ("/Upload/VanBan/{}", "/documents/{}", "/tai-ve?file={}")).format(name)


def address_of(design: Design, story: Story) -> str:
    """Where a story stands on this portal: path and query."""
    number, slug = 41_000 + story.number * 13, slugify(story.title)[:70].strip("-")
    forms = (
        f"/tin-tuc/{slug}-{number}.html",
        f"/chi-tiet/{number}/{slug}",
        f"/Default.aspx?tabid=119&ID={number}",
        f"/{slug}",
        f"/bai-viet/{slug}-{number:x}a{number:x}",
        f"/vi/news/{slug}-{number}/",
    )
    return design.choose("address", forms)


def date_line(design: Design, story: Story, form: tuple[str, str]) -> str:
    """The date of a story as its portal prints it; empty where it prints none."""
    when = story.when
    return form[0].format(
        t=when,
        u=when + timedelta(days=2, hours=3),
        moon=("Giêng", *_MONTHS[1:])[when.month - 1],
        d=_DAYS[when.weekday()],
        n=f"{views(story.number, story.number):,}".replace(",", "."),
        h=when.hour % 12 or 12,
        half="CH" if when.hour >= 12 else "SA",
        month=_MONTHS[when.month - 1],
    )
