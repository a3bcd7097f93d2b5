"""WARC files as other crawlers write them, made with warcio: request-less, chunked, in any order, with revisits."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: `how` is `plain`, `chunked`, `gzip` or `revisit` (of the answer before that has the same body)."""

    url: str
    at: datetime
    body: bytes
    how: str = "plain"
    status: int = 200
    media_type: str = "text/html; charset=utf-8"


def write(path: Path, answers: Sequence[Answer], *, packed: bool = True) -> Path:
    """A file with these answers in this order, gzip per record or plain."""
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=packed, warc_version="1.0")
        writer.write_record(writer.create_warcinfo_record(path.name, {"software": "another crawler"}))
        for answer in answers:
            record = _record(writer, answer)
            writer.write_record(record)
            if record.raw_stream is not None:
                record.raw_stream.close()  # warcio keeps a temporary file of each body
    return path


def _record(writer: WARCWriter, answer: Answer) -> Any:
    head, body = [("Content-Type", answer.media_type)], answer.body
    if answer.how == "chunked":
        head.append(("Transfer-Encoding", "chunked"))
        parts = [body[start : start + 700] for start in range(0, len(body), 700)]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"
    elif answer.how == "gzip":
        head.append(("Content-Encoding", "gzip"))
        body = gzip.compress(body)
    http = StatusAndHeaders(f"{answer.status} OK", head, protocol="HTTP/1.1")
    date = f"{answer.at:%Y-%m-%dT%H:%M:%SZ}"
    if answer.how == "revisit":
        digest = "sha1:" + base64.b32encode(hashlib.sha1(body).digest()).decode()
        return writer.create_revisit_record(answer.url, digest, answer.url, date, http_headers=http,
                                            warc_headers_dict={"WARC-Date": date})  # fmt: skip
    return writer.create_warc_record(
        answer.url, "response", payload=io.BytesIO(body), http_headers=http, warc_headers_dict={"WARC-Date": date}
    )
