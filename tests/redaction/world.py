"""A portal that tells too much, and a search through everything that an archive holds."""

from __future__ import annotations

import gzip
import io
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import text
from warcio.archiveiterator import ArchiveIterator

from phuongchi.config import load
from phuongchi.demo.site import Gold, Reply, Site
from storage import schema
from storage.engine import connect
from tests.documents import docx

NAME, PHONE, CARD = "Trần Quốc Tuấn", "0912 345 678", "040090012345"
SECRETS = f"{NAME}\n{PHONE}\n{CARD}\n"
SPELLINGS = (NAME, NAME.upper(), PHONE, "0912345678", "0912.345.678", CARD)
FILE = "/documents/danh-sach-tro-cap.docx"


@dataclass
class Telling:
    """A sample portal on which an article, a headline, a script and a file say who somebody is."""

    site: Site
    name: str = field(init=False)
    platform: str = field(init=False)

    def __post_init__(self) -> None:
        self.name, self.platform = self.site.name, self.site.platform

    @property
    def article(self) -> Gold:
        """The article that tells it in its text and its file."""
        return self.site.gold(1)[0]

    @property
    def headline(self) -> Gold:
        """The one that tells it in its headline."""
        return self.site.gold(1)[1]

    def reply(self, target: str, headers: Mapping[str, str], *, night: int, hit: int) -> Reply:
        """The portal's answer: compressed where that is asked for, with the number spelled in more than one way."""
        if target.startswith(FILE):
            body = docx("Danh sách hộ nhận trợ cấp", f"{NAME} - {CARD}", "Ba hộ khác không nêu tên ở đây")
            return Reply(body, headers=(("Content-Type", "application/octet-stream"),))
        reply = self.site.reply(target, headers, night=night, hit=hit)
        if b"<" not in reply.body[:200]:
            return reply
        page = reply.body.decode().replace(self.headline.title, f"{self.headline.title} của ông {NAME}")
        first = self.article.paragraphs[0]
        told = (
            f'{first} Liên hệ ông <b>Tr&#7847;n Qu&#7889;c</b>&nbsp;Tuấn, số <a href="tel:0912345678">0912.345.678</a>, '
            f'căn cước {CARD}. <a href="{FILE}">Danh sách trợ cấp kèm theo</a>'
        )
        script = json.dumps({"author": NAME, "phone": "0912345678", "card": CARD})
        page = page.replace(first, told).replace("</head>", f"<script>var contact = {script}</script></head>")
        body, more = page.encode(), reply.headers
        if "gzip" in headers.get("accept-encoding", ""):
            body, more = gzip.compress(body, mtime=0), (*more, ("Content-Encoding", "gzip"))
        return Reply(body, reply.status, more)

    def gold(self, night: int) -> Sequence[Gold]:
        """The portal's articles, without what is told."""
        return self.site.gold(night)


def told(data: bytes) -> list[str]:
    """What of the secrets stands in some bytes, however it is spelled."""
    found = data.decode("utf-8", "ignore")
    escapes = re.sub(r"\\u([0-9a-fA-F]{4})", lambda match: chr(int(f"0x{match[1]}", 0)), found)
    texts = (found, unescape(found), unquote(found), escapes)
    folded = [unicodedata.normalize("NFC", one) for one in texts]
    return [spelling for spelling in SPELLINGS if any(spelling in one for one in folded)]


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Every file of an archive: as it is, unpacked, and the bodies of its answers decoded; and the rows of its database."""
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        yield path.name, data
        if path.name.endswith(".warc.gz"):
            yield f"{path.name} unpacked", gzip.decompress(data)
            for number, record in enumerate(ArchiveIterator(io.BytesIO(data))):
                yield f"{path.name} record {number}", record.content_stream().read()
    url = load(folder).database
    if url.startswith("postgres"):
        db = connect(url, readonly=True)
        try:
            with db.read() as conn:
                for name in (*schema.metadata.tables, "article_search"):
                    rows = conn.execute(text(f'SELECT t::text FROM "{name}" t')).scalars()
                    yield f"table {name}", "\n".join(rows).encode()
        finally:
            db.close()


def places(folder: Path) -> list[tuple[str, list[str]]]:
    """Where in an archive the secrets stand."""
    return [(name, found) for name, data in everything(folder) if (found := told(data))]
