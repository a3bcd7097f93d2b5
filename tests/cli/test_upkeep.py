"""`verify` and what else keeps an archive, on archives that were crawled."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from phuongchi.demo.site import Site, World
from tests.cli.conftest import Archive
from tests.upkeep.archives import damage

Serving = Callable[..., World]
pytestmark = pytest.mark.slow


def test_verify_when_a_record_is_damaged_then_exit_8_with_its_address_until_it_is_restored(
    archive: Archive, serving: Serving, sites: dict[str, Site]
) -> None:
    archive.add(*serving(sites["vinh"]).urls.values())
    assert archive.run("crawl").code == 0
    well = archive.quick("verify")
    assert (well.code, well.out) == (0, "")
    assert "checked: 1 " in well.err
    assert "checked: 0 " in archive.quick("verify").err
    state = json.loads(archive.quick("search", "--json", "-n", "1").out)
    capture = json.loads(archive.quick("show", state["id"], "--json").out)["capture"]
    damage(archive.folder / "warc" / capture["warc"], capture["offset"] + 60)
    assert archive.quick("verify").code == 0  # its turn comes within thirty days
    broken = archive.quick("verify", "--all")
    assert broken.code == 8
    assert f"{capture['warc']}:{capture['offset']}  {state['url']}" in broken.out
    [found] = json.loads(archive.quick("verify", "--json").out)["damages"]
    assert (found["url"], found["offset"]) == (state["url"], capture["offset"])
    damage(archive.folder / "warc" / capture["warc"], capture["offset"] + 60)
    assert archive.quick("verify").code == 0
