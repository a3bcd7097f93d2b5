"""`portals …`: the list of portals, kept in `portals.toml`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phuongchi.commands.common import JsonOption, Session, command
from phuongchi.commands.evidence import show_thrown_away
from storage.errors import FetchError, Unreachable, UsageError

if TYPE_CHECKING:
    from phuongchi.archive import Archive
    from phuongchi.portals.probe import Finding
    from storage.records import Portal

LISTED = 8
"""Addresses of a kind that are shown of a portal that is tried out."""

UrlArgument = Annotated[str, typer.Argument(metavar="URL", help="The portal's address. Địa chỉ nguồn.")]
PortalArgument = Annotated[str, typer.Argument(metavar="PORTAL", help="Id or address. Mã hoặc địa chỉ nguồn.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="The list of portals. Danh sách nguồn.", no_args_is_help=True)
    app.add_typer(group, name="portals")
    _register_trying(group)
    _register_lists(group)
    _register_states(group)


def _register_trying(group: typer.Typer) -> None:
    @command(group, "add")
    def add(
        session: Session,
        url: UrlArgument,
        name: Annotated[str, typer.Option(help="Name. Tên gọi.")] = "",
        province: Annotated[str, typer.Option(help="Province. Tỉnh, thành phố.")] = "",
        unit: Annotated[str, typer.Option(help="Unit code. Mã đơn vị hành chính.")] = "",
        platform: Annotated[str, typer.Option(help="Software, if known. Nền tảng.")] = "",
    ) -> int:
        """Try out a portal, show what was found, and add it. Thêm nguồn."""
        from phuongchi.portals.editing import PortalsFile

        archive = session.archive()
        rows = _rows(url, name=name, province=province, unit=unit, platform=platform)
        _refuse_known(archive, _candidate(rows[0]))
        archive.check_writable()
        archive.check_database()
        row, finding = _try_out_first(session, archive, rows)
        portal = finding.portal
        _show(session, finding)
        file = PortalsFile(archive.folder)
        file.append(row)
        file.save()
        session.voice.say(f"Đã thêm | Added: {portal.id}")
        return 0 if finding.visit.state in ("done", "partial") else 4

    @command(group, "check")
    def check(session: Session, url: UrlArgument) -> int:
        """Try out an address without writing anything. Thử nguồn."""
        _, finding = _try_out_first(session, session.archive(), _rows(url))
        _show(session, finding)
        return 0 if finding.visit.state in ("done", "partial") else 4

    @command(group, "import")
    def import_(
        session: Session,
        file: Annotated[Path, typer.Argument(metavar="FILE.csv", help="Columns: url, name, unit, province, platform.")],
        dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file only. Chỉ kiểm tra.")] = False,
    ) -> int:
        """Add the portals of a CSV file; unreachable ones are kept too. Nhập danh sách."""
        from phuongchi.commands.importing import import_sheet

        return import_sheet(session, file, dry_run=dry_run)


def _register_lists(group: typer.Typer) -> None:
    @command(group, "list")
    def list_(session: Session, as_json: JsonOption = False) -> None:
        """List the portals. Liệt kê nguồn."""
        from phuongchi.wire import pack

        portals = session.archive().portals()
        if as_json:
            session.voice.json([pack(portal) for portal in portals])
            return
        rows = [(one.id, one.url, one.name, one.province, state(one)) for one in portals]
        session.voice.table(
            ("Mã | Id", "Địa chỉ | Address", "Tên | Name", "Tỉnh | Province", "Trạng thái | State"), rows
        )
        if not rows:
            session.voice.say("Chưa có nguồn nào | No portals yet: phuongchi portals add URL")

    @command(group, "export")
    def export(session: Session) -> None:
        """Print the portals as CSV. Xuất danh sách."""
        import sys

        from phuongchi.portals.sheet import write_sheet

        sys.stdout.write(write_sheet(session.archive().portals()))

    @command(group, "known")
    def known(
        session: Session, province: Annotated[str, typer.Option(help="Only this province. Tỉnh, thành phố.")] = ""
    ) -> None:
        """Print addresses seen in the wild as CSV; none is verified. Địa chỉ tham khảo."""
        import csv
        import sys

        from phuongchi.portals import known as known_portals

        rows = known_portals.known(province)
        if province and not rows:
            raise UsageError(f"no known portal in {province!r}", cure="See all of them: phuongchi portals known")
        writer = csv.DictWriter(sys.stdout, known_portals.COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _register_states(group: typer.Typer) -> None:
    @command(group, "pause")
    def pause(session: Session, portal: PortalArgument) -> None:
        """Visit a portal no more until `resume`. Tạm dừng."""
        _change(session, portal, enabled=False)

    @command(group, "resume")
    def resume(session: Session, portal: PortalArgument) -> None:
        """Visit a paused or retired portal again. Tiếp tục."""
        _change(session, portal, enabled=None, retired=None)

    @command(group, "retire")
    def retire(session: Session, portal: PortalArgument) -> None:
        """A portal has ended: keep what was archived, visit it no more. Ngừng hẳn."""
        _change(session, portal, enabled=None, retired=True)

    @command(group, "move")
    def move(
        session: Session,
        old: PortalArgument,
        new: Annotated[str, typer.Argument(metavar="NEW", help="New URL. Địa chỉ mới.")],
    ) -> int:
        """A portal has a new address; its id and its archive stay. Chuyển địa chỉ."""
        from phuongchi.portals import file
        from phuongchi.portals.editing import PortalsFile
        from phuongchi.portals.rows import host_of
        from storage.upkeep import ledger

        archive = session.archive()
        [portal] = file.choose(archive.portals(), [old])
        row = _row(new, id=portal.id)
        moved = _candidate(row)
        _refuse_known(archive, moved, but=portal.id)
        archive.check_writable()
        archive.check_database()
        finding = _try_out(session, archive, row)
        _show(session, finding)
        hosts = list(dict.fromkeys((*moved.hosts, *portal.hosts, host_of(portal.url))))
        editor = PortalsFile(archive.folder)
        editor.change(portal.id, url=moved.url, id=portal.id, hosts=hosts)
        before = {"url": portal.url, "hosts": list(portal.hosts)}
        ledger.append(archive.folder, "move", at=archive.clock.now(), portal=portal.id, to=moved.url, **before)
        editor.save()
        session.voice.say(f"Đã chuyển | Moved: {portal.id} → {moved.url}")
        return 0 if finding.visit.state in ("done", "partial") else 4


def state(portal: Portal) -> str:
    """A portal's state in its file, Vietnamese first."""
    if portal.retired:
        return "ngừng hẳn | retired"
    return "thu thập | on" if portal.enabled else "tạm dừng | paused"


def _row(url: str, **values: str) -> dict[str, Any]:
    from phuongchi.portals.rows import check_url

    try:
        return {"url": check_url(url), **{key: value for key, value in values.items() if value}}
    except ValueError as error:
        raise UsageError(str(error), cure="As in https://phuong7.example.gov.vn/") from None


def _rows(url: str, **values: str) -> list[dict[str, Any]]:
    """The row of an address; of one without a scheme two, https first."""
    if "://" in url or "." not in url:
        return [_row(url, **values)]
    return [_row(f"{scheme}://{url}", **values) for scheme in ("https", "http")]


def _try_out_first(session: Session, archive: Archive, rows: list[dict[str, Any]]) -> tuple[dict[str, Any], Finding]:
    """The first of these rows where something answers. Raises as `_try_out` does for the last."""
    for row in rows[:-1]:
        try:
            return row, _try_out(session, archive, row)
        except Unreachable as error:
            session.voice.say(str(error))
    return rows[-1], _try_out(session, archive, rows[-1])


def _candidate(row: dict[str, Any]) -> Portal:
    from phuongchi.portals.rows import RowError, read_row

    try:
        return read_row(row)
    except RowError as error:
        raise UsageError(error.message, url=str(row["url"]), cure=error.cure) from None


def _refuse_known(archive: Archive, portal: Portal, *, but: str = "") -> None:
    from phuongchi.portals.rows import host_of

    for other in archive.portals():
        same_place = (host_of(other.url).removeprefix("www."), other.scope) == (
            host_of(portal.url).removeprefix("www."), portal.scope)  # fmt: skip
        if other.id != but and (other.id == portal.id or same_place):
            raise UsageError("this portal is in portals.toml already", portal=other.id, url=other.url,
                             cure="See: phuongchi portals list")  # fmt: skip


def _try_out(session: Session, archive: Archive, row: dict[str, Any]) -> Finding:
    """The finding of one address. Raises Unreachable when nothing answered, FetchError when it cannot be used."""
    from phuongchi.portals.choice import check_manners
    from phuongchi.portals.probe import PAGES, probe
    from phuongchi.progress import RunProgress

    portal = _candidate(row)
    check_manners(archive, (portal,))
    session.voice.say(f"Đang thử | Trying {portal.url} (≤ {PAGES} trang | pages)")
    with RunProgress(session.voice, [portal.id]) as progress:
        [finding] = probe(archive, [row], pages=PAGES, observer=progress)
    visit = finding.visit
    why = ": ".join(part for part in (visit.cause, visit.detail) if part)
    if not finding.reachable:
        raise Unreachable(
            f"nothing answered ({why})", portal=portal.id, url=portal.url, cure="Check the address; nothing was written"
        )
    if visit.state == "failed":
        raise FetchError(f"could not be visited ({why})", portal=portal.id, url=portal.url, cure="Nothing was written")
    problem, cure = finding.problem
    if problem:
        raise Unreachable(problem, portal=portal.id, url=portal.url, cure=f"{cure}; nothing was written")
    return finding


def _show(session: Session, finding: Finding) -> None:
    """Say what was found: software, feeds, sitemaps, sections, and articles as they would be read."""
    say, survey = session.voice.result, finding.survey
    why = f" ({finding.visit.cause})" if finding.visit.cause else ""
    say(f"{finding.portal.url}: {finding.visit.state}{why}")
    say(f"  Nền tảng | platform: {finding.platform or 'không rõ | unknown'}")
    for name, urls in (("Nguồn tin RSS | feeds", survey.feeds), ("Sơ đồ trang | sitemaps", survey.sitemaps),
                       ("Trang danh sách có tin | lists with articles", survey.listings),
                       ("Trang danh sách chưa hỏi tới | lists not asked yet", survey.unasked)):  # fmt: skip
        say(f"  {name}: {len(urls)}")
        for url in urls[:LISTED]:
            say(f"    {url}")
    known = ", ".join(f"{purpose} {count}" for purpose, count in sorted(survey.known.items()))
    say(f"  Địa chỉ đã biết | addresses known: {known or 0}")
    say(f"  Bài đọc thử | articles as they would be read: {len(finding.articles)}")
    for article in finding.articles:
        say(f"    {article.get('published_at') or 'không rõ ngày'}  {article.get('title')}")
        say(f"      {article.get('url')}")
        paragraphs = article.get("paragraphs") or [""]
        say(f"      {str(paragraphs[0])[:160]}")
    if finding.view is not None:
        show_thrown_away(session.voice, finding.view, indent="  ")


def _change(session: Session, name: str, **values: Any) -> None:
    from phuongchi.portals import file
    from phuongchi.portals.editing import PortalsFile

    archive = session.archive()
    [portal] = file.choose(archive.portals(), [name])
    archive.check_writable()
    editor = PortalsFile(archive.folder)
    editor.change(portal.id, **values)
    editor.save()
    [after] = file.choose(archive.portals(), [portal.id])
    session.voice.say(f"{after.id}: {state(after)}")
