"""Pictures of the pages for people, over a made-up archive: for the guides, and to look at what was changed.

    python -m tests.access.screenshots OUT [--english] [--dark] [--only article]
    python -m tests.access.screenshots docs/images --guide

The first writes OUT/PAGE-phone.png (390 px wide) and OUT/PAGE-desktop.png (1100 px wide); the second the few that the archivist's
guide shows, in both languages, as small WebP files. Needs a Chromium (`apt install chromium`).
"""

from __future__ import annotations

import argparse
import base64
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from storage.engine import create
from tests.access import rich
from tests.access.rich import PORTAL
from tests.builders import NOW
from tests.fetch.spa import CHROMIUM

SIZES = {"phone": 390, "desktop": 1100}
GUIDE = {"search": 640, "article": 620, "compare": 560, "portal": 600}
"""Pages that the guide shows, and how much of each: points from its top."""
MORE = 150
"""Articles that the pictured archive has besides."""


def pages(archive: rich.Archive) -> dict[str, str]:
    """An address of each page, by the name of its picture."""
    article = archive.ids.article
    return {
        "start": "/", "search": "/tim?q=hoi+nghi", "article": f"/bai/{article}", "compare": f"/bai/{article}/so-sanh",
        "story": f"/nhom/{article}", "removed": f"/bai/{archive.ids.removed}", "hidden": f"/bai/{archive.ids.withheld}",
        "portals": "/nguon", "portal": f"/nguon/{PORTAL.id}?nam=2023", "wards": "/don-vi?ten=hung+phuc", "ward": "/don-vi/16681",
        "runs": "/phien", "run": "/phien/1", "vanished": "/da-go", "overview": "/tong-quan", "about": "/gioi-thieu",
        "operators": "/van-hanh", "missing": "/khong-co",
    }  # fmt: skip


@contextmanager
def browsing(**options: Any) -> Iterator[tuple[Any, rich.Archive]]:
    """A page of a browser, and the archive that it looks at."""
    with tempfile.TemporaryDirectory(prefix="phuongchi-pictures-") as place, sync_playwright() as driver:
        template = Path(place) / "template.db"
        create(f"sqlite:///{template}", now=NOW)
        browser = driver.chromium.launch(executable_path=CHROMIUM)
        with rich.served(template, Path(place), more=MORE) as archive:
            context = browser.new_context(base_url=archive.server.base, locale="vi-VN", **options)
            yield context.new_page(), archive
        browser.close()


def guide(out: Path) -> None:
    """The pictures of the guide, `PAGE.vi.webp` and `PAGE.en.webp`."""
    with browsing(color_scheme="light", viewport={"width": 900, "height": 600}) as (page, archive):
        camera = page.context.new_cdp_session(page)
        for name, height in GUIDE.items():
            for language, prefix in (("vi", ""), ("en", "/en")):
                page.goto(prefix + pages(archive)[name])
                clip = {"x": 0, "y": 0, "width": 900, "height": height, "scale": 1}
                taken = camera.send("Page.captureScreenshot", {"format": "webp", "quality": 60, "clip": clip})
                (out / f"{name}.{language}.webp").write_bytes(base64.b64decode(taken["data"]))


def every_page(out: Path, *, prefix: str, scheme: str, only: str) -> None:
    """Each page as a phone and a desk show it."""
    with browsing(color_scheme=scheme) as (page, archive):
        for name, path in pages(archive).items():
            if only in ("", name):
                page.goto(prefix + path)
                for size, width in SIZES.items():
                    page.set_viewport_size({"width": width, "height": 800})
                    page.screenshot(path=out / f"{name}-{size}.png", full_page=True)


def main() -> None:
    """Make the archive, look at the pages, write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--guide", action="store_true", help="those of the guide alone")
    parser.add_argument("--english", action="store_true")
    parser.add_argument("--dark", action="store_true")
    parser.add_argument("--only", default="", help="the page of this name alone")
    given = parser.parse_args()
    given.out.mkdir(parents=True, exist_ok=True)
    if given.guide:
        guide(given.out)
    else:
        scheme = "dark" if given.dark else "light"
        every_page(given.out, prefix="/en" if given.english else "", scheme=scheme, only=given.only)


if __name__ == "__main__":
    main()
