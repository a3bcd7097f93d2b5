"""A portal that misbehaves in every way we know of: each page gets its class, the healthy ones are kept, nobody else is asked."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crawler.fetch.failures import CLASSES
from phuongchi.demo.site import serve
from storage.records import Portal, portal_id
from tests.fetch.crawling import Archive
from tests.fetch.faulty import heavy
from tests.fetch.faulty.fault import ARCHIVED, http, page
from tests.fetch.faulty.portal import FAULTS, HEALTHY, article_path, portal
from tests.fetch.faulty.rules import MODES, RULES
from tests.fetch.faulty.server import Faulty, Listener, running
from tests.fetch.faulty.tls import CERTIFICATES, NO_TLS, listeners
from tests.fetch.sites import News

pytestmark = pytest.mark.slow


def test_portal_when_it_misbehaves_in_every_way_then_each_has_its_class_and_healthy_articles_are_kept(
    archive: Archive,
) -> None:
    archive.settings = replace(
        archive.settings, timeout=3.0, first_byte=1.0, idle=0.75, retry_delays=(), max_body=2**20
    )
    with running(Listener()) as canary, running(Faulty(portal(), canary=canary.place)) as server:
        with serve([News(count=20)]) as beside:
            assert archive.crawl(server.url, beside.urls["news"], max_pages=3000) == 0
            assert archive.visit(beside.urls["news"])["state"] == "done"
        asked = server.asked
        assert canary.connections == 0
    root = server.url.rstrip("/")
    captures = {row["url"].removeprefix(root): row for row in archive.captures()}
    for number in range(1, HEALTHY + 1):
        assert captures[article_path(number)]["status"] == 200, number
    failed: dict[str, str] = {url.removeprefix(root): kind for kind, url in archive.failures()}
    met = {
        fault.name: failed.get(fault.at or fault.address, ARCHIVED if fault.address in captures else "never asked")
        for fault in FAULTS
    }
    assert met == {fault.name: fault.expect for fault in FAULTS}
    assert set(failed.values()) <= set(CLASSES)
    halves = [captures[fault.address] for fault in FAULTS if fault.expect == "http.incomplete"]
    assert {(row["truncated"], row["unread"]) for row in halves} == {("disconnect", False)}
    assert any(row["size"] for row in halves)
    for path, head in asked:
        lines = head.lower()
        assert "authorization:" not in lines and "cookie:" not in lines and "@" not in urlsplit(path).netloc
    [cost] = [event for event in archive.events if event["event"] == "cost"]
    assert cost["peak_mib"] < 400
    assert cost["longest"] < 1.0


def test_robots_when_served_in_every_way_then_each_portal_is_fetched_or_left_as_the_rfc_says(archive: Archive) -> None:
    archive.settings = replace(archive.settings, timeout=2.0, first_byte=0.7, idle=0.7, retry_delays=(), max_body=2**20)
    links = b"<a href='/tin-tuc/mo-1.html'>Tin cua phuong</a><a href='/kin/tin-1.html'>Tin khac cua phuong</a>"
    pages = {"/": (http(links),), "/tin-tuc/mo-1.html": (http(page()),), "/kin/tin-1.html": (http(page()),)}
    beside = {"/robots-that.txt": (http(RULES, kind="text/plain"),)}
    with ExitStack() as stack:
        canary = stack.enter_context(running(Listener()))
        servers = {
            mode.name: stack.enter_context(
                running(Faulty({**pages, **beside, "/robots.txt": mode.steps}, canary=canary.place))
            )
            for mode in MODES
        }
        assert archive.crawl(*(server.url for server in servers.values())) == 0
        assert canary.connections == 0
    met = {name: (archive.visit(server.url), set(server.paths())) for name, server in servers.items()}
    assert {
        name: ("/tin-tuc/mo-1.html" in paths, "/kin/tin-1.html" in paths, visit["state"], visit["cause"])
        for name, (visit, paths) in met.items()
    } == {mode.name: (mode.page, mode.hidden, mode.state, mode.cause) for mode in MODES}


def test_tls_when_listeners_are_bad_then_only_excused_certificates_are_taken(archive: Archive, tmp_path: Path) -> None:
    archive.settings = replace(archive.settings, timeout=2.0, first_byte=0.7, idle=0.7, retry_delays=())
    expected, said = {}, {}
    with ExitStack() as stack:
        portals: list[Portal] = []
        for kind, listener in listeners(tmp_path).items():
            for tls in ("verify", "accept-invalid"):
                server = stack.enter_context(running(listener()))
                url = f"https://{server.place}/"
                portals.append(Portal(id=portal_id(url), url=url, tls=tls))
                certificate = kind in CERTIFICATES
                taken = certificate and tls == "accept-invalid"
                said[portals[-1].id] = CERTIFICATES[kind] if taken else None
                cause = "" if taken else "tls.invalid" if certificate else NO_TLS[kind]
                expected[kind, tls] = (url, cause)
        assert archive.crawl(*portals) == 0
    assert {key: archive.visit(url)["cause"] for key, (url, _) in expected.items()} == {
        key: cause for key, (_, cause) in expected.items()
    }
    captures = archive.captures()
    assert {row["portal"] for row in captures} == {portal for portal, wrong in said.items() if wrong}
    for row in captures:
        *wrong, sha256 = row["tls"].split()
        assert (tuple(wrong), len(sha256)) == (said[row["portal"]], len("sha256:") + 64)


@pytest.mark.long
def test_portal_when_pages_are_heavy_then_memory_and_the_loop_hold(archive: Archive) -> None:
    archive.settings = replace(archive.settings, timeout=60.0, retry_delays=())
    with running(Listener()) as canary, running(Faulty(portal(heavy.FAULTS), canary=canary.place)) as server:
        with serve([News(count=20)]) as beside:
            assert archive.crawl(server.url, beside.urls["news"], max_pages=200) == 0
            assert archive.visit(beside.urls["news"])["state"] == "done"
        assert canary.connections == 0
        asked = set(server.paths())
    assert {article_path(number) for number in range(1, HEALTHY + 1)} <= asked
    root = server.url.rstrip("/")
    failed = {url.removeprefix(root): kind for kind, url in archive.failures()}
    met = {fault.name: failed.get(fault.address, ARCHIVED) for fault in heavy.FAULTS}
    assert met == {fault.name: fault.expect for fault in heavy.FAULTS}
    [cost] = [event for event in archive.events if event["event"] == "cost"]
    assert (cost["peak_mib"] < 400, cost["longest"] < 1.0) == (True, True), cost
