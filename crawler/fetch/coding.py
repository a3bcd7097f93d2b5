"""Undoes the Content-Encoding of an answer, within limits; what breaks off or is a bomb is no page."""

from __future__ import annotations

from scrapy.http import Request, Response
from scrapy.http.headers import Headers
from scrapy.responsetypes import responsetypes

from crawler.fetch import judge
from crawler.fetch.failures import CodingBroken, DecodedTooLarge
from crawler.fetch.jobs import capture_of, job_of
from crawler.fetch.wire import broken
from storage.warc import decode


class CodingMiddleware:
    """Decodes what the capture has kept as it was sent, by the same code that reads it from the archive later."""

    def process_response(self, request: Request, response: Response) -> Response:
        """The answer, decoded. Raises DecodedTooLarge and CodingBroken for a page that cannot be."""
        codings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not codings or "download_stopped" in response.flags or broken(response):
            return response
        body, problem = decode(response.body, codings, limit=request.meta["download_maxsize"])
        if problem and not _matters(request):
            return response
        if problem == "decoded":
            raise DecodedTooLarge(f"{len(response.body)} bytes grew to more than {len(body)}")
        if problem:
            raise CodingBroken(f"Content-Encoding {codings[:100]!r} breaks off or is something else")
        headers = Headers(response.headers)
        del headers["Content-Encoding"]
        kind = responsetypes.from_args(headers=headers, url=response.url, body=body)
        return response.replace(cls=kind, body=body, headers=headers)


def _matters(request: Request) -> bool:
    """Whether anybody needs the decoded body now: files are decoded when they are read, errors speak by their status."""
    job, capture = job_of(request), capture_of(request)
    if capture is None or job.purpose == "attachment":
        return False
    rules = job.due is None and 200 <= capture.status < 300
    return rules or job.asset is not None or judge.has_links(capture)
