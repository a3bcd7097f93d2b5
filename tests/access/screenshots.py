"""Pictures of the pages for people, over a made-up archive: for the guides, and to look at what was changed.

    python -m tests.access.screenshots OUT [--english] [--dark] [--only article]

Writes OUT/PAGE-phone.png (390 px wide) and OUT/PAGE-desktop.png (1100 px wide). Needs a Chromium (`apt install chromium`).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from storage.engine import create
from tests.access import rich
from tests.access.rich import PORTAL
from tests.builders import NOW
from tests.fetch.spa import CHROMIUM

SIZES = {"phone": 390, "desktop": 1100}


def pages(archive: rich.Archive) -> dict[str, str]:
    """An address of each page, by the name of its picture."""
    article = archive.ids.article
    return {
        "start": "/", "search": "/tim?q=hoi+nghi", "article": f"/bai/{article}", "compare": f"/bai/{article}/so-sanh",
        "story": f"/nhom/{article}", "removed": f"/bai/{archive.ids.removed}", "hidden": f"/bai/{archive.ids.withheld}",
        "portals": "/nguon", "portal": f"/nguon/{PORTAL.id}", "wards": "/don-vi?ten=hung+phuc", "ward": "/don-vi/16681",
        "runs": "/phien", "run": "/phien/1", "vanished": "/da-go", "overview": "/tong-quan", "about": "/gioi-thieu",
        "operators": "/van-hanh", "missing": "/khong-co",
    }  # fmt: skip


def main() -> None:
    """Make the archive, look at every page, write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--english", action="store_true")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--only", default="", help="the page of this name alone")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="phuongchi-pictures-") as place, sync_playwright() as driver:
        template = Path(place) / "template.db"
        create(f"sqlite:///{template}", now=NOW)
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        with rich.served(template, Path(place)) as archive:
            context = browser.new_context(
                base_url=archive.server.base, locale="vi-VN", color_scheme="dark" if given.dark else "light"
            )
            page = context.new_page()
            for name, path in pages(archive).items():
                if given.only in ("", name):
                    page.goto(f"/en{path}" if given.english else path)
                    for size, width in SIZES.items():
                        page.set_viewport_size({"width": width, "height": 800})
                        page.screenshot(path=given.out / f"{name}-{size}.png", full_page=True)
        browser.close()


if __name__ == "__main__":
    main()
