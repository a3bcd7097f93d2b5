"""The line cleaner: whole lines by rule, related blocks, and what must stay."""

from __future__ import annotations

import pytest

from crawler.ingest.blocks import Block
from crawler.ingest.clean import clean, ends_article, is_furniture, rule_for, rules


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


def test_clean_when_copyright_stands_at_the_foot_drops_it_only_there() -> None:
    assert kept("Đoạn.", "Bản quyền thuộc về UBND phường") == ["Đoạn."]
    assert len(kept(*["Đoạn văn."] * 8, "Bản quyền tác giả được bảo hộ", *["Đoạn văn."] * 8)) == 17


def test_rules_when_loaded_each_has_a_kind_and_a_known_action() -> None:
    assert all(rule.kind and rule.action for rule in rules().patterns)


def test_rule_when_line_is_longer_than_any_furniture_is_text() -> None:
    assert rule_for("Lượt xem: " + "rất nhiều " * 40) is None
