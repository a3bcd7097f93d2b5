"""`redact`, `withhold`, `release`: what must not be shown any more, for good or for now."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.consent import DryRunOption, YesOption, need_consent
from storage.errors import UsageError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.redacting import Done

ArticleArgument = Annotated[str, typer.Argument(metavar="ARTICLE", help="Id or address. Mã hoặc địa chỉ.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept for ever, say no personal data. Lý do.")]
RequestOption = Annotated[
    int, typer.Option("--request", metavar="NUMBER", min=0, help="That it answers (`requests`). Theo yêu cầu số.")
]
WhoOption = Annotated[str, typer.Option("--who", help="Who decided; else your login. Người quyết định.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "redact")
    def redact(
        session: Session,
        article: Annotated[str, typer.Option("--article", metavar="ID", help="A whole article. Cả bài.")] = "",
        from_stdin: Annotated[
            bool, typer.Option("--string-from-stdin", help="Strings, one a line, everywhere. Chuỗi, mỗi dòng một.")
        ] = False,
        again: Annotated[bool, typer.Option("--again", help="Apply all rules once more. Áp dụng lại.")] = False,
        reason: ReasonOption = "",
        who: WhoOption = "",
        request: RequestOption = 0,
        dry_run: DryRunOption = False,
        yes: YesOption = False,
    ) -> None:
        """Take personal data or an article out, for good: texts, pages, files, index. Che vĩnh viễn."""
        from phuongchi import redacting

        if sum((bool(article), from_stdin, again)) != 1:
            raise UsageError("redact needs one of --article, --string-from-stdin and --again", cure="Choose one")
        archive, say = session.archive(), session.voice.detail
        if again:
            _show(session, redacting.again(archive, say=say), dry_run=False)
            return
        reason = _for(archive, reason, request)
        by = _asked(reason, who)
        strings = _strings() if from_stdin else []
        if not dry_run:
            need_consent("Che vĩnh viễn, không lấy lại được | redact for good, this cannot be undone", yes=yes)
        done = (
            redacting.of_article(archive, article, reason=reason, who=by, dry_run=dry_run, say=say)
            if article
            else redacting.of_strings(archive, strings, reason=reason, who=by, dry_run=dry_run, say=say)
        )
        _show(session, done, dry_run=dry_run)

    @command(app, "withhold")
    def withhold(
        session: Session, article: ArticleArgument, reason: ReasonOption = "", who: WhoOption = "", request: RequestOption = 0
    ) -> None:  # fmt: skip
        """Hide an article until it is released; nothing is lost. Tạm ẩn."""
        archive = session.archive()
        _set_visible(session, archive, article, False, _for(archive, reason, request), who)

    @command(app, "release")
    def release(session: Session, article: ArticleArgument, reason: ReasonOption = "", who: WhoOption = "") -> None:
        """Show a withheld article again. Cho hiện lại."""
        _set_visible(session, session.archive(), article, True, reason, who)


def _set_visible(session: Session, archive: Archive, article: str, visible: bool, reason: str, who: str) -> None:
    from phuongchi import redacting

    name = redacting.set_visible(archive, article, visible, reason=reason, who=_asked(reason, who))
    session.voice.say(f"{name}: {'đã cho hiện lại | released' if visible else 'đã tạm ẩn | withheld'}")


def _for(archive: Archive, reason: str, request: int) -> str:
    """The reason, with the request that the decision answers. Raises UsageError when there is no such open one."""
    from phuongchi.requesting import answered

    return answered(archive, request, reason) if request else reason


def _asked(reason: str, who: str) -> str:
    """Who decided. Raises UsageError without a reason."""
    if not reason.strip():
        raise UsageError("there is no reason", cure="Say --reason: it stays in the ledger and in the tombstone")
    return who.strip() or getpass.getuser()


def _strings() -> list[str]:
    """What is given on stdin, never on the command line, where the shell's history would keep it."""
    if sys.stdin.isatty():
        found = [getpass.getpass("Chuỗi cần che | string: ")]
    else:
        found = [line.strip() for line in sys.stdin.read().splitlines()]
    if not any(found):
        raise UsageError("nothing came on stdin", cure="One string a line: phuongchi redact --string-from-stdin < FILE")
    return [line for line in found if line]


def _show(session: Session, done: Done, *, dry_run: bool) -> None:
    voice, touched, exports = session.voice, done.touched, done.exports
    voice.say("Sẽ che | would redact:" if dry_run else "Đã che | redacted:")
    rows = ", ".join(f"{name} {count}" for name, count in sorted(touched.rows.items()))
    for label, count in (
        ("bài xoá | articles taken out", len(touched.buried)),
        ("bài sửa | articles masked", len(touched.articles)),
        ("văn bản tệp | texts of files", touched.texts),
        (f"dòng khác | other rows ({rows})", sum(touched.rows.values())),
        ("bản ghi WARC | WARC records masked", touched.records),
        ("bản ghi WARC xoá | WARC records taken out", touched.tombstones),
        ("tệp WARC ghi lại | WARC files written anew", len(touched.files)),
        ("tệp xuất sửa | files beside them masked", len(exports.masked)),
    ):
        if count:
            voice.say(f"  {label}: {count}")
    for paths, label in (
        (exports.gone, "đã xoá, hãy xuất lại | taken away, export it again"),
        (exports.unknown, "không đọc được, hãy tự kiểm tra | cannot be looked into, see yourself"),
    ):
        for path in paths:
            voice.result(f"{path}: {label}")
    for article in done.elsewhere:
        voice.result(f"{article}: cùng tin ở cổng khác, chưa che | the same story elsewhere, not redacted")
    for url in done.addresses:
        voice.result(f"{url}: địa chỉ có chuỗi này, vẫn giữ | the address spells it, and stays")
    for folder in done.backups:
        voice.result(f"{folder}: bản sao lưu cũ còn giữ | an earlier backup still holds it")
