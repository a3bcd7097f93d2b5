"""What every request passes: only reading, known names, room; and what each answer says of how it may be used."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from access.api import changes
from access.api.guard import CSP
from access.api.problems import MEDIA_TYPE
from access.app import ROUTERS
from storage import reader
from storage.engine import connect
from storage.errors import TooSlow
from storage.serving import connect_to_serve
from tests.access.conftest import Shelf
from tests.access.served import serve


def test_methods_when_they_could_write_then_405_everywhere_and_nothing_changed(shelf: Shelf) -> None:
    path = Path(shelf.url.removeprefix("sqlite:///"))
    before = hashlib.sha256(path.read_bytes()).digest()
    paths = [route.path for router in ROUTERS for route in router.routes]
    assert "/api/v1/articles" in paths
    asked = [(place, "POST") for place in paths]
    asked += [("/api/v1/articles", method) for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "X")]
    for place, method in asked:
        answer = shelf.server.get(place, method=method, headers={"X-HTTP-Method-Override": "GET"})
        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert hashlib.sha256(path.read_bytes()).digest() == before


def test_head_when_asked_then_the_headers_of_get_and_no_body(shelf: Shelf) -> None:
    for place in ("/api/v1/articles", "/health", "/static/phuongchi.css", "/nothing"):
        get, head = shelf.server.get(place), shelf.server.get(place, method="HEAD")
        assert (head.status, head.body) == (get.status, b"")
        assert head.headers.get("Content-Length") == get.headers.get("Content-Length")


def test_host_when_it_is_another_then_refused(shelf: Shelf) -> None:
    for host, status in (
        ("evil.example", 400),
        ("localhost:9", 200),
        ("192.0.2.7:8001", 200),
        ("[::1]", 200),
        ("a b", 400),
    ):
        assert shelf.server.get("/api/v1", headers={"Host": host}).status == status


def test_headers_when_anything_is_answered_then_nothing_of_it_runs_or_is_framed(shelf: Shelf) -> None:
    for place in ("/api/v1/articles", "/nothing", "/static/phuongchi.css", "/api/v1/articles/x", "/atom"):
        headers = shelf.server.get(place, headers={"Origin": "https://evil.example", "Accept": "text/html"}).headers
        assert headers["Content-Security-Policy"] == CSP
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert "Access-Control-Allow-Origin" not in headers
        assert "Set-Cookie" not in headers


def test_cors_when_allowed_then_only_for_programs_and_without_credentials(shelf: Shelf) -> None:
    with serve(shelf.url, shelf.library.folder, cors=True) as server:
        asked = {"Origin": "https://other.example", "Access-Control-Request-Method": "GET"}
        assert server.get("/api/v1", headers=asked).headers["Access-Control-Allow-Origin"] == "*"
        assert server.get("/api/v1/articles", method="OPTIONS", headers=asked).status == 204
        assert "Access-Control-Allow-Origin" not in server.get("/nothing", headers=asked).headers
        assert "Access-Control-Allow-Credentials" not in server.get("/api/v1", headers=asked).headers


def test_error_when_a_browser_asks_then_a_page_that_escapes(shelf: Shelf) -> None:
    page = shelf.server.get("/<script>alert(1)</script>", headers={"Accept": "text/html,*/*"})
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Không tìm thấy trang này" in page.body.decode()
    assert b"<script" not in page.body
    assert shelf.server.get("/api/v1/x", headers={"Accept": "text/html"}).headers["Content-Type"] == MEDIA_TYPE


def test_room_when_there_is_none_then_503_with_retry_after_and_health_answers(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, begun = threading.Event(), threading.Semaphore(0)
    real = reader.about

    def slow(db: Any) -> Any:
        begun.release()
        assert go.wait(60)
        return real(db)

    with serve(shelf.url, shelf.library.folder, concurrent=2, waiting=4, patience=0.05) as server:
        with ThreadPoolExecutor(4) as others, monkeypatch.context() as patched:
            patched.setattr("access.api.description.reader.about", slow)
            asked = [others.submit(server.get, "/api/v1") for _ in range(2)]
            for _ in asked:
                assert begun.acquire(timeout=60)
            refused = server.get("/api/v1/portals")
            page = server.get("/nguon", headers={"Accept": "text/html"})
            go.set()
            assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
            assert refused.json["type"] == "urn:phuongchi:problem:busy"
            assert page.status == 503 and "Máy chủ đang bận" in page.body.decode()
            assert [one.result().status for one in asked] == [200, 200]
        assert server.get("/api/v1/portals").status == 200
        assert server.get("/health").json["status"] == "ok"


def test_room_when_many_wait_for_news_then_others_are_answered_and_who_is_too_many_comes_later(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = threading.Semaphore(0)
    real = changes._wait_for_news

    async def told(*given: Any) -> None:
        waiting.release()
        await real(*given)

    monkeypatch.setattr(changes, "_wait_for_news", told)
    cursor = shelf.server.api("")["cursor"]
    room = {"concurrent": 1, "waiting": 1, "following": 3}
    with serve(shelf.url, shelf.library.folder, **room) as server, ThreadPoolExecutor(3) as others:
        asked = []
        for _ in range(3):
            asked.append(others.submit(server.get, "/api/v1/changes", after=cursor, wait=60))
            assert waiting.acquire(timeout=60)
        assert server.get("/api/v1/portals").status == 200
        refused = server.get("/api/v1/changes", after=cursor, wait=60)
        assert (refused.status, refused.headers["Retry-After"]) == (503, "15")
        assert server.get("/api/v1/changes", after=cursor).json["items"] == []
        server.app.state.serving.stopping.set()
        assert [(one.result().status, one.result().json["items"]) for one in asked] == [(200, [])] * 3


ENDLESS = {
    "sqlite": "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT count(*) FROM generate_series(1, 9223372036854775806::bigint)",
}


@pytest.mark.slow
def test_question_when_it_takes_too_long_then_broken_off_and_the_next_is_answered(database_url: str) -> None:
    connect(database_url).close()
    db = connect_to_serve(database_url, seconds=0.5)
    for _ in range(2):
        with pytest.raises(TooSlow), db.read() as connection:
            connection.execute(text(ENDLESS[db.dialect]))
        assert reader.about(db).epoch == 1
    db.close()


def test_question_when_it_takes_too_long_then_503_with_retry_after(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(db: Any, **_: Any) -> Any:
        with db.read() as connection:
            connection.execute(text(ENDLESS["sqlite"]))

    monkeypatch.setattr("access.api.portals.catalogue.portals", endless)
    with serve(shelf.url, shelf.library.folder, seconds=0.1) as server:
        answer = server.get("/api/v1/portals")
    assert (answer.status, answer.json["type"]) == (503, "urn:phuongchi:problem:too-slow")
    assert int(answer.headers["Retry-After"]) > 0


def test_bug_when_there_is_one_then_500_that_tells_nothing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> Any:
        raise RuntimeError("password=geheim")

    monkeypatch.setattr("access.api.portals.catalogue.portals", broken)
    answer = shelf.server.get("/api/v1/portals")
    assert (answer.status, answer.json["type"]) == (500, "urn:phuongchi:problem:internal")
    assert b"geheim" not in answer.body
