"""A list page leads to other pages by their headlines: what an article holds beside its text does not make it one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from crawler.ingest.read import Captured, read
from crawler.ingest.template import learn
from storage.records import Capture, Portal, Reading, RecordRef, Template

PORTAL = Portal("anphu.example.gov.vn", "https://anphu.example.gov.vn/", hosts=("anphu.example.gov.vn",))
OTHERS = (
    "Phường An Phú ra quân dọn vệ sinh các tuyến đường", "Hội Phụ nữ phường tặng quà cho trẻ mồ côi",
    "Kế hoạch thành lập Ban Chỉ đạo chuyển đổi số", "Tổ dân phố số 4 tổ chức ngày hội đại đoàn kết",
    "Lịch công tác tuần 17 năm 2026", "Bản tin nông vụ tuần 40/2026", "Đoàn phường khai mạc giải bóng đá thiếu niên",
)  # fmt: skip
TOOLS = '<tr><td><a href="javascript:void(0)">In trang</a> <a href="/phan-hoi">Phản hồi</a> <a href="#">Quay lại</a></td></tr>'
BULLETIN = (
    "Bản tin nông vụ của phường phát hành vào thứ Sáu hằng tuần, trên loa truyền thanh lúc 17 giờ.",
    "Trong tuần, diện tích lúa đã gieo là 154 ha, sâu cuốn lá ở mức nhẹ.",
    '<b>Xem thêm:</b> <a href="/tin/77.html">Quyết định về việc kiện toàn Đội xung kích phòng chống thiên tai</a>',
    "Giá lúa tươi tại ruộng từ 7300 đồng/kg.",
    "Bà con cần hỗ trợ kỹ thuật xin liên hệ cán bộ khuyến nông trong giờ hành chính.",
)
GREETINGS = tuple(
    f"Chúc mừng gia đình {name} có con đạt danh hiệu học sinh giỏi cấp thành phố."
    for name in ("ông Hòa", "bà Lan", "ông Thạch", "bà Cúc", "anh Dũng")
)
FILES = "<table>" + "<tr><td>STT</td><td>Tải về</td><td>Dung lượng</td></tr>" + "".join(
    f'<tr><td>{n}</td><td><a href="/tep/cong-khai-du-toan-quy-{n}.pdf">cong-khai-du-toan-quy-{n}.pdf</a></td><td>{n}20 KB</td></tr>'
    for n in (1, 2, 3)
) + "</table>"  # fmt: skip
STAFF = (
    "Ông Trần Quốc Bảo - Chủ tịch UBND phường, phụ trách chung",
    "Bà Lê Thị Mai - Phó Chủ tịch UBND phường, phụ trách văn xã",
    "Ông Võ Công Danh - Công chức tư pháp, hộ tịch của phường",
)
TABLE = (
    "<table><tr><th>Chỉ tiêu</th><th>Thực hiện</th></tr><tr><td>Thu ngân sách trên địa bàn</td><td>412 triệu đồng</td></tr>"
    "<tr><td>Hồ sơ giải quyết đúng hạn</td><td>98%</td></tr></table>"
)


def links(first: int, count: int = 5) -> str:
    chosen = [(n, OTHERS[n % len(OTHERS)]) for n in range(first, first + count)]
    return "".join(f'<li><a href="/tin/{90 + n}.html">{title}</a> (0{1 + n % 9}/06/2026)</li>' for n, title in chosen)


def rows(title: str, number: int, lines: Sequence[str]) -> bytes:
    """An article in a table whose rows are of one look, with two boxes of other articles in rows of their own."""
    text = "".join(line if line.startswith("<t") else f"<p>{line}</p>" for line in lines)
    boxes = "".join(
        f"<tr><td><div><b>{name}</b></div><ul>{links(number + n)}</ul></td></tr>"
        for n, name in enumerate(("Tin liên quan", "Tin cùng chuyên mục"))
    )
    return f"""<html><head><title>{title}</title></head><body><div>PHƯỜNG AN PHÚ</div><table><tr><td><table>
    <tr><td>21:{number:02} 1{number % 9}/10/2026</td></tr><tr><td><b>{title}</b></td></tr>{TOOLS}<tr><td>{text}</td></tr>{TOOLS}
    <tr><td>Số lượt xem: {number}29</td></tr>{boxes}</table></td></tr></table><div>Địa chỉ: 1 phố Chợ</div></body></html>""".encode()


def reading(body: bytes, template: Template | None = None, purpose: str = "unknown") -> Reading:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    record = RecordRef("keep", "", 0, 0)
    return read(
        Captured(Capture(1, PORTAL.id, f"{PORTAL.url}tin/12.html", purpose, at, 200, record), body, PORTAL),  # type: ignore[arg-type]
        template=template,
    )


SERIES = {
    "bulletin": ("Bản tin nông vụ tuần {}/2026", BULLETIN),
    "greetings": ("Danh sách gia đình được chúc mừng tuần {}", GREETINGS),
    "files": ("Công khai dự toán quý {} của phường", (FILES,)),
    "staff": ("Phân công cán bộ tiếp dân tháng {}", STAFF),
    "table": ("Kết quả thực hiện chỉ tiêu tháng {}", (TABLE,)),
}


@pytest.mark.parametrize("purpose", ["article", "unknown"])
@pytest.mark.parametrize("learned", [False, True])
@pytest.mark.parametrize("sort", SERIES)
def test_read_when_an_issue_of_a_series_stands_among_other_headlines_is_an_article(
    sort: str, learned: bool, purpose: str
) -> None:
    title, lines = SERIES[sort]
    pages = [rows(title.format(n), n, [line.replace("154", str(140 + n)) for line in lines]) for n in range(1, 8)]
    template = None
    if learned:
        template = learn(
            [(n, f"{PORTAL.url}tin/{n}.html", body, "") for n, body in enumerate(pages[:-1])],
            portal=PORTAL.id,
            version=1,
        )
    found = reading(pages[-1], template, purpose)
    assert (found.article, found.reason) == (True, "")
    assert found.title == title.format(7)


def section(items: str, title: str) -> bytes:
    return f"""<html><head><title>{title}</title></head><body><div>PHƯỜNG AN PHÚ</div><div class="m"><h1>{title}</h1>{items}
    <p><a href="?trang=2">2</a> <a href="?trang=3">3</a></p></div><div>Địa chỉ: 1 phố Chợ</div></body></html>""".encode()


EXCERPT = (
    "Sáng ngày 12/10, phường tổ chức buổi ra quân với sự tham gia của đông đảo bà con các tổ dân phố trên địa bàn."
)


@pytest.mark.parametrize(
    ("title", "items"),
    [
        ("Lịch công tác tuần", "".join(f'<div class="i"><a href="/tin/{n}.html">Lịch công tác tuần {n} năm 2026</a></div>' for n in range(9))),
        ("Bản tin nông vụ", "".join(f'<tr><td>0{n}/06/2026</td><td><a href="/tin/{n}.html">Bản tin nông vụ tuần {n}/2026</a></td></tr>' for n in range(1, 9)).join(("<table>", "</table>"))),
        ("Tin trong phường", "".join(f'<div class="i"><h3><a href="/tin/{n}.html">{o}</a></h3><p>{EXCERPT}</p></div>' for n, o in enumerate(OTHERS))),
        ("Tin trong phường", "".join(f'<div class="i"><p>0{n}/06/2026</p><h3><a href="/tin/{n}.html">{o}</a></h3></div>' for n, o in enumerate(OTHERS, 1))),
        ("Tin trong phường", f'<div class="i"><h3><a href="/tin/1.html">{OTHERS[0]}</a></h3><p>{EXCERPT}</p></div>' + "".join(f'<div class="i"><h3><a href="/tin/{n}.html">{o}</a></h3></div>' for n, o in enumerate(OTHERS))),
        ("Tin trong phường", "".join(f'<div class="i" data-href="/tin/{n}.html"><a href="javascript:void(0)">{o}</a><p>{EXCERPT}</p></div>' for n, o in enumerate(OTHERS))),
        ("Tin trong phường", "".join(f'<div class="i"><h3><a href="#/tin/{n}">{o}</a></h3><p>{EXCERPT}</p></div>' for n, o in enumerate(OTHERS))),
        ("Tin trong phường", "".join(f'<div class="i"><h3>{o}</h3><p>{EXCERPT}</p><a href="/tin/{n}.html">Xem chi tiết</a></div>' for n, o in enumerate(OTHERS))),
    ],
)  # fmt: skip
@pytest.mark.parametrize("purpose", ["listing", "unknown", "article"])
def test_read_when_a_page_leads_to_others_by_their_headlines_is_a_list(title: str, items: str, purpose: str) -> None:
    found = reading(section(items, title), purpose=purpose)
    assert not found.article


@pytest.mark.parametrize("purpose", ["listing", "unknown"])
def test_read_when_each_headline_of_a_list_has_a_file_beside_it_is_a_list(purpose: str) -> None:
    items = "".join(
        f'<div class="i"><a href="/tin/{n}.html">Công khai dự toán quý {n} của phường</a> <a href="/tep/{n}.pdf">Tải về</a></div>'
        for n in range(1, 9)
    )
    assert not reading(section(items, "Công khai ngân sách"), purpose=purpose).article
