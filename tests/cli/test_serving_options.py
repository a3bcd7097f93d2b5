"""What `serve` shows to whom, as the settings and the place where it listens say."""

from __future__ import annotations

from pathlib import Path

import pytest

from phuongchi.archive import Archive
from phuongchi.commands.serve import options_of
from phuongchi.config import FILE


@pytest.mark.parametrize(
    ("settings", "host", "masked"),
    [
        ("", "127.0.0.1", False),
        ("", "::1", False),
        ("", "localhost", False),
        ("", "0.0.0.0", True),
        ("", "kho.example.vn", True),
        ('url = "https://kho.example.vn"', "127.0.0.1", True),
        ('url = "https://kho.example.vn"\npublic_view = "full"', "127.0.0.1", False),
        ('url = "https://kho.example.vn"\npublic_api = "full"', "127.0.0.1", False),
        ('public_api = "mask"\npublic_view = "full"', "127.0.0.1", True),
    ],
)
def test_api_when_others_can_ask_then_it_hides_what_pages_hide(
    tmp_path: Path, settings: str, host: str, masked: bool
) -> None:
    (tmp_path / FILE).write_text(f"[serve]\n{settings}\n", encoding="utf-8")
    archive = Archive.find(tmp_path, {}, tmp_path)
    assert options_of(archive, host).masked is masked
