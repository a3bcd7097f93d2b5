"""A whole site through the fetching half, and again on the nights after."""

from __future__ import annotations

import re
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from phuongchi.demo.site import Reply, World, serve
from storage import warc
from storage.records import RecordRef
from tests.fetch.crawling import NIGHT, Archive
from tests.fetch.sites import News, article_path

DAY = timedelta(days=1)


def asked(world: World) -> Counter[str]:
    """How often each target was asked since the last call."""
    counts = Counter(target for _, target, _ in world.requests)
    world.requests.clear()
    return counts


def test_crawl_when_site_has_lists_then_every_page_is_asked_once_and_kept(any_archive: Archive) -> None:
    archive = any_archive
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        counts = asked(world)

    assert [target for target, count in counts.items() if count > 1] == []
    assert {article_path(number) for number in range(1, 31)} <= set(counts)
    captures = archive.captures()
    assert len(captures) == sum(counts.values())
    for row in captures:
        record = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        assert warc.read_payload(archive.folder, record).status == row["status"]
    visit = archive.visit(url)
    assert (visit["state"], visit["counts"]["answered"]) == ("done", 33)
    articles = [row for row in captures if "hoi-nghi" in row["url"]]
    assert len(articles) == 30
    assert all(row["unread"] and row["series"] == "keep" for row in articles)
    [portal] = archive.rows("select * from portal")
    assert portal["backfilled"]
    assert url.rstrip("/").endswith(portal["server"])
    files = archive.rows("select * from warc_file")
    assert {row["state"] for row in files} == {"closed"}
    assert all((archive.folder / "warc" / row["name"]).stat().st_size == row["bytes"] for row in files)


@pytest.mark.slow
def test_crawl_when_night_two_then_lists_are_whole_and_articles_conditional(any_archive: Archive) -> None:
    archive = any_archive
    site = News(tonight=2, edited=frozenset({7}))
    with serve([site]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        asked(world)
        world.night = 2
        assert archive.crawl(url, at=NIGHT + DAY) == 0
        heads = {target: headers for _, target, headers in world.requests}
        counts = asked(world)
        world.night = 3
        assert archive.crawl(url, at=NIGHT + 2 * DAY) == 0
        third = asked(world)

    assert "if-none-match" not in heads["/"]
    assert "if-none-match" in heads[article_path(7)]
    assert "if-none-match" not in heads[article_path(31)]
    assert set(counts) == {"/robots.txt", "/", "/tin-tuc/trang-2.html"} | {article_path(n) for n in range(1, 33)}
    [run] = archive.rows("select max(run) as run from capture where run < (select max(run) from capture)")
    second = archive.captures(run=run["run"])
    unread = {row["url"].rpartition("-")[2] for row in second if row["unread"] and row["purpose"] != "listing"}
    assert unread == {"7.html", "31.html", "32.html"}
    assert {row["status"] for row in second if row["url"].endswith("-5.html")} == {304}
    assert {row["series"] for row in second if row["url"].endswith("-5.html")} == {"watch"}
    assert set(third) == {"/robots.txt", "/", article_path(31), article_path(32)}


@pytest.mark.slow
def test_crawl_when_a_listing_line_changes_then_its_article_is_asked_again(archive: Archive) -> None:
    with serve([News(count=12)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        assert archive.crawl(url, at=NIGHT + DAY) == 0
        asked(world)
        home = world.sites["news"].reply("/", {}, night=1, hit=1)
        changed = home.body.replace("năm lần thứ 9 của".encode(), "năm lần thứ chín của".encode())
        world.sites["news"].extra = {"/": replace(home, body=changed)}  # type: ignore[attr-defined]
        assert archive.crawl(url, at=NIGHT + 2 * DAY) == 0
        counts = asked(world)
    assert set(counts) == {"/robots.txt", "/", article_path(9)}


@pytest.mark.slow
def test_crawl_when_full_then_everything_known_is_asked_again(archive: Archive) -> None:
    with serve([News(count=12)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        first = asked(world)
        assert archive.crawl(url, at=NIGHT + timedelta(hours=1), full=True) == 0
        again = asked(world)
    assert first == again


@pytest.mark.slow
def test_crawl_when_max_pages_is_reached_then_the_next_run_goes_on(archive: Archive) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url, max_pages=12) == 0
        first = asked(world)
        visit = archive.visit(url)
        assert (visit["state"], visit["cause"]) == ("partial", "limit.pages")
        assert archive.crawl(url, at=NIGHT + timedelta(minutes=5)) == 0
        second = asked(world)
    assert sum(first.values()) == 13
    assert {target for target in first if target in second} == {"/"}
    assert {article_path(number) for number in range(1, 31)} <= set(first) | set(second)
    assert archive.visit(url)["state"] == "done"


@pytest.mark.slow
def test_crawl_when_since_is_newer_than_a_list_then_its_paging_is_not_walked(archive: Archive) -> None:
    with serve([News()]) as world:
        url = world.urls["news"]
        assert archive.crawl(url, since=NIGHT) == 0
        counts = asked(world)
    assert not any("trang-" in target for target in counts)


@pytest.mark.slow
def test_crawl_when_an_earlier_date_is_given_then_the_walk_goes_on_from_where_it_ended(archive: Archive) -> None:
    class Dated(News):
        """Five lists, each of another month, going back; each links only the next one."""

        def reply(self, target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            answer = super().reply(target, headers, night=night, hit=hit)
            number = int(target.removeprefix("/tin-tuc/trang-").removesuffix(".html")) if "trang-" in target else 1
            body = answer.body.decode().replace("/10/2026", f"/{11 - number:02}/2026")
            return replace(
                answer, body=re.sub(rf'<a href="[^"]*trang-(?!{number + 1}\.)\d+.html">\d+</a>', "", body).encode()
            )

    def lists() -> set[str]:
        return {target for target in asked(world) if "trang-" in target}

    with serve([Dated(count=50)]) as world:
        url = world.urls["news"]
        assert archive.crawl(url, since=datetime(2026, 9, 5, tzinfo=UTC)) == 0
        assert lists() == {"/tin-tuc/trang-2.html", "/tin-tuc/trang-3.html"}
        assert archive.crawl(url, at=NIGHT + DAY) == 0
        assert lists() == set()
        assert archive.crawl(url, at=NIGHT + 2 * DAY, since=datetime(2026, 10, 1, tzinfo=UTC)) == 0
        assert lists() == set()
        assert archive.crawl(url, at=NIGHT + 3 * DAY, since=datetime(2026, 7, 15, tzinfo=UTC)) == 0
        assert lists() == {"/tin-tuc/trang-4.html", "/tin-tuc/trang-5.html"}
    assert len({row["url"] for row in archive.captures() if "hoi-nghi" in row["url"]}) == 50


@pytest.mark.slow
def test_crawl_when_page_links_documents_then_they_come_last_and_are_kept(archive: Archive) -> None:
    page = (
        "<html><body><h1>Thông báo</h1><p>" + "Nội dung thông báo. " * 40 + '</p><a href="/f/b.pdf">b</a></body></html>'
    )
    site = News(
        count=12,
        extra={
            article_path(12): Reply(page.encode()),
            "/f/b.pdf": Reply(b"%PDF-1.4 x", headers=(("Content-Type", "application/pdf"),)),
        },
    )
    with serve([site]) as world:
        url = world.urls["news"]
        assert archive.crawl(url) == 0
        order = [target for _, target, _ in world.requests]
        assert archive.crawl(url, at=NIGHT + DAY) == 0
    assert order[-1] == "/f/b.pdf"
    [file] = archive.captures(purpose="attachment")
    assert (file["media_type"], file["unread"], file["series"]) == ("application/pdf", True, "keep")


@pytest.mark.slow
def test_crawl_when_attachments_are_off_then_none_is_asked(archive: Archive) -> None:
    archive.settings = replace(archive.settings, attachments="none")
    page = Reply(b'<html><body><h1>Thong bao</h1><a href="/f/b.pdf">Thong bao so 12 cua phuong</a></body></html>')
    with serve([News(count=12, extra={article_path(12): page})]) as world:
        assert archive.crawl(world.urls["news"]) == 0
        assert "/f/b.pdf" not in asked(world)


@pytest.mark.slow
def test_crawl_when_two_portals_share_a_server_then_it_is_asked_by_one_at_a_time(archive: Archive) -> None:
    flying, most = 0, 0

    class Counted(News):
        def reply(self, target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            nonlocal flying, most
            flying += 1
            most = max(most, flying)
            for folder in ("/mot", "/hai"):
                target = target.removeprefix(folder) or "/"
            answer = super().reply(target, headers, night=night, hit=hit)
            flying -= 1
            return answer

    with serve([Counted(count=0)]) as world:
        root = world.urls["news"]
        assert archive.crawl(root + "mot/", root + "hai/") == 0
        robots = [target for _, target, _ in world.requests if target == "/robots.txt"]
    assert most == 1
    assert robots == ["/robots.txt"]
    assert {row["state"] for row in archive.rows("select state from visit")} == {"done"}


@pytest.mark.slow
def test_crawl_when_two_names_lead_to_one_server_then_they_take_turns_from_the_first_request_on(
    archive: Archive,
) -> None:
    company = threading.Barrier(2)
    together = []

    class Patient(News):
        """Holds its first answer back until another request comes beside it, or has not come for a while."""

        def reply(self, target, headers, *, night, hit):  # type: ignore[no-untyped-def]
            if target == "/robots.txt" and not company.broken:
                with suppress(threading.BrokenBarrierError):
                    company.wait(0.5)
                    together.append(headers["host"])
            return super().reply(target, headers, night=night, hit=hit)

    with serve([Patient(count=0)]) as world:
        by_address = world.urls["news"]
        by_name = by_address.replace("127.0.0.1", "localhost")
        assert archive.crawl(by_address, by_name) == 0
        hosts = {headers["host"].partition(":")[0] for _, _, headers in world.requests}
    assert hosts == {"127.0.0.1", "localhost"}
    assert together == []
    assert {row["state"] for row in archive.rows("select state from visit")} == {"done"}


@pytest.mark.slow
def test_crawl_when_a_name_leads_nowhere_then_only_its_portal_is_unreachable(archive: Archive) -> None:
    with serve([News(count=0)]) as world:
        url = world.urls["news"]
        assert archive.crawl("http://nowhere.invalid/", url) == 0
    assert (archive.visit("http://nowhere.invalid/")["state"], archive.visit(url)["state"]) == ("unreachable", "done")
    assert archive.visit("http://nowhere.invalid/")["cause"] == "net.dns"


@pytest.mark.slow
def test_crawl_when_a_sitemap_is_long_then_all_its_addresses_are_queued(any_archive: Archive) -> None:
    archive, number = any_archive, 4_500
    with serve([site := News(count=0)]) as world:
        url = world.urls["news"]
        pages = "".join(f"<url><loc>{url}tin-tuc/nam-{n}.html</loc></url>" for n in range(number))
        site.extra = {
            "/sitemap.xml": Reply(f"<urlset>{pages}</urlset>".encode(), headers=(("Content-Type", "text/xml"),))
        }
        assert archive.crawl(url, max_pages=4) == 0
    [queued] = archive.rows("select count(*) as number from page where url like '%/nam-%'")
    [sighted] = archive.rows("select count(*) as number, max(position) as last from sighting where source = 'sitemap'")
    assert (queued["number"], sighted["number"], sighted["last"]) == (number, number, number - 1)
