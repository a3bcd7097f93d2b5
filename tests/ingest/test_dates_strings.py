"""Printed date strings: every form of the collected rows, with values of our own; and whatever else people type."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.ingest.stamps import beside_dates, is_date_line, is_side_line, join_labels, read_dates, without_dates
from crawler.ingest.stamps.lines import mentions
from storage.text import normalise

PRINTED = [
    ("Ngày đăng 05/03/2021 | 08:07  | Lượt xem: 311", "2021-03-05T08:07:00+07:00", "05/03/2021 | 08:07"),
    ("Ngày đăng 05/03/2021 | 14:30  | View count: 12", "2021-03-05T14:30:00+07:00", "05/03/2021 | 14:30"),
    ("Ngày đăng 02/09/2015 | 00:00", "2015-09-02", "02/09/2015 | 00:00"),
    ("Ngày cập nhật 21/12/2022", "2022-12-21", "21/12/2022"),
    ("07:05 !! 03/04/2017", "2017-04-03T07:05:00+07:00", "07:05 !! 03/04/2017"),
    ("12/10/2023 16:20    45", "2023-10-12T16:20:00+07:00", "12/10/2023 16:20"),
    ("12/10/2023 16:20 Số lượt xem: 45", "2023-10-12T16:20:00+07:00", "12/10/2023 16:20"),
    ("3/5/2023 88 lượt xem", "2023-05-03", "3/5/2023"),
    ("Thứ sáu - 18/06/2021 09:01 2.145 3", "2021-06-18T09:01:00+07:00", "Thứ sáu - 18/06/2021 09:01"),
    ("03/07/2023 7:15:20 SA", "2023-07-03T07:15:20+07:00", "03/07/2023 7:15:20 SA"),
    ("03/07/2023 7:15:20 CH", "2023-07-03T19:15:20+07:00", "03/07/2023 7:15:20 CH"),
    ("03/07/2023 12:05 SA", "2023-07-03T00:05:00+07:00", "03/07/2023 12:05 SA"),
    ("03/07/2023 12:05 CH", "2023-07-03T12:05:00+07:00", "03/07/2023 12:05 CH"),
    ("03/07/2023 15:05 CH", "2023-07-03T15:05:00+07:00", "03/07/2023 15:05 CH"),
    ("9 Tháng Giêng 2018 3:10:00 CH", "2018-01-09T15:10:00+07:00", "9 Tháng Giêng 2018 3:10:00 CH"),
    ("24 Tháng Mười Hai 2018 8:00:00 SA", "2018-12-24T08:00:00+07:00", "24 Tháng Mười Hai 2018 8:00:00 SA"),
    ("Thứ Hai, Tháng Năm 6, 2024", "2024-05-06", "Thứ Hai, Tháng Năm 6, 2024"),
    ("Tháng Mười Một 12, 2023", "2023-11-12", "Tháng Mười Một 12, 2023"),
    ("Tháng 7 3, 2023", "2023-07-03", "Tháng 7 3, 2023"),
    ("3 thg 7, 2023", "2023-07-03", "3 thg 7, 2023"),
    ("14:05 3 thg 7, 2023", "2023-07-03T14:05:00+07:00", "14:05 3 thg 7, 2023"),
    ("Thg 7 3, 2023", "2023-07-03", "Thg 7 3, 2023"),
    ("2022-11-09+0708:15:30", "2022-11-09T08:15:30+07:00", "2022-11-09+0708:15:30"),
    ("2022-11-09T08:15:30+07:00", "2022-11-09T08:15:30+07:00", "2022-11-09T08:15:30+07:00"),
    ("2022-11-09T23:30:00Z", "2022-11-10T06:30:00+07:00", "2022-11-09T23:30:00Z"),
    ("2022-11-09T17:00:00.000Z", "2022-11-10", "2022-11-09T17:00:00.000Z"),
    ("2022-12-31T18:45:10+0000", "2023-01-01T01:45:10+07:00", "2022-12-31T18:45:10+0000"),
    ("2024-01-01T00:30:00+07:00", "2024-01-01T00:30:00+07:00", "2024-01-01T00:30:00+07:00"),
    ("2022-11-09 08:15", "2022-11-09T08:15:00+07:00", "2022-11-09 08:15"),
    ("Mon, 04 Sep 2023 20:15:00 GMT", "2023-09-05T03:15:00+07:00", "Mon, 04 Sep 2023 20:15:00 GMT"),
    ("Mon, 04 Sep 2023 08:15:00 +0700", "2023-09-04T08:15:00+07:00", "Mon, 04 Sep 2023 08:15:00 +0700"),
    ("September 4, 2023 at 2:30 pm", "2023-09-04T14:30:00+07:00", "September 4, 2023 at 2:30 pm"),
    ("12 Jul 2019", "2019-07-12", "12 Jul 2019"),
    ("(17/11/2021)", "2021-11-17", "17/11/2021"),
    ("(17/11/2021 20:09)", "2021-11-17T20:09:00+07:00", "17/11/2021 20:09"),
    ("Ngày đăng bài: 28/02/2019", "2019-02-28", "28/02/2019"),
    ("Đăng ngày 07 - 06 - 2024", "2024-06-07", "07 - 06 - 2024"),
    ("30/04/2022 - 18:12", "2022-04-30T18:12:00+07:00", "30/04/2022 - 18:12"),
    ("Cập nhật lúc: 09:44 |12/05/2020", "2020-05-12T09:44:00+07:00", "09:44 |12/05/2020"),
    ("Cập nhật lúc 14h30, 02/10/2023", "2023-10-02T14:30:00+07:00", "14h30, 02/10/2023"),
    ("Cập nhật ngày: 01/08/2022 | 06:50 GMT+7", "2022-08-01T06:50:00+07:00", "01/08/2022 | 06:50 GMT+7"),
    ("Thứ Năm, 12/12/2024, 10:40 [GMT+7]", "2024-12-12T10:40:00+07:00", "Thứ Năm, 12/12/2024, 10:40"),
    ("(Chủ nhật, 09/07/2023, 10:15 pm GMT+7)", "2023-07-09T22:15:00+07:00", "Chủ nhật, 09/07/2023, 10:15 pm GMT+7"),
    ("T4, 27/09/2023 - 09:15", "2023-09-27T09:15:00+07:00", "T4, 27/09/2023 - 09:15"),
    ("08:20 21-03-2019 | :1204", "2019-03-21T08:20:00+07:00", "08:20 21-03-2019"),
    ("05:06:07 08/09/2014", "2014-09-08T05:06:07+07:00", "05:06:07 08/09/2014"),
    ("19.5.2018", "2018-05-19", "19.5.2018"),
    ("Thứ Năm 13/07/2023 07:30", "2023-07-13T07:30:00+07:00", "Thứ Năm 13/07/2023 07:30"),
    ("Đăng lúc 17:45 ngày 20/11/2021", "2021-11-20T17:45:00+07:00", "17:45 ngày 20/11/2021"),
    ("15h30’ ngày 06/8/2020", "2020-08-06T15:30:00+07:00", "15h30’ ngày 06/8/2020"),
    ("ngày 5 tháng 3 năm 2021 lúc 8 giờ 30 phút", "2021-03-05T08:30:00+07:00", "5 tháng 3 năm 2021 lúc 8 giờ 30 phút"),
    (
        "Vào lúc 9 giờ 00 phút sáng, ngày 02 tháng 6 năm 2024",
        "2024-06-02T09:00:00+07:00",
        "9 giờ 00 phút sáng, ngày 02 tháng 6 năm 2024",
    ),
    ("ngày09  /02/2021", "2021-02-09", "09  /02/2021"),
    ("ngày 7 / 8 /2019", "2019-08-07", "7 / 8 /2019"),
    ("ngày  03  tháng  12  năm 2023", "2023-12-03", "03  tháng  12  năm 2023"),
    ("Ban Văn hóa phường 20:11 01/10/2025", "2025-10-01T20:11:00+07:00", "20:11 01/10/2025"),
]


@pytest.mark.parametrize(("text", "value", "literal"), PRINTED)
def test_read_dates_of_a_printed_form_gives_value_and_literal(text: str, value: str, literal: str) -> None:
    stamp = read_dates(text)[0]
    assert (stamp.value, stamp.literal) == (value, literal)
    assert text[stamp.start : stamp.end] == literal


@pytest.mark.parametrize(
    "text",
    [
        "18.250 triệu đồng/9.100 triệu đồng",
        "9/14 công trình",
        "12/12 tổ dân phố đạt 100%",
        "10/10 thôn",
        "dịp 30/4",
        "Quốc khánh 02/9",
        "Chỉ thị 05/CT-TTg",
        "(19/05/1890 - 19/05/2025)",
        "0234.3855.219",
        "Lượt xem - 2024",
        "nhiệm kỳ 2021-2026",
        "giai đoạn 2020 - 2025",
        "Quyết định số 12/2020/QĐ-UBND",
        "Luật số 10/2022/QH15",
        "ngày 15 tháng Giêng năm 2024",
        "rằm tháng Giêng",
        "ngày 10/3 âm lịch",
        "mồng 5 tháng hai",
        "31/02/2023",
        "29/02/2023",
        "45/10/2020",
        "12/2023",
        "Năm 2023",
        "2 ngày 3 giờ trước",
        "Tổng: 2023",
        "1.2023.456",
        "",
        "năm học 2023-2024",
    ],
)
def test_read_dates_of_what_is_no_date_gives_nothing(text: str) -> None:
    assert read_dates(text) == ()


def test_read_dates_swaps_month_and_day_only_when_proved() -> None:
    assert [(stamp.value, stamp.swapped) for stamp in read_dates("8/16/2021")] == [("2021-08-16", True)]
    assert [(stamp.value, stamp.swapped) for stamp in read_dates("08/06/2021")] == [("2021-06-08", False)]
    # 5 January 2024 was a Friday, 1 May a Wednesday.
    assert [(stamp.value, stamp.swapped) for stamp in read_dates("Thứ Tư, 5/1/2024")] == [("2024-05-01", True)]
    assert [(stamp.value, stamp.swapped) for stamp in read_dates("Thứ Sáu, 5/1/2024")] == [("2024-01-05", False)]
    # A weekday that fits neither reading is the author's slip.
    assert [(stamp.value, stamp.swapped) for stamp in read_dates("Chủ nhật, 5/1/2024")] == [("2024-01-05", False)]
    assert read_dates("2021-16-08") == ()


def test_read_dates_of_an_impossible_time_keeps_the_day() -> None:
    assert [(stamp.value, stamp.literal) for stamp in read_dates("12/03/2024 25:10")] == [("2024-03-12", "12/03/2024")]


def test_read_dates_of_two_dates_gives_each_its_own_time() -> None:
    text = "Ngày đăng: 12/03/2024 08:00 - Cập nhật: 14/03/2024 17:30"
    assert [stamp.value for stamp in read_dates(text)] == ["2024-03-12T08:00:00+07:00", "2024-03-14T17:30:00+07:00"]
    assert [(mention.role, mention.evidence) for mention in mentions(text)] == [
        ("publication", "Ngày đăng: 12/03/2024 08:00"),
        ("update", "Cập nhật: 14/03/2024 17:30"),
    ]


@pytest.mark.parametrize(
    "text",
    [text for text, _, _ in PRINTED if not text.startswith(("Ban Văn hóa", "Vào lúc"))]
    + [
        "4 giờ trước",
        "2 tháng 1 tuần trước",
        "Cập nhật: 3 ngày trước",
        "Thứ Bảy, 26/01/2019 19:26 | Lượt xem: 1.204 | In trang",
    ],
)
def test_is_date_line_of_a_date_line_is_true(text: str) -> None:
    assert is_date_line(text)


@pytest.mark.parametrize(
    "text",
    [
        "Hương An, ngày 14 tháng 7 năm 2022",
        "Sáng ngày 20/9/2023",
        "Kim Dung 12/03/2024",
        "Lượt xem: 124",
        "Ngày đăng",
        "157 ngày",
        "Căn cứ Nghị quyết ngày 12/3/2024",
        "Hotline: 0326.050.977",
        "Tổng kết năm 2023",
        "Từ 14h ngày 28 tháng 11 năm 2018 cúp điện",
        "Trước đây 2 năm",
        "",
    ],
)
def test_is_date_line_of_text_is_false(text: str) -> None:
    assert not is_date_line(text)


_DAYS = st.dates(min_value=date(1997, 1, 1), max_value=date(2035, 12, 31))
_MINUTES = st.integers(min_value=1, max_value=24 * 60 - 1)
_MONTH_WORDS = ("Giêng", "Hai", "Ba", "Tư", "Năm", "Sáu", "Bảy", "Tám", "Chín", "Mười", "Mười Một", "Mười Hai")
_WEEKDAYS = ("Thứ hai", "Thứ ba", "Thứ tư", "Thứ năm", "Thứ sáu", "Thứ bảy", "Chủ nhật")
_DAY_FORMS = (
    "{d:02}/{m:02}/{y}",
    "{d}/{m}/{y}",
    "{d}-{m}-{y}",
    "{d:02} - {m:02} - {y}",
    "{d}.{m}.{y}",
    "{d} / {m} /{y}",
    "{y}-{m:02}-{d:02}",
    "ngày {d} tháng {m} năm {y}",
    "Ngày {d:02} tháng {m:02} năm {y}",
    "{d} Tháng {word} {y}",
    "Tháng {word} {d}, {y}",
    "{weekday}, {d:02}/{m:02}/{y}",
    "({d:02}/{m:02}/{y})",
    "Ngày đăng bài: {d:02}/{m:02}/{y}",
    "Ngày cập nhật {d:02}/{m:02}/{y}",
)
_TIME_FORMS = (
    "Ngày đăng {d:02}/{m:02}/{y} | {H:02}:{M:02}  | Lượt xem: {views}",
    "{H:02}:{M:02} !! {d:02}/{m:02}/{y}",
    "{d:02}/{m:02}/{y} {H:02}:{M:02}    {views}",
    "{weekday} - {d:02}/{m:02}/{y} {H:02}:{M:02} {views} 0",
    "Cập nhật lúc: {H:02}:{M:02} |{d:02}/{m:02}/{y}",
    "{weekday}, {d:02}/{m:02}/{y}, {H:02}:{M:02} [GMT+7]",
    "{H:02}h{M:02} ngày {d}/{m}/{y}",
    "{H} giờ {M:02} phút, ngày {d} tháng {m} năm {y}",
    "{d:02}/{m:02}/{y} - {H:02}:{M:02}",
    "{H:02}:{M:02} {d}-{m}-{y} | :{views}",
    "{y}-{m:02}-{d:02}T{H:02}:{M:02}+07:00",
    "{d:02}/{m:02}/{y} {h}:{M:02} {half}",
    "{d} Tháng {word} {y} {h}:{M:02} {half}",
)


def _render(form: str, day: date, minutes: int = 0, views: int = 0) -> str:
    hour, minute = divmod(minutes, 60)
    return form.format(
        d=day.day,
        m=day.month,
        y=day.year,
        H=hour,
        M=minute,
        h=hour % 12 or 12,
        half="SA" if hour < 12 else "CH",
        word=_MONTH_WORDS[day.month - 1],
        weekday=_WEEKDAYS[day.weekday()],
        views=views,
    )


@settings(deadline=None)
@given(_DAYS, st.sampled_from(_DAY_FORMS))
def test_read_dates_of_any_day_in_any_form_gives_it_back(day: date, form: str) -> None:
    assert [stamp.value for stamp in read_dates(_render(form, day))] == [day.isoformat()]


@settings(deadline=None)
@given(_DAYS, _MINUTES, st.sampled_from(_TIME_FORMS), st.integers(min_value=0, max_value=99999))
def test_read_dates_of_any_minute_in_any_form_gives_it_back(day: date, minutes: int, form: str, views: int) -> None:
    text = _render(form, day, minutes, views)
    moment = datetime.combine(day, datetime.min.time()) + timedelta(minutes=minutes)
    assert [stamp.value for stamp in read_dates(text)] == [f"{moment.isoformat()}+07:00"]
    assert normalise(text) == text or [stamp.value for stamp in read_dates(normalise(text))] == [
        f"{moment.isoformat()}+07:00"
    ]


_PIECES = st.sampled_from(
    [
        "/",
        "-",
        ".",
        ":",
        " ",
        "|",
        "!!",
        "ngày",
        "tháng",
        "năm",
        "giờ",
        "h",
        "SA",
        "CH",
        "Thứ",
        "Z",
        "+07",
        "Giêng",
        "May",
        "T",
        "(",
        "31",
        "29",
        "02",
        "2023",
        "0",
        "12",
    ]
)


@settings(deadline=None)
@given(
    st.one_of(
        st.text(max_size=120), st.lists(_PIECES, max_size=30).map("".join), st.lists(_PIECES, max_size=20).map(" ".join)
    )
)
def test_read_dates_of_random_text_never_raises_nor_gives_an_impossible_date(text: str) -> None:
    is_date_line(text)
    for stamp in read_dates(text):
        assert datetime.fromisoformat(stamp.value).strftime("%Y-%m-%d") == stamp.day
        assert text[stamp.start : stamp.end] == stamp.literal


_COLLECTED = Path(__file__).parents[3] / "shared" / "domain" / "dates.tsv"


@pytest.mark.skipif(
    not _COLLECTED.exists(), reason="SKIPPED: the collected date strings (../shared/domain/dates.tsv) are not here"
)
def test_read_dates_of_the_collected_strings_agrees_with_every_full_date() -> None:
    rows = [line.split("\t")[:4] for line in _COLLECTED.read_text("utf-8").splitlines()[1:]]
    full = [row for row in rows if row[2] in ("day", "minute", "second") and row[3] not in ("url", "relative")]
    assert len(full) >= 60
    for text, value, precision, _ in full:
        stamps = read_dates(text)
        assert stamps and (stamps[0].value, stamps[0].precision) == (value, precision), text
    for text, _, precision, kind in rows:
        if kind in ("not-a-date", "lunar", "relative") or precision == "month-day":
            assert read_dates(text) == (), text


@pytest.mark.parametrize("line", ["1.723", "Lượt xem: 12", "Cỡ chữA-A+Đọc bài viết", "Chia sẻ | In bài viết"])
def test_is_side_line_when_only_counts_and_buttons_then_true(line: str) -> None:
    assert is_side_line(line)


@pytest.mark.parametrize("line", ["Hội nghị", "Thông báo", "Có 45 người dự", "", "Xem danh sách kèm theo"])
def test_is_side_line_when_anything_is_said_then_false(line: str) -> None:
    assert not is_side_line(line)


def test_read_dates_when_words_come_before_the_first_year_finds_the_whole_date() -> None:
    long = "x" * 60
    assert read_dates(f"{long} ngày 01 - tháng mười một - năm 2024")[0].value == "2024-11-01"
    assert read_dates(f"{long} SUNDAY, 07:05 January 1st, 2023")[0].literal.startswith("07:05")
    assert [stamp.value for stamp in read_dates(f"1999 người {long} tháng 5 12, 2024")] == ["2024-05-12"]


def test_is_date_line_when_the_account_that_posted_stands_beside_then_true() -> None:
    assert is_date_line("Thứ Tư, Tháng Chín 30, 2026 Đăng bởi vanphong 2.014")
    assert not is_date_line("Ngày 30/9/2026 đăng bởi lệnh của Chủ tịch UBND phường tại hội nghị tổng kết")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("05/03/2024 2 giờ trưa", "2024-03-05T14:00:00+07:00"),
        ("05/03/2024 11:45 trưa", "2024-03-05T11:45:00+07:00"),
        ("05/03/2024 10:20 đêm", "2024-03-05T22:20:00+07:00"),
        ("05/03/2024 12:05 sáng", "2024-03-05T00:05:00+07:00"),
    ],
)
def test_read_dates_when_the_hour_is_named_with_its_part_of_the_day_reads_the_clock(text: str, value: str) -> None:
    assert [stamp.value for stamp in read_dates(text)] == [value]


@pytest.mark.parametrize("half", ["SA", "CH"])
def test_is_date_line_when_tools_stand_in_the_same_cell_then_true_for_both_halves_of_the_day(half: str) -> None:
    assert is_date_line(f"Thứ Ba, 05/03/2024 9:12:40 {half} Lưu bài viết | Gửi cho người thân | Quay lại")


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["Văn hóa", "05/03/2024", "7:05 tối", "0 bình luận"], ["Văn hóa", "05/03/2024 7:05 tối", "0 bình luận"]),
        (["lúc 07:05:12 SA", "Thứ Ba, 05/03/2024"], ["Thứ Ba, 05/03/2024 lúc 07:05:12 SA"]),
        (["Ngày đăng:", "05/03/2024", "7:05"], ["Ngày đăng: 05/03/2024 7:05"]),
        (["05/03/2024 08:00", "9:30"], ["05/03/2024 08:00", "9:30"]),
        (["05/03/2024", "Hội nghị lúc 9:30"], ["05/03/2024", "Hội nghị lúc 9:30"]),
    ],
)
def test_join_labels_when_day_and_time_stand_in_elements_of_their_own_joins_them(
    lines: list[str], joined: list[str]
) -> None:
    assert join_labels(lines) == joined


@pytest.mark.parametrize(
    "line",
    [
        "Lần sửa cuối: Thứ ba, 05 Tháng 3 2024 16:04",
        "Đã xem 57 lượtChỉnh sửa lần cuối vào 05/03/2024 16:04",
        "Sửa lần cuối vào 05/03/2024 16:04",
    ],
)
def test_mentions_when_a_line_says_when_it_was_edited_last_is_an_update(line: str) -> None:
    assert [mention.role for mention in mentions(line)] == ["update"]
    assert is_date_line(line)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        # Each has two ways to read each of its pieces: tried one after the other, the list of thirty would outlast everybody.
        (
            "Trang " + " - ".join(map(str, range(1, 31))) + " cuối 31",
            "Trang " + " - ".join(map(str, range(1, 31))) + " cuối",
        ),
        (
            "Số " + ", ".join(map(str, range(1, 31))) + " phường 5",
            "Số " + ", ".join(map(str, range(1, 31))) + " phường",
        ),
        ("Trang 1 - 2 - 3 - … - 15 cuối 16", "Trang 1 - 2 - 3 - … - 15 cuối"),
        ("Số 1, 2, 3, … , 18 phường 5", "Số 1, 2, 3, … , 18 phường"),
        ("Lê Hân" + " 1 lượt xem" * 30 + " khác 5", "Lê Hân" + " 1 lượt xem" * 30 + " khác"),
        ("Lê Hân" + " - 1" * 20_000 + " khác 5", "Lê Hân" + " - 1" * 20_000 + " khác"),
        ("Lê Hân" + ", 1" * 20_000, "Lê Hân"),
        ("Lê Hân 1,lượt xem: 2", "Lê Hân"),
        ("Lê Hân 3, bình luận: 1.204 (7) lượt xem", "Lê Hân 3, bình luận: 1.204 (7) lượt xem"),
        ("Lê Hân (7) 8 lượt xem", "Lê Hân"),
    ],
)
def test_beside_dates_when_a_line_ends_in_counts_then_they_are_left_out_and_other_lists_of_numbers_stay(
    line: str, said: str
) -> None:
    assert [line[cell.start : cell.end] for cell in beside_dates(line)] == [said]
    assert without_dates(f"12/05/2024 | {line}") == said
