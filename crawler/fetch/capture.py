"""The first to see an answer, still as it was sent: writes it to the WARC file before anything else can fail on it.

A downloader middleware nearest to the network. Its process_request is the last look at a request before it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from scrapy.crawler import Crawler
from scrapy.http import Request, Response
from scrapy.http.headers import Headers
from w3lib.url import safe_url_string

from crawler.fetch import judge
from crawler.fetch.batch import SETTING, Assignment
from crawler.fetch.failures import Blocked
from crawler.fetch.frontier import Frontier, frontier_of
from crawler.fetch.guard import address_refusal, refusal, server_of
from crawler.fetch.jobs import Job
from crawler.fetch.network import PortalHandler
from crawler.fetch.wire import broken
from crawler.links.heads import content_type
from crawler.links.postbacks import marked
from storage import points
from storage.records import Capture, Series
from storage.redaction import load, veiled_answer
from storage.warc import Exchange


class CaptureMiddleware:
    """Writes every answer (pages, redirect hops, robots.txt, errors) to the archive and notes the capture on the request."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler
        assignment: Assignment = crawler.settings[SETTING]
        self._now = assignment.now

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> CaptureMiddleware:
        """Made by Scrapy."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let nothing out that the guard refuses, whoever made the request. Raises Blocked."""
        job: Job = request.meta["job"]
        if reason := refusal(request.url, job.portal):
            raise Blocked(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive the answer. Raises Blocked when it came from an address that may not be spoken to."""
        job: Job = request.meta["job"]
        address = str(response.ip_address or "")
        if reason := address_refusal(address, request.url, job.portal):
            raise Blocked(reason)
        frontier = self._frontier()
        with frontier.crawl.watched():
            response = _veiled(frontier.crawl.batch.folder, job, response)
            request.meta["capture"] = self._archive(frontier, job, request, response, address)
        return response

    def _archive(self, frontier: Frontier, job: Job, request: Request, response: Response, address: str) -> Capture:
        at = self._now()
        truncated = "length" if "download_stopped" in response.flags else judge.cut(broken(response))
        wrong, certificate = PortalHandler.faults.of(request.url, response.certificate)
        exchange = Exchange(
            url=response.url,
            method=request.method,
            request_head=(("Host", urlsplit(request.url).netloc), *head_of(request.headers)),
            request_body=request.body,
            status=response.status,
            reason=_reason(response.status),
            response_head=head_of(response.headers),
            body=response.body,
            fetched_at=at,
            ip=address,
            truncated=truncated,
        )
        series: Series = "keep" if job.first else "watch"
        entry, record = frontier.crawl.ledger.write(
            series, exchange, _metadata(job, response, frontier.rules.note(job), wrong, certificate),
            repeats=(job.portal.id, job.key) if job.due is None or job.due.status is not None else None,
        )  # fmt: skip
        points.reached("fetch.answer")
        media_type, charset = content_type(_header(response.headers, "Content-Type"))
        return Capture(
            entry=entry,
            portal=job.portal.id,
            url=marked(response.url, job.post),
            purpose=job.purpose,
            fetched_at=at,
            status=response.status,
            record=record,
            media_type=media_type,
            charset=charset,
            location=location_of(response),
            etag=_header(response.headers, "ETag"),
            last_modified=_header(response.headers, "Last-Modified"),
            payload_sha256=exchange.sha256,
            size=len(response.body),
            truncated=truncated,
            server=server_of(address, response.url),
            tls=judge.told(wrong, certificate),
        )

    def _frontier(self) -> Frontier:
        return frontier_of(self._crawler)


def _veiled(folder: Path, job: Job, response: Response) -> Response:
    """The answer without what was redacted: it is kept nowhere, and nobody further on sees it."""
    veil, headers = load(folder).of(job.portal.id), response.headers
    if not veil:
        return response
    body = veiled_answer(
        veil, response.body, url=response.url, key=job.key,
        content_type=_header(headers, "Content-Type"), coding=_header(headers, "Content-Encoding"),
    )  # fmt: skip
    if body is None:
        return response
    kept = Headers(headers)
    for name in ("Content-Encoding", "Content-Length"):
        kept.pop(name, None)
    return response.replace(body=body, headers=kept)


def head_of(headers: Headers) -> tuple[tuple[str, str], ...]:
    """Headers as pairs of text, each value as often as it was sent."""
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name in headers for value in headers.getlist(name)
    )


def location_of(response: Response) -> str:
    """The absolute target of a redirect, empty for other answers and for a target that is no address."""
    location = response.headers.get("Location")
    if not location or not 300 <= response.status < 400:
        return ""
    try:
        return response.urljoin(safe_url_string(location.strip(), encoding="utf-8")).partition("#")[0]
    except ValueError:
        return ""


def _header(headers: Headers, name: str) -> str:
    value = headers.get(name)
    return value.decode("latin-1").strip() if value else ""


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _metadata(job: Job, response: Response, robots: str, wrong: Sequence[str], certificate: str) -> Mapping[str, Any]:
    """What a rebuilt index needs and the exchange does not say; `storage.warc` adds the entry number."""
    metadata: dict[str, Any] = {"portal": job.portal.id, "key": job.key, "purpose": job.purpose, "robots": robots}
    if response.url.startswith("https:"):
        metadata["tls"] = {"mode": job.portal.tls}
        if certificate:
            metadata["tls"]["sha256"] = certificate
        if wrong:
            metadata["tls"]["wrong"] = list(wrong)
    if job.post is not None:
        metadata["target"] = marked(response.url, job.post)
    if job.asset is not None:
        metadata["asset_of"] = job.page
    if job.chain:
        metadata["redirected_from"] = list(job.chain)
    if job.sightings:
        metadata["sightings"] = list(job.sightings)
    return metadata
