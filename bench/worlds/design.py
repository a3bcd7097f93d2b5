"""What one generated portal looks like: every choice is drawn from a seed."""

from __future__ import annotations

import random
import string
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

T = TypeVar("T")
Flavour = Literal["semantic", "named", "hashed", "utility", "tables", "oldtables", "webforms"]
FLAVOURS: dict[str, Flavour] = {
    "semantic-a": "semantic",
    "semantic-b": "semantic",
    "named-a": "named",
    "named-b": "named",
    "named-c": "named",
    "webforms-a": "webforms",
    "hashed-a": "hashed",
    "hashed-b": "hashed",
    "utility-a": "utility",
    "utility-b": "utility",
    "tables-a": "tables",
    "tables-b": "tables",
    "oldtables-a": "oldtables",
    "oldtables-b": "oldtables",
}
"""The layouts, with how their markup is written. From `hashed` on names say nothing, or tables are nested for the layout."""

MEANINGLESS = frozenset(("hashed", "utility", "tables", "oldtables"))

_WARDS = (
    "Cẩm Lệ",
    "Tân Hưng",
    "Phú Thượng",
    "Bình Trưng",
    "Đông Sơn",
    "Hải Châu",
    "Vỹ Dạ",
    "An Lạc",
    "Long Hòa",
    "Quỳnh Xuân",
)
_NAMES = {
    "title": ("tieu-de", "news-title", "title-detail", "chitiet_title", "entry-heading", "tieude_chitiet", "art-title"),
    "date": ("ngay-dang", "post-date", "news-time", "thoigian", "date-time", "info-date", "meta"),
    "lead": ("sapo", "tom-tat", "news-lead", "trichdan", "summary", "mo-ta"),
    "body": ("noi-dung", "news-content", "content-detail", "entry-text", "chitiet-noidung", "bodytext", "article-body"),
    "article": ("chi-tiet-tin", "news-detail", "box-detail", "tin-chi-tiet", "post-single", "detail-wrapper"),
    "related": ("tin-khac", "other-news", "related-posts", "tinlienquan", "box-other", "lien-quan"),
    "tools": ("tools", "chuc-nang", "print-share", "social", "box-share", "tienich"),
    "side": ("sidebar", "cot-phai", "right-col", "box-right", "column-side", "left-menu"),
    "menu": ("menu", "main-nav", "top-menu", "navbar", "mainmenu", "danhmuc"),
    "foot": ("footer", "chan-trang", "bottom", "site-footer", "copyright-area"),
    "head": ("header", "dau-trang", "banner", "site-header", "top"),
    "crumb": ("breadcrumb", "duong-dan", "path", "vi-tri", "crumbs"),
    "byline": ("tac-gia", "author", "nguoi-viet", "nguon-tin", "but-danh"),
    "files": ("dinh-kem", "attachments", "file-list", "tai-lieu"),
    "caption": ("chu-thich", "caption", "img-note", "ghichu-anh"),
    "box": ("box", "khoi", "widget", "block", "module", "portlet"),
    "item": ("item", "tin", "row-news", "li-tin", "post"),
}
_UTILITY = (
    "row",
    "col-md-8",
    "col-lg-4",
    "mb-3",
    "p-2",
    "d-flex",
    "text-muted",
    "fw-bold",
    "container",
    "clearfix",
    "w-100",
)


@dataclass(slots=True)
class Design:
    """The habits of one portal. `choose` draws the same for the same question, whatever was asked before."""

    name: str
    seed: str
    flavour: Flavour
    unit: str = ""
    hamlet: str = ""
    site: str = ""
    classes: dict[str, str] = field(default_factory=dict)

    @classmethod
    def draw(cls, name: str, seed: int) -> Design:
        """The design of a layout under one seed of the world."""
        found = cls(name, f"{seed}/{name}", FLAVOURS[name])
        found.unit = f"{found.choose('kind', ('phường', 'xã', 'phường'))} {found.choose('ward', _WARDS)}"
        found.hamlet = found.choose("hamlet", ("khu phố", "thôn", "tổ dân phố"))
        capital = found.unit[:1].upper() + found.unit[1:]
        found.site = found.choose(
            "site",
            (f"Cổng thông tin điện tử {capital}", f"UBND {capital}", f"Trang thông tin điện tử {found.unit}", capital),
        )
        return found

    def dice(self, question: str) -> random.Random:
        """The dice for one question."""
        return random.Random(f"{self.seed}/{question}")

    def choose(self, question: str, options: Sequence[T]) -> T:
        """One of the options, always the same for this portal."""
        return self.dice(question).choice(options)

    def chance(self, question: str, share: float) -> bool:
        """Whether this portal has a habit that `share` of all portals have."""
        return self.dice(question).random() < share

    @property
    def meaningless(self) -> bool:
        """Whether class names say nothing or tables are nested for the layout."""
        return self.flavour in MEANINGLESS

    def name_of(self, role: str) -> str:
        """The attributes of an element of this role, with a leading space; roles of the same flavour differ by portal."""
        if role not in self.classes:
            self.classes[role] = self._attributes(role)
        return self.classes[role]

    def _attributes(self, role: str) -> str:
        dice = self.dice(f"class/{role}")
        if self.flavour in ("semantic", "named", "webforms"):
            word = dice.choice(_NAMES.get(role, (role,)))
            prefix = self.choose("prefix", ("", "", "vn-", "tpl_", "x1-"))
            if self.flavour == "webforms":
                place = dice.choice(("Main", "ContentPlaceHolder1", "uc"))
                return f' id="ctl00_{place}_{word.replace("-", "")}" class="{prefix}{word}"'
            return f' class="{prefix}{word}"'
        if self.flavour == "hashed":
            hashed = "".join(dice.choices(string.ascii_lowercase + string.digits, k=6))
            return f' class="{self.choose("hash", ("css-", "sc-", "_", "jsx-"))}{hashed}"'
        if self.flavour == "utility":
            return f' class="{" ".join(dice.sample(_UTILITY, dice.randint(1, 3)))}"'
        return dice.choice(("", "", f' class="style{dice.randint(1, 40)}"', f' width="{dice.randint(100, 780)}"'))
