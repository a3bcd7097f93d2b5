"""Dates written for machines, and times in addresses."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.ingest.stamps.machine import name_role, read_address, read_machine

UNTIL = "2026-11-22"


@pytest.mark.parametrize(
    ("value", "timed"),
    [
        ("2023-09-25T15:41:00+07:00", ("2023-09-25T15:41:00+07:00", "second")),
        ("2023-09-25T15:41+07:00", ("2023-09-25T15:41:00+07:00", "minute")),
        ("2023-09-25T23:30:00Z", ("2023-09-26T06:30:00+07:00", "second")),
        ("2023-09-25 15:41:09", ("2023-09-25T15:41:09+07:00", "second")),
        ("2023-03-07+0710:41:00", ("2023-03-07T10:41:00+07:00", "second")),
        ("2023-03-07T00:00:00+07:00", ("2023-03-07", "day")),
        ("2023-03-07", ("2023-03-07", "day")),
        ("2023-03", ("2023-03", "month")),
        ("2023", ("2023", "year")),
        ("20230307", ("2023-03-07", "day")),
        ("20230307104109", ("2023-03-07T10:41:09+07:00", "second")),
        ("1679480641000", ("2023-03-22T17:24:01+07:00", "second")),
        ("/Date(1679480641000)/", ("2023-03-22T17:24:01+07:00", "second")),
        ("Tue, 07 Mar 2023 20:41:00 +0000", ("2023-03-08T03:41:00+07:00", "second")),
        ("07/03/2023 10:41 SA", ("2023-03-07T10:41:00+07:00", "minute")),
        ("3/17/2023 8:05:00 AM", ("2023-03-17T08:05:00+07:00", "second")),
    ],
)
def test_read_machine_of_a_known_form_gives_local_value_and_precision(value: str, timed: tuple[str, str]) -> None:
    assert read_machine(value) == timed


@pytest.mark.parametrize(
    "value", ["", "today", "2023-13-40", "20231340", "20230307996100", "0001", "2023-15", "P3D", "12:30"]
)
def test_read_machine_of_no_date_gives_none(value: str) -> None:
    assert read_machine(value) is None


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("datePublished", "publication"),
        ("article:published_time", "publication"),
        ("DC.date.issued", "publication"),
        ("time", "publication"),
        ("dateCreated", "publication"),
        ("pubdate", "publication"),
        ("date", "publication"),
        ("dateModified", "update"),
        ("article:modified_time", "update"),
        ("og:updated_time", "update"),
        ("last-modified", "update"),
        ("startDate", None),
        ("article:expiration_time", None),
        ("description", None),
        ("candidate", None),
        ("birthDate", None),
    ],
)
def test_name_role_of_an_embedded_name_tells_what_it_dates(name: str, role: str | None) -> None:
    assert name_role(name) == role


@pytest.mark.parametrize(
    ("path", "value", "imported"),
    [
        ("/portal/pages/2023-01-30/Ten-bai-viet-468686.aspx", "2023-01-30", False),
        ("/portal/pages/2020-2-5/ten-bai-abcdef.aspx", "2020-02-05", False),
        ("/2024/05/17/ten-bai/", "2024-05-17", False),
        ("/2024/05/ten-bai/", "2024-05", False),
        ("/portal/pages/2015/ten-bai--1.aspx", "2015", False),
        ("/van-hoa-65890/ten-bai-2835250910165542756.htm", "2025-09-10T16:55:42+07:00", False),
        ("/ten-bai-188240517083015123.htm", "2024-05-17T08:30:15+07:00", False),
        ("/ten-bai-20240517083015123.htm", "2024-05-17T08:30:15+07:00", False),
        ("/chi-tiet/-/view-article/1/1647698216855/1712116199324", "2024-04-03T10:49:59+07:00", False),
        ("/page/Article/News/detail/67d290adb4766ef289007c1a", "2025-03-13", True),
        ("/portal/pages/2020/ten-bai-1582166400.aspx", "2020-02-20T09:40:00+07:00", False),
    ],
)
def test_read_address_of_a_dated_address_gives_its_time(path: str, value: str, imported: bool) -> None:
    read = read_address(f"https://phuong.example.gov.vn{path}", until=UNTIL)
    assert read is not None
    assert (read[0][0], read[2]) == (value, imported)
    assert read[1] in path


@pytest.mark.parametrize(
    "path",
    [
        "/tin-tuc/ngay-hoi-1-5-385",
        "/index.php/2012-11-27-12-52-23/tin/724-ten-bai",
        "/?gd=4&cn=28&tc=1472",
        "/tin/ten-bai-468686.html",
        "/",
        "/van-ban/2045/ten",
        "/tin/ten-bai-2835259910165542756.htm",
        "/1256/28424/53783/664579/tin/ten-bai",
        "/tin/ten-bai-1234567890.html",
        "/pages/2023-13-30/x.aspx",
        "/pages/2027-01-30/x.aspx",
    ],
)
def test_read_address_of_an_address_without_a_time_gives_none(path: str) -> None:
    assert read_address(f"https://phuong.example.gov.vn{path}", until=UNTIL) is None


@settings(deadline=None)
@given(st.text(max_size=80), st.text(alphabet="0123456789-/.abcdef", max_size=60))
def test_read_of_random_values_and_addresses_never_raises(text: str, path: str) -> None:
    read_machine(text)
    read_machine(path)
    read_address(text, until=UNTIL)
    read_address("https://a.gov.vn/" + path, until=UNTIL)
