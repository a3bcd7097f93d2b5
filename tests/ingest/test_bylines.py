"""Bylines: every form that portals print, what must stay in the text, and the real seeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.ingest.blocks import Block
from crawler.ingest.bylines import Byline, Signed, read_byline, sign, split_head

TEXT = (
    Block("Sáng 12/5, UBND phường Bình An tổ chức hội nghị triển khai công tác phòng cháy, chữa cháy năm 2024."),
    Block("Hội nghị kết thúc tốt đẹp sau một buổi làm việc nghiêm túc và trách nhiệm./."),
)


def signed(*lines: str | Block) -> Signed:
    blocks = TEXT + tuple(line if isinstance(line, Block) else Block(line) for line in lines)
    return sign(blocks, title="Phường Bình An triển khai công tác phòng cháy")


def stays(*lines: str | Block) -> bool:
    found = signed(*lines)
    return not found.byline_lines and len(found.body) == len(TEXT) + len(lines)


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Tin bài: Thu Hà", ("Thu Hà",)),
        ("Tin bài Thu Hà", ("Thu Hà",)),
        ("Tin và ảnh: Minh Châu", ("Minh Châu",)),
        ("Tin, ảnh: VHTT", ("VHTT",)),
        ("Tin - ảnh: Văn Bình", ("Văn Bình",)),
        ("T/ h: Kim Ngân – Công Lý.", ("Kim Ngân", "Công Lý")),
        ("T/h: Lệ Thu", ("Lệ Thu",)),
        ("Người viết tin: Hoàng Yến", ("Hoàng Yến",)),
        ("Người viết tin:", ()),
        ("Tác giả: Kien Tran Van", ("Kien Tran Van",)),
        ("Tác giả bài viết: xã đoàn Hòa Bình", ("xã đoàn Hòa Bình",)),
        ("Tác giả: admin", ()),
        ("Nguồn tin: Nguyễn Phước", ("Nguyễn Phước",)),
        ("Thực hiện: T.LOAN – H.PHÚC – M.ĐỨC", ("T.LOAN", "H.PHÚC", "M.ĐỨC")),
        ("BT: Mai Hoa", ("Mai Hoa",)),
        ("Trần Thị Diệu Thúy", ("Trần Thị Diệu Thúy",)),
        ("Thu Hà", ("Thu Hà",)),
        ("Đức Thịnh.", ("Đức Thịnh",)),
        ("H'Giang Niê", ("H'Giang Niê",)),
        ("Y M’Droh", ("Y M’Droh",)),
        ("Akŏ Đŭng", ("Akŏ Đŭng",)),
        ("TNH, LV", ("TNH", "LV")),
        ("N.H", ("N.H",)),
        ("N.LAN", ("N.LAN",)),
        ("L.Huy", ("L.Huy",)),
        ("Ban VHTT phường", ("Ban VHTT phường",)),
        ("BBT.", ("BBT",)),
        ("BBT-NHĐ", ("BBT-NHĐ",)),
        ("Ban biên tập", ("Ban biên tập",)),
        ("PHƯỜNG BÌNH AN", ("PHƯỜNG BÌNH AN",)),
        ("Sở Văn hóa Thừa Thiên Huế", ("Sở Văn hóa Thừa Thiên Huế",)),
        ("Hội LHPN xã Ea Tul", ("Hội LHPN xã Ea Tul",)),
        ("THÀNH LONG - ĐTT HÒA AN", ("THÀNH LONG",)),
        ("Minh Tâm (Văn Giáo)", ("Minh Tâm",)),
        ("Nguyễn Hường- Công chức VHXH xã Thống Nhất", ("Nguyễn Hường",)),
        ("Trần Khánh (CCVH)", ("Trần Khánh",)),
        ("Đình Tú - Đài TTTH Tương Dương", ("Đình Tú",)),
        ("Lê Quang Minh – MTTQVN xã Phước Đông", ("Lê Quang Minh",)),
        ("Bích Lan/HTTV", ("Bích Lan",)),
        ("Hoàng Hà - Đức Trí ( Đài Nghĩa Đàn )", ("Hoàng Hà", "Đức Trí")),
        ("Phan Thanh-Thu Huyền", ("Phan Thanh", "Thu Huyền")),
        ("Thu Hà (Tổng hợp)", ("Thu Hà",)),
        ("Thu Hà - 12/05/2024", ("Thu Hà",)),
        ("CTV Thu Hà", ("Thu Hà",)),
        ("PV. Thu Hà – Văn Nam", ("Thu Hà", "Văn Nam")),
        ("Ảnh, tin: Thu Hà", ("Thu Hà",)),
        ("Y Thịnh Mlô", ("Y Thịnh Mlô",)),
        ("Ksor H'Bơ", ("Ksor H'Bơ",)),
    ],
)
def test_sign_of_a_byline_names_its_authors_and_takes_it_out(line: str, authors: tuple[str, ...]) -> None:
    assert signed(line) == Signed(body=TEXT, authors=authors, byline_lines=(line,))


@pytest.mark.parametrize(
    ("line", "byline"),
    [
        ("Photo: Văn Nam", Byline((), ("Văn Nam",))),
        ("Ảnh: V.N", Byline((), ("V.N",))),
        ("Tin bài: Thu Hà - Ảnh: Văn Nam", Byline(("Thu Hà",), ("Văn Nam",))),
        ("Bài: Thu Hà; ảnh: Văn Nam", Byline(("Thu Hà",), ("Văn Nam",))),
        ("Thu Hà – Ảnh: Văn Nam", Byline(("Thu Hà",), ("Văn Nam",))),
        ("Nguồn: Baonghean.vn", Byline((), (), ("Baonghean.vn",))),
        ("Nguồn:", Byline()),
        ("Nguồn ảnh: Internet", Byline((), ("Internet",))),
        ("(Theo TTXVN)", Byline((), (), ("TTXVN",))),
        ("Nguồn Quảng Ngãi: http://quangngai.gov.vn", Byline((), (), ("Quảng Ngãi: http://quangngai.gov.vn",))),
        ("Tác giả: Trí Dũng - Nguồn: huongkhe.gov.vn", Byline(("Trí Dũng",), (), ("huongkhe.gov.vn",))),
    ],
)
def test_sign_tells_authors_credits_and_sources_apart(line: str, byline: Byline) -> None:
    found = signed(line)
    assert Byline(found.authors, found.credits, found.sources) == byline
    assert (found.body, found.byline_lines) == (TEXT, (line,))


def test_sign_of_several_byline_lines_takes_them_all() -> None:
    found = signed("Tin bài: Thu Hà", "Photo: Văn Nam")
    assert (found.body, found.authors, found.credits) == (TEXT, ("Thu Hà",), ("Văn Nam",))
    assert found.byline_lines == ("Tin bài: Thu Hà", "Photo: Văn Nam")


@pytest.mark.parametrize(
    "line",
    [
        "Hình ảnh: Hiến máu nhân đạo năm 2020",
        "Ảnh: Toàn cảnh buổi lễ",
        "Toàn cảnh Hội nghị",
        "Quang cảnh ngày hội",
        "Khung cảnh buổi làm việc.",
        "Các đại biểu dự hội nghị tại phường",
        "Đ/c Trần Văn An phát biểu",
        "Trân trọng!",
        "Trân Trọng",
        "Trân trọng thông báo./.",
        "Kết luận",
        "Việt Nam",
        "Một số hình ảnh:",
        "Tải Về",
        "Lễ Khai Mạc",
        "Khu Phố Bình An",
        "KẾT QUẢ",
        "Xin huấn",
        "Đoàn viên ra quân",
        "Hội Nông dân phường ra quân dọn vệ sinh môi trường",
        "Thực hiện: Kế hoạch số 15/KH-UBND ngày 12/3/2024",
        "Nguồn: kinh phí được cấp từ ngân sách phường",
        "Tin ảnh hoạt động hè",
        "phường Bình An",
        "PDF",
        "12/05/2024",
    ],
)
def test_sign_of_a_line_that_is_text_leaves_it(line: str) -> None:
    assert stays(line)


def test_sign_of_a_caption_block_never_takes_it_and_looks_past_it() -> None:
    caption = Block("Thu Hà", kind="caption")
    assert stays(caption)
    found = signed("Thu Hà", Block("Toàn cảnh", kind="caption"))
    assert found.authors == ("Thu Hà",) and found.body[-1].text == "Toàn cảnh"


def test_sign_of_a_line_pushed_right_takes_less_sure_names() -> None:
    assert signed(Block("Xin huấn", right=True)).authors == ("Xin huấn",)
    assert signed(Block("TNH", right=True)).authors == ("TNH",)
    assert signed(Block("Sưu tầm", right=True)).authors == ()
    assert signed(Block("KIM NGÂN", right=True)).authors == ("KIM NGÂN",)


@pytest.mark.parametrize(
    "lines",
    [
        ("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn An"),
        ("Nơi nhận: Như Điều 3", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", "(Đã ký)", "Trần Thị Bình"),
        ("TRƯỞNG BAN", "Lê Hoàng"),
        ("Chủ tịch (đã ký)", "Lê Hoàng"),
    ],
)
def test_sign_of_a_signed_document_leaves_its_signature(lines: tuple[str, ...]) -> None:
    assert stays(*(Block(line, right=True) for line in lines))


@pytest.mark.parametrize(
    "contact",
    [
        "UBND xã Bình Trung - Điện thoại: 075.3860.123",
        "UBND xã Bình Trung (0236) 3821 158",
        "UBND xã Bình Trung, phong@binhtrung.gov.vn",
        "HOTLINE: chưa có",
    ],
)
def test_sign_of_a_contact_line_never_takes_it_and_looks_past_it(contact: str) -> None:
    assert stays(contact)
    found = signed("Kim Dung", contact)
    assert (found.authors, found.body[-1].text) == (("Kim Dung",), contact)


def test_sign_of_a_document_with_a_labelled_byline_takes_only_that() -> None:
    found = signed("TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Nguyễn Văn An", "Tin bài: Thu Hà")
    assert found.byline_lines == ("Tin bài: Thu Hà",) and found.body[-1].text == "Nguyễn Văn An"


def test_sign_of_a_list_of_names_leaves_it() -> None:
    assert stays("Danh sách trúng cử:", "Nguyễn Văn An")
    assert stays("Nguyễn Văn An", "Trần Thị Bình")
    assert stays(Block("Nguyễn Văn An", kind="item"))
    assert stays(Block("Nguyễn Văn An", kind="row"))


def test_sign_of_a_body_that_is_all_signature_leaves_it() -> None:
    only = (Block("Thu Hà"),)
    assert sign(only, title="") == Signed(body=only)
    assert sign((), title="") == Signed(body=())
    prose = (Block("Thông báo niêm yết kết quả xét tặng danh hiệu gia đình văn hóa năm 2024 của phường."),)
    assert sign(prose, title="").body == prose


def test_sign_of_a_labelled_byline_above_leftover_furniture_takes_it() -> None:
    found = signed("Tin bài: Thu Hà", "Tin cùng nhóm")
    assert found.authors == ("Thu Hà",) and found.body[-1].text == "Tin cùng nhóm"
    assert stays("Thu Hà", "Tin cùng nhóm")  # a bare name must be the last line


def test_sign_of_a_byline_under_the_title_takes_it() -> None:
    found = sign((Block("Tác giả: Thu Hà"), *TEXT), title="")
    assert (found.body, found.authors) == (TEXT, ("Thu Hà",))


@pytest.mark.parametrize(
    "notice",
    [
        'Ghi rõ nguồn "UBND phường Bình An" khi phát hành lại thông tin từ website này',
        "Xin nêu tên cổng này KHI BẠN PHÁT HÀNH LẠI THÔNG TIN",
    ],
)
def test_sign_of_a_rights_notice_keeps_it_apart(notice: str) -> None:
    found = signed("Thu Hà", notice)
    assert (found.body, found.authors, found.rights_notice) == (TEXT, ("Thu Hà",), notice)
    assert found.byline_lines == ("Thu Hà",)


@pytest.mark.parametrize(
    ("line", "byline", "rest"),
    [
        ("Phan Bình - Thu Hiền 16:42 15/09/2025", "Phan Bình - Thu Hiền", "16:42 15/09/2025"),
        (
            "Trung tâm Văn hoá & Thể thao phường 21:52 09/09/2025",
            "Trung tâm Văn hoá & Thể thao phường",
            "21:52 09/09/2025",
        ),
        ("Ngày đăng bài: 18/03/2020 | Tác giả: Kim Gấm", "Tác giả: Kim Gấm", "Ngày đăng bài: 18/03/2020"),
        (
            "Tác giả: Lê Hoa - Ngày đăng: 12/3/2024 08:30 - Lượt xem: 45",
            "Tác giả: Lê Hoa",
            "Ngày đăng: 12/3/2024 08:30 - Lượt xem: 45",
        ),
        ("Đăng bởi: admin | 12/03/2024", "Đăng bởi: admin", "12/03/2024"),
        ("Lê Hân Cập nhật lúc: 19:14 | 30/07/2026", "Lê Hân", "Cập nhật lúc: 19:14 | 30/07/2026"),
        ("Tin bài: Lê Hân 26 Tháng Sáu 2026 7:38:00 CH", "Tin bài: Lê Hân", "26 Tháng Sáu 2026 7:38:00 CH"),
        ("Lê Hân Thứ hai, Tháng Tám 3, 2026", "Lê Hân", "Thứ hai, Tháng Tám 3, 2026"),
        ("Lê Hân Chủ nhật - 08/11/2026 14:30 1.357 0", "Lê Hân", "Chủ nhật - 08/11/2026 14:30 1.357 0"),
        (
            "Ban Văn hóa - Thông tin Ngày đăng 16/07/2026 | 07:53 | Lượt xem: 1.437",
            "Ban Văn hóa - Thông tin",
            "Ngày đăng 16/07/2026 | 07:53 | Lượt xem: 1.437",
        ),
        ("Lê Hân (tổng hợp) 12/03/2024 08:30", "Lê Hân (tổng hợp)", "12/03/2024 08:30"),
        ("(Lê Hân 12/03/2024)", "Lê Hân", "12/03/2024"),
        ("Sở Y tế 12/03/2024 họp bàn", "", "Sở Y tế 12/03/2024 họp bàn"),
        ("25/09/2023 15:41    29", "", "25/09/2023 15:41    29"),
        ("Thứ năm - 24/06/2021 15:51 1.320 0", "", "Thứ năm - 24/06/2021 15:51 1.320 0"),
        ("Hải Phòng, ngày 24 tháng 01 năm 2020", "", "Hải Phòng, ngày 24 tháng 01 năm 2020"),
        ("Tin tức - 12/03/2024", "", "Tin tức - 12/03/2024"),
        ("Kim Gấm", "", "Kim Gấm"),
    ],
)
def test_split_head_of_a_mixed_line_parts_byline_and_date(line: str, byline: str, rest: str) -> None:
    assert split_head(line) == (byline, rest)


def test_read_byline_of_a_label_with_date_and_counts_names_the_author_alone() -> None:
    assert read_byline("Tin, ảnh: Lê Hân Chủ nhật - 08/11/2026 14:30 1.357 0") == Byline(("Lê Hân",))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("PV - Nguyễn Văn A", Byline(("Nguyễn Văn A",))),
        ("(Theo baochinhphu.vn)", Byline(sources=("baochinhphu.vn",))),
        ("Lê Hân (tổng hợp)", Byline(("Lê Hân",))),
        ("ĐỘC LẬP - TỰ DO - HẠNH PHÚC", None),
        ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", None),
        ("Ảnh minh họa", None),
    ],
)
def test_read_byline_of_a_known_byline_reads_names_and_sources_only(line: str, found: Byline | None) -> None:
    assert read_byline(line, sure=True) == found


def test_read_byline_of_a_label_that_names_nothing_is_none() -> None:
    assert read_byline("Video: Không") is None


def test_read_byline_of_a_label_whose_words_come_again_and_again_ends() -> None:
    label = "Tin" + " bài" * 20  # between two words that nothing parts stands one space, not two that take it in turns
    assert read_byline(f"{label}: Lê Hân") == Byline(("Lê Hân",))
    assert read_byline("Tin" + " bài" * 28 + "!") is None
    assert read_byline("Tin" + " bài" * 2_000 + "!", sure=True) is None
    assert read_byline("Tin - bài, ảnh và video / clip: Lê Hân") == Byline(("Lê Hân",))


def test_read_byline_of_a_part_known_to_be_one_needs_no_label() -> None:
    assert read_byline("Phan Bình - Thu Hiền") is None
    assert read_byline("Phan Bình - Thu Hiền", sure=True) == Byline(("Phan Bình", "Thu Hiền"))
    assert read_byline("Trung tâm Văn hoá & Thể thao phường", sure=True) == Byline(
        ("Trung tâm Văn hoá & Thể thao phường",)
    )


@pytest.mark.parametrize("text", ["Bởi quantri", "Quantri", "admin", "Super User", "by Editor", "Đăng bởi: admin"])
def test_read_byline_of_an_account_names_nobody(text: str) -> None:
    assert read_byline(text, sure=True) in (None, Byline())


@pytest.mark.parametrize("text", ["bởi Lê Hân", "Được đăng bởi Lê Hân", "By Lê Hân", "Viết bởi Lê Hân"])
def test_read_byline_behind_the_word_by_names_the_author(text: str) -> None:
    assert read_byline(text) == Byline(("Lê Hân",))


_LINES = st.lists(
    st.one_of(
        st.text(max_size=80),
        st.sampled_from(["Tin bài: ", "Ảnh:", "Thu Hà", "- , –", "12/05/2024", "Nguồn: (", TEXT[0].text]),
    ),
    max_size=8,
)


@settings(deadline=None)
@given(_LINES)
def test_sign_of_random_blocks_never_raises_nor_loses_a_line(lines: list[str]) -> None:
    blocks = tuple(Block(line) for line in lines)
    found = sign(blocks, title="")
    kept = [block.text for block in found.body]
    assert len(kept) + len(found.byline_lines) <= len(lines)
    assert all(line in lines for line in kept + list(found.byline_lines))
    if not found.rights_notice:
        assert len(kept) + len(found.byline_lines) == len(lines)
    assert any(len(line) >= 40 for line in kept) or not found.byline_lines
    for line in lines:
        split_head(line)
        read_byline(line, sure=True)


_SEEDS = Path(__file__).parents[3] / "shared" / "seeds" / "expected.jsonl"
_ROWS = [json.loads(line) for line in _SEEDS.read_text("utf-8").splitlines()] if _SEEDS.exists() else []


@pytest.mark.skipif(not _ROWS, reason="SKIPPED: the five real seeds (../shared/seeds) are not here")
@pytest.mark.parametrize("row", _ROWS, ids=lambda row: row["file"][:3])
def test_sign_of_a_real_seed_agrees_with_its_gold(row: dict[str, Any]) -> None:
    text = tuple(Block(line) for line in row["paragraphs"])
    found = sign((*text, *(Block(line) for line in row["byline_lines"])), title=row["title"])
    assert found == Signed(text, tuple(row["authors"]), tuple(row["credits"]), tuple(row["byline_lines"]))
