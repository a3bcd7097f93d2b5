"""How often portals publish, and what their silence means: quiet, late, or a holiday."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random

from monitoring.cadence import Cadence, _t_above, cadence, learn
from monitoring.headlines import counted, farewell
from monitoring.holidays import activity, tet

TODAY = date(2026, 11, 20)  # a Friday


def workdays(count: int, *, until: date = TODAY) -> list[date]:
    days = [until - timedelta(days=back) for back in range(count)]
    return [day for day in days if day.weekday() < 5 and activity(day) > 0.9]


def evening(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 15, tzinfo=UTC)


def silence(days: list[date], *, since: date, until: date) -> Cadence:
    return cadence(learn(days, today=until), last=evening(since), looked_at=evening(until))


def test_cadence_when_a_portal_publishes_daily_then_a_weekend_is_nothing_and_two_weeks_are_late() -> None:
    days = workdays(300)
    weekend = silence(days, since=TODAY, until=TODAY + timedelta(days=2))
    assert not weekend.quiet
    assert not silence(days, since=TODAY, until=TODAY + timedelta(days=3)).late
    assert silence(days, since=TODAY, until=TODAY + timedelta(days=14)).late
    assert weekend.per_week > 4


def test_cadence_when_it_is_tet_then_ten_silent_days_are_not_late() -> None:
    new_year = tet(2026)
    assert new_year == date(2026, 2, 17)
    last = new_year - timedelta(days=4)
    days = workdays(300, until=last)
    assert not silence(days, since=last, until=new_year + timedelta(days=6)).late
    ordinary = last - timedelta(days=60)
    assert silence(workdays(240, until=ordinary), since=ordinary, until=ordinary + timedelta(days=11)).late


def test_cadence_when_a_portal_publishes_monthly_then_five_silent_weeks_are_normal() -> None:
    draw, day, days = Random(1), TODAY - timedelta(days=390), list[date]()
    while day <= TODAY:
        days.append(day)
        day += timedelta(days=draw.randrange(20, 40))
    five = silence(days, since=days[-1], until=days[-1] + timedelta(days=36))
    assert not five.late
    assert five.expected_by is not None
    assert five.late_after is not None
    assert days[-1] + timedelta(days=25) < five.expected_by.date() < five.late_after.date()


def test_cadence_when_next_to_nothing_is_known_then_it_waits_for_long() -> None:
    new = silence([TODAY], since=TODAY, until=TODAY + timedelta(days=20))
    assert not new.late
    assert cadence(learn([], today=TODAY), last=None, looked_at=evening(TODAY)).late_after is None


def test_chance_when_held_against_known_values_then_the_same() -> None:
    for value, freedom, chance in ((2.0, 10, 0.03669402), (-1.0, 5, 0.81839127), (3.5, 40, 0.00057885)):
        assert abs(_t_above(value, freedom) - chance) < 1e-7


def test_headlines_when_counted_then_gambling_and_foreign_ones_are_told_from_news_of_the_police() -> None:
    lines = [
        "UBND phường tổ chức hội nghị tổng kết năm 2026", "HĐND phường Đăk Blà họp kỳ thứ 5",
        "Công an phường triệt phá sòng bạc casino trá hình", "Slot gacor hari ini maxwin", "Nhà cái uy tín nổ hũ khuyến mãi",
    ]  # fmt: skip
    assert counted(lines) == {"headlines": 5, "foreign": 1, "promoted": 2}


def test_farewell_when_a_portal_says_that_it_ends_then_heard() -> None:
    assert farewell(["Trang thông tin điện tử phường dừng hoạt động từ 01/7/2025"])
    assert farewell(["Thông báo chuyển địa chỉ Cổng thông tin điện tử phường sang tên miền mới"])
    assert not farewell(["Phường dừng hoạt động kinh doanh karaoke", "Sáp nhập ba tổ dân phố"])
