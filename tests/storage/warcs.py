"""WARC files for tests: exchanges, writers, and how others read what was written."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from storage.warc import Exchange, WarcWriter

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 2, 15, 30, 1, 250_000, tzinfo=UTC)
BODY = "<html><p>Phường Hưng Phúc</p></html>".encode() * 30


def exchange(url: str = "https://a.gov.vn/tin-tuc?id=7", body: bytes = BODY, **changes: object) -> Exchange:
    made = Exchange(
        url=url, method="GET", request_head=(("User-Agent", "phuongchi"), ("Accept-Encoding", "gzip")), status=200, reason="OK",
        response_head=(("Content-Type", "text/html; charset=utf-8"), ("Transfer-Encoding", "chunked")), body=body,
        fetched_at=NOW, ip="192.0.2.7",
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def open_writer(folder: Path, series: str = "keep") -> WarcWriter:
    return WarcWriter(folder, series=series, run=7, archive="abc", software="phuongchi/0.1", opened_at=NOW)  # type: ignore[arg-type]


def records(path: Path) -> list[tuple[str, dict[str, str], bytes]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, dict(record.rec_headers.headers), record.content_stream().read())
            for record in ArchiveIterator(file, check_digests="raise")
        ]


def check(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def in_child(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
