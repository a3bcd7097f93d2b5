"""Content that repeats over a portal's pages stays, furniture that repeats goes: learned from ten pages and read with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import pytest

from crawler.ingest.read import Captured, read
from crawler.ingest.template import learn
from storage.records import Capture, Portal, Reading, RecordRef, Template

PORTAL = Portal("hoaxuan.example.gov.vn", "https://hoaxuan.example.gov.vn/", hosts=("hoaxuan.example.gov.vn",))
SUBJECTS = (
    "Hội Phụ nữ", "Đoàn Thanh niên", "Hội Nông dân", "Trạm Y tế", "Công an phường", "Ban Chỉ huy Quân sự", "Mặt trận Tổ quốc",
    "Hội Cựu chiến binh", "Trường Tiểu học số 1", "Tổ dân phố số 9", "Hội Chữ thập đỏ", "Ủy ban nhân dân phường",
)  # fmt: skip
DEEDS = (
    "ra quân dọn vệ sinh môi trường", "tập huấn kỹ năng phòng cháy", "trao quà cho hộ nghèo", "tiêm phòng cho trẻ em",
    "tuyên truyền an toàn giao thông", "khai mạc giải bóng đá", "hiến máu tình nguyện", "đối thoại với người dân",
    "tổng kết phong trào thi đua", "làm sạch bãi biển", "sửa nhà cho gia đình chính sách", "trồng cây xanh trên vỉa hè",
)  # fmt: skip

Layout = Callable[[str, str, str], str]
Story = tuple[str, Sequence[str]]


def apart(title: str, date: str, text: str) -> str:
    return f'<div class="art"><h1>{title}</h1><div class="date">{date}</div><div class="text">{text}</div>{TOOLS}</div>'


def flat(title: str, date: str, text: str) -> str:
    return f"<div class='x1'><h2>{title}</h2><p>{date}</p>{text}{TOOLS}</div>"


def tables(title: str, date: str, text: str) -> str:
    return f"""<table><tr><td class="l"><p>Thông tin cần biết</p><p>Đường dây nóng: 0236 3 847 999</p></td><td><table>
    <tr><td><b>{title}</b></td></tr><tr><td>{date}</td></tr><tr><td>{text}</td></tr><tr><td>{TOOLS}</td></tr></table></td></tr></table>"""


TOOLS = """<div class="end"><p class="tools"><a href="#">Ý kiến của bạn về bài viết</a></p>
<p>Mọi góp ý xin gửi về Ban biên tập cổng thông tin</p></div>"""
LAYOUTS = (apart, flat, tables)


def page(layout: Layout, number: int, title: str, paragraphs: Sequence[str]) -> bytes:
    text = "".join(line if line.startswith("<") else f"<p>{line}</p>" for line in paragraphs)
    inner = layout(title, f"{number + 1:02}/05/2024 08:{number:02}", text)
    return f"""<html><head><title>{title} - Phường Hòa Xuân</title></head><body><div id="top">PHƯỜNG HÒA XUÂN</div>
    <ul><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li></ul>{inner}<div class="side"><p>Thăm dò dư luận xã hội
    tháng này</p><p>Tổng lượt khách ghé: {1000 + number * 17}</p></div><div>Trụ sở làm việc: 12 đường Trung tâm</div></body></html>""".encode()


def news(number: int) -> Story:
    subject, deed = SUBJECTS[number % 12], DEEDS[(number * 5 + number // 12) % 12]
    return (
        f"{subject} {deed}",
        [
            f"{subject} vừa {deed} với sự tham gia của {20 + number} hội viên và đông đảo bà con khu phố {number % 7}.",
            f"Sau buổi {deed}, đại diện {subject} cho biết kế hoạch của đơn vị trong thời gian tới là nhân rộng mô hình.",
        ],
    )


def template(pages: Sequence[bytes]) -> Template:
    samples = [(n, f"{PORTAL.url}tin/{n}.html", body, "") for n, body in enumerate(pages)]
    return learn(samples, portal=PORTAL.id, version=1)


def reading(body: bytes, learned: Template, number: int = 0) -> Reading:
    at = datetime(2024, 8, 1, tzinfo=UTC)
    capture = Capture(1, PORTAL.id, f"{PORTAL.url}tin/{number}.html", "article", at, 200, RecordRef("keep", "", 0, 0))
    return read(Captured(capture, body, PORTAL), template=learned)


def check(
    layout: Layout, stories: Sequence[Story], *, expected: Sequence[Sequence[str]] | None = None, alike: bool = False
) -> None:
    """Learn from the stories' pages and read each with what was learned: all of its text, nothing else.

    Of pages that are `alike` but for their numbers nothing is learned: only their text must all be there.
    """
    pages = [page(layout, n, title, lines) for n, (title, lines) in enumerate(stories)]
    learned = template(pages)
    for number, (title, lines) in enumerate(stories):
        found = reading(pages[number], learned, number)
        assert found.title == title
        text = list(expected[number] if expected else lines)
        assert list(found.paragraphs[: len(text)] if alike else found.paragraphs) == text
        assert found.dates.published is not None
        assert found.dates.published.value == f"2024-05-{number + 1:02}T08:{number:02}:00+07:00"


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_when_ten_pages_are_known_takes_text_and_leaves_furniture(layout: Layout) -> None:
    check(layout, [news(n) for n in range(12)])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("share", [4, 12])
def test_read_when_a_table_is_issued_monthly_keeps_its_rows(layout: Layout, share: int) -> None:
    names = ("Tổng thu ngân sách", "Thu bổ sung", "Tổng chi ngân sách", "Chi thường xuyên")

    def monthly(number: int) -> tuple[Story, list[str]]:
        rows = [
            ("Nội dung", "Dự toán", "Thực hiện"),
            *((name, f"{800 + i}", f"{n}") for i, name in enumerate(names) for n in [number * 31 + i]),
        ]
        cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
        head = "Ủy ban nhân dân phường công khai số liệu thu, chi ngân sách để nhân dân biết và giám sát."
        return (
            (
                f"Công khai ngân sách tháng {number + 1} năm 2024",
                [head, f"<table>{cells}</table>", "Đơn vị tính: triệu đồng."],
            ),
            [head, *(" | ".join(row) for row in rows), "Đơn vị tính: triệu đồng."],
        )

    made = [monthly(n) if n < share else (news(n), list(news(n)[1])) for n in range(12)]
    check(layout, [story for story, _ in made], expected=[lines for _, lines in made], alike=share == 12)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("share", [4, 12])
def test_read_when_each_decision_opens_with_the_motto_keeps_it(layout: Layout, share: int) -> None:
    def decision(number: int) -> Story:
        return (
            f"Quyết định số {number + 10}/QĐ-UBND về việc {DEEDS[number]}",
            [
                "ỦY BAN NHÂN DÂN PHƯỜNG HÒA XUÂN",
                "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
                "Độc lập - Tự do - Hạnh phúc",
                "QUYẾT ĐỊNH",
                "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015;",
                f"Điều 1. Giao {SUBJECTS[number]} chủ trì {DEEDS[number]} trên địa bàn phường trong quý này.",
                "Điều 2. Quyết định này có hiệu lực kể từ ngày ký.",
                "TM. ỦY BAN NHÂN DÂN",
                "CHỦ TỊCH",
                "Nguyễn Văn Hòa",
            ],
        )

    check(layout, [decision(n) if n < share else news(n) for n in range(12)])


FORMAL_HEADS = (
    "<table><tr><td>UBND PHƯỜNG HÒA XUÂN</td><td><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b><br><b>Độc lập - Tự do - Hạnh phúc</b></td>"
    "</tr></table>",
    "<div align='center'><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</b></div><div align='center'><b>Độc lập - Tự do - Hạnh phúc</b></div>",
    "<center><b>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM<br>Độc lập - Tự do - Hạnh phúc</b></center>",
)
FORMAL_FEET = (
    "<table><tr><td>Nơi nhận:<br>- Như Điều 3;</td><td><b>TM. ỦY BAN NHÂN DÂN<br>CHỦ TỊCH</b><br><br>Lê Văn An</td></tr></table>",
    "<div>Nơi nhận:</div><div>- Như Điều 3;</div><div align='right'>CHỦ TỊCH</div><div align='right'>Lê Văn An</div>",
)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("head", FORMAL_HEADS)
@pytest.mark.parametrize("foot", FORMAL_FEET)
def test_read_when_most_pages_are_decisions_keeps_their_formal_head_and_foot(
    layout: Layout, head: str, foot: str
) -> None:
    def decision(number: int) -> Story:
        matter = f"Điều 1. Giao {SUBJECTS[number]} chủ trì {DEEDS[number]} trên địa bàn phường trong quý này."
        return f"Quyết định số {number + 10}/QĐ-UBND về việc {DEEDS[number]}", [head, matter, foot]

    stories = [decision(n) if n < 8 or n == 11 else news(n) for n in range(12)]
    pages = [page(layout, n, *story) for n, story in enumerate(stories)]
    text = "\n".join(reading(pages[11], template(pages[:10]), 11).paragraphs)
    wanted = ("CỘNG HÒA XÃ HỘI", "Độc lập - Tự do", "Điều 1.", "Nơi nhận:", "- Như Điều 3;", "CHỦ TỊCH", "Lê Văn An")
    assert [line for line in wanted if line not in text] == []
    assert "Mọi góp ý" not in text


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_when_a_series_has_standing_sentences_keeps_them(layout: Layout) -> None:
    opening = "Chuyên mục “Hỏi đáp pháp luật” tuần này trả lời một câu hỏi của bạn đọc trên địa bàn phường."
    closing = "Bạn đọc có câu hỏi xin gửi về bộ phận tư pháp - hộ tịch của phường để được trả lời vào số sau."
    check(layout, [(title, [opening, *lines, closing]) for title, lines in map(news, range(12))])


@pytest.mark.parametrize("layout", LAYOUTS)
def test_read_when_a_series_has_standing_sentences_with_numbers_keeps_them(layout: Layout) -> None:
    opening = "Thực hiện Quy chế làm việc nhiệm kỳ 2026 - 2031, Văn phòng thông báo lịch công tác trong tuần như sau:"
    closing = "Lịch này thay cho giấy mời; có gì thay đổi sẽ báo trước 24 giờ theo số máy của Văn phòng 3 847 999."
    check(layout, [(title, [opening, *lines, closing]) for title, lines in map(news, range(12))])


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("share", [3, 12])
def test_read_when_pages_list_the_same_staff_keeps_the_list(layout: Layout, share: int) -> None:
    staff = [
        "Ông Trần Quốc Bảo - Chủ tịch UBND phường",
        "Bà Lê Thị Mai - Phó Chủ tịch",
        "Ông Võ Công Danh - Công chức tư pháp",
    ]

    def rota(number: int) -> Story:
        return (
            f"Lịch tiếp công dân tuần {number + 1} năm 2024",
            [
                f"Phường tiếp công dân tại {SUBJECTS[number].lower()} vào sáng thứ {2 + number % 5}, thành phần gồm:",
                *staff,
            ],
        )

    check(layout, [rota(n) if n < share else news(n) for n in range(12)])


def test_learn_when_pages_are_alike_but_for_numbers_learns_nothing() -> None:
    stories = [
        (f"Lịch trực cơ quan tuần {n} năm 2024", [f"Tuần {n}: trực tại trụ sở, số máy {n}23."]) for n in range(12)
    ]
    learned = template([page(apart, n, title, lines) for n, (title, lines) in enumerate(stories)])
    assert (learned.body["furniture"], learned.body["bodies"]) == ([], [])


def signed(number: int, *, date_last: bool, clock: str = "") -> bytes:
    """A page whose date and author stand behind the text, in places that no word names."""
    title, lines = news(number)
    text = "".join(f"<p>{line}</p>" for line in lines)
    writer = ("Lê Hân", "Trần Cao Nam", "Võ Thị Sáu")[number % 3]
    meta = f"<ul><li><div>{number + 1:02}/05/2024 08:{number:02}</div></li><li><div>{writer}</div></li></ul>"
    inner = f"{'' if date_last else meta}<div class='t'>{text}</div><div><p>Chuyên trang phường</p></div>{meta if date_last else ''}"
    return f"""<html><head><title>{title}</title></head><body><div>PHƯỜNG HÒA XUÂN</div><div>{clock}</div>
    <div><h1>{title}</h1>{inner}</div></body></html>""".encode()


@pytest.mark.parametrize("date_last", [False, True])
def test_read_when_places_of_date_and_byline_were_learned_reads_them_there(date_last: bool) -> None:
    learned = template([signed(n, date_last=date_last) for n in range(10)])
    found = reading(signed(10, date_last=date_last), learned, 10)
    assert found.dates.published is not None
    assert (found.dates.published.value, found.authors) == ("2024-05-11T08:10:00+07:00", ("Trần Cao Nam",))
    assert list(found.paragraphs) == news(10)[1]


@pytest.mark.parametrize("clock", ["Thứ hai, 12/08/2024 10:0{}", "10:0{} - 12/08/2024", "Hôm nay: 12/08/2024 10:0{}"])
def test_learn_when_a_clock_shows_one_day_does_not_take_it_for_the_date_line(clock: str) -> None:
    pages = [signed(n, date_last=True, clock=clock.format(n % 6)) for n in range(10)]
    learned = template(pages)
    assert len(learned.body["dates"]) == 1
    found = reading(pages[3], learned, 3)
    assert found.dates.published is not None
    assert found.dates.published.value == "2024-05-04T08:03:00+07:00"


@pytest.mark.parametrize("count", [3, 10, 1000])
def test_read_when_learned_from_few_or_many_pages_leaves_the_same_furniture(count: int) -> None:
    bodies = [page(flat, n % 30, *news(n % 30)) for n in range(count)]
    learned = template(bodies)
    found = reading(page(flat, 29, *news(29)), learned, 29)
    assert list(found.paragraphs) == news(29)[1]
    assert learned.body["furniture"] == template(bodies[:10]).body["furniture"]


def test_read_when_others_lists_print_a_notice_as_excerpt_keeps_it_on_its_own_page() -> None:
    text = "Ai là chủ của sáu xe mô tô đang tạm giữ tại trụ sở công an phường, đề nghị mang giấy tờ đến liên hệ."
    stories = [("Thông báo tìm chủ sở hữu xe máy", [text]), *map(news, range(9))]

    def with_related(number: int) -> bytes:
        shown = [other for other in (0, (number + 1) % 10, (number + 2) % 10) if other != number]
        items = "".join(
            f'<div class="i"><a href="/tin/{n}.html">{stories[n][0]} hôm qua</a><p>{stories[n][1][0]}</p></div>'
            for n in shown
        )
        return page(apart, number, *stories[number]).replace(b"</body>", f"<h4>Tin khác</h4>{items}</body>".encode())

    pages = [with_related(n) for n in range(10)]
    found = reading(pages[0], template(pages))
    assert (found.article, found.reason) == (True, "")
    assert list(found.paragraphs) == [text]


def test_read_when_a_row_of_the_layout_stands_in_the_texts_own_box_leaves_it_and_reads_the_byline_above() -> None:
    row = "<div class='v'><span>Bạn thấy bài này</span> <span>hay</span> <span>vừa</span> <span>dở</span></div>"

    def rated(title: str, date: str, text: str) -> str:
        return f"<div class='x1'><h2>{title}</h2>{text}<p><em>Lê Hân</em></p><div><span>{date} 1.204</span></div>{row}</div>"

    stories = [news(n) for n in range(11)]
    pages = [page(rated, n, *story) for n, story in enumerate(stories)]
    found = reading(pages[10], template(pages[:10]), 10)
    assert (list(found.paragraphs), found.authors) == (stories[10][1], ("Lê Hân",))
    assert found.dates.published is not None and found.dates.published.value == "2024-05-11T08:10:00+07:00"


def rows(number: int, lines: Sequence[str], *, lead: str) -> bytes:
    """A page of layout tables without names, in which a row fewer stands where there is no lead; the date behind the text."""
    held = [f"<b>{news(number)[0]}</b>", f"<b>{lead}</b>" if lead else "", "<table><tr><td>{}</td></tr></table>", "{}"]
    text = "".join(f"<p>{line}</p>" for line in lines)
    day = f"<div>Thứ hai, Tháng Tám {number + 1}, 2023</div>"
    held[2] = held[2].format(text)
    held[3] = "<table><tr><td><a href='#'>Chia sẻ bài viết</a></td></tr></table>"
    table = "".join(f"<tr><td>{part}</td></tr>" for part in [*held, day, "<div>Chuyên trang phường</div>"] if part)
    return f"<html><title>{news(number)[0]}</title><div>PHƯỜNG HÒA XUÂN</div><table>{table}</table></html>".encode()


def test_read_when_rows_of_layout_tables_shift_finds_text_and_date_in_places_of_their_look() -> None:
    pages = [
        rows(n, news(n)[1], lead=f"Việc làm thứ {n} của năm do {SUBJECTS[n]} đề ra từ đầu quý.") for n in range(10)
    ]
    notice = ["Chợ trung tâm nghỉ họp để khử khuẩn."]
    found = reading(rows(10, notice, lead=""), template(pages), 10)
    assert found.article and list(found.paragraphs) == notice
    assert found.dates.published is not None and found.dates.published.value == "2023-08-11"


def test_read_when_short_headlines_are_listed_on_every_page_finds_them_above_their_texts() -> None:
    short = ("Cắt điện tuyến Lê Lợi", "Dời lịch họp tổ 6", "Mời nhận căn cước", "Nghỉ tiếp công dân")
    stories = [(title, news(n)[1][:1]) for n, title in enumerate(short)]
    listed = "".join(f"<p><a href='/tin/{n}.html'>{title}</a></p>" for n, title in enumerate(short))

    def made(number: int) -> bytes:
        title, lines = stories[number]
        return f"""<html><head><title>Phường Hòa Xuân</title></head><body><div id="top">PHƯỜNG HÒA XUÂN</div><div class="main">
        <div class="box"><h3 class="box-title">TIN TỨC - SỰ KIỆN</h3><h4>{title}</h4><p class="small">{number + 1:02}/05/2024 |
        {900 + number * 7}</p><p>{lines[0]}</p></div><div class="side"><h3>TIN MỚI</h3>{listed}</div></div></body></html>""".encode()

    learned = template([made(n) for n in range(4)])
    for number, (title, lines) in enumerate(stories):
        found = reading(made(number), learned, number)
        assert (found.title, list(found.paragraphs)) == (title, list(lines))
