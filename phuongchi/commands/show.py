"""`show`: one article looked at, its states, its page, and the evidence for what it says."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phuongchi.commands.common import JsonOption, Session, command
from phuongchi.commands.files import file_state
from storage.errors import UsageError
from storage.text import VIETNAM, day_text

if TYPE_CHECKING:
    from access.shape import Article
    from phuongchi.archive import Archive
    from phuongchi.console import Voice
    from storage.engine import Database

ArticleArgument = Annotated[
    str, typer.Argument(metavar="ARTICLE", help="Id (or its beginning) or address. Mã hoặc địa chỉ.")
]


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "show")
    def show(
        session: Session,
        article: ArticleArgument,
        revision: Annotated[int | None, typer.Option(min=1, help="As it was in this state. Phiên bản.")] = None,
        diff: Annotated[
            tuple[int, int] | None, typer.Option(metavar="A B", help="Compare two states by word. So sánh.")
        ] = None,
        evidence: Annotated[bool, typer.Option("--evidence", help="Where each field comes from. Căn cứ.")] = False,
        raw: Annotated[bool, typer.Option("--raw", help="The page as received, bytes on stdout. Trang gốc.")] = False,
        as_json: JsonOption = False,
    ) -> None:
        """Show an article. Xem một bài."""
        if sum((revision is not None, diff is not None)) > 1 or sum((diff is not None, evidence, raw)) > 1:
            raise UsageError("these options do not go together", cure="Choose one of --diff, --evidence and --raw")
        archive = session.archive()
        db = archive.connect(readonly=True)
        try:
            if diff is not None:
                _show_diff(session.voice, db, article, diff, as_json=as_json)
            elif evidence:
                _show_evidence(session, archive, db, article, revision)
            elif raw:
                _show_raw(archive, db, article, revision)
            else:
                _show_article(session.voice, db, article, revision, as_json=as_json)
        finally:
            db.close()


def _show_article(voice: Voice, db: Database, name: str, revision: int | None, *, as_json: bool) -> None:
    from access import queries

    found = queries.article(db, name, revision=revision)
    if as_json:
        voice.json(found)
        return
    for label, value in _heads(found):
        if value:
            voice.result(f"{label}: {value}")
    voice.result()
    voice.result(str(found["text"]))
    _show_files(voice, found)
    if found["cluster"]:
        _show_cluster(voice, db, found["id"])
    states = queries.history(db, name)
    if len(states) > 1:
        voice.result()
        voice.result("Các phiên bản | revisions:")
        for state in states:
            voice.result(
                f"  {state.number}  {state.seen_at.astimezone(VIETNAM):%Y-%m-%d %H:%M}  {', '.join(state.changed) or '–'}"
            )


def _show_files(voice: Voice, found: Article) -> None:
    if found["attachments"]:
        voice.result()
        voice.result("Tệp đính kèm | attachments:")
    for file in found["attachments"]:
        voice.result(f"  {file['name']}  {file['url']}")
        voice.result(f"    {', '.join(file_state(file))}")


def _show_cluster(voice: Voice, db: Database, name: str) -> None:
    """Who else has the story: the earliest publisher, then the others with their likeness to it."""
    from access import queries

    voice.result()
    voice.result("Cùng một bài, theo thứ tự đăng | the same story, earliest publisher first:")
    for number, member in enumerate(queries.cluster(db, name)):
        like = "đăng sớm nhất | earliest" if not number else f"giống {100 * member.similarity:.0f} % | alike"
        here = " *" if member.article == name else ""
        when = member.published_at or f"({day_text(member.first_seen)})"
        voice.result(f"  {when}  {member.place}  {member.url}  {like}{here}")


def _heads(found: Article) -> list[tuple[str, Any]]:
    published = found["published_at"] or "không rõ ngày đăng | unknown"
    if found["published_at"]:
        said = f": {found['published_evidence']}" if found["published_evidence"] else ""  # hidden articles say nothing
        published = f"{published} ({found['published_source']}, {found['published_basis']}{said})"
    return [
        ("Tiêu đề | title", found["title"]), ("Mã | id", found["id"]), ("Trang gốc | page", found["url"]),
        ("Nguồn | portal", found["ward"] or found["portal"]), ("Ngày đăng | published", published),
        ("Ngày cập nhật | updated", found["updated_at"]), ("Ngày diễn ra | event", found["event_date"]),
        ("Tác giả | authors", ", ".join(found["authors"])), ("Nguồn ảnh | credits", ", ".join(found["credits"])),
        ("Chuyên mục | category", found["category"]), ("Đã gỡ | removed", found["removed_at"]),
        ("Chú thích ảnh | captions", " · ".join(found["captions"])),
        ("Đã ẩn | hidden", _hidden(found)),
        ("Phiên bản | revision", f"{found['revision']}/{found['revisions']}"),
        ("Bản chụp | capture", f"{found['capture']['warc']} @ {found['capture']['offset']}, {found['capture']['fetched_at']}"),
    ]  # fmt: skip


def _hidden(found: Article) -> str:
    """Why an article is withheld, redacted or restricted, and since when; empty for others."""
    if found["visibility"] == "restricted":
        return "restricted: trang yêu cầu không hiển thị bản lưu | its page asks not to be shown from an archive (noarchive)"
    why = found["tombstone"]
    return f"{found['visibility']} {why['at']}: {why['reason']}" if why else ""


def _show_diff(voice: Voice, db: Database, name: str, states: tuple[int, int], *, as_json: bool) -> None:
    from access import diff, queries
    from phuongchi.commands.comparing import lines

    old, new = (queries.article(db, name, revision=number) for number in states)
    found = diff.between(diff.fields_of(old), diff.fields_of(new))
    if as_json:
        voice.json(diff.as_json(*states, found, article=new["id"]))
        return
    for line in lines(found) or ["Không khác gì | no difference"]:
        voice.result(line)


def _show_raw(archive: Archive, db: Database, name: str, revision: int | None) -> None:
    from access import queries

    payload = queries.raw(db, archive.folder, name, revision=revision)
    sys.stdout.flush()
    sys.stdout.buffer.write(payload.body)
    sys.stdout.buffer.flush()


def _show_evidence(session: Session, archive: Archive, db: Database, name: str, revision: int | None) -> None:
    from access import queries
    from phuongchi.commands.evidence import show_evidence
    from phuongchi.evidence import view_of

    found = queries.evidence(db, name, revision=revision)
    visible = found.state.visibility in ("public", "restricted")
    show_evidence(session.voice, found, view_of(db, archive.folder, found.state) if visible else None)
