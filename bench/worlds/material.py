"""Articles of a generated portal: news, notices of one sentence, decisions, tables, galleries, files without text, series."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from tests.unseen.model import Block, File, Story, slugify
from tests.unseen.prose import Writer, stories

Sort = Literal["news", "notice", "decision", "files", "table", "gallery", "series", "record"]
PLAN: tuple[Sort, ...] = (
    *("news",) * 18,
    *("notice",) * 6,
    *("decision",) * 4,
    *("files",) * 3,
    *("table",) * 3,
    *("gallery",) * 2,
    *("series",) * 2,
    *("record",) * 2,
)
"""The 40 articles of a portal."""

NEWEST = datetime.fromisoformat("2026-11-14T16:05")
_SHORT = (
    "Mời các hộ kinh doanh đến trụ sở {unit} nhận thông báo thuế trước ngày {soon}.",
    "Tạm ngừng cấp nước từ 8 giờ đến 17 giờ ngày {soon} để súc rửa đường ống.",
    "Trạm Y tế {unit} tiêm vắc xin sởi cho trẻ từ 1 đến 5 tuổi vào sáng thứ Bảy hằng tuần.",
    "{Unit} thông báo lịch tiếp công dân của Chủ tịch UBND vào ngày 15 và 30 hằng tháng.",
    "Điểm thu gom rác thải cồng kềnh tạm dời về sân nhà văn hóa {hamlet}.",
    "Đề nghị nhân dân treo cờ Tổ quốc từ 17 giờ ngày {eve} đến hết ngày {soon}.",
    "Lớp học xóa mù chữ buổi tối khai giảng ngày {soon} tại trường tiểu học.",
    "Chợ trung tâm nghỉ họp để khử khuẩn.",
)
_SHORT_TITLES = (
    "Thông báo thuế",
    "Thông báo tạm ngừng cấp nước",
    "Lịch tiêm chủng",
    "Thông báo tiếp công dân",
    "Dời điểm thu gom rác",
    "Treo cờ Tổ quốc",
    "Khai giảng lớp buổi tối",
    "Thông báo nghỉ chợ",
)
_MATTERS = (
    "thành lập Ban Chỉ đạo chuyển đổi số",
    "phê duyệt danh sách hộ nghèo, hộ cận nghèo",
    "kiện toàn Đội xung kích phòng chống thiên tai",
    "giao chỉ tiêu kế hoạch phát triển kinh tế - xã hội",
    "công nhận danh hiệu Gia đình văn hóa",
    "phân công nhiệm vụ ủy viên Ủy ban nhân dân",
)
# Lines that are furniture elsewhere and text here.
_AMBIGUOUS = (
    "Kết quả",
    "Liên hệ:",
    "Hôm nay",
    "100%",
    "Thông báo",
    "Liên kết",
    "Tăng",
    "Thống kê:",
    "Video: Không",
    "Lượt người tham gia: 312",
)
_CAPTIONS = ("Hình ảnh: {}", "Ảnh: {}", "{} – Ảnh 1.", "{} (Ảnh: VGP)", "{}.", "{}")
_OFFICES = ("Ban Văn hóa - Thông tin", "Đoàn Thanh niên phường", "Trạm Y tế", "Hội Liên hiệp Phụ nữ", "Ban Biên tập")


class Desk:
    """Writes the articles of one portal."""

    def __init__(self, seed: str, unit: str, hamlet: str) -> None:
        self.dice = random.Random(f"{seed}/desk")
        self.writer = Writer(f"{seed}/writer", unit, hamlet)
        self.unit, self.hamlet = unit, hamlet
        self.news = iter(stories(f"{seed}/news", unit, ("a", "b", "c"), count=60, hamlet=hamlet))
        self.titles: set[str] = set()

    def story(self, number: int, sort: Sort, section: str, when: datetime) -> Story:
        """One article; its title is unlike those before it."""
        makers: dict[Sort, Callable[[datetime], Story]] = {
            "news": lambda when: self._news("news"),
            "gallery": lambda when: self._gallery(),
            "notice": self._notice,
            "decision": self._decision,
            "files": self._files,
            "table": self._table,
            "series": self._series,
            "record": self._record,
        }
        found = makers[sort](when)
        while found.title in self.titles:
            found = replace(found, title=f"{found.title} ({self.dice.randint(2, 99)})")
        self.titles.add(found.title)
        # News tells of an event a few days before; its dates move with the story.
        return replace(
            found, number=number, section=section, when=when if sort not in ("news", "gallery") else found.when
        )

    def _news(self, kind: str) -> Story:
        found = next(story for story in self.news if story.kind == kind and story.title not in self.titles)
        found = replace(found, blocks=self._lived_in(found.blocks))
        if found.author and self.dice.random() < 0.15:
            return replace(found, author=self.dice.choice(_OFFICES), photographer=None)
        return found

    def _lived_in(self, blocks: tuple[Block, ...]) -> tuple[Block, ...]:
        """The blocks with what real texts hold: captions in many forms, headings that are furniture elsewhere, a way to ask."""
        done = [
            replace(block, text=self.dice.choice(_CAPTIONS).format(block.text)) if block.kind == "fig" else block
            for block in blocks
        ]
        if len(done) > 4 and self.dice.random() < 0.4:
            done.insert(self.dice.randint(1, len(done) - 1), Block("h", self.dice.choice(_AMBIGUOUS)))
        if self.dice.random() < 0.2:
            number = self.dice.randint(100, 999)
            done.append(Block("p", f"Mọi thông tin xin liên hệ bộ phận một cửa, điện thoại 0236.3821.{number}."))
        if self.dice.random() < 0.15:
            rows = (("Nội dung", "Số lượng", "Tỷ lệ"), ("Hộ đăng ký", "212", "98%"), ("Tổng cộng", "216", "100%"))
            done.append(Block("table", rows=rows))
        return tuple(done)

    def _gallery(self) -> Story:
        base = self._news("news")
        captions = [f"{base.title.split(' tại ')[0]} – hình {number}" for number in range(1, self.dice.randint(4, 8))]
        captions += [
            f"Bà con {self.writer.place()} cùng tham gia",
            f"Anh {self.writer.person()} trao quà cho các em nhỏ",
        ]
        return replace(
            base, title=f"Chùm ảnh: {base.title}", kind="gallery", blocks=tuple(Block("fig", c) for c in captions)
        )

    def _plain(self, title: str, blocks: tuple[Block, ...], when: datetime, files: tuple[File, ...] = ()) -> Story:
        return Story(0, "notice", "", title, "", blocks, when, files=files)

    def _notice(self, when: datetime) -> Story:
        place = self.dice.randrange(len(_SHORT))
        soon = when + timedelta(days=self.dice.randint(3, 20))
        text = _SHORT[place].format(
            unit=self.unit,
            Unit=self.unit[:1].upper() + self.unit[1:],
            hamlet=self.writer.place(),
            soon=f"{soon:%d/%m/%Y}",
            eve=f"{soon - timedelta(days=1):%d/%m/%Y}",
        )
        title = f"{_SHORT_TITLES[place]} {self.dice.choice(('tại', 'ở', 'trên địa bàn'))} {self.writer.place()}"
        return self._plain(title, (Block("p", text),), when)

    def _decision(self, when: datetime) -> Story:
        number, matter = self.dice.randint(11, 489), self.dice.choice(_MATTERS)
        unit = self.unit.upper()
        lines = [
            f"ỦY BAN NHÂN DÂN {unit}",
            "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
            "Độc lập - Tự do - Hạnh phúc",
            f"Số: {number}/QĐ-UBND",
            f"ngày {when.day:02d} tháng {when.month:02d} năm {when.year}",
            "QUYẾT ĐỊNH",
            f"Về việc {matter}",
            "Căn cứ Luật Tổ chức chính quyền địa phương ngày 16 tháng 6 năm 2025;",
            f"Theo đề nghị của Văn phòng HĐND và UBND {self.unit},",
            "QUYẾT ĐỊNH:",
            f"Điều 1. Nay {matter} của {self.unit}, gồm {self.dice.randint(5, 19)} thành viên do ông {self.writer.person()}"
            " làm Trưởng ban.",
            "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
            f"Điều 3. Chánh Văn phòng, Trưởng các {self.hamlet} và các cá nhân có liên quan chịu trách nhiệm thi hành./.",
            "TM. ỦY BAN NHÂN DÂN",
            "CHỦ TỊCH",
            "(Đã ký)",
            self.writer.person(),
        ]
        title = f"Quyết định số {number}/QĐ-UBND về việc {matter}"
        files = (
            (File(f"{number}-qd-ubnd.signed.pdf", f"{number}-qd-ubnd.signed.pdf"),) if self.dice.random() < 0.5 else ()
        )
        return self._plain(title, tuple(Block("p", line) for line in lines), when, files)

    def _files(self, when: datetime) -> Story:
        title = f"Công khai {self.dice.choice(('dự toán', 'quyết toán', 'thủ tục hành chính'))} quý {self.dice.randint(1, 4)}"
        title += f" năm {when.year} của {self.unit}"
        stem = slugify(title)[:36].strip("-")
        files = [File(f"{stem}-{n}.{kind}", f"{stem}-{n}.{kind}") for n, kind in enumerate(("pdf", "xlsx", "docx"), 1)]
        return self._plain(title, (), when, tuple(files[: self.dice.randint(1, 3)]))

    def _table(self, when: datetime) -> Story:
        rows: list[tuple[str, ...]] = [("Thứ, ngày", "Buổi", "Nội dung", "Chủ trì")]
        for offset in range(self.dice.randint(5, 9)):
            day = when + timedelta(days=offset)
            work = self.dice.choice(
                ("Họp giao ban", "Tiếp công dân", "Kiểm tra trật tự đô thị", "Dự hội nghị thành phố")
            )
            rows.append((f"{day:%d/%m}", self.dice.choice(("Sáng", "Chiều")), work, self.writer.person()))
        title = f"Lịch công tác tuần {when.isocalendar().week} năm {when.year}"
        return self._plain(title, (Block("table", rows=tuple(rows)),), when)

    def _record(self, when: datetime) -> Story:
        """A document as a register shows it: its fields in a table, and the file."""
        number, matter = self.dice.randint(11, 489), self.dice.choice(_MATTERS)
        title = f"Kế hoạch {matter} năm {when.year}"
        rows = (
            ("Số ký hiệu", f"{number}/KH-UBND"),
            ("Ngày ban hành", f"{when - timedelta(days=self.dice.randint(1, 9)):%d/%m/%Y}"),
            ("Loại văn bản", "Kế hoạch"),
            ("Cơ quan ban hành", f"UBND {self.unit}"),
            ("Người ký", self.writer.person()),
            ("Trích yếu", title),
        )
        files = (File(f"{number}-kh-ubnd.pdf", f"{number}-kh-ubnd.pdf"),)
        return self._plain(title, (Block("table", rows=rows),), when, files)

    def _series(self, when: datetime) -> Story:
        """A weekly bulletin: most of its sentences stand in each issue, and must stay."""
        blocks = (
            Block(
                "p",
                f"Bản tin nông vụ của {self.unit} phát hành vào thứ Sáu hằng tuần, trên loa truyền thanh lúc 17 giờ.",
            ),
            Block("p", f"Trong tuần, diện tích lúa đã gieo là {self.dice.randint(20, 240)} ha, sâu cuốn lá ở mức nhẹ."),
            Block("p", f"Giá lúa tươi tại ruộng từ {self.dice.randint(58, 82)}00 đồng/kg."),
            Block("p", "Bà con cần hỗ trợ kỹ thuật xin liên hệ cán bộ khuyến nông trong giờ hành chính."),
        )
        return self._plain(f"Bản tin nông vụ tuần {when.isocalendar().week}/{when.year}", blocks, when)


def articles(seed: str, unit: str, hamlet: str, sections: tuple[str, ...]) -> list[tuple[Sort, Story]]:
    """The 40 articles of a portal, newest first, with the sort of each."""
    desk = Desk(seed, unit, hamlet)
    dice = random.Random(f"{seed}/order")
    plan = list(PLAN)
    dice.shuffle(plan)
    when, found = NEWEST, []
    for number, sort in enumerate(plan):
        section = sections[0] if sort in ("news", "gallery") else dice.choice(sections[1:])
        if sort in ("news", "gallery") and dice.random() < 0.4:
            section = dice.choice(sections)
        story = desk.story(number, sort, section, when)
        found.append((sort, story))
        when -= timedelta(days=dice.uniform(1, 9))
        when = when.replace(hour=dice.randint(6, 21), minute=dice.randint(1, 59), second=0, microsecond=0)
    return sorted(found, key=lambda row: row[1].when, reverse=True)
