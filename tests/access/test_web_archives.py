"""CDXJ, TimeMap and TimeGate: what harvesters and replay tools ask for, read as they read it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator

from access import cdxj
from tests.access.conftest import Shelf
from tests.access.served import URL
from tests.access.test_wacz import indexed_by_others
from tests.builders import make_portal, put_portal

PAGE = f"{URL}tin-tuc/0.html"


@pytest.mark.slow
def test_cdx_when_compared_with_others_index_then_the_same_lines(shelf: Shelf) -> None:
    theirs = [
        line
        for line in indexed_by_others(sorted((shelf.library.folder / "warc").glob("*.gz")))
        if line[2]["url"] == PAGE
    ]
    answer = shelf.server.get("/cdx", url=PAGE)
    ours = [line.split(" ", 2) for line in answer.body.decode().splitlines()]
    assert [(key, at, json.loads(rest)) for key, at, rest in ours] == theirs
    assert len(ours) == 2
    assert answer.headers["Content-Type"].startswith("text/x-cdxj")


def test_cdx_when_offsets_are_followed_then_the_record_of_that_address(shelf: Shelf) -> None:
    lines = shelf.server.get("/cdx", url=f"http://www.{URL.partition('://')[2]}tin-tuc/1.html", output="json").body
    [line] = [json.loads(one) for one in lines.splitlines()]
    path: Path = shelf.library.folder / "warc" / line["filename"]
    with path.open("rb") as file:
        file.seek(int(line["offset"]))
        record = next(iter(ArchiveIterator(file)))
        assert record.rec_headers.get_header("WARC-Target-URI") == line["url"]
        assert record.rec_headers.get_header("WARC-Payload-Digest") == line["digest"]
        assert record.content_stream().read() == "<h1>Thông báo số 1</h1>".encode() * 50


def test_cdx_when_narrowed_then_by_time_order_filter_and_fields(shelf: Shelf) -> None:
    def stamps(**query: str) -> list[str]:
        body = shelf.server.get("/cdx", url=PAGE, output="json", **query).body
        return [json.loads(line)["timestamp"] for line in body.splitlines()]

    first, last = stamps()
    assert stamps(sort="reverse") == stamps(closest=last) == [last, first]
    assert stamps(to=first) == stamps(limit="1") == [first]
    assert stamps(from_=last) == [last]
    assert stamps(from_="2027") == stamps(filter="=status:404") == stamps(filter="!mime:html") == []
    assert stamps(filter="=status:200") == [first, last]
    only = shelf.server.get("/cdx", url=PAGE, fl="urlkey,timestamp,url", limit=1).body.decode()
    assert only == f'vn,gov,nghean,vinh,hungphuc)/tin-tuc/0.html {first} {{"url": "{PAGE}"}}\n'


@pytest.mark.slow
def test_cdx_when_addresses_that_begin_alike_are_asked_for_then_the_lines_of_all_in_order(shelf: Shelf) -> None:
    def lines(url: str, **query: str) -> list[tuple[str, str, str]]:
        body = shelf.server.get("/cdx", url=url, **query).body.decode()
        return [
            (key, at, json.loads(rest)["url"]) for key, at, rest in (line.split(" ", 2) for line in body.splitlines())
        ]

    theirs = sorted(
        (key, at, rest["url"])
        for key, at, rest in indexed_by_others(sorted((shelf.library.folder / "warc").glob("*.gz")))
        if not any(one["hidden"] for one in shelf.server.api("/captures", url=rest["url"])["items"])
    )
    host = [one for one in theirs if one[2].startswith(URL)]
    news = [one for one in host if one[2].startswith(f"{URL}tin-tuc/")]
    assert len(theirs) > len(host) > len(news) > 1
    name = URL.split("/")[2]
    assert lines(f"http://www.{name}/", matchType="host") == lines(f"{name}/*") == host
    assert lines(f"{URL}tin-tuc/", matchType="prefix") == lines(f"https://{name}/TIN-tuc/*") == news
    assert lines("gov.vn", matchType="domain") == lines("*.gov.vn") == theirs
    assert lines(URL, matchType="host", from_="2085") == lines("nowhere.vn", matchType="domain") == []
    assert lines(f"{URL}*", limit="1", filter="=status:404")[0][2].endswith("mat.html")
    assert shelf.server.get("/cdx", url="http://[x/*").status == 400
    assert shelf.server.get("/cdx", url="a%_.vn/*").body == b""


def test_cdx_when_there_are_more_than_it_lists_then_refused_until_narrowed_down(
    own_shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cdxj, "MOST", 2)
    first, _, last = (own_shelf.library.capture(f"tin/{name}.html") for name in "zya")
    refused = own_shelf.server.get("/cdx", url=f"{URL}*")
    assert refused.status == 400
    assert "narrow it down" in refused.json["detail"]
    for narrow in ({"to": cdxj.stamp(first)}, {"to": cdxj.stamp(first)[:12]}, {"from_": cdxj.stamp(last)}):
        assert len(own_shelf.server.get("/cdx", url=f"{URL}*", **narrow).body.splitlines()) == 1, narrow
    assert own_shelf.server.get("/cdx", url=f"{URL}*", to="9999").status == 400


def test_cdx_when_digits_end_in_the_middle_of_a_time_then_refused(shelf: Shelf) -> None:
    for name in ("from_", "to", "closest"):
        for digits in ("20241", "2", "202413"):
            answer = shelf.server.get("/cdx", url=PAGE, **{name: digits})
            assert (answer.status, digits in answer.json["detail"]) == (400, True), (name, digits)


def test_cdx_when_what_it_shows_is_hidden_then_no_line(shelf: Shelf) -> None:
    for title in ("Bí mật", "Không lưu"):
        url = shelf.server.api(f"/articles/{shelf.ids[title]}")["url"]
        assert shelf.server.get("/cdx", url=url).body == b""
        assert shelf.server.get(f"/timemap/link/{url}").status == 404


LINK = re.compile(r'<(?P<uri>[^>]*)>; rel="(?P<rel>[^"]*)"(?:; type="[^"]*")?(?:; from="(?P<from>[^"]*)"; until="[^"]*")?(?:; datetime="(?P<at>[^"]*)")?,?\n')  # fmt: skip


def test_timemap_when_asked_then_links_to_bytes_that_say_their_time(shelf: Shelf) -> None:
    answer = shelf.server.get(f"/timemap/link/{PAGE}")
    text = answer.body.decode()
    found = [match.groupdict() for match in LINK.finditer(text)]
    assert "".join(match[0] for match in LINK.finditer(text)) == text
    assert [one["rel"] for one in found] == ["original", "self", "timegate", "first memento", "last memento"]
    assert found[0]["uri"] == PAGE
    for memento in found[3:]:
        assert memento["at"]
        headers = shelf.server.pool.request("GET", memento["uri"]).headers
        assert headers["Memento-Datetime"] == memento["at"]
        assert f'<{PAGE}>; rel="original"' in headers["Link"]
    listed = shelf.server.get(f"/timemap/json/{PAGE}").json["mementos"]["list"]
    assert [one["uri"] for one in listed] == [one["uri"] for one in found[3:]]


def test_timegate_when_a_time_is_wished_for_then_the_nearest_capture(shelf: Shelf) -> None:
    first, last = (one["uri"] for one in shelf.server.get(f"/timemap/json/{PAGE}").json["mementos"]["list"])
    for wished, uri in (("", last), ("Thu, 31 May 2007 20:35:00 GMT", first), ("Thu, 31 May 2085 20:35:00 GMT", last)):
        headers = {"Accept-Datetime": wished} if wished else None
        answer = shelf.server.get(f"/timegate/{PAGE}", headers=headers)
        assert (answer.status, answer.headers["Location"], answer.headers["Vary"]) == (302, uri, "accept-datetime")
    assert shelf.server.get(f"/timegate/{PAGE}", headers={"Accept-Datetime": "gestern"}).status == 400


def test_address_when_it_has_a_query_then_it_belongs_to_it(own_shelf: Shelf) -> None:
    own_shelf.library.capture("xem.aspx?id=7&trang=2")
    own_shelf.library.capture("xem.aspx?id=8")
    for form in (
        f"{URL}xem.aspx?id=7&trang=2",
        f"{URL}xem.aspx?id=7&trang=2".replace(":", "%3A").replace("?", "%3F").replace("&", "%26"),
    ):
        found = own_shelf.server.get(f"/timemap/json/{form}").json
        assert (found["original_uri"], len(found["mementos"]["list"])) == (f"{URL}xem.aspx?id=7&trang=2", 1)
    with own_shelf.library.db.write() as connection:  # more than a statement could name one by one
        for number in range(300):
            put_portal(connection, make_portal(f"http://phuong{number}.gov.vn/"))
    for url, count in ((f"{URL}xem*", 2), (f"{URL}xem.aspx?id=7*", 1), ("*.gov.vn", 2), (f"{URL}x_m*", 0)):
        assert len(own_shelf.server.get("/cdx", url=url).body.splitlines()) == count, url
