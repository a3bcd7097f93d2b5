"""The day of the event: which day it is, where its year comes from, and when it stays unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.ingest.dates.events import Event, find_event

UNTIL = date(2026, 11, 21)


def event(sentence: str, *, title: str = "Tin của phường", published: str = "", until: date = UNTIL) -> Event | None:
    return find_event((sentence,), title=title, published=published, until=until)


REST = ", UBND phường Bình An tổ chức hội nghị với sự tham dự của đại diện các khu phố."


@pytest.mark.parametrize(
    ("opening", "day", "evidence"),
    [
        ("Sáng ngày 14/8/2023", "2023-08-14", "Sáng ngày 14/8/2023"),
        ("Ngày 14-8-2023", "2023-08-14", "Ngày 14-8-2023"),
        ("Chiều thứ Sáu, ngày 09 tháng 6 năm 2023", "2023-06-09", "Chiều thứ Sáu, ngày 09 tháng 6 năm 2023"),
        ("Sáng nay (07/9/2022)", "2022-09-07", "Sáng nay (07/9/2022)"),
        ("Vào lúc 7 giờ 30 phút, ngày 05/5/2024", "2024-05-05", "ngày 05/5/2024"),
        ("Trong 2 ngày 20 và 21-2-2012", "2012-02-20", "Trong 2 ngày 20 và 21-2-2012"),
        ("Từ ngày 21-23/4/2024", "2024-04-21", "Từ ngày 21-23/4/2024"),
        ("Trong 3 ngày từ 12/9 đến 14/9/2021", "2021-09-12", "Trong 3 ngày từ 12/9 đến 14/9/2021"),
        ("Từ 02/01/2022 đến 30/6/2022", "2022-01-02", "Từ 02/01/2022 đến 30/6/2022"),
        ("Trong 05 ngày từ ngày 4 đến 8/11/2019", "2019-11-04", "Trong 05 ngày từ ngày 4 đến 8/11/2019"),
        ("Nhân dịp 8/3, sáng ngày 07/3/2024", "2024-03-07", "sáng ngày 07/3/2024"),
        (
            "Thực hiện Kế hoạch số 12/KH-UBND ngày 02/3/2024 của UBND phường, sáng 15/3/2024",
            "2024-03-15",
            "sáng 15/3/2024",
        ),
        ("Sáng ngày 10/2/2022 tức ngày 10/1 âm lịch", "2022-02-10", "Sáng ngày 10/2/2022"),
    ],
)
def test_find_event_with_a_full_date_gives_its_first_day(opening: str, day: str, evidence: str) -> None:
    found = event(opening + REST)
    assert found is not None
    assert (found.day, found.evidence, found.dated) == (day, evidence, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "Năm 2020 là năm có ý nghĩa quan trọng đối với phường và thành phố trong công tác chăm lo đời sống nhân dân.",
        "Thực hiện Quyết định số 93/QĐ-UBND ngày 10/12/2021 của UBND phường về quy chế làm việc của cơ quan năm nay.",
        "Các hộ kinh doanh nộp hồ sơ trước ngày 15/11/2018 tại bộ phận một cửa của UBND phường để được giải quyết.",
        "Kỷ niệm 95 năm Ngày thành lập Đảng (03/02/1930 - 03/02/2025), phường tổ chức nhiều hoạt động ý nghĩa.",
        "Nhân dịp 27/7, lãnh đạo phường đã đến thăm và tặng quà các gia đình chính sách trên địa bàn năm 2023.",
        "Chào mừng ngày 20/11, các trường học trên địa bàn phường tổ chức nhiều hoạt động thi đua năm 2023 sôi nổi.",
        "Ngày 10/1 âm lịch hằng năm, nhân dân làng Đông lại tổ chức lễ hội truyền thống năm 2023 tại đình làng.",
        "Chiều ngày mồng 9 tháng hai, dân làng tổ chức lễ rước nước tại đình làng với sự tham gia của đông đảo bà con.",
        "Ngày 15 tháng Giêng năm 2024, dân làng Thượng tổ chức lễ hội xuân truyền thống với nhiều trò chơi dân gian.",
        "Phường đã hoàn thành 12/16 công trình, tỷ lệ 11/11 khối đạt chuẩn văn hóa trong năm 2023 theo kế hoạch đề ra.",
        "Thành phố Hương Trà, ngày 14 tháng 7 năm 2022",
    ],
)
def test_find_event_in_a_sentence_without_an_event_gives_none(sentence: str) -> None:
    assert event(sentence) is None


REVIEW = "tổng kết công tác năm 2023, triển khai nhiệm vụ năm 2024"


@pytest.mark.parametrize(
    ("days", "day"),
    [
        ("Từ ngày 1" + " đến ngày 2" * 40 + " và 3/4 chỉ tiêu", ""),
        ("Trực " + "từ ngày " * 60 + " và 3/4 chỉ tiêu", ""),
        ("Từ ngày 1" + " đến ngày 2" * 40 + "/5/2024", "2024-05-01"),
        ("Từ ngày 1 đến hết ngày 2, ngày 3/5/2024", "2024-05-01"),
    ],
)
def test_find_event_in_a_long_list_of_days_reads_each_of_them_one_way(days: str, day: str) -> None:
    found = event(f"{days}{REST}")
    assert (found.day if found else "") == day


@pytest.mark.parametrize(
    ("opening", "day"),
    [
        ("Sáng 26/12", "2023-12-26"),
        ("Chiều 28/11", "2023-11-28"),
        ("Sáng 9/1", "2024-01-09"),
        ("Sáng 2/3", "2024-03-02"),
    ],
)
def test_find_event_with_two_years_named_takes_reviewed_at_year_end_and_planned_at_year_begin(
    opening: str, day: str
) -> None:
    for sentence, title in (
        (f"{opening}, UBND phường Bình An tổ chức Hội nghị {REVIEW}.", "Tin"),
        (opening + REST, f"Hội nghị {REVIEW}"),
    ):
        found = event(sentence, title=title)
        assert found is not None and found.day == day and found.dated
        assert found.evidence == f"{opening}, … năm {day[:4]}"


@pytest.mark.parametrize("opening", ["Sáng 26/6", "Chiều 10/10"])
def test_find_event_with_two_years_named_in_between_stays_unknown(opening: str) -> None:
    assert event(f"{opening}, UBND phường Bình An tổ chức Hội nghị {REVIEW}.") is None


def test_find_event_with_only_the_reviewed_year_in_january_stays_unknown_until_the_publication_tells() -> None:
    sentence = "Sáng 12/1, UBND phường Bình An tổ chức hội nghị tổng kết công tác Mặt trận năm 2023 với các khu phố."
    assert event(sentence) is None
    found = event(sentence, published="2024-01-15")
    assert found is not None and (found.day, found.dated) == ("2024-01-12", False)


def test_find_event_without_a_year_takes_the_latest_before_the_publication() -> None:
    assert event("Sáng 28/12" + REST, published="2024-01-03T08:00:00+07:00") == Event(
        "2023-12-28", "Sáng 28/12", False, True
    )
    ahead = event("Sáng 15/2" + REST, published="2024-01-20", until=UNTIL)
    assert ahead is not None and ahead.day == "2024-02-15"  # an announcement
    assert event("Sáng 28/12" + REST) is None
    assert event("Sáng 29/2" + REST, published="2023-03-02") is None


def test_find_event_with_a_named_year_far_from_the_publication_keeps_the_named_one() -> None:
    found = event(
        "Sáng 25/7, UBND phường ra mắt mô hình điểm của năm 2023 tại các tổ dân phố trên địa bàn.",
        published="2025-03-13",
    )
    assert found is not None and found.day == "2023-07-25"


def test_find_event_after_the_first_capture_gives_none() -> None:
    assert event("Sáng ngày 14/8/2023" + REST, until=date(2023, 8, 13)) is None
    assert event("Sáng 26/12, UBND phường tổ chức hội nghị tổng kết năm 2026 tại hội trường.", until=UNTIL) is None


def test_find_event_named_in_passing_does_not_lead() -> None:
    sentence = (
        "Mô hình tổ tự quản bảo vệ môi trường được người dân phường Bình An hưởng ứng và ra mắt vào ngày 02/5/2023."
    )
    found = event(sentence)
    assert found is not None and (found.day, found.leading) == ("2023-05-02", False)


@settings(deadline=None)
@given(st.text(max_size=200), st.dates(min_value=date(1997, 1, 1), max_value=date(2030, 1, 1)))
def test_find_event_of_random_text_never_raises_nor_lies_after_the_capture(text: str, until: date) -> None:
    found = find_event(("Sáng 26/12, " + text + REST, text), title=text, published="2023-05-05", until=until)
    assert found is None or found.day <= until.isoformat()


@pytest.mark.parametrize(
    "sentence",
    [
        "Căn cứ Luật Tổ chức chính quyền địa phương ngày 19 tháng 6 năm 2015; UBND phường quyết định như sau.",
        "Căn cứ Luật Lực lượng tham gia bảo vệ an ninh, trật tự ở cơ sở ngày 28 tháng 11 năm 2023;",
        "Căn cứ Luật Đất đai ngày 18 tháng 01 năm 2024 và đề nghị của phòng chuyên môn, phường niêm yết phương án.",
        "Đề nghị nhân dân treo cờ Tổ quốc từ 17 giờ ngày 21/10/2024 đến hết ngày 22/10/2024.",
        "Đề nghị các tổ dân phố gửi tổng hợp kiến nghị về Văn phòng UBND phường trước 17h00 ngày 05/6/2023.",
    ],
)
def test_find_event_when_day_is_a_papers_or_a_deadline_then_none(sentence: str) -> None:
    assert find_event([sentence], title="", published="2024-11-05", until=date(2025, 1, 1)) is None


def test_find_event_when_a_decision_is_handed_over_then_the_day_is_an_event() -> None:
    sentence = "Phường công bố Quyết định bổ nhiệm và tổ chức lễ trao ngày 12/5/2023 tại hội trường của phường."
    found = find_event([sentence], title="", published="2023-05-13", until=date(2025, 1, 1))
    assert found is not None and found.day == "2023-05-12"
