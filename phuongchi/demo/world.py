"""The sample world: one portal on each platform, with the real seeds on their own platforms where they are at hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from phuongchi.demo.portal import Portal
from phuongchi.demo.seeds import Seed, load_seeds
from phuongchi.demo.site import Site
from phuongchi.demo.sites.hanoi import Hanoi
from phuongchi.demo.sites.hue import Hue
from phuongchi.demo.sites.nukeviet import NukeViet
from phuongchi.demo.sites.quangngai import QuangNgai
from phuongchi.demo.sites.thanhhoa import ThanhHoa
from phuongchi.demo.sites.vinh import Vinh

PORTALS: tuple[type[Portal], ...] = (Hanoi, Vinh, QuangNgai, Hue, ThanhHoa, NukeViet)


def sample_sites(seeds: Path | None) -> list[Site]:
    """The sites in a fixed order; with a folder of seeds each real text is one more article of its site."""
    real: Sequence[Seed] = load_seeds(seeds) if seeds else ()
    return [kind([seed.article for seed in real if seed.site == kind.name]) for kind in PORTALS]
