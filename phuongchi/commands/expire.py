"""`expire`: lists and rechecks of long ago let go, if somebody set a retention for them."""

from __future__ import annotations

import typer

from phuongchi.commands.common import Session, command
from phuongchi.commands.consent import DryRunOption


def register(app: typer.Typer) -> None:
    """Add the command of this module."""

    @command(app, "expire")
    def expire(session: Session, dry_run: DryRunOption = False) -> None:
        """Let old `watch` files go, after `warc.watch_retention_days`. Bỏ tệp theo dõi quá hạn."""
        from phuongchi.expiring import expire as let_go

        archive, voice = session.archive(), session.voice
        if not archive.config.warc.watch_retention_days:
            voice.say("Giữ tất cả | everything is kept: warc.watch_retention_days = 0")
        plan = let_go(archive, dry_run=dry_run, say=voice.detail)
        for file in plan.going:
            voice.result(f"{'Sẽ bỏ | would go' if dry_run else 'Đã bỏ | gone'}: {file.name}")
        for name, why in sorted(plan.staying.items()):
            voice.say(f"Ở lại | stays: {name}: {why}")
        voice.say(f"{len(plan.going)} tệp | files, {plan.bytes / 2**20:.1f} MiB")
