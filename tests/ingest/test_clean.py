"""The line cleaner: whole lines by rule, related blocks, and what must stay."""

from __future__ import annotations

import pytest

from crawler.ingest.blocks import Block
from crawler.ingest.clean import Rule, clean, ends_article, is_furniture, rule_for, rules

_NONE = Rule("", "keep")


def kept(*lines: str | Block) -> list[str]:
    blocks = [line if isinstance(line, Block) else Block(line) for line in lines]
    return [block.text for block in clean(blocks).blocks]


@pytest.mark.parametrize(
    "line",
    [
        "Lượt xem: 124",
        "View count: 98",
        "174 lượt xem",
        "content:",
        "Hiện có: 1686",
        "Tổng: 556077",
        "Truy cập tổng 195.826",
        "Truy cập hiện tại 261",
        "Chung nhan Tin Nhiem Mang",
        "ipv6 readyChung nhan Tin Nhiem Mang",
        "Thống kê truy cập",
        "In bài viết này",
        "Chia sẻ: Facebook Zalo",
        "[Trở về] [Đầu trang]",
        "Bản in | Gửi bài viết Lượt xem: 51 100%",
        "Đọc bài viết:",
        "Xem cỡ chữ: A+ A-",
        "Tổng số điểm của bài viết là: 0 trong 0 đánh giá",
        "Truy cập nội dung luôn",
        "Tập tin đính kèm",
        "Tải về",
        "Trang sau",
    ],
)
def test_rule_when_line_is_furniture_drops_it(line: str) -> None:
    assert is_furniture(line)
    assert kept("Đoạn văn thứ nhất của bài viết.", line, "Đoạn văn thứ hai của bài viết.") == [
        "Đoạn văn thứ nhất của bài viết.",
        "Đoạn văn thứ hai của bài viết.",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "Kết quả",
        "Tăng",
        "100%",
        "Liên kết",
        "Hôm nay",
        "Thông báo",
        "Đánh giá chung",
        "Tìm kiếm cứu nạn",
        "Tổng thu ngân sách đạt 16 tỷ đồng.",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Lượt xem tăng 20% so với năm 2023, cụ thể như sau:",
        "Ông Nguyễn Văn Xem: đề nghị phường quan tâm",
        "Các tin nhắn lừa đảo khác nhau",
        "Tin cùng người dân về kết quả bầu cử",
        "Bạn đọc",
        "Tổng cộng: 25",
        "Tổng cộng: 5.000.000",
        "Chia sẻ tin vui này, bà Lan cho biết gia đình đã thoát nghèo.",
        "Trả lời:",
        "Đề nghị các đơn vị gửi số liệu theo đúng mẫu tại tệp bao-cao.docx",
        "Thời gian: 08 giờ 00, ngày 15/4/2024",
        "Văn bản điện tử",
    ],
)
def test_rule_when_line_may_be_text_keeps_it(line: str) -> None:
    assert line in kept("Đoạn văn thứ nhất của bài viết.", line, "Đoạn văn thứ hai của bài viết.")


@pytest.mark.parametrize(
    "line",
    ["Các tin khác", "TIN CÙNG CHUYÊN MỤC:", "» Tin liên quan", "Những tin mới hơn", "Ý kiến bạn đọc", "Tin đã đưa"],
)
def test_heading_when_related_or_comments_ends_the_article(line: str) -> None:
    assert ends_article(line)


def test_clean_when_related_block_follows_keeps_the_byline_above() -> None:
    related = [Block("Các tin khác"), Block("Đại hội Chi bộ khối 9", linked=1.0), Block("Xem tin theo ngày")]
    assert kept("Một đoạn văn.", "Châu Thị Diệu Hằng", *related) == ["Một đoạn văn.", "Châu Thị Diệu Hằng"]


def test_clean_when_box_stands_amid_running_text_drops_the_box_alone() -> None:
    after = "Phần còn lại của bài viết vẫn tiếp tục với nhiều câu văn dài. " * 6
    box = [Block("Tin liên quan"), Block("Phường tổng kết công tác năm", linked=1.0)]
    assert kept("Đoạn đầu.", *box, after.strip()) == ["Đoạn đầu.", after.strip()]


def test_clean_when_related_words_head_a_paragraph_of_text_keeps_the_text() -> None:
    after = "Nội dung này không có liên kết nào và dài hơn hai trăm ký tự. " * 5
    assert after.strip() in kept("Đoạn đầu.", "Bình luận", after.strip())


@pytest.mark.parametrize("row", ["Tăng | Giảm", "Từ ngày", "Tải về | Xem trước", "Lớn | Nhỏ"])
def test_clean_when_line_is_a_row_of_a_table_keeps_it(row: str) -> None:
    assert row in kept("Đoạn đầu.", Block(row, kind="row"), "Đoạn cuối.")


def test_clean_when_an_answer_follows_its_heading_keeps_both() -> None:
    answer = "Công dân nộp hồ sơ tại bộ phận một cửa của phường."
    assert kept("Hỏi: Tôi nộp hồ sơ ở đâu?", "Trả lời:", answer)[-2:] == ["Trả lời:", answer]
    assert kept("Một đoạn văn.", "Thông tin khác:", answer)[-1] == answer


@pytest.mark.parametrize(
    "line",
    [
        "Thời gian lấy ý kiến: từ ngày 10/4 đến hết ngày 20/4/2024.",
        "Thời gian: 8h00 ngày 15/4/2024",
        "Cập nhật danh sách hộ nghèo năm 2024",
        "Năm 2023, trang thông tin của phường đạt 12.000 lượt xem",
        "Cập nhật lúc 10 giờ ngày 12/3/2024, phường có 5 ca mắc mới phải điều trị.",
    ],
)
def test_clean_when_a_last_line_tells_of_a_time_keeps_it(line: str) -> None:
    assert kept("Đoạn văn thứ nhất của bài viết.", line)[-1] == line


@pytest.mark.parametrize("line", ["Cập nhật lúc 10:20 ngày 12/3/2024", "Ngày đăng: 12/03/2024", "Đã xem", "Chuyên mục"])
def test_clean_when_a_last_line_dates_the_page_drops_it(line: str) -> None:
    assert kept("Đoạn văn thứ nhất của bài viết.", line) == ["Đoạn văn thứ nhất của bài viết."]


@pytest.mark.parametrize("line", ["Thời tiết", "Chủ đề: Phụ nữ phường chung tay bảo vệ môi trường"])
def test_clean_when_a_word_of_the_edges_stands_amid_the_text_keeps_it(line: str) -> None:
    assert line in kept(*["Một đoạn văn."] * 8, line, *["Một đoạn văn."] * 8)


def test_clean_when_copyright_stands_at_the_foot_drops_it_only_there() -> None:
    assert kept("Đoạn.", "Bản quyền thuộc về UBND phường") == ["Đoạn."]
    assert len(kept(*["Đoạn văn."] * 8, "Bản quyền tác giả được bảo hộ", *["Đoạn văn."] * 8)) == 17


def test_rule_when_several_match_one_that_keeps_wins_else_the_first_of_the_file() -> None:
    assert (rule_for("***") or _NONE).action == "keep"
    assert (rule_for("Lượt truy cập: 12") or _NONE).kind == "counter"
    assert (rule_for("[In bài viết này]") or _NONE).kind == "print"


def test_rule_when_a_line_is_of_more_buttons_than_the_longest_has_words_is_a_tool_bar() -> None:
    bar = "12 Chia sẻ Facebook Zalo Twitter 3 In Email Gửi Lưu"
    assert (rule_for(bar) or _NONE).kind == "tools"
    assert rule_for(f"{bar} họp") is None


def test_rules_when_loaded_each_has_a_kind_and_a_known_action() -> None:
    assert all(rule.kind and rule.action for rule in rules().patterns)
    assert rules().any_pattern.groups == len(rules().patterns)


def test_rule_when_line_is_longer_than_any_furniture_is_text() -> None:
    assert rule_for("Lượt xem: " + "rất nhiều " * 40) is None


def test_clean_when_comments_or_their_form_follow_drops_them_but_no_section_of_the_text() -> None:
    said = "Rất mong phường sớm sửa đoạn đường này cho bà con."
    assert kept("Một đoạn văn.", "Ý kiến bạn đọc (1)", "Trần Văn Lộc 12/10/2024 09:47", said) == ["Một đoạn văn."]
    assert kept("Một đoạn văn.", "Ý kiến bạn đọc", said, "Gửi bình luận") == ["Một đoạn văn."]
    section = [
        "Ý kiến bạn đọc",
        *[f"Chỉ tiêu thứ {n} được giao đến hết năm, bình quân mỗi tuần phải làm thêm." for n in range(9)],
    ]
    assert kept("Một đoạn văn.", *section, "Gửi bình luận")[1:10] == section[:9]


def test_clean_when_a_line_links_to_another_story_drops_it() -> None:
    line = "Xem thêm: Phường ra quân dọn vệ sinh môi trường"
    assert kept("Đoạn đầu.", Block(line, linked=0.8), "Đoạn cuối.") == ["Đoạn đầu.", "Đoạn cuối."]
    assert line in kept("Đoạn đầu.", line, "Đoạn cuối.")


def test_clean_when_a_record_names_its_day_in_a_table_keeps_the_row() -> None:
    rows = [Block(text, kind="row") for text in ("Số ký hiệu | 24/KH-UBND", "Ngày ban hành | 12/09/2024")]
    assert kept(*rows) == ["Số ký hiệu | 24/KH-UBND", "Ngày ban hành | 12/09/2024"]
