"""Vietnamese news prose for the sample portals: the same seed gives the same stories, no two of a site are alike."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from tests.unseen.furniture import listed
from tests.unseen.model import Block, File, Kind, Story, slugify

FAMILY = listed("Nguyễn,Trần,Lê,Phạm,Hoàng,Huỳnh,Phan,Vũ,Võ,Đặng,Bùi,Đỗ,Hồ,Ngô,Dương,Lý,Đinh,Mai,Tô,Lâm,Hà,Cao")
MIDDLE = listed("Văn,Thị,Hữu,Đức,Minh,Thanh,Ngọc,Quang,Xuân,Hồng,Thu,Kim,Bá,Công,Đình,Mỹ,Gia,Tuấn,Anh")
GIVEN = listed(
    "Hùng,Lan,Hương,Dũng,Thảo,Bình,Hạnh,Sơn,Nga,Tuyết,Phúc,Cường,Liên,Yến,Khánh,Trang,Vinh,Nhàn,Hậu,Tâm,Diễm,Quý,"
    "Hằng,Thịnh,Toản,Huệ,Kiên,Oanh,Lộc,Phượng,Thùy,Đạt,Hòa,Ngân,Tùng,Duyên,Chiến,Loan,Giang,Vân"
)
HAMLETS = listed(
    "Đông Hòa,Tân Tiến,Xuân Lộc,Phú Mỹ,An Thịnh,Trung Sơn,Hạ Lý,Cầu Đá,Vạn Xuân,Bình Minh,Thượng Cát,Bến Gỗ"
)
POSTS = listed(
    "Chủ tịch UBND,Phó Chủ tịch UBND,Bí thư Đảng ủy,Phó Bí thư Thường trực Đảng ủy,Chủ tịch HĐND,"
    "Chủ tịch Ủy ban MTTQ Việt Nam,Phó Chủ tịch HĐND,Chủ tịch Hội Nông dân,Trưởng Công an"
)
ACTS = listed("Kế hoạch,Công văn,Thông báo,Hướng dẫn")
HEADINGS = listed(
    "Kết quả đạt được,Những cách làm hay,Còn nhiều việc phải làm,Người dân nói gì,Nhìn lại một chặng đường,"
    "Nhiệm vụ thời gian tới,Từ chủ trương đến hành động,Khó khăn và giải pháp"
)
NEWEST = datetime.fromisoformat("2026-11-17T15:20")
SUBJECTS = listed("Tiếp công dân,Trực lãnh đạo,Họp giao ban,Kiểm tra cơ sở,Sinh hoạt chi bộ,Tiếp xúc cử tri,Tập huấn")


@cache
def _material() -> dict[str, dict[str, tuple[str, ...]]]:
    topics: dict[str, dict[str, list[str]]] = {}
    current: dict[str, list[str]] = defaultdict(list)
    for line in Path(__file__).with_name("material.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("== "):
            current = topics.setdefault(line[3:], defaultdict(list))
        elif line and not line.startswith("#"):
            current[line[0]].append(line[2:])
    return {name: {key: tuple(rows) for key, rows in pools.items()} for name, pools in topics.items()}


class Writer:
    """Writes the stories of one portal. `unit` is the ward or commune ("phường Tân Lập"); `hamlet` its parts ("khu phố")."""

    def __init__(self, seed: str, unit: str, hamlet: str = "thôn") -> None:
        self.dice = random.Random(seed)
        self.unit, self.hamlet = unit, hamlet
        self.used: Counter[str] = Counter()
        self.when = datetime.fromisoformat("2020-01-01")
        self.event = self.when

    # -- words

    def person(self) -> str:
        return f"{self.dice.choice(FAMILY)} {self.dice.choice(MIDDLE)} {self.dice.choice(GIVEN)}"

    def place(self) -> str:
        return f"{self.hamlet} {self.dice.choice(HAMLETS)}"

    def slot(self, name: str) -> str:
        dice, when = self.dice, self.when
        later = when + timedelta(days=dice.randint(6, 40))
        total = dice.randint(9, 24)
        values: dict[str, Callable[[], str]] = {
            "don_vi": lambda: self.unit,
            "Don_vi": lambda: _capital(self.unit),
            "ubnd": lambda: f"UBND {self.unit}",
            "Ubnd": lambda: f"UBND {self.unit}",
            "khu": self.place,
            "khu_hoa": lambda: _capital(self.place()),
            "khu_chung": lambda: self.hamlet,
            "ten": self.person,
            "nguoi": lambda: f"đồng chí {self.person()} – {dice.choice(POSTS)} {self.unit}",
            "n": lambda: str(dice.randint(21, 480)),
            "so": lambda: f"{dice.randint(2, 9):02d}",
            "so_quy": lambda: listed("I,II,III,IV")[(when.month - 1) // 3],
            "so_vb": lambda: str(dice.randint(11, 399)),
            "pct": lambda: f"{dice.randint(31, 98)},{dice.randint(1, 9)}%",
            "tien": lambda: f"{dice.randint(1, 9)}.{dice.randint(100, 999)} triệu đồng",
            "tl": lambda: f"{total - dice.randint(1, 5)}/{total}",
            "vb": lambda: (
                f"{dice.choice(ACTS)} số {dice.randint(11, 290)}/KH-UBND ngày {self.event - timedelta(20):%d/%m/%Y}"
            ),
            "ngay": lambda: f"{self.event.day}/{self.event.month}/{self.event.year}",
            "buoi": lambda: "sáng" if self.event.hour < 12 else "chiều",
            "Buoi": lambda: "Sáng" if self.event.hour < 12 else "Chiều",
            "han": lambda: f"ngày {later:%d/%m/%Y}",
            "han_ngay": lambda: f"{later:%d/%m/%Y}",
            "nam": lambda: str(when.year),
            "namtoi": lambda: str(when.year + 1),
            "dt": lambda: f"0{dice.randint(203, 299)}.{dice.randint(3200, 3999)}.{dice.randint(100, 999)}",
        }
        return values[name]()

    def fill(self, pattern: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda match: self.slot(match[1]), pattern)

    def pick(self, pool: tuple[str, ...], count: int) -> list[str]:
        """The least used of a pool, in random order."""
        rows = sorted(pool, key=lambda row: (self.used[row], self.dice.random()))[:count]
        self.used.update(rows)
        self.dice.shuffle(rows)
        return rows

    # -- stories

    def story(self, number: int, kind: Kind, section: str, when: datetime, topic: str) -> Story:
        self.when = when
        hour = self.dice.choice((8, 14))
        self.event = when.replace(hour=hour) - timedelta(days=self.dice.randint(1, 6))
        if kind == "notice":
            return self._short(number, kind, section, "N")
        if kind == "document":
            return self._short(number, kind, section, "D")
        if kind == "table":
            return self._table(number, section)
        pools, common = _material()[topic], _material()["@"]
        title, lead = (self.fill(self.pick(pools[key], 1)[0]) for key in "TL")
        captions = [self.fill(row) for row in self.pick(pools["P"], 2)]
        captions += [f"{self.person()} phát biểu tại buổi lễ", f"Đông đảo nhân dân {self.place()} tham dự"]
        if kind == "gallery":
            captions += [f"Nụ cười của em {self.person()}", f"Góc chợ quê ở {self.place()}"]
            self.dice.shuffle(captions)
            blocks = tuple(Block("fig", caption) for caption in captions)
        else:
            length = self.dice.choice((1, 2, 3, 3, 4, 5, 5, 6, 8, 10, 14))
            blocks = self._body(pools, common, length, captions)
        dated = re.search(r"\d{1,2}/\d{1,2}/\d{4}", lead)
        event = f"{self.event:%Y-%m-%d}" if dated and dated[0] == self.slot("ngay") and "số" not in lead[:40] else None
        signed = self.dice.random() < 0.7
        return Story(
            number,
            kind,
            section,
            title,
            lead,
            blocks,
            when,
            event,
            self.person() if signed else None,
            self.person() if signed and self.dice.random() < 0.3 else None,
        )

    def _body(
        self, pools: dict[str, tuple[str, ...]], common: dict[str, tuple[str, ...]], length: int, captions: list[str]
    ) -> tuple[Block, ...]:
        facts = self.pick(pools["F"], 8)
        supply = [*self.pick(common["G"], 4), *facts]
        self.dice.shuffle(supply)
        texts: list[str] = []
        for place in range(length):
            take = self.dice.randint(1, 3)
            rows, supply = supply[:take], supply[take:]
            if place == length - 1:
                rows += self.pick(common["C"], 1)
            elif not rows or self.dice.random() < 0.4:
                rows += self.pick(common[self.dice.choice("VKRG")], 2)
            texts.append(" ".join(self.fill(row) for row in rows))
        blocks = [Block("p", text) for text in texts]
        if length >= 5 and self.dice.random() < 0.5:
            for place, heading in zip((length - 2, 2), self.pick(tuple(HEADINGS), 2), strict=True):
                blocks.insert(place, Block("h", heading))
        if length >= 4 and self.dice.random() < 0.4:
            items = tuple((self.fill(row),) for row in self.pick(common["K"], 3))
            blocks.insert(len(blocks) - 1, Block("ul", rows=items))
        for caption in captions[: self.dice.choice((0, 1, 1, 2, 3))]:
            blocks.insert(self.dice.randint(0, len(blocks) - 1), Block("fig", caption))
        return tuple(blocks)

    def _short(self, number: int, kind: Kind, section: str, key: str) -> Story:
        heading, sentence = self.pick(_material()["@"][key], 1)[0].split(" || ")
        title = self.fill(heading)
        text = "" if key == "D" and self.dice.random() < 0.4 else self.fill(sentence)
        files: tuple[File, ...] = ()
        if key == "D":
            name = slugify(title)[:40].strip("-")
            files = tuple(
                File(f"{name}.{kind}", label)
                for kind, label in (("pdf", f"{name}.pdf"), ("docx", f"Phu luc {name[:12]}.docx"))[
                    : self.dice.randint(1, 2)
                ]
            )
        return Story(number, kind, section, title, "", (Block("p", text),) if text else (), self.when, files=files)

    def _table(self, number: int, section: str) -> Story:
        dice, month = self.dice, self.when.month
        rows: list[tuple[str, ...]] = [("Ngày", "Nội dung", "Người chủ trì", "Địa điểm")]
        rows += [
            (f"{day:02d}/{month:02d}", dice.choice(SUBJECTS), self.person(), f"Nhà văn hóa {self.place()}")
            for day in sorted(dice.sample(range(1, 28), dice.randint(5, 12)))
        ]
        title = f"Lịch công tác của lãnh đạo {self.unit} từ ngày {self.when:%d/%m/%Y}"
        lead = self.fill("Lịch làm việc có thể thay đổi, mọi điều chỉnh sẽ được báo qua số {dt} trước một ngày.")
        return Story(
            number, "table", section, title, "", (Block("p", lead), Block("table", rows=tuple(rows))), self.when
        )


def stories(
    seed: str,
    unit: str,
    sections: tuple[str, ...],
    *,
    count: int = 28,
    newest: datetime = NEWEST,
    gap: float = 6.5,
    hamlet: str = "thôn",
) -> list[Story]:
    """The stories of one portal, newest first, about `gap` days apart.

    The last section takes notices, documents and tables; news goes to the others, half of it to the first.
    """
    writer = Writer(seed, unit, hamlet)
    topics = [name for name in _material() if name != "@"]
    writer.dice.shuffle(topics)
    notices = max(4, count // 4)
    odd: list[Kind] = ["notice", "document", "notice", "table"]
    kinds: list[Kind] = [*(odd * notices)[:notices], "gallery"]
    kinds += ["news"] * (count - len(kinds))
    writer.dice.shuffle(kinds)
    found: list[Story] = []
    titles: set[str] = set()
    when = newest
    for number, kind in enumerate(kinds):
        news = sections[:-1]
        section = writer.dice.choice((news[0], *news)) if kind in ("news", "gallery") else sections[-1]
        story = writer.story(number, kind, section, when, topics[number % len(topics)])
        while story.title in titles:
            story = writer.story(number, kind, section, when, topics[(number + len(titles)) % len(topics)])
        titles.add(story.title)
        found.append(story)
        step = timedelta(days=gap * writer.dice.uniform(0.4, 1.6))
        clock = {
            "hour": writer.dice.randint(6, 21),
            "minute": writer.dice.randint(1, 59),
            "second": 0,
            "microsecond": 0,
        }
        when = (when - step).replace(**clock)  # type: ignore[arg-type]
    return found


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
