"""Links between our own pages: each leads to a file that is there."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
LINK = re.compile(r"\]\(<?([^)\s>]+)>?[^)]*\)")


@pytest.mark.parametrize("page", [page for page in PAGES if page.exists()], ids=lambda page: str(page.name))
def test_links_when_relative_then_the_file_is_there(page: Path) -> None:
    targets = [urlsplit(link) for link in LINK.findall(page.read_text(encoding="utf-8"))]
    relative = [unquote(target.path) for target in targets if not target.scheme and not target.netloc and target.path]
    assert not [path for path in relative if not (page.parent / path).exists()]
