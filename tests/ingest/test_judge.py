"""What kind a page is, by its title and what stands below it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from crawler.ingest.blocks import Block
from crawler.ingest.judge import Case, judge, no_article_at
from storage.records import Dates
from tests.builders import make_date, make_portal, make_sighting

DATED = Dates(make_date())
NEWS = "Sáng 12/5, phường Hòa Bình tổ chức lễ ra quân tổng vệ sinh môi trường, có 120 người dự."
LONG = (
    NEWS,
    "Bí thư Đảng ủy phường phát biểu, nêu kết quả sáu tháng qua. " * 6,
    "Lễ ra quân kết thúc lúc 10 giờ cùng ngày.",
)
MOTTO = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", *LONG)


def case(
    title: str, *texts: str, attachments: int = 0, images: int = 0, everywhere: bool = False, dates: Dates = DATED
) -> Case:
    """A dated page with this headline and text."""
    return Case(
        url="https://phuonghoabinh.gov.vn/tin-tuc/bai-viet-12.html", portal=make_portal(), purpose="article", sightings=(),
        everywhere=everywhere,
        title=title, title_on_page=True, doc_title=title, blocks=tuple(Block(text) for text in texts), captions=0,
        attachments=attachments, images=images, headlines=0, listed=0, dated_lines=0, fields=(), claim="", items=0, item_share=0.0,
        excerpts=0, outside=0, before=0, more=0, leads_away=False, first=(title, *texts), dates=dates,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "judged"),
    [
        ("article", case("Phường Hòa Bình ra quân tổng vệ sinh môi trường", NEWS)),
        ("article", case("Phường Hòa Bình ra quân tổng vệ sinh môi trường", *LONG)),
        ("article", case("Triển khai Quyết định số 12/QĐ-UBND của UBND phường", *LONG)),
        ("article", case("Công bố Quyết định số 1656/NQ-UBTVQH15 về sắp xếp đơn vị hành chính", *LONG)),
        ("article", case("Lịch sử hình thành phường Hòa Bình qua các thời kỳ", *LONG)),
        ("article", case("Kế hoạch làm đường của người dân tổ 5 đã thành hiện thực", *LONG)),
        ("document", case("Quyết định số 12/QĐ-UBND về việc công nhận gia đình văn hóa", *LONG)),
        ("document", case("Quyết định về việc công nhận gia đình văn hóa", *MOTTO)),
        ("document", case("Về việc công nhận gia đình văn hóa năm 2026", *MOTTO)),
        ("document", case("Kế hoạch phòng, chống thiên tai năm 2026", "Số: 45/KH-UBND", *LONG)),
        ("document", case("Nghị quyết kỳ họp thứ năm HĐND phường", attachments=1)),
        ("document", case("Số: 77/TB-UBND về lịch tiếp công dân", attachments=1)),
        ("document", case("Quy chế dân chủ ở cơ sở", "Điều 1. Phạm vi", "Điều 2. Đối tượng")),
        ("document", case("Mẫu đơn đề nghị hỗ trợ nhà ở năm 2026", "Người dân tải mẫu đơn và nộp tại bộ phận một cửa.", attachments=1)),
        ("document", case("Tờ khai đăng ký khai sinh", "Họ, chữ đệm, tên: .........", "Ngày sinh: ........", "Nơi cư trú: .........")),
        ("document", case("Công khai dự toán ngân sách quý 2 năm 2026", attachments=3)),
        ("notice", case("Thông báo kết quả xét tuyển viên chức", attachments=1)),
        ("article", case("Mẫu đơn mới giúp người dân bớt giấy tờ", *LONG)),
        ("article", case("Công khai dự toán ngân sách quý 2 năm 2026", *LONG, attachments=3)),
        ("article", case("Bản tin nông vụ tuần 12/2026", *LONG)),
        ("notice", case("Thông báo lịch tiêm phòng cho trẻ em", NEWS)),
        ("notice", case("Giấy mời họp tổ dân phố", "Kính mời các hộ đến dự họp lúc 19 giờ.")),
        ("notice", case("Lịch tiếp công dân tháng 5 năm 2026", "Thứ hai | Chủ tịch UBND phường")),
        ("notice", case("Cắt điện tại tổ dân phố số 4", "Điện lực sẽ tạm ngừng cấp điện từ 7 giờ, mong nhân dân thông cảm.")),
        ("gallery", case("Hình ảnh lễ hội làng Hòa Bình", "Một số hình ảnh tại lễ hội.", images=8)),
    ],
)  # fmt: skip
def test_kind_of_page(kind: str, judged: Case) -> None:
    found = judge(judged)
    assert (found.article, found.kind) == (True, kind)


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("", "home"),
        ("trang-chu", "home"),
        ("index.php", "home"),
        ("tin-tuc/bai-viet-12.html?print=1", "print-copy"),
        ("tin-tuc/print/bai-viet-12.html", "print-copy"),
        ("tin-tuc/bai-viet-12.html", ""),
        ("?cn=27", ""),
        ("tin-tuc/", ""),
    ],
)
def test_page_when_its_address_is_none_of_an_article_then_is_none_whatever_it_shows(path: str, why: str) -> None:
    judged = replace(case("Phường Hòa Bình ra quân tổng vệ sinh môi trường", *LONG), url=make_portal().url + path)
    assert judge(judged).reason == why
    assert no_article_at(judged.url, judged.portal) == bool(why)


STATISTICS = ("Đang truy cập | 12", "Hôm nay | 345", "Tổng lượt truy cập | 678910")


@pytest.mark.parametrize(
    ("article", "judged"),
    [
        (False, case("Hỏi đáp - Góp ý của công dân", *LONG, everywhere=True, dates=Dates())),
        (False, case("Thống kê truy cập", *STATISTICS, everywhere=True, dates=Dates())),
        (False, case("Văn bản chỉ đạo điều hành", *STATISTICS, attachments=9, everywhere=True, dates=Dates())),
        (True, case("Hỏi đáp - Góp ý của công dân", *LONG, everywhere=True)),
        (True, case("Hỏi đáp - Góp ý của công dân", *LONG, dates=Dates())),
        (True, case("Thông báo tuyển dụng công chức năm 2026", *LONG, everywhere=True, dates=Dates())),
    ],
)  # fmt: skip
def test_page_of_the_menu_without_a_date_is_no_article(article: bool, judged: Case) -> None:
    assert judge(judged).article is article


@pytest.mark.parametrize(("article", "people"), [(False, 6), (True, 0)])
def test_page_of_people_beside_a_file_printed_as_letters_is_a_directory(article: bool, people: int) -> None:
    printed = "a" * 300_000  # looked through once for an address, not from each of its letters
    lines = [printed, *["Ông Lê Hân, han.le@hoabinh.gov.vn"] * people]
    assert judge(case("Những người làm việc của phường ta", *lines, dates=Dates())).article is article


@pytest.mark.parametrize(
    ("article", "anchor"),
    [
        (False, "Giải bóng chuyền hơi các khối phố mở rộng khai mạc"),
        (True, "Ph\ufffdng Ho\ufffd B\ufffdnh t\ufffdm ng\ufffdng c\ufffdp n\ufffdc"),
    ],
)
def test_short_page_that_a_list_calls_otherwise_is_a_soft_error_if_the_list_was_readable(
    article: bool, anchor: str
) -> None:
    notice = case(
        "Thông báo tạm ngừng cấp nước", "Tạm ngừng cấp nước tại tổ 4.", dates=Dates(make_date(source="listing"))
    )
    judged = replace(notice, sightings=(make_sighting(notice.url, anchor=anchor),))
    assert judge(judged).article is article
