"""The API: what it answers, in one shape, to whoever asks in whatever way."""

from __future__ import annotations

import gzip
import io
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import jsonschema_rs
import pytest
from sqlalchemy import update
from warcio.archiveiterator import ArchiveIterator

from access.api.problems import KINDS
from storage import schema
from storage.engine import create
from storage.reader import Filters
from storage.warc.places import note_shelf
from tests.access.conftest import OTHER, Shelf
from tests.access.served import URL, Server, serve
from tests.access.test_exports import RULES, _broken
from tests.builders import NOW


def every(server: Server, path: str, **query: Any) -> list[Any]:
    """All items of a list, page by page."""
    items, after = [], ""
    while True:
        page = server.api(path, **query, **({"after": after} if after else {}))
        items += page["items"]
        if page["next"] is None:
            return items
        after = page["next"]


def test_articles_when_paged_then_each_once_newest_first_and_in_the_shape_of_the_export(shelf: Shelf) -> None:
    found = every(shelf.server, "/articles", limit=1)
    titles = [article["title"] for article in found]
    assert titles == ["Thông báo số 2", "Thông báo số 1", "Lễ hội đền Hùng năm 2024"]
    assert [fault for article in found for fault in _broken(article, RULES)] == []
    entered = every(shelf.server, "/articles", limit=2, order="entry", hidden="true")
    assert [article["id"] for article in entered] == list(shelf.ids.values())
    some = every(shelf.server, "/articles", limit=2, fields="title, url", q='"le hoi"')
    assert [sorted(article) for article in some] == [["id", "schema", "title", "url"]]


def test_articles_when_filtered_then_as_a_search_on_the_command_line(shelf: Shelf) -> None:
    def titles(**query: Any) -> list[str]:
        return [article["title"] for article in every(shelf.server, "/articles", **query)]

    assert titles(q='"thong bao"') == ["Thông báo số 2", "Thông báo số 1"]
    assert titles(q="thông báo -2") == ["Thông báo số 1"]
    assert titles(portal="phuong-x.gov.vn") == titles(province="Huế") == ["Thông báo số 2"]
    assert titles(since="2024-05", until="2024-05") == ["Thông báo số 1"]
    assert titles(kind="document") == []
    assert titles(q="bí mật") == titles(q="không lưu") == []


@pytest.mark.parametrize("order", ["newest", "relevance", "entry"])
def test_articles_when_restricted_then_no_search_tells_that_they_are_there(own_shelf: Shelf, order: str) -> None:
    library = own_shelf.library
    for number in range(3):
        library.article(f"Chuyện kín {number}", paragraphs=("Lời kín.",), published=f"2024-05-1{number}")
        library.set_visibility(library.ids[f"Chuyện kín {number}"], "restricted")
    library.article("Chuyện chung", published="2024-05-01")
    for words in ("kín", "không có"):
        found = own_shelf.server.api("/articles", q=words, order=order, limit=1)
        assert (found["items"], found["next"]) == ([], None)
        assert b'rel="next"' not in own_shelf.server.get("/atom", q=words, limit=1).body
    found = own_shelf.server.api("/articles", q="chuyện", order=order, limit=1)
    assert ([one["title"] for one in found["items"]], found["next"]) == (["Chuyện chung"], None)
    assert "visibility" not in own_shelf.server.get("/tim", q="chuyện").body.decode().split("<main")[1]
    assert len(every(own_shelf.server, "/articles", hidden="true", order="entry")) == 4
    for asked in ("q=kin", "category=Tin", "basis=printed"):
        assert own_shelf.server.get(f"/api/v1/articles?hidden=true&{asked}").status == 400


def test_articles_when_words_are_asked_for_then_where_they_stand_and_the_best_first_on_request(shelf: Shelf) -> None:
    found = shelf.server.api("/articles", q="le hoi den hung", fields="title", hits="true")
    hits = found["hits"][shelf.ids["Lễ hội đền Hùng"]]
    assert [piece["text"] for piece in hits["title"] if piece["hit"]]
    assert "".join(piece["text"] for piece in hits["title"]) == "Lễ hội đền Hùng năm 2024"
    best = every(shelf.server, "/articles", q="thông báo số", order="relevance", limit=1)
    assert sorted(article["title"] for article in best) == ["Thông báo số 1", "Thông báo số 2"]
    assert "hits" not in shelf.server.api("/articles", q="le hoi")


def test_article_when_withheld_or_restricted_then_a_tombstone_without_a_word_of_it(shelf: Shelf) -> None:
    for title, visibility in (("Bí mật", "withheld"), ("Không lưu", "restricted")):
        name = shelf.ids[title]
        answer = shelf.server.get(f"/api/v1/articles/{name}")
        assert (answer.json["visibility"], answer.json["title"], answer.json["paragraphs"]) == (visibility, "", [])
        history = shelf.server.get(f"/api/v1/articles/{name}/revisions")
        for said in (answer, history, shelf.server.get(f"/api/v1/articles/{name}/revisions/1")):
            assert title not in said.body.decode()
        assert shelf.server.get(f"/api/v1/articles/{name}/diff", from_=1, to=1).status == 403
        entry = answer.json["capture"]["id"]
        assert shelf.server.api(f"/captures/{entry}")["hidden"] is True
        for part in ("body", "record"):
            assert shelf.server.get(f"/api/v1/captures/{entry}/{part}").json["type"].endswith(":hidden")


def test_personal_data_when_hidden_then_in_no_answer_and_no_bytes_are_given(shelf: Shelf) -> None:
    name = shelf.ids["Thông báo số 1"]
    places = (
        f"/articles/{name}",
        "/articles?q=cccd&hits=true",
        "/changes?expand=true",
        f"/articles/{name}/revisions/1",
    )
    with serve(shelf.url, shelf.library.folder, masked=True) as server:
        for place in places:
            assert b"012345678901" in shelf.server.get(f"/api/v1{place}").body
            assert b"012345678901" not in server.get(f"/api/v1{place}").body
        assert server.get("/api/v1/captures/1/body").json["type"].endswith(":hidden")
        for path, digest in ((f"/articles/{name}/revisions", "text_sha256"), ("/changes", "digest")):
            assert {item[digest] for item in server.api(path)["items"]} == {None}
            assert all(item[digest] for item in shelf.server.api(path)["items"])
    assert b"012345678901" not in shelf.server.get("/atom").body


def test_article_when_revised_then_its_states_and_what_differs(shelf: Shelf) -> None:
    name = shelf.ids["Lễ hội đền Hùng"]
    lines = shelf.server.api(f"/articles/{name}/revisions")["items"]
    assert [(line["number"], line["changed"]) for line in lines] == [(1, []), (2, ["title"])]
    assert shelf.server.api(f"/articles/{name}/revisions/1")["title"] == "Lễ hội đền Hùng"
    [field] = shelf.server.api(f"/articles/{name}/diff", from_=1, to=2)["fields"]
    assert [(piece["kind"], piece["text"]) for piece in field["pieces"]][-1] == ("new", " năm 2024")


@pytest.mark.parametrize(
    "url",
    [
        f"{URL}tin-tuc/1.html", f"{URL}tin-tuc/1.html?utm_source=zalo#dau", f"{URL}tin-tuc/1.html;jsessionid=AB12",
        "http://www.hungphuc.vinh.nghean.gov.vn:80/tin-tuc/1.html/", "HTTPS://HUNGPHUC.vinh.nghean.gov.vn//tin-tuc/./1.html",
    ],
)  # fmt: skip
def test_lookup_when_asked_by_any_alias_then_the_article(shelf: Shelf, url: str) -> None:
    found = shelf.server.api("/lookup", url=url, fields="title")
    assert [article["title"] for article in found["items"]] == ["Thông báo số 1"]


def test_lookup_when_redirected_or_named_by_the_page_itself_then_found(own_shelf: Shelf) -> None:
    name = own_shelf.library.article("Tin", path="moi/tin-1.html")
    own_shelf.library.capture("cu.aspx?id=1", status=301, location=f"{URL}moi/tin-1.html")
    with own_shelf.library.db.write() as connection:
        connection.execute(update(schema.article).values(url=f"{URL}trang-chinh/tin-1"))
    for path in ("cu.aspx?id=1", "trang-chinh/tin-1", "trang-chinh/tin-1/"):
        assert [one["id"] for one in own_shelf.server.api("/lookup", url=URL + path)["items"]] == [name]
    assert own_shelf.server.api("/lookup", url="https://khong-co.gov.vn/")["items"] == []
    assert own_shelf.server.get("/api/v1/lookup", url="ftp://x").status == 400


def test_captures_when_downloaded_then_the_bytes_as_received_and_inert(shelf: Shelf) -> None:
    article = shelf.server.api(f"/articles/{shelf.ids['Thông báo số 1']}")
    entry = article["capture"]["id"]
    answer = shelf.server.get(f"/api/v1/captures/{entry}/body")
    assert answer.body == "<h1>Thông báo số 1</h1>".encode() * 50
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    record = shelf.server.get(f"/api/v1/captures/{entry}/record").body
    [read] = [one.rec_headers.get_header("WARC-Target-URI") for one in ArchiveIterator(io.BytesIO(record))]
    assert read == article["url"]


def test_captures_when_listed_then_in_order_by_portal_and_by_address(shelf: Shelf) -> None:
    whole = every(shelf.server, "/captures", limit=3)
    assert [one["id"] for one in whole] == sorted(one["id"] for one in whole)
    assert len(whole) == 8
    here = every(shelf.server, "/captures", limit=2, portal="hungphuc.vinh.nghean.gov.vn")
    assert sorted(one["id"] for one in here) == [one["id"] for one in whole if "hungphuc" in one["portal"]]
    twice = every(shelf.server, "/captures", limit=1, url=f"{URL}tin-tuc/0.html")
    assert [one["id"] for one in twice] == [one["id"] for one in whole if one["url"].endswith("/0.html")]


def test_list_when_it_announced_a_hidden_article_then_its_bytes_are_refused(own_shelf: Shelf) -> None:
    library, server = own_shelf.library, own_shelf.server
    name = library.article("Sắp bị ẩn", path="tin/7.html")
    listing = library.capture("tin/", purpose="listing")
    with library.db.write() as connection:
        connection.execute(
            schema.sighting.insert().values(
                portal=listing.portal, key="hungphuc.vinh.nghean.gov.vn/tin/7.html", listing=listing.key, url="x", source="listing",
                position=0, first_seen=listing.fetched_at, last_seen=listing.fetched_at,
            )
        )  # fmt: skip
    assert server.get(f"/api/v1/captures/{listing.entry}/body").status == 200
    library.set_visibility(name, "withheld")
    assert server.get(f"/api/v1/captures/{listing.entry}/body").status == 403


def test_page_when_it_links_to_a_withheld_article_by_its_title_then_its_bytes_are_refused(own_shelf: Shelf) -> None:
    library, server = own_shelf.library, own_shelf.server
    title = "Danh sách hộ nghèo khu phố 3 năm 2025"
    name = library.article(title, path="tin/7.html")
    link = f"<p>Tin khác: <a href=7.html>DANH SÁCH <b>hộ nghèo</b> khu phố&#160;3, năm 2025</a>{'.' * 900}".encode()
    shared = f'<a href="https://facebook.example/share?quote={quote_plus(title)}">'.encode()
    feed = f"<title>{title}</title>".encode("ascii", "xmlcharrefreplace").replace(b"&", b"&amp;") + b" " * 900
    others = [library.capture("tin/8.html", link), library.capture("tin.json", json.dumps({"t": title}).encode() * 20),
              library.capture("tin/10.html", shared * 20), library.capture("rss.xml", feed)]  # fmt: skip
    innocent = library.capture("tin/9.html")
    for visibility, status in (("public", 200), ("withheld", 403)):
        library.set_visibility(name, visibility)
        for other in others:
            for part in ("body", "record"):
                assert server.get(f"/api/v1/captures/{other.entry}/{part}").status == status
        assert server.get(f"/api/v1/captures/{innocent.entry}/body").status == 200


def test_etag_when_sent_again_then_304_until_something_changes(own_shelf: Shelf) -> None:
    name = own_shelf.library.article("Tin cũ")
    path = f"/api/v1/articles/{name}"
    first = own_shelf.server.get(path)
    packed = own_shelf.server.get(path, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.body) == first.body
    assert packed.headers["ETag"] != first.headers["ETag"]
    for known in (first, packed):
        for coding in ("identity", "gzip"):
            headers = {"If-None-Match": known.headers["ETag"], "Accept-Encoding": coding}
            assert own_shelf.server.get(path, headers=headers).status == 304
    own_shelf.library.revise(name, title="Tin mới")
    assert own_shelf.server.get(path, headers={"If-None-Match": first.headers["ETag"]}).status == 200


def test_answers_when_described_then_in_their_shapes(shelf: Shelf) -> None:
    document = shelf.server.api("/openapi.json")
    name, entry = shelf.ids["Lễ hội đền Hùng"], 1
    values = {"id": name, "number": 1, "entry": entry}
    asked: dict[str, Any] = {
        "/api/v1/lookup": {"url": URL},
        "/api/v1/units": {"name": "Hưng Phúc"},
        "/api/v1/articles/{id}/diff": {"from_": 1, "to": 2},
    }
    seen = set()
    for path, item in document["paths"].items():
        content = item["get"]["responses"]["200"]["content"] if "200" in item["get"]["responses"] else {}
        shape = content.get("application/json", {}).get("schema", {}).get("$ref")
        if shape is None or path in ("/api/v1/portals/{id}", "/api/v1/runs/{number}", "/api/v1/clusters/{id}"):
            continue
        answer = shelf.server.get(path.format(**values), **asked.get(path, {}))
        rule = {"$ref": shape, "components": document["components"]}
        jsonschema_rs.validator_for(rule).validate(answer.json)
        seen.add(shape.rpartition("/")[2])
    assert seen >= {
        "Article",
        "ArticlePage",
        "Diff",
        "ChangePage",
        "CapturePage",
        "Capture",
        "Lookup",
        "PortalPage",
        "RunPage",
    }


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/nothing", 404, "not-found"), ("/api/v1/articles/aaaaaaaaaaaaaaaaa", 404, "not-found"),
        ("/api/v1/articles/x", 400, "invalid-request"), ("/api/v1/articles?limit=1000000000", 400, "invalid-request"),
        ("/api/v1/articles?limit=-1", 400, "invalid-request"), ("/api/v1/articles?after=%FF", 400, "invalid-request"),
        ("/api/v1/articles?after=WyJhIl0", 400, "invalid-request"), ("/api/v1/articles?since=gestern", 400, "invalid-request"),
        ("/api/v1/articles?q=a%00b", 400, "invalid-request"), ("/api/v1/articles?q=" + "a" * 300, 400, "invalid-request"),
        ("/api/v1/articles?q=" + "a" * 9000, 414, "too-long"), ("/api/v1/articles?hidden=true&q=x", 400, "invalid-request"),
        ("/api/v1/captures/99999999999999999999", 400, "invalid-request"), ("/api/v1/captures/999", 404, "not-found"),
        ("/api/v1/changes?after=1.1.1", 400, "invalid-request"), ("/api/v1/portals/x%00y", 400, "invalid-request"),
        ("/api/v1/portals?after=WyJcdTAwMDAiXQ", 400, "invalid-request"), ("/api/v1/clusters?after=WyJcdWQ4MDAiXQ", 400, "invalid-request"),
        ("/api/v1/runs/7", 404, "not-found"), ("/timegate/https://khong.co/", 404, "not-found"),
        ("/timemap/link/" + "x" * 3000, 414, "too-long"), ("/cdx?url=javascript:1", 400, "invalid-request"),
    ],
)  # fmt: skip
def test_request_when_it_cannot_be_answered_then_a_problem(shelf: Shelf, path: str, status: int, kind: str) -> None:
    answer = shelf.server.get(path)
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/problem+json")
    problem = answer.json
    assert (problem["type"], problem["status"]) == (f"urn:phuongchi:problem:{kind}", status)
    assert KINDS[kind] == (status, problem["title"])
    assert problem["detail"]


def test_capture_when_the_place_of_its_bytes_is_away_then_told_to_come_again(own_shelf: Shelf) -> None:
    library, server = own_shelf.library, own_shelf.server
    entry = library.capture("tin/1").entry
    note_shelf(library.folder, str(library.folder / "unmounted"))
    for path in (library.folder / "warc").glob("*.warc.gz*"):
        path.unlink()
    answer = server.get(f"/api/v1/captures/{entry}/body")
    assert (answer.status, answer.json["type"]) == (503, "urn:phuongchi:problem:away")


def test_runs_portals_and_clusters_when_there_are_some_then_in_their_shapes(own_shelf: Shelf) -> None:
    library, server = own_shelf.library, own_shelf.server
    first, second = library.article("Tin gốc"), library.article("Tin đăng lại", portal=OTHER)
    with library.db.write() as connection:
        for number in (1, 2):
            facts = {
                "kind": "night",
                "state": "done",
                "fence": 1,
                "started_at": NOW,
                "ended_at": NOW,
                "exit_code": 0,
                "version": "0.1.0",
            }
            connection.execute(schema.run.insert().values(id=number, **facts))
        visit = {"run": 2, "portal": OTHER.id, "state": "done", "counts": {"new": 1}, "started_at": NOW}
        connection.execute(schema.visit.insert().values(visit))
        state = {"portal": OTHER.id, "state": "healthy", "since": NOW}
        connection.execute(schema.portal_state.insert().values(state))
        for name, likeness in ((first, 1.0), (second, 0.9)):
            connection.execute(schema.cluster.insert().values(id=first, article=name, similarity=likeness))
    assert [run["id"] for run in every(server, "/runs", limit=1)] == [2, 1]
    [portal] = every(server, "/portals", limit=100)[-1:]
    assert (portal["id"], portal["state"]["name"]) == (OTHER.id, "healthy")
    assert every(server, "/clusters") == [{"schema": "phuongchi.cluster/1", "id": first, "size": 2}]
    document = server.api("/openapi.json")
    for path, shape in (("/runs/2", "Run"), (f"/portals/{OTHER.id}", "Portal"), (f"/clusters/{first}", "Cluster")):
        rule = {"$ref": f"#/components/schemas/{shape}", "components": document["components"]}
        jsonschema_rs.validator_for(rule).validate(server.api(path))
    assert server.api("/runs/2")["visits"][0]["counts"] == {"new": 1}
    assert [one["title"] for one in server.api(f"/clusters/{first}")["articles"]] == ["Tin gốc", "Tin đăng lại"]
    library.set_visibility(second, "withheld")
    assert [one["title"] for one in server.api(f"/clusters/{first}")["articles"]] == ["Tin gốc"]


def test_units_when_asked_by_name_and_code_then_with_their_history_and_portals(own_shelf: Shelf) -> None:
    own_shelf.library.article("Tin")
    names = ("code", "valid_from", "valid_to", "name", "folded", "kind", "province", "district")
    rows = [
        ("16708", "2000-01-01", "2025-07-01", "Phường Hưng Phúc", "phuong hung phuc", "phường", "Nghệ An", "Vinh"),
        ("16681", "2025-07-01", None, "Phường Trường Vinh", "phuong truong vinh", "phường", "Nghệ An", ""),
    ]
    bound = {"portal": "hungphuc.vinh.nghean.gov.vn", "code": "16708", "unit_from": "2000-01-01", "valid_from": ""}
    step = {
        "old_code": "16708",
        "old_from": "2000-01-01",
        "new_code": "16681",
        "new_from": "2025-07-01",
        "share": "whole",
    }
    with own_shelf.library.db.write() as connection:
        connection.execute(schema.unit.insert(), [dict(zip(names, row, strict=True)) for row in rows])
        connection.execute(schema.succession.insert().values(step))
        connection.execute(schema.portal_unit.insert().values(bound))
    [today] = own_shelf.server.api("/units", name="trường vinh")["items"]
    assert ([unit["name"] for unit in today["made_of"]], today["made_of"][0]["share"]) == (
        ["Phường Hưng Phúc"],
        "whole",
    )
    assert [(one["portal"], one["of"]) for one in today["portals"]] == [("hungphuc.vinh.nghean.gov.vn", "16708")]
    [past] = own_shelf.server.api("/units", name="16708")["items"]
    assert [unit["code"] for unit in past["became"]] == ["16681"]
    found = own_shelf.server.api("/articles", ward="Trường Vinh")
    assert [article["title"] for article in found["items"]] == ["Tin"]
    assert found["meant"]["includes"] == ["Phường Hưng Phúc, Vinh, Nghệ An"]


def test_filters_when_one_is_added_then_it_has_a_meaning_in_the_description(shelf: Shelf) -> None:
    described = shelf.server.api("/openapi.json")["paths"]["/api/v1/articles"]["get"]["parameters"]
    meanings = {one["name"]: one.get("description", "") for one in described}
    assert set(meanings) >= {*Filters.__slots__, "q", "order", "limit", "after", "fields"} - {"words", "visibility"}
    assert not [name for name, meaning in meanings.items() if not meaning]


def test_server_when_the_database_is_replaced_then_it_reads_the_new_one(shelf: Shelf, tmp_path: Path) -> None:
    path = tmp_path / "phuongchi.db"
    for name in (path, tmp_path / "new.db"):
        create(f"sqlite:///{name}", now=NOW)
    with serve(f"sqlite:///{path}", tmp_path) as server:
        before = server.get("/api/v1")
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)
        (tmp_path / "new.db").replace(path)
        after = server.get("/api/v1", headers={"If-None-Match": before.headers["ETag"]})
        assert after.status == 200
        assert after.json["archive"] != before.json["archive"]
        old = server.get("/api/v1/changes", after=before.json["cursor"])
        assert old.status == 400


def test_changes_when_followed_then_every_entry_and_at_the_end_it_waits(own_shelf: Shelf) -> None:
    library, server = own_shelf.library, own_shelf.server
    names = [library.article(f"Tin {number}") for number in range(3)]
    first = server.api("/changes", limit=2)
    assert ([item["article"] for item in first["items"]], first["more"]) == (names[:2], True)
    rest = server.api("/changes", after=first["next"], expand="true")
    assert [item["object"]["title"] for item in rest["items"]] == ["Tin 2"]
    assert rest["more"] is False
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(server.api, "/changes", after=rest["next"], wait=30, expand="true")
        library.set_visibility(names[0], "withheld")
        [told] = waiting.result()["items"]
    assert (told["kind"], told["object"]["visibility"], told["object"]["text"]) == ("withheld", "withheld", "")
    assert server.api("/changes", after=told["cursor"])["items"] == []


def test_changes_when_the_epoch_is_another_then_gone_with_the_way_to_resync(own_shelf: Shelf) -> None:
    own_shelf.library.article("Tin")
    cursor = own_shelf.server.api("")["cursor"]
    with own_shelf.library.db.write() as connection:
        connection.execute(update(schema.archive).values(epoch=2))
    answer = own_shelf.server.get("/api/v1/changes", after=cursor)
    assert (answer.status, answer.json["type"]) == (410, "urn:phuongchi:problem:old-cursor")
    assert "Start again without a cursor" in answer.json["cure"]
