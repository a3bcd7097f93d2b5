"""What several hold-out portals show in different markup: pages that are no articles, widgets, dates in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.unseen import furniture
from tests.unseen.model import esc
from tests.unseen.prose import POSTS, Writer

MONTH_WORDS = ("Một", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")


@dataclass(frozen=True, slots=True)
class Page:
    """A page that is no article: its slug, its heading and what stands below it."""

    slug: str
    title: str
    html: str


def weekday(when: datetime) -> str:
    """The name of the day."""
    return furniture.WEEKDAYS[when.weekday()]


def twelve(when: datetime) -> str:
    """The time as Vietnamese ASP.NET prints it."""
    return f"{when.hour % 12 or 12}:{when:%M:%S} {'SA' if when.hour < 12 else 'CH'}"


def _paragraphs(lines: tuple[str, ...] | list[str]) -> str:
    return "".join(f"<p>{esc(line)}</p>\n" for line in lines)


def _table(rows: Sequence[tuple[str, ...]]) -> str:
    cells = ("".join(f"<td>{esc(cell)}</td>" for cell in row) for row in rows)
    return '<table border="1" width="100%">' + "".join(f"<tr>{row}</tr>\n" for row in cells) + "</table>"


def pages(seed: str, unit: str) -> tuple[Page, ...]:
    """The pages that every portal has beside its articles."""
    writer = Writer(seed + "/pages", unit)
    town = unit[:1].upper() + unit[1:]
    history = (
        *furniture.intro(unit),
        f"Đảng bộ {unit} hiện có 32 chi bộ với 746 đảng viên; nhiều năm liền đạt danh hiệu hoàn thành tốt nhiệm vụ.",
        "Trên địa bàn có ba trường học đạt chuẩn quốc gia, một trạm y tế, hai chợ dân sinh cùng hệ thống nhà văn hóa "
        "khang trang, là nơi sinh hoạt cộng đồng của nhân dân các khu dân cư.",
        "Di tích đình làng được xếp hạng cấp tỉnh, hằng năm mở hội vào mùa xuân, thu hút đông đảo khách thập phương.",
    )
    leaders = [(writer.person(), post, f"0912.{300 + at}.{110 + 7 * at}") for at, post in enumerate(POSTS)]
    steps = [("STT", "Tên thủ tục", "Mức độ", "Thời hạn")] + [
        (str(at), name, "Toàn trình" if at % 3 else "Một phần", f"{at % 9 + 1} ngày làm việc")
        for at, name in enumerate(furniture.PROCEDURES, 1)
    ]
    asked = [
        (f"Tôi muốn hỏi thủ tục {name[:1].lower() + name[1:]} cần giấy tờ gì và nộp ở đâu?", writer.person())
        for name in furniture.PROCEDURES[:7]
    ]
    answers = "".join(
        f"<div><b>Câu hỏi:</b> {esc(text)} <i>({esc(name)})</i><br><b>Trả lời:</b> Mời ông (bà) mang căn cước đến bộ "
        "phận một cửa trong giờ hành chính để được hướng dẫn cụ thể và miễn phí.</div>\n"
        for text, name in asked
    )
    poll = "".join(
        f'<label><input type="radio" name="v" value="{at}"> {text}</label><br>'
        for at, text in enumerate(("Rất hài lòng", "Hài lòng", "Bình thường", "Chưa hài lòng"))
    )
    films = "".join(
        f'<div><a href="https://www.youtube.com/watch?v=v{at}xQ"><img src="/media/video{at}.jpg" alt=""></a>'
        f"<span>Phóng sự: {esc(writer.place())} đổi mới</span></div>"
        for at in range(9)
    )
    return (
        Page("gioi-thieu-chung", f"Giới thiệu chung về {unit}", _paragraphs(list(history))),
        Page("lich-su-hinh-thanh", "Lịch sử hình thành", _paragraphs(list(history[::-1]))),
        Page(
            "lanh-dao",
            "Lãnh đạo Đảng ủy - HĐND - UBND",
            _table([("Họ và tên", "Chức vụ", "Điện thoại"), *leaders]),
        ),
        Page("so-do-to-chuc", "Cơ cấu tổ chức", f'<img src="/media/so-do.png" alt="Sơ đồ"><p>{town}</p>'),
        Page("thu-tuc-hanh-chinh", "Thủ tục hành chính", _table(steps)),
        Page("hoi-dap", "Hỏi đáp", answers),
        Page(
            "lien-he",
            "Liên hệ",
            f"<p>Ủy ban nhân dân {unit}</p><p>Điện thoại: 0236.3821.158</p><form><input name=n><textarea></textarea>"
            "<button>Gửi đi</button></form>",
        ),
        Page("tham-do-y-kien", "Thăm dò ý kiến", f"<form><p>Ông (bà) đánh giá thế nào về phục vụ?</p>{poll}</form>"),
        Page("tim-kiem", "Tìm kiếm", '<form><input name="q"><button>Tìm</button></form><p>Không có kết quả.</p>'),
        Page("so-do-cong", "Sơ đồ cổng", "<ul><li>Trang chủ</li><li>Giới thiệu</li><li>Tin tức</li></ul>"),
        Page("thu-vien-video", "Thư viện video", films),
    )


def acts(newest: datetime) -> list[tuple[str, str, str, str]]:
    """New documents: number, what it is, day, path of the file."""
    return [
        (
            number,
            what,
            f"{newest - timedelta(days=3 + 9 * at):%d/%m/%Y}",
            f"/vanban/2026/{at}/{number.split('/')[0]}-vb.pdf",
        )
        for at, (number, what) in enumerate(furniture.ACTS)
    ]


def rates(hit: int) -> list[tuple[str, str, str]]:
    """An exchange table that moves."""
    return [
        (name, f"{base + hit % 97:,}".replace(",", "."), f"{base + 310 + hit % 89:,}".replace(",", "."))
        for name, base in (("USD", 25_110), ("EUR", 27_020), ("JPY", 158), ("SGD", 18_830), ("Vàng SJC", 8_420_000))
    ]


def views(story_age: int, hit: int) -> str:
    """How often an article was read, with a thousand dot."""
    return f"{furniture.views(story_age, hit):,}".replace(",", ".")
