"""`doctor`: what a night needs, and what is wrong with it."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated

import typer

from phuongchi.commands.common import JsonOption, Session, command

MARKS = {"ok": "✓", "skipped": "–", "warning": "!", "failure": "✗"}


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""

    @command(app, "doctor")
    def doctor(
        session: Session,
        mail: Annotated[bool, typer.Option("--mail", help="Also send a test mail. Gửi thư thử.")] = False,
        as_json: JsonOption = False,
    ) -> int:
        """Check disk, clock, database, portals, DNS, browser, mail; exit 1 if anything is broken. Khám kho và máy."""
        from phuongchi.doctor import Finding, examine, exit_code
        from phuongchi.logs import environment_mask

        found, mask = list[Finding](), environment_mask()
        for one in examine(session.archive(), mail=mail):
            found.append(one := replace(one, vi=mask(one.vi), en=mask(one.en)))
            if not as_json:
                _show(session, one.level, one.check, (one.vi, one.en), (one.vi_cure, one.en_cure))
        if as_json:
            session.voice.json([asdict(one) for one in found])
        return exit_code(found)


def _show(session: Session, level: str, check: str, said: tuple[str, str], cure: tuple[str, str]) -> None:
    vi, en = said
    session.voice.result(f"{MARKS[level]} {check}: {vi}" + (f" | {en}" if en != vi else ""))
    if any(cure):
        session.voice.result(f"    → {cure[0]}" + (f" | {cure[1]}" if cure[1] != cure[0] else ""))
