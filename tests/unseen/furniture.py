"""What stands round an article on every portal, as values: clocks, counters, weather, link lists, scripts. No \
markup of pages."""

from __future__ import annotations

import base64
import io
import random
import zipfile
from datetime import datetime, timedelta
from functools import cache


def listed(text: str) -> tuple[str, ...]:
    """The pieces between commas."""
    return tuple(text.split(","))


NOW = datetime.fromisoformat("2026-11-21T22:00")
"""When the crawl happens in this world: what header clocks show (they go on seven seconds with each request)."""

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ Nhật")
MONTHS = listed("Một,Hai,Ba,Tư,Năm,Sáu,Bảy,Tám,Chín,Mười,Mười Một,Mười Hai")

EXTERNAL = (
    ("Cổng Thông tin điện tử Chính phủ", "https://chinhphu.vn/"),
    ("Cổng Dịch vụ công quốc gia", "https://dichvucong.gov.vn/"),
    ("Quốc hội Việt Nam", "https://quochoi.vn/"),
    ("Báo Nhân Dân", "https://nhandan.vn/"),
    ("Báo điện tử Chính phủ", "https://baochinhphu.vn/"),
    ("Bộ Nội vụ", "https://moha.gov.vn/"),
    ("Bộ Y tế", "https://moh.gov.vn/"),
    ("Bộ Giáo dục và Đào tạo", "https://moet.gov.vn/"),
    ("Bộ Tư pháp", "https://moj.gov.vn/"),
    ("Cơ sở dữ liệu quốc gia về pháp luật", "https://vbpl.vn/"),
    ("Đài Truyền hình Việt Nam", "https://vtv.vn/"),
    ("Thông tấn xã Việt Nam", "https://vnanet.vn/"),
)

PROCEDURES = (
    "Đăng ký khai sinh",
    "Đăng ký kết hôn",
    "Đăng ký khai tử",
    "Cấp giấy xác nhận tình trạng hôn nhân",
    "Chứng thực bản sao từ bản chính",
    "Chứng thực chữ ký",
    "Cấp bản sao trích lục hộ tịch",
    "Thay đổi, cải chính, bổ sung thông tin hộ tịch",
    "Xác nhận khuyết tật",
    "Trợ cấp xã hội hàng tháng cho người cao tuổi",
    "Hỗ trợ chi phí mai táng",
    "Công nhận hộ nghèo, hộ cận nghèo",
    "Đăng ký biến động quyền sử dụng đất",
    "Hòa giải tranh chấp đất đai",
    "Tiếp nhận đơn khiếu nại lần đầu",
    "Đăng ký tạm trú",
    "Thông báo lưu trú",
    "Đăng ký nghĩa vụ quân sự lần đầu",
    "Cấp giấy phép xây dựng nhà ở riêng lẻ",
    "Đăng ký hoạt động tín ngưỡng",
    "Xét tặng danh hiệu gia đình văn hóa",
    "Đăng ký việc nuôi con nuôi trong nước",
)

ACTS = (
    ("12/2024/NĐ-CP", "Nghị định sửa đổi, bổ sung một số điều về giá đất"),
    ("31/2024/QH15", "Luật Đất đai"),
    ("07/CT-UBND", "Chỉ thị về tăng cường quản lý trật tự hè phố"),
    ("118/KH-UBND", "Kế hoạch cải cách hành chính"),
    ("45/QĐ-UBND", "Quyết định phê duyệt dự toán kinh phí"),
    ("09/NQ-HĐND", "Nghị quyết về nhiệm vụ phát triển kinh tế - xã hội"),
    ("233/TB-UBND", "Thông báo kết luận của Chủ tịch UBND"),
    ("61/BC-UBND", "Báo cáo tình hình thực hiện nhiệm vụ quý"),
)

HISTORY = (
    "{Unit} nằm ở phía đông của địa bàn, phía bắc giáp sông, phía nam giáp đường quốc lộ, có diện tích tự nhiên hơn \
sáu ki-lô-mét vuông.",
    "Theo kết quả tổng điều tra, dân số {unit} hơn mười một nghìn người, sinh sống tại chín khu dân cư.",
    "Vùng đất này được khai phá từ thế kỷ mười bảy; cư dân sống bằng nghề trồng lúa, dệt chiếu và buôn bán ven sông.",
    "Trong hai cuộc kháng chiến, quân và dân {unit} lập nhiều chiến công, được Nhà nước phong tặng danh hiệu Anh hùng.",
    "Ngày nay kinh tế chuyển dịch theo hướng thương mại, dịch vụ và tiểu thủ công nghiệp; đời sống nhân dân ngày một \
nâng cao.",
)

GIF = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")


def clock(hit: int) -> datetime:
    """The time on the wall at one request."""
    return NOW + timedelta(seconds=7 * hit)


def visits(hit: int) -> dict[str, str]:
    """Visitor counters as they stand at one request, with thousand dots."""
    numbers = {"online": 14 + hit * 7 % 61, "today": 410 + hit, "month": 18_233 + hit, "total": 1_482_907 + hit * 3}
    return {name: f"{number:,}".replace(",", ".") for name, number in numbers.items()}


def views(seed: int, hit: int) -> int:
    """How often an article was read."""
    return 37 + seed * 131 % 1900 + hit


def weather(hit: int) -> str:
    """A weather line."""
    return f"{24 + hit % 9}°C, độ ẩm {70 + hit % 25}%"


def intro(unit: str) -> tuple[str, ...]:
    """The paragraphs of an "about us" page."""
    return tuple(text.format(unit=unit, Unit=unit[:1].upper() + unit[1:]) for text in HISTORY)


@cache
def css(seed: str, kilobytes: int) -> str:
    """Style rules as page builders leave them in the page."""
    dice = random.Random(seed + "css")
    rows: list[str] = []
    size = 0
    while size < kilobytes * 1024:
        rows.append(
            f".{dice.choice(('wp', 'mod', 'col', 'nav', 'ui', 'blk'))}-{dice.randrange(9999)}:hover>.\
{dice.choice('abcdef')}{dice.randrange(99)}"
            f"{{margin:{dice.randrange(40)}px {dice.randrange(40)}px;color:#{dice.randrange(16**6):06x};"
            f"padding:{dice.randrange(20)}px;font-size:{dice.randrange(9, 30)}px;line-height:1.{dice.randrange(9)}}}"
        )
        size += len(rows[-1])
    return "\n".join(rows)


@cache
def js(seed: str, kilobytes: int) -> str:
    """Script text, with strings that look like furniture and dates."""
    dice = random.Random(seed + "js")
    rows = ['var lang={"close":"Đóng","next":"Trang sau","updated":"Cập nhật"};', 'var build="2019-03-04T00:00:00Z";']
    size = 0
    while size < kilobytes * 1024:
        name = f"fn{dice.randrange(99999)}"
        rows.append(
            f"function {name}(a,b){{if(a<b&&b>{dice.randrange(999)}){{return \
window.__c{dice.randrange(99)}||a[{dice.randrange(9)}]}}"
            f"try{{b.addEventListener('click',function(e){{e.preventDefault();{name}(e,{dice.randrange(999)})}})}}cat\
ch(x){{}}}}"
        )
        size += len(rows[-1])
    return "\n".join(rows)


@cache
def viewstate(seed: str, kilobytes: int) -> str:
    """The state field of an ASP.NET page."""
    return base64.b64encode(random.Random(seed + "vs").randbytes(kilobytes * 768)).decode()


def pdf(text: str) -> bytes:
    """A one-page PDF file that says `text` (its ASCII part)."""
    line = text.encode("ascii", "replace").decode().replace("(", "").replace(")", "")
    stream = f"BT /F1 12 Tf 72 720 Td ({line}) Tj ET".encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
    )
    body = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    return body + head + table + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)


def docx(text: str) -> bytes:
    """The smallest Word file with one paragraph."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for name, content in (
            ("[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'),
            (
                "word/document.xml",
                f'<w:document xmlns:w="{word}"><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>',
            ),
        ):
            archive.writestr(zipfile.ZipInfo(name), content)
    return held.getvalue()
