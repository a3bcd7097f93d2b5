"""The web application: the API for programs, feeds, addresses of web archives, and whatever pages are added for people.

`create_app` makes one for an archive. Nothing here writes: the database is opened read-only, files are only read.
"""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI
from fastapi.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from access import atom, cdxj, timemap
from access.api import articles, captures, changes, clusters, description, health, lookup, portals, problems, units
from access.api.guard import Guard
from access.api.serving import Options, Serving, Source
from access.figures import AGAIN, Figures
from access.pages import PAGES
from access.pages.about import robots
from access.pages.frame import STATIC, show_problem
from access.pages.language import PREFIXES
from access.pages.overview import SIZE
from access.rehearsal import rehearse
from storage.errors import PhuongChiError
from storage.reader.growth import size

ROUTERS: tuple[APIRouter, ...] = (
    health.router, description.router, articles.router, lookup.router, changes.router, captures.router, clusters.router,
    portals.router, units.router, atom.router, cdxj.router, timemap.router, robots,
)  # fmt: skip
"""The parts of the application, in the order in which addresses are tried; pages for people come behind them."""

_LAST = 2.0
"""Seconds that the end of the server waits for a count that was broken off."""

log = logging.getLogger("phuongchi.serve")


def create_app(source: Source, options: Options = Options()) -> FastAPI:  # noqa: B008 - frozen
    """The application for one archive; it closes `source` when it ends.

    What all parts share is `app.state.serving` (`access.api.serving.serving` gives it to a request).
    """

    figures = Figures(lambda: source.db, options.now, lasting=(SIZE,))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            if options.rehearsed:
                await rehearse(app, source)
                _settle()
            renewing = asyncio.create_task(_renew(figures))
            yield
            renewing.cancel()
        finally:
            await run_in_threadpool(figures.close, _LAST)
            source.close()

    app = FastAPI(
        title="Phường Chí", version="1", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    app.state.serving = Serving(source, options, figures)
    app.state.show_problem = show_problem
    problems.install(app)
    description.describe(app)
    for router in ROUTERS:
        app.include_router(router)
    for router in PAGES:
        for prefix in PREFIXES.values():
            app.include_router(router, prefix=prefix)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(Guard, options=options)
    return app


async def _renew(figures: Figures) -> None:
    """Have the archive's size counted now and then, whether somebody asks or not: what is shown is never of yesterday."""
    while True:
        await asyncio.sleep(AGAIN)
        try:
            await run_in_threadpool(figures.beside, SIZE, size, patience=0.0)
        except PhuongChiError as error:
            log.warning("the archive's size could not be asked for: %s", error)
        except Exception:
            log.exception("the archive's size could not be asked for")


def _settle() -> None:
    """For a process that serves and does nothing else: all that is loaded stays. Python's collector of circles looks through
    everything now and then, for a twentieth of a second in the midst of a page; what is frozen it leaves alone."""
    gc.collect()
    gc.freeze()
