"""Pages that only a browser can show, drawn by a Chromium that reaches nothing but through the crawl."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from crawler.links.discover import parse_html
from phuongchi.demo.site import Reply, serve
from storage import warc
from storage.records import RecordRef
from storage.warc.reader import read_record
from tests.fetch.crawling import Archive
from tests.fetch.spa import CHROMIUM, Spa, needs_chromium, title_of

pytestmark = [pytest.mark.slow, needs_chromium]
_PATHS = ["/", *(f"/bai-viet/{number}" for number in range(1, 6))]


@pytest.fixture
def drawing(archive: Archive) -> Archive:
    archive.settings = replace(archive.settings, browser=CHROMIUM)
    return archive


@pytest.mark.parametrize(
    "site",
    [Spa(hidden=True), pytest.param(Spa(bundle=False, hidden=True), marks=pytest.mark.long)],
    ids=["bundle", "inline"],
)
def test_crawl_when_only_a_browser_shows_the_pages_then_each_is_drawn_and_kept(drawing: Archive, site: Spa) -> None:
    archive = drawing
    with serve([site]) as world:
        [url] = world.urls.values()
        assert archive.crawl(url) == 0
        asked = Counter(target for _, target, _ in world.requests)
    drawn = archive.captures(origin="rendered")
    assert sorted(row["url"].removeprefix(url.rstrip("/")) for row in drawn) == _PATHS
    assert [row["unread"] for row in drawn].count(True) >= 5
    visit = archive.visit(url)
    assert (visit["state"], visit["counts"]["rendered"]) == ("done", 6)
    assert (visit["cause"], visit["detail"]) == ("needs-browser", "6 pages were drawn by a browser")
    assert asked["/static/main.js"] <= 2  # by the crawl itself, and once for all pages
    for row in drawn:
        ref = RecordRef(row["series"], row["file"], row["offset"], row["length"])
        payload = warc.read_payload(archive.folder, ref)
        record = read_record(archive.folder, ref)
        tree, _ = parse_html(payload.body, "utf-8")
        assert payload.status == 200 and tree is not None
        [answer] = [one for one in archive.captures(origin="crawl", key=row["key"]) if one["status"] == 200]
        source = RecordRef(answer["series"], answer["file"], answer["offset"], answer["length"])
        assert record.kind == "conversion"
        assert record.head["warc-refers-to"] == read_record(archive.folder, source).head["warc-record-id"]
        assert not answer["unread"]
        if "bai-viet" in row["url"]:
            assert title_of(int(row["url"][-1])) == "".join(tree.xpath("//h1//text()"))
    data = [row["url"] for row in archive.captures(purpose="other", media_type="application/json")]
    assert {one.removeprefix(url) for one in data} >= {f"api/bai-viet/{number}" for number in range(1, 6)}


def test_crawl_when_robots_forbids_the_data_then_the_browser_does_not_get_it(drawing: Archive) -> None:
    with serve([Spa(hidden=True, robots="User-agent: *\nDisallow: /api/\n")]) as world:
        [url] = world.urls.values()
        assert drawing.crawl(url) == 0
        asked = [target for _, target, _ in world.requests]
    assert not [target for target in asked if target.startswith("/api/")]
    assert ("robots.disallowed", url + "api/bai-viet") in drawing.failures()
    assert drawing.visit(url)["cause"] in ("needs-browser", "robots.disallowed")


CANARY = """
var away = 'http://127.0.0.1:%(port)d';
fetch(away + '/fetch').catch(() => 0);
fetch(away + '/no-cors', {mode: 'no-cors'}).catch(() => 0);
fetch(away + '/post', {method: 'POST', mode: 'no-cors', body: 'x'}).catch(() => 0);
navigator.sendBeacon(away + '/beacon', 'x');
new Image().src = away + '/image';
try { new WebSocket(away.replace('http', 'ws') + '/socket'); } catch (e) {}
try { new EventSource(away + '/events'); } catch (e) {}
for (const [tag, name] of [['iframe', 'src'], ['script', 'src'], ['embed', 'src'], ['object', 'data'], ['video', 'src']]) {
  const e = document.createElement(tag); e[name] = away + '/' + tag; document.documentElement.appendChild(e);
}
for (const rel of ['stylesheet', 'preload', 'prefetch', 'preconnect', 'dns-prefetch', 'icon', 'manifest', 'modulepreload']) {
  const e = document.createElement('link'); e.rel = rel; e.as = 'fetch'; e.href = away + '/' + rel; document.head.appendChild(e);
}
try { new Worker(URL.createObjectURL(new Blob([
  "fetch('" + away + "/worker').catch(() => 0); try { new WebSocket('" + away.replace('http', 'ws') + "/ws') } catch (e) {}"]))); } catch (e) {}
try { window.open(away + '/popup'); } catch (e) {}
try { const p = new RTCPeerConnection({iceServers: [{urls: 'turn:127.0.0.1:%(port)d?transport=tcp', username: 'a', credential: 'b'}]});
  p.createDataChannel('a'); p.createOffer().then(o => p.setLocalDescription(o)); } catch (e) {}
fetch('/leads-away').catch(() => 0);
fetch('http://2130706433:%(port)d/number').catch(() => 0);
fetch('http://localhost:%(port)d/localhost').catch(() => 0);
fetch('http://[::1]:%(port)d/six').catch(() => 0);
setTimeout(() => { location.href = away + '/location'; }, 300);
"""


def test_crawl_when_a_page_tries_to_reach_another_port_then_no_connection_is_made(drawing: Archive) -> None:
    met: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as canary:
        port = canary.getsockname()[1]

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = canary.accept()
                    connection.settimeout(2)
                    with connection, suppress(OSError):
                        met.append(connection.recv(200))

        threading.Thread(target=listen, daemon=True).start()
        away = Reply(b"", 302, (("Location", f"http://127.0.0.1:{port}/redirected"),))
        site = Spa(hidden=True, count=1, extra=CANARY % {"port": port}, replies={"/leads-away": away})
        with serve([site]) as world:
            [url] = world.urls.values()
            assert drawing.crawl(url) == 0
            asked = {target for _, target, _ in world.requests}
    assert met == []
    assert "/leads-away" in asked  # the page's script did run
    assert len(drawing.captures(origin="rendered")) == 2


@pytest.mark.long
def test_crawl_when_a_page_never_ends_then_the_crawl_does(drawing: Archive) -> None:
    with serve([Spa(hidden=True, count=1, extra="if (location.pathname == '/') { while (true) {} }")]) as world:
        [url] = world.urls.values()
        drawing.settings = replace(drawing.settings, browser_seconds=3.0)
        assert drawing.crawl(url) == 0
    visit = drawing.visit(url)
    assert (visit["state"], visit["cause"]) == ("partial", "needs-browser")
    assert ("needs-browser", url) in drawing.failures()


def left_over(mark: str) -> list[str]:
    """The processes that a crawl with this mark in its environment left behind, after at most ten seconds."""
    for _ in range(100):
        found = []
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if int(place.name) != os.getpid() and mark.encode() in (place / "environ").read_bytes():
                    found.append((place / "cmdline").read_bytes()[:60].decode("latin-1"))
        if not found:
            break
        threading.Event().wait(0.1)
    return found


@pytest.mark.parametrize("number", [pytest.param(signal.SIGTERM, marks=pytest.mark.long), signal.SIGKILL])
def test_crawl_when_ended_while_pages_are_drawn_then_no_browser_is_left_and_the_next_goes_on(
    drawing: Archive, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    mark = f"drawn-{number}-{os.getpid()}"
    monkeypatch.setenv("PHUONGCHI_TEST_MARK", mark)
    with serve([Spa(hidden=True)]) as world:
        [url] = world.urls.values()
        code = drawing.crawl(url, kill=lambda event: number if event.get("url", "").endswith("bai-viet/5") else 0)
        assert code == (-signal.SIGKILL if number == signal.SIGKILL else 9)
        assert left_over(mark) == []
        assert drawing.crawl(url) == 0
        assert left_over(mark) == []
    drawn = [row["url"].removeprefix(url.rstrip("/")) for row in drawing.captures(origin="rendered")]
    assert set(drawn) == set(_PATHS)
