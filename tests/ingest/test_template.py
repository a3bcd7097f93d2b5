"""What is learned from a portal's pages, and what must not be."""

from __future__ import annotations

import json
from collections.abc import Sequence

from crawler.ingest.places import Layout
from crawler.ingest.template import SAMPLES, learn, unpack

WORDS = [
    "hội",
    "nghị",
    "phường",
    "tổ",
    "chức",
    "nhân",
    "dân",
    "khu",
    "phố",
    "ngày",
    "đoàn",
    "viên",
    "thanh",
    "niên",
    "công",
    "tác",
    "năm",
    "kế",
    "hoạch",
]


def sentence(seed: int, length: int = 18) -> str:
    words = [WORDS[(seed * 7 + n * (seed % 5 + 1)) % len(WORDS)] + (f"{seed}" if n == 3 else "") for n in range(length)]
    return (" ".join(words)).capitalize() + f" lần thứ {'ABCDEFGHIJKLMNOPQRST'[seed % 20]}."


def page(number: int, *, body: str = "", foot: str = "", counter: int = 0) -> bytes:
    paragraphs = body or "".join(f"<p>{sentence(number * 10 + n)}</p>" for n in range(4))
    return f"""<html><head><title>Bài số {sentence(number, 5)} | Phường Hòa Xuân</title></head><body>
    <div id="top">PHƯỜNG HÒA XUÂN</div>
    <ul class="menu"><li><a href="/">Trang chủ</a></li><li><a href="/tin">Tin tức</a></li></ul>
    <table><tr><td class="left"><p>Thời tiết hôm nay có mưa</p><p>Đường dây nóng: 0236 3 847 999</p></td>
    <td class="mid"><h1>Bài số {sentence(number, 5)}</h1><div class="date">{number + 1:02}/05/2024 08:0{number % 10}</div>
    <div class="text">{paragraphs}</div>{foot}<div class="tools">Chia sẻ bài này cho bạn bè</div></td>
    <td class="right"><p>Thống kê</p><p>Tổng truy cập: {1000 + counter * 17}</p></td></tr></table>
    <div id="foot">Chịu trách nhiệm: UBND phường Hòa Xuân</div></body></html>""".encode()


def layout(bodies: Sequence[bytes]) -> Layout:
    samples = [(n, f"https://x.vn/tin/{n}", body, "") for n, body in enumerate(bodies)]
    return unpack(learn(samples, portal="x.vn", version=1))


def test_learn_when_three_pages_differ_finds_furniture_and_body() -> None:
    found = layout([page(n, counter=n) for n in range(3)])
    assert {"thoi tiet hom nay co mua", "tong truy cap: 0", "phuong hoa xuan", "0/0/0 0:0"} <= found.furniture
    assert found.bodies[0][-1].classes == ("text",)
    assert found.titles[0][-1].tag == "h1"
    assert found.site == {"phuong hoa xuan"}


def test_learn_when_run_again_gives_the_same_json() -> None:
    samples = [(n, f"https://x.vn/tin/{n}", page(n, counter=n), "") for n in range(5)]
    first, second = (learn(samples, portal="x.vn", version=2) for _ in range(2))
    assert json.dumps(first.body) == json.dumps(second.body)
    assert unpack(first) == layout([body for _, _, body, _ in samples])
    assert json.loads(json.dumps(first.body)) == first.body


def test_learn_when_there_are_more_pages_uses_the_first_ten() -> None:
    samples = [(n, f"https://x.vn/tin/{n}", page(n), "") for n in range(14)]
    assert learn(samples, portal="x.vn", version=1).learned_from == tuple(range(SAMPLES))


def test_learn_when_there_is_one_page_knows_nothing() -> None:
    found = layout([page(1)])
    assert (found.furniture, found.bodies) == (frozenset(), ())


def test_learn_when_one_article_has_two_addresses_does_not_take_its_text_for_furniture() -> None:
    found = layout([page(1), page(1), page(2)])
    assert not any("hoi nghi" in key for key in found.furniture)


def test_learn_when_a_table_is_issued_monthly_keeps_its_standing_rows() -> None:
    rows = "".join(
        f"<tr><td>{name}</td><td>Tổ trưởng</td></tr>" for name in ("Lê Văn An", "Trần Thị Bình", "Võ Công Danh")
    )
    monthly = [page(n, body=f"<p>{sentence(n)}</p><table>{rows}</table><p>{sentence(n + 50)}</p>") for n in range(4)]
    assert not {"le van an", "to truong"} & layout(monthly).furniture


def test_learn_when_motto_opens_each_decision_keeps_it() -> None:
    motto = "<p>CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM</p><p>Độc lập - Tự do - Hạnh phúc</p>"
    decisions = [page(n, body=motto + "".join(f"<p>{sentence(n * 9 + i)}</p>" for i in range(4))) for n in range(4)]
    assert "cong hoa xa hoi chu nghia viet nam" not in layout(decisions).furniture


def test_learn_when_the_same_author_signs_all_pages_keeps_the_byline() -> None:
    signed = [
        page(n, body="".join(f"<p>{sentence(n * 9 + i)}</p>" for i in range(4)) + "<p>Tin bài: Lê Hương</p>")
        for n in range(4)
    ]
    assert "tin bai: le huong" not in layout(signed).furniture


def test_learn_when_side_lists_rotate_keeps_a_headline_out_of_furniture() -> None:
    headline = f"Bài số {sentence(1, 5)}"
    side = f'<div class="side"><a href="/tin/1">{headline}</a></div>'
    found = layout([page(n, foot=side if n != 1 else "") for n in range(5)])
    assert "a:" + headline.lower() not in {key for key in found.furniture if not key.startswith("a:")}
    assert not any(key == key.removeprefix("a:") and "bai so" in key for key in found.furniture)


def test_learn_when_pages_have_no_containers_learns_no_body() -> None:
    bare = [
        f"<body>Bài số {sentence(n, 5)}<br><br>{sentence(n * 10)}<br>{sentence(n * 10 + 1)}</body>" for n in range(10)
    ]
    found = layout([body.encode() for body in bare])
    assert (found.bodies, found.titles, found.dates) == ((), (), ())


def test_unpack_when_json_is_of_another_form_is_empty() -> None:
    template = learn([(n, f"https://x.vn/{n}", page(n), "") for n in range(3)], portal="x.vn", version=1)
    other = type(template)(template.portal, 1, template.learned_from, {**template.body, "form": 99})
    assert unpack(other) == Layout()
    assert unpack(None) == Layout()
