"""Personal data is found where it stands, and numbers of other kinds are left alone."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from access.exports import articles
from access.personal import MASK, all_masked, find
from storage.engine import Database
from storage.records import Image
from tests.builders import make_reading, put_article

PERSONAL = {
    "identity-number": [
        "Ông Lê Văn Tám, căn cước <040090012345>, được hỗ trợ.",
        "CCCD số: <001 090 012 345>",
        "số định danh cá nhân <079301004455> cấp năm 2021",
        "CMND số <182345678> do Công an Nghệ An cấp",
        "Người nộp đơn (<096203000111>)",
        "Căn cước công dân: <038199004321>; cấp ngày 10/5/2021",
    ],
    "telephone": [
        "Liên hệ: <0912 345 678>.", "ĐT: <0912.345.678>", "gọi số <0912345678> trước 17 giờ", "Zalo <0383-123-456>",
        "(<+84912345678>)", "(<0912 345 678>)", "Điện thoại <+84 912 345 678>", "đường dây nóng: <0238.3844.123>", "trực ban <(024) 3825 1234>",
        "SĐT: <0986 12 34 56>", "Bà Hoa - <0773123456>", "máy lẻ <02383844123>",
    ],
    "bank-account": [
        "Số tài khoản: <19034567890123> tại Techcombank", "STK <0101234567> Vietcombank", "tài khoản số <371301053571>",
        "TK: <5100 2050 12345>", "Tài khoản ngân hàng <108867891234>, chủ TK Trần B",
    ],
    "name-and-birth-date": [
        "<Nguyễn Văn An, sinh ngày 12/3/1956>, trú tại khối 5", "bà <Trần Thị Bình (sinh năm 1960>), khối 2",
        "ông <Lò Văn Pọm, SN 1971>, bản Hạ", "<NGUYỄN THỊ HOA | 05/09/1948> | Khối 3",
        "1 | <Hoàng Minh Đức | 1950> | Thương binh", "Cháu <Võ Hoài Thương, sinh ngày 1 tháng 6 năm 2015>",
    ],
}  # fmt: skip

OTHERS = [
    "Quyết định số 1234/QĐ-UBND ngày 12/3/2024 của UBND thành phố", "Căn cứ Nghị định số 30/2020/NĐ-CP ngày 05/3/2020",
    "Kế hoạch số 091/KH-UBND, Công văn 0912/UBND-VP", "Số: 035/2023/TT-BTC", "Thông báo số 0386/TB-UBND",
    "tổng kinh phí 120.000.000.000 đồng", "hỗ trợ 912.345.678 đồng", "1.912.345.678 đồng", "0,35 ha và 98,5%", "đạt 47/47 phiếu",
    "Từ 05.11.2023 15 giờ đến 09.12.2023 17 giờ", "ngày 02/09/1945 - 02/09/2025", "giai đoạn 2021-2025, 2025 - 2030",
    "Mã số thuế 2900123456", "mã hồ sơ 000.00.18.H41-240312-0001", "thửa đất số 123, tờ bản đồ số 45, diện tích 185 m2",
    "Tọa độ X=2065432.12; Y=598765.43", "Lượt truy cập: 0912345", "ISBN 978-604-55-1234-5", "QCVN 06:2022/BXD",
    "Chủ tịch Hồ Chí Minh, sinh ngày 19/5/1890", "Nguyễn Văn An | 12/03/2024 | Trực ban", "Trần Thị Bình họp ngày 12/3/2024",
    "Luật số 43/2019/QH14", "tài khoản định danh điện tử mức độ 2", "Hội nghị lần thứ 12 năm 1986", "08:30 ngày 15/09/2025",
    "phường có 12.345 hộ, 040.912 nhân khẩu", "Tổng đài 1022, 113, 114, 115", "tỷ lệ 1/500, 1:2000", "Biển số 37A-123.45",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in PERSONAL.items() for text in texts])
def test_find_when_personal_then_its_kind_and_place(kind: str, text: str) -> None:
    start, end = text.index("<"), text.index(">") - 1
    plain = text.replace("<", "").replace(">", "")
    assert [(one.kind, plain[one.start : one.end]) for one in find(["Tiêu đề", plain])] == [(kind, plain[start:end])]
    assert {one.paragraph for one in find(["Tiêu đề", plain])} == {1}


@pytest.mark.parametrize("text", OTHERS)
def test_find_when_documents_amounts_dates_or_ratios_then_nothing(text: str) -> None:
    assert find([text]) == []


def test_find_when_a_table_says_that_it_lists_birthdays_then_recent_ones_too() -> None:
    rows = [
        "STT | Họ và tên | Ngày, tháng, năm sinh",
        "1 | Lê Thu Hà | 12/03/2015",
        "Hết.",
        "2 | Lê Thu Hà | 12/03/2015",
    ]
    assert [one.paragraph for one in find(rows)] == [1]


def test_masked_when_two_stand_in_a_paragraph_then_places_are_those_of_the_masks() -> None:
    texts, places = all_masked(["Không có.", "Gọi 0912 345 678 hoặc 0383123456.", "CCCD 040090012345"])
    assert texts == ["Không có.", f"Gọi {MASK} hoặc {MASK}.", f"CCCD {MASK}"]
    assert [texts[one.paragraph][one.start : one.end] for one in places] == [MASK] * 3
    assert [(one.kind, one.paragraph) for one in places] == [("telephone", 1), ("telephone", 1), ("identity-number", 2)]


def test_export_when_without_personal_data_then_masked_wherever_it_stands(database: Database) -> None:
    told = "Liên hệ 0912 345 678 hoặc bà Trần Thị Bình (sinh năm 1960)."
    reading = make_reading("Số 0912 345 678", paragraphs=("Mở đầu.", told), captions=("Gọi 0912 345 678",))
    put_article(database, replace(reading, images=(Image("https://a.vn/1.jpg", "CCCD 040090012345", ""),)))
    [whole], [bare] = list(articles(database)), list(articles(database, personal=False))
    assert [(one["kind"], one["paragraph"], told[one["start"] : one["end"]]) for one in whole["personal_data"]] == [
        ("telephone", 1, "0912 345 678"), ("name-and-birth-date", 1, "Trần Thị Bình (sinh năm 1960"),
    ]  # fmt: skip
    assert not any(part in json.dumps(bare, ensure_ascii=False) for part in ("0912", "Trần Thị Bình", "040090012345"))
    assert bare["paragraphs"] == ["Mở đầu.", f"Liên hệ {MASK} hoặc bà {MASK})."]
    assert bare["text_sha256"] == hashlib.sha256(bare["text"].encode()).hexdigest()
    assert {name for name in whole if whole[name] != bare[name]} == {
        "title", "text", "paragraphs", "personal_data", "captions", "images", "text_sha256",
    }  # fmt: skip
