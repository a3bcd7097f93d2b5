"""What goes wrong at a portal stays there: one row each, the visit goes on, the other portals never notice."""

from __future__ import annotations

import socket
import ssl
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from crawler.fetch.failures import CLASSES
from phuongchi.demo.site import Reply, serve
from storage import runs, schema, warc
from storage.engine import connect
from storage.records import Portal, RecordRef, RobotsOverride, portal_id
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.faulty.fault import Again, page
from tests.fetch.faulty.server import Faulty, running
from tests.fetch.faulty.wire import ANNOUNCED, CHUNKED, HEAD
from tests.fetch.servers import http, raw, untrusted
from tests.fetch.sites import News, article_path

pytestmark = pytest.mark.slow


def moved(to: str, status: int = 302) -> Reply:
    return Reply(b"moved", status, (("Location", to), ("Content-Type", "text/html")))


def links(*paths: str) -> Reply:
    lines = "".join(f'<li><a href="{path}">Hội nghị tổng kết công tác năm của phường {path}</a></li>' for path in paths)
    return Reply(f"<html><body><ul>{lines}</ul></body></html>".encode())


# --- robots.txt -----------------------------------------------------------------------------------------------------


def test_robots_when_a_path_is_disallowed_then_it_is_never_asked(archive: Archive) -> None:
    robots = Reply(b"User-agent: *\nDisallow: /tin-tuc/\n", headers=(("Content-Type", "text/plain"),))
    with serve([News(count=12, robots=robots)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        assert not any(target.startswith("/tin-tuc/") for _, target, _ in world.requests)
    assert ("robots.disallowed", url.rstrip("/") + article_path(12)) in archive.failures()
    [kept] = archive.captures(purpose="robots")
    assert (kept["status"], kept["series"]) == (200, "keep")


@pytest.mark.parametrize("status", [429, 503])
def test_robots_when_server_cannot_give_it_then_nothing_is_fetched_and_the_visit_is_deferred(
    archive: Archive, status: int
) -> None:
    with serve([News(robots=Reply(b"busy", status)), News(name="other", count=3)]) as world:
        url, other = world.urls["news"], world.urls["other"]
        assert archive.crawl(url, other) == 0
        assert {target for site, target, _ in world.requests if site == "news"} == {"/robots.txt"}
    visit = archive.visit(url)
    assert (visit["state"], visit["cause"]) == ("deferred", "robots.unavailable")
    assert archive.visit(other)["state"] == "done"


@pytest.mark.parametrize(("hours", "state"), [(20, "done"), (25, "deferred")])
def test_robots_when_asked_within_a_day_then_what_it_said_still_holds_and_it_is_left_alone(
    archive: Archive, hours: int, state: str
) -> None:
    forbidding = Reply(b"User-agent: *\nDisallow: /tin-tuc/\n", headers=(("Content-Type", "text/plain"),))
    with serve([News(count=3, robots=forbidding)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        world.sites["news"].robots = Reply(b"busy", 503)  # type: ignore[attr-defined]
        world.requests.clear()
        assert archive.crawl(url, at=NIGHT + timedelta(hours=hours)) == 0
        asked = {target for _, target, _ in world.requests}
    assert archive.visit(url)["state"] == state
    assert (("/" in asked), ("/robots.txt" in asked)) == (state == "done", state == "deferred")
    assert not any(target.startswith("/tin-tuc/") for target in asked)


def test_crawl_when_a_platform_is_stopped_then_its_portals_wait_and_others_go_on(archive: Archive) -> None:
    archive.settings = replace(archive.settings, stopped_platforms=("nukeviet",))
    with serve([News(count=3), News(name="other", count=3)]) as world:
        url, other = world.urls["news"], world.urls["other"]
        stopped = Portal(id=portal_id(url), url=url, platform="nukeviet")
        assert archive.crawl(stopped, other) == 0
        assert not [target for site, target, _ in world.requests if site == "news"]
    visit = archive.visit(url)
    assert (visit["state"], visit["cause"]) == ("deferred", "platform.stopped")
    assert "fetch.stopped_platforms" in visit["detail"]
    assert archive.visit(other)["state"] == "done"


def test_robots_when_portal_has_an_override_then_it_is_archived_and_ignored(archive: Archive) -> None:
    robots = Reply(b"User-agent: *\nDisallow: /\n", headers=(("Content-Type", "text/plain"),))
    with serve([News(count=3, robots=robots)]) as world:
        url = world.urls["news"]
        leave = RobotsOverride("agreed with the ward", "2026-12-31")
        assert archive.crawl(Portal(id=portal_id(url), url=url, robots_override=leave)) == 0
    assert len(archive.captures(purpose="robots")) == 1
    assert len([row for row in archive.captures() if "hoi-nghi" in row["url"]]) == 3


def test_robots_when_it_redirects_to_another_port_then_nobody_asks_there(archive: Archive) -> None:
    with serve([News(name="canary")]) as beside, serve([News(count=3)]) as world:
        world.sites["news"].robots = moved(beside.urls["canary"] + "robots.txt")  # type: ignore[attr-defined]
        assert archive.crawl(world.urls["news"]) == 0
        assert beside.requests == []


def test_robots_when_it_names_a_sitemap_then_its_pages_are_found(archive: Archive) -> None:
    with serve([News(count=3)]) as world:
        url = world.urls["news"]
        site = world.sites["news"]
        site.robots = Reply(f"Sitemap: {url}ban-do.xml\n".encode(), headers=(("Content-Type", "text/plain"),))  # type: ignore[attr-defined]
        listed = f"<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>{url}an/bai-viet-khong-co-o-dau-ca-99.html</loc></url></urlset>"
        site.extra = {"/ban-do.xml": Reply(listed.encode(), headers=(("Content-Type", "application/xml"),))}  # type: ignore[attr-defined]
        assert archive.crawl(url) == 0
        assert "/an/bai-viet-khong-co-o-dau-ca-99.html" in {target for _, target, _ in world.requests}


def test_robots_when_it_names_sitemaps_elsewhere_then_only_those_of_the_portal_are_asked(archive: Archive) -> None:
    with serve([News(name="canary")]) as beside, serve([News(count=0)]) as world:
        url = world.urls["news"]
        named = (f"{url}xa/ban-do.xml", f"{url}khac/ban-do.xml", beside.urls["canary"] + "ban-do.xml")
        lines = "".join(f"Sitemap: {address}\n" for address in named)
        world.sites["news"].robots = Reply(lines.encode(), headers=(("Content-Type", "text/plain"),))  # type: ignore[attr-defined]
        assert archive.crawl(f"{url}xa/") == 0
        asked = {target for _, target, _ in world.requests}
        assert beside.requests == []
    assert "/xa/ban-do.xml" in asked
    assert "/khac/ban-do.xml" not in asked


def test_guesses_when_nothing_is_there_then_they_are_no_failures_and_not_asked_the_next_night(archive: Archive) -> None:
    with serve([News(count=3)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        guessed = {"/feed/", "/rss/", "/rss.xml", "/sitemap.xml"}
        assert guessed <= {target for _, target, _ in world.requests}
        world.requests.clear()
        assert archive.crawl(url, at=NIGHT + timedelta(days=1)) == 0
        assert not guessed & {target for _, target, _ in world.requests}
    assert archive.failures() == []


# --- redirects and the guard ----------------------------------------------------------------------------------------


def test_redirect_when_it_stays_on_the_portal_then_each_hop_is_archived(archive: Archive) -> None:
    extra = {"/": links("/cu-1.html"), "/cu-1.html": moved("/cu-2.html", 301), "/cu-2.html": moved(article_path(2))}
    with serve([News(count=3, extra=extra)]) as world:
        url = world.urls["news"].rstrip("/")
        assert archive.crawl(url + "/") == 0
        asked = [target for _, target, _ in world.requests]
    hops = {row["url"]: row for row in archive.captures()}
    assert hops[url + "/cu-1.html"]["status"] == 301
    assert hops[url + "/cu-1.html"]["location"] == url + "/cu-2.html"
    assert hops[url + "/cu-2.html"]["location"] == url + article_path(2)
    assert hops[url + article_path(2)]["unread"]
    assert asked.count(article_path(2)) == 1


def test_redirect_when_two_pages_lead_to_one_then_it_is_asked_once(archive: Archive) -> None:
    extra = {
        "/": links("/a-1.html", "/a-2.html"),
        "/a-1.html": moved(article_path(1)),
        "/a-2.html": moved(article_path(1)),
    }
    with serve([News(count=3, extra=extra)]) as world:
        assert archive.crawl(world.urls["news"]) == 0
        assert [target for _, target, _ in world.requests].count(article_path(1)) == 1


def test_redirect_when_it_leaves_the_portal_then_it_is_refused_and_recorded(archive: Archive) -> None:
    with serve([News(name="canary")]) as beside, serve([News(count=3)]) as world:
        url = world.urls["news"].rstrip("/")
        away = ["/di-1.html", "/di-2.html", "/di-3.html"]
        world.sites["news"].extra = {  # type: ignore[attr-defined]
            "/": links(*away, beside.urls["canary"] + "thang-1.html"),
            away[0]: moved(beside.urls["canary"]),
            away[1]: moved("http://169.254.169.254/latest/meta-data/"),
            away[2]: moved("file:///etc/passwd"),
        }
        assert archive.crawl(url + "/") == 0
        assert beside.requests == []
    assert {("redirect.offsite", url + path) for path in away} <= set(archive.failures())
    assert archive.visit(url + "/")["state"] == "done"


def test_redirect_when_it_goes_in_a_circle_or_on_for_ever_then_it_ends_after_five(archive: Archive) -> None:
    class Endless(News):
        def reply(self, target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            if target.startswith("/x-"):
                return moved(f"/x-{int(target[3:-5]) + 1}.html")
            return super().reply(target, headers, night=night, hit=hit)

    with serve(
        [Endless(count=0, extra={"/": links("/x-1.html", "/vong-1.html"), "/vong-1.html": moved("/vong-1.html")})]
    ) as world:
        url = world.urls["news"].rstrip("/")
        assert archive.crawl(url + "/") == 0
        assert sum(target.startswith("/x-") for _, target, _ in world.requests) == 6
    assert {("redirect.limit", url + "/x-6.html"), ("redirect.limit", url + "/vong-1.html")} <= set(archive.failures())


# --- servers that fail ----------------------------------------------------------------------------------------------


def test_portal_when_nothing_listens_then_it_is_unreachable_and_others_go_on(archive: Archive) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    dead = f"http://127.0.0.1:{port}/"
    with serve([News(count=3)]) as world:
        assert archive.crawl(dead, world.urls["news"]) == 0
        assert archive.visit(world.urls["news"])["state"] == "done"
    visit = archive.visit(dead)
    assert (visit["state"], visit["cause"]) == ("unreachable", "net.refused")
    [row] = archive.rows(select(schema.page).where(schema.page.c.url == dead))
    assert row["run"] is None  # still due


@pytest.mark.parametrize("kept", [True, False], ids=["old host kept", "old host struck out"])
def test_portal_when_it_has_moved_from_a_dead_host_then_the_new_one_is_visited(archive: Archive, kept: bool) -> None:
    with serve([News(count=12)]) as world:
        old = world.urls["news"]
        assert archive.crawl(old) == 0
        known = len(archive.captures())
    with serve([News(count=14)]) as world:
        new, places = world.urls["news"], tuple(urlsplit(url).netloc for url in (world.urls["news"], old))
        portal = Portal(portal_id(old), new, hosts=places[: 1 + kept], allow_private=places[: 1 + kept])
        for night in (1, 2):
            world.requests.clear()
            assert archive.crawl(portal, at=NIGHT + night * timedelta(days=1)) == 0
            visit = archive.visit(old)
            assert (visit["state"], visit["cause"], visit["counts"].get("failed", 0)) == ("done", "", 0)
            assert f"{places[1]}: " in visit["detail"]
            assert "/" in {target for _, target, _ in world.requests}
    asked = {row["url"] for row in archive.captures()[known:]}
    assert {new.rstrip("/") + article_path(number) for number in range(1, 15)} <= asked
    assert not [url for url in asked if url.startswith(old)]
    [server] = archive.rows("select server from portal")
    assert server["server"] == places[0]
    assert set(archive.failures()) <= {("net.refused", old + "robots.txt")}


def test_portal_when_it_dies_in_mid_run_then_the_breaker_ends_the_visit_and_pages_stay(archive: Archive) -> None:
    with serve([News()]) as world:
        site = world.sites["news"]
        original = site.reply

        def dying(target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            if "hoi-nghi" in target and int(target.rpartition("-")[2][:-5]) < 25:
                return Reply(b"down", 500)
            return original(target, headers, night=night, hit=hit)

        site.reply = dying  # type: ignore[method-assign]
        url = world.urls["news"]
        assert archive.crawl(url) == 0
    visit = archive.visit(url)
    assert (visit["state"], visit["cause"]) == ("partial", "http.5xx")
    assert len([row for row in archive.captures(status=200) if "hoi-nghi" in row["url"]]) == 6


def test_page_when_it_fails_once_then_the_second_try_succeeds(archive: Archive) -> None:
    with serve([News(count=3)]) as world:
        site = world.sites["news"]
        original, tries = site.reply, []

        def flaky(target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            if target == article_path(2):
                tries.append(target)
                if len(tries) == 1:
                    return Reply(b"busy", 503, (("Retry-After", "0"), ("Content-Type", "text/html")))
            return original(target, headers, night=night, hit=hit)

        site.reply = flaky  # type: ignore[method-assign]
        assert archive.crawl(world.urls["news"]) == 0
    assert len(tries) == 2
    assert [row["status"] for row in archive.captures() if row["url"].endswith("-2.html")] == [503, 200]
    assert archive.failures() == []


def test_portal_when_it_asks_for_a_long_pause_then_it_is_deferred(archive: Archive) -> None:
    wait = Reply(b"later", 503, (("Retry-After", "7200"), ("Content-Type", "text/html")))
    with serve([News(count=3, extra={article_path(2): wait})]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        assert (archive.visit(url)["state"], archive.visit(url)["cause"]) == ("deferred", "retry.later")
        asked = len(world.requests)
        assert archive.crawl(url, at=NIGHT + timedelta(minutes=30)) == 0
        assert len(world.requests) == asked
        assert archive.crawl(url, at=NIGHT + timedelta(hours=3), max_pages=2) == 0
        assert len(world.requests) > asked


@pytest.mark.parametrize("tls", [False, True], ids=["http", "https"])
def test_page_when_its_body_takes_too_long_then_what_came_is_kept_and_marked(
    archive: Archive, tmp_path: Path, tls: bool
) -> None:
    archive.settings = replace(archive.settings, timeout=1.0, retry_delays=())
    slow = {path: (*steps, Again(b"4\r\n<p>x\r\n" if steps == (CHUNKED,) else b"<p>tin", 100, 0.1)) for path, steps in
            (("/do-dai-1.html", (ANNOUNCED,)), ("/khong-do-dai-2.html", (HEAD, b"\r\n")), ("/manh-3.html", (CHUNKED,)))}  # fmt: skip
    home = http(links(*slow, "/tot-99.html").body)
    day = timedelta(days=1)
    context = untrusted(tmp_path, datetime.now(UTC) - day, datetime.now(UTC) + day) if tls else None
    with running(Faulty({**slow, "/": (home,), "/tot-99.html": (http(b"<p>tot</p>"),)}, tls=context)) as server:
        assert archive.crawl(Portal(id=portal_id(server.url), url=server.url, tls="accept-invalid")) == 0
    root = server.url.rstrip("/")
    assert archive.failures() == [("timeout.total", root + path) for path in slow]
    kept = {row["url"].removeprefix(root): row for row in archive.captures()}
    assert kept["/tot-99.html"]["status"] == 200
    for path in slow:
        row = kept[path]
        assert (row["truncated"], row["unread"]) == ("time", False)
        ref = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        assert warc.read_payload(archive.folder, ref).body.startswith(b"<p>")


def test_file_when_it_takes_too_long_then_it_is_kept_as_far_as_it_came_and_asked_once_a_run(archive: Archive) -> None:
    archive.settings = replace(archive.settings, attachment_timeout=0.5)
    article, path = "/tin-tuc/ke-hoach-1.html", "/tai-lieu/ke-hoach-1.pdf"
    pages = {"/": (http(links(article).body),), article: (http(page(extra=f"<a href='{path}'>Kế hoạch</a>")),)}
    slow = (ANNOUNCED.replace(b"text/html", b"application/pdf"), Again(b"%PDF", 100, 0.1))
    with running(Faulty({**pages, path: slow})) as server:
        assert archive.crawl(server.url) == 0
    assert server.paths().count(path) == 1
    [row] = [row for row in archive.captures() if row["url"].endswith(path)]
    assert (row["truncated"], row["unread"], row["size"] > 0) == ("time", False, True)
    assert archive.failures() == [("timeout.total", row["url"])]


GARBAGE = {
    "/im-lang-1.html": (None, "timeout.total"),
    "/rac-2.html": (b"this is not http\r\n\r\n", "http.malformed"),
    "/ngan-3.html": (http(b"<p>half", length=1000), "http.incomplete"),
    "/dut-4.html": (b"", "net.reset"),
    "/chunk-5.html": (http(b"5\r\nhello\r\nzz\r\n", "Transfer-Encoding: chunked"), "http.incomplete"),
    "/nen-6.html": (http(b"\x1f\x8b not gzip at all", "Content-Encoding: gzip"), "http.coding"),
    "/mat-7.html": (http(b"gone", status="410 Gone"), "http.404"),
    "/mat-nua-10.html": (http(b"half", status="404 Not Found", length=1000), "http.404"),
    "/cam-8.html": (http(b"no", status="403 Forbidden"), "http.4xx"),
    "/anh-9.html": (http(b"GIF89a").replace(b"text/html", b"image/gif"), "content.type"),
}


def test_pages_when_a_server_answers_garbage_then_each_has_its_class_and_the_good_ones_are_kept(
    archive: Archive,
) -> None:
    archive.settings = replace(archive.settings, timeout=1.0, retry_delays=())
    home = links(*GARBAGE, "/tot-99.html").body

    def answer(path: str) -> bytes | None:
        if path in GARBAGE:
            return GARBAGE[path][0]
        return (
            http(home) if path == "/" else http(b"<p>tot</p>") if path == "/tot-99.html" else http(b"", status="404 N")
        )

    with raw(answer) as server:
        assert archive.crawl(server.url) == 0
    root = server.url.rstrip("/")
    assert {url.removeprefix(root): kind for kind, url in archive.failures()} == {
        path: kind for path, (_, kind) in GARBAGE.items()
    }
    assert {row["status"] for row in archive.captures() if "tot-99" in row["url"]} == {200}
    assert {kind for kind, _ in archive.failures()} <= set(CLASSES)


def test_page_when_body_is_endless_then_it_is_cut_and_marked(archive: Archive) -> None:
    archive.settings = replace(archive.settings, max_body=200_000)
    flood = http(
        b"186A0\r\n" + b"x" * 100_000 + b"\r\n" + b"F4240\r\n" + b"y" * 1_000_000, "Transfer-Encoding: chunked"
    )

    def answer(path: str) -> bytes:
        return http(links("/dai-1.html").body) if path == "/" else flood if "dai" in path else http(b"", status="404 N")

    with raw(answer) as server:
        assert archive.crawl(server.url) == 0
    [row] = [row for row in archive.captures() if "dai-1" in row["url"]]
    assert row["truncated"] == "length"
    assert 200_000 < row["size"] < 1_000_000
    payload = warc.read_payload(archive.folder, RecordRef(row["series"], row["file"], row["offset"], row["length"]))
    assert payload.truncated == "length"
    assert [kind for kind, _ in archive.failures()] == ["size.body"]


def test_page_when_it_is_too_large_for_links_then_its_beginning_is_searched_and_all_of_it_kept(
    archive: Archive,
) -> None:
    large = Reply(
        b"<html><body><h1>Lon</h1><a href='/mot-1.html'>Mot</a>"
        + b"<p>Noi dung</p>" * 400_000
        + b"<a href='/khac-2.html'>x</a></body></html>"
    )
    with serve([News(count=0, extra={"/": links("/lon-1.html"), "/lon-1.html": large})]) as world:
        url = world.urls["news"].rstrip("/")
        assert archive.crawl(url + "/") == 0
        asked = {target for _, target, _ in world.requests}
    assert "/mot-1.html" in asked
    assert "/khac-2.html" not in asked
    [row] = [row for row in archive.captures() if "lon-1" in row["url"]]
    assert row["unread"]
    assert ("limit.links", url + "/lon-1.html") in archive.failures()


@pytest.mark.parametrize(("tls", "state"), [("verify", "unreachable"), ("accept-invalid", "done")])
def test_portal_when_certificate_is_invalid_then_only_an_excused_one_is_fetched(
    archive: Archive, tmp_path: Path, tls: str, state: str
) -> None:
    context: ssl.SSLContext = untrusted(tmp_path)
    with raw(lambda path: http(links().body) if path == "/" else http(b"", status="404 N"), tls=context) as server:
        portal = Portal(id=portal_id(server.url), url=server.url, tls=tls)  # type: ignore[arg-type]
        assert archive.crawl(portal) == 0
        assert bool(server.paths) is (tls == "accept-invalid")
    visit = archive.visit(server.url)
    assert visit["state"] == state
    assert tls == "accept-invalid" or visit["cause"] == "tls.invalid"


def test_crawl_when_the_lease_was_taken_over_then_it_ends_and_writes_nothing(archive: Archive) -> None:
    db = connect(archive.url)
    taken: list[bool] = []

    def take_over(event: object) -> int:
        if not taken and isinstance(event, dict) and event["event"] == "page":
            taken.append(True)
            with db.write() as conn:
                conn.exec_driver_sql("update lease set fence = fence + 1 where name = 'crawl'")
        return 0

    with serve([News()]) as world:
        assert archive.crawl(world.urls["news"], kill=take_over) == 3
    rows = len(archive.captures())
    assert rows < 36
    assert runs.last_run(db) is not None
    db.close()
