"""Pages for people, in Vietnamese at `/` and in English at `/en/`: server-made, plain links, nothing that needs a script."""

from __future__ import annotations

from fastapi import APIRouter

from access.pages import about, articles, finding, overview, portals, runs, vanished, wards

PAGES: tuple[APIRouter, ...] = (
    finding.router, articles.router, portals.router, runs.router, vanished.router, wards.router, overview.router, about.router,
)  # fmt: skip
"""The pages, in the order in which addresses are tried."""
