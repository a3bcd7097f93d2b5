"""Text in several containers, boxes between its paragraphs, and values that recur: learned from ten pages and read with it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.cases import golden
from tests.ingest.test_template_content import SUBJECTS, news, reading, template

BOX = """<div class="goi-y"><b>Đọc thêm:</b><ul><li><a href="/tin/91.html">Khai mạc hội thao phường năm nay</a></li>
<li><a href="/tin/92.html">Thêm một tuyến đường được thắp sáng</a></li></ul></div>"""
FLAT = """<p>Tin liên quan</p><p><a href="/tin/91.html">Khai mạc hội thao phường năm nay</a></p>
<p><a href="/tin/92.html">Thêm một tuyến đường được thắp sáng</a></p>"""
BARE = """<div class="x7"><a href="/tin/91.html">Khai mạc hội thao phường năm nay</a><a href="/tin/92.html">Thêm một tuyến đường
được thắp sáng</a></div>"""
NAMED = """<table align="right"><tr><td><b>TIN NÓNG</b></td></tr><tr><td><a href="/tin/91.html">Khai mạc hội thao phường năm nay</a>
</td></tr><tr><td><a href="/tin/92.html">Thêm một tuyến đường được thắp sáng</a></td></tr></table>"""
OTHERS = """<div class="nua"><h3>Các tin khác</h3><ul><li><a href="/tin/93.html">Phường nhận cờ thi đua</a></li>
<li><a href="/tin/94.html">Chợ mới sắp mở cửa đón khách</a></li></ul></div>"""


def site(number: int, inner: str, beside: str = "") -> bytes:
    title, _ = news(number)
    return f"""<html><head><title>{title} - Phường Hòa Xuân</title></head><body><div class="top">PHƯỜNG HÒA XUÂN</div>
    <div class="page"><div class="art"><h1>{title}</h1><div class="day">{number + 1:02}/05/2024 08:{number:02}</div>{inner}</div>
    {beside}</div><div class="foot">Trụ sở làm việc: 12 đường Trung tâm</div></body></html>""".encode()


def said(number: int, count: int) -> list[str]:
    """So many paragraphs of a story."""
    more = [
        f"Bà {name} cho biết {SUBJECTS[(number + n) % 12]} đã chuẩn bị cho việc này từ đầu năm, với {n + number} buổi."
        for n, name in enumerate(("Lan", "Cúc", "Trúc", "Mai", "Thu", "Đông"))
    ]
    return [*news(number)[1], *more][:count]


def block(lines: Sequence[str]) -> str:
    return "".join(f"<p>{line}</p>" for line in lines)


def intro_and_rest(number: int, lines: Sequence[str]) -> str:
    rest = lines[1:] if len(lines) > 2 else ()
    head = lines[:1] if rest else lines
    hits = f"<div class='hits'>Đọc {number * 7} lần</div>"
    part = f"<div class='mo-dau'>{block(head)}</div><div class='tiep'>{block(rest)}</div>"
    return f"<div class='than'>{part}{hits}</div>"


def rows(number: int, lines: Sequence[str]) -> str:
    parts = [lines[start : start + 2] for start in range(0, len(lines), 2)]
    row = "<div class='hang'><div class='cot'><div class='o'>{}</div></div></div>"
    return f"<div class='khung'>{''.join(row.format(block(part)) for part in parts)}</div>"


@pytest.mark.parametrize("short", [3, 5, 8, 10])
@pytest.mark.parametrize("form", [intro_and_rest, rows])
def test_read_when_text_stands_in_several_containers_takes_all_of_them(form, short: int) -> None:  # type: ignore[no-untyped-def]
    lines = [said(number, 2 if number < short else 6) for number in range(10)]
    learned = template([site(number, form(number, lines[number]) + OTHERS) for number in range(10)])
    for number in range(10):
        long = said(number, 6)
        found = reading(site(number, form(number, long) + OTHERS), learned, number)
        assert list(found.paragraphs) == long
        kept = said(number, 2)
        assert list(reading(site(number, form(number, kept) + OTHERS), learned, number).paragraphs) == kept


def test_read_when_excerpts_of_other_articles_stand_beside_the_text_leaves_them() -> None:
    def beside(number: int) -> str:
        other = (number + 3) % 12
        return (
            f"<div class='o'><h4><a href='/tin/{other}.html'>{news(other)[0]}</a></h4><p>{said(other, 3)[2]}</p>"
            f"<p>{said(other, 4)[3]}</p></div>"
        )

    pages = [site(n, f"<div class='o'>{block(said(n, 5))}</div>{beside(n)}") for n in range(11)]
    assert list(reading(pages[10], template(pages[:10]), 10).paragraphs) == said(10, 5)


@pytest.mark.parametrize("box", [BOX, FLAT, BARE, NAMED])
@pytest.mark.parametrize("place", [1, 3])
def test_read_when_a_box_of_links_stands_amid_the_text_drops_the_box_alone(box: str, place: int) -> None:
    def made(number: int) -> bytes:
        lines = said(number, 6)
        text = block(lines[:place]) + (box if number % 2 else "") + block(lines[place:])
        return site(number, f"<div class='bai'>{text}{OTHERS}</div>")

    learned = template([made(number) for number in range(10)])
    for number in range(10):
        assert list(reading(made(number), learned, number).paragraphs) == said(number, 6)


@pytest.mark.parametrize("href", ["/tin/91.html", "/van-ban/91.html"])
def test_read_when_a_sentence_announces_links_keeps_them(href: str) -> None:
    listed = [f"Xem phần {n + 1} của loạt bài về chợ phường" for n in range(2)]
    items = "".join(f'<li><a href="{href.replace("91", str(91 + n))}">{text}</a></li>' for n, text in enumerate(listed))
    announced = "Loạt bài này gồm hai phần đã đăng từ đầu năm, bạn đọc xem lại tại đây:"

    def made(number: int) -> bytes:
        lines = said(number, 6)
        text = block([*lines[:2], announced]) + f"<ul>{items}</ul>" if number % 2 else block(lines[:2])
        return site(number, f"<div class='bai'>{text}{block(lines[2:])}{OTHERS}</div>")

    learned = template([made(number) for number in range(10)])
    for number in range(10):
        lines = said(number, 6)
        inner = [announced, *listed] if number % 2 else []
        assert list(reading(made(number), learned, number).paragraphs) == [*lines[:2], *inner, *lines[2:]]


@pytest.mark.parametrize("by", ["<p><b>Tuấn Kiệt</b></p>", "<p align='right'>Tin, ảnh: Tuấn Kiệt</p>"])
def test_read_when_the_byline_stands_behind_other_articles_reads_it(by: str) -> None:
    others = "<p><b>Các tin khác:</b></p>" + "".join(
        f'<p>- <a href="/tin/{n}.html">Phường nhận cờ thi đua lần thứ {n}</a></p>' for n in (93, 94)
    )

    def made(number: int) -> bytes:
        return site(number, f"<div class='bai'>{block(said(number, 5))}{others}{by}<div>Bình luận (0)</div></div>")

    learned = template([made(number) for number in range(10)])
    found = reading(made(10), learned, 10)
    assert (list(found.paragraphs), found.authors) == (said(10, 5), ("Tuấn Kiệt",))


def test_read_when_a_last_row_holds_zeros_keeps_them() -> None:
    def made(number: int) -> bytes:
        lines = said(number, 2)
        if number != 4:
            return site(
                number, f"<div class='bai'>{block(lines)}</div><div>Lượt xem: <b>{number}</b></div><i>{number}</i>"
            )
        cells = [("Khoản", "Dự toán", "Thực hiện", "Còn"), ("Sửa chữa", "70", "65", "5"), ("Chi khác", "318", "0", "0")]
        table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in cells)
        return site(number, f"<div class='bai'>{block(lines)}<table>{table}</table></div><i>{number}</i>")

    learned = template([made(number) for number in range(10)])
    assert reading(made(4), learned, 4).paragraphs[-1] == "Chi khác | 318 | 0 | 0"


LETTER = "<div class='thu'>Nhận bản tin của phường qua thư điện tử</div>"


@pytest.mark.parametrize("tags", ["", "<div class='nhan'>Nhãn: <a href='/nhan/phuong'>phường</a></div>"])
@pytest.mark.parametrize("short", [0, 6])
def test_read_when_a_line_recurs_in_the_container_of_text_and_other_articles_leaves_it(tags: str, short: int) -> None:
    def others(number: int) -> str:
        shown = [(number + n) % 12 for n in (3, 5, 7, 8)]
        items = (f"<div><a href='/t/{n}.html'>{news(n)[0]}</a><p>{said(n, 3)[2]}</p></div>" for n in shown)
        return f"<div class='khac'>Cùng chuyên mục{''.join(items)}</div>"

    def made(number: int, lines: Sequence[str]) -> bytes:
        file = f"<p><a href='/f/{number}.pdf'>Bản chính</a></p>" if not lines else ""
        return site(number, f"<div class='nd'>{block(lines)}{file}</div>{tags}{LETTER}{others(number)}")

    learned = template([made(number, said(number, 2 if number < short else 6)) for number in range(10)])
    few = ["Chi tiết xin xem trong bản chính.", "Bản in đang được phát tại các nhà văn hóa."]
    for lines in (said(10, 0), said(10, 2), said(10, 6), few[:1], few):
        assert list(reading(made(10, lines), learned, 10).paragraphs) == lines


def test_read_when_the_signature_has_a_row_of_its_own_keeps_it() -> None:
    signature = "<table><tr><td>Nơi nhận: Như Điều 3; Lưu: VT.</td><td>KT. CHỦ TỊCH PHÓ CHỦ TỊCH</td></tr></table>"
    row = "<div class='hang'><div class='o'>{}</div></div>"

    def made(number: int, last: str) -> bytes:
        return site(
            number, f"<div class='khung'>{row.format(block(said(number, 4)))}{last and row.format(last)}</div>{OTHERS}"
        )

    learned = template([made(number, "") for number in range(10)])
    assert "KT. CHỦ TỊCH" in reading(made(10, signature), learned, 10).paragraphs[-1]


@pytest.mark.parametrize(
    ("second", "text"),
    [
        ("Phường Hòa Bình khai giảng lớp học bơi cho thiếu nhi dịp hè", False),
        ("Trả lời của Ủy ban nhân dân phường Hòa Bình", True),
    ],
)
def test_box_like_the_headlines_own_below_it_is_another_article_if_it_bears_another_headline(
    second: str, text: bool
) -> None:
    title = "Kiến nghị của cử tri khu phố 4 về chiếu sáng đường Trần Phú"
    first = "Cử tri khu phố 4 đề nghị phường sớm lắp thêm đèn chiếu sáng trên đường Trần Phú vì trời tối rất khó đi."
    other = "Sau khi kiểm tra thực tế, phường đã thống nhất với các đơn vị và sẽ hoàn thành công việc trong quý này."
    boxes = "".join(
        f'<div class="post"><h2>{head}</h2><div>1{day}/05/2025 08:15</div><p>{said}</p></div>'
        for day, head, said in ((2, title, first), (4, second, other))
    )
    page = f"<title>{title}</title><body><div class='top'>Trang tin</div><div class='m'>{boxes}</div></body>"
    meta = {"url": "https://binhan.example.gov.vn/tin/1", "fetched_at": "2025-06-20T15:00:00+00:00"}
    found = golden.reading(page.encode(), meta)
    assert found.paragraphs[0] == first
    assert (other in found.paragraphs) is text
