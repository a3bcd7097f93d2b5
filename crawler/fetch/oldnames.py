"""Scrapy's modules about TLS, loaded without what they ask for only to name three old classes."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from types import ModuleType


def load() -> None:
    """Import them. For each old class Scrapy asks for the stack, to see which module it is in: Python looks for the sources of
    all that stands there, through everything that is loaded, a twentieth of what a run loads. The modules are answer enough.
    """
    whole = inspect.stack
    setattr(inspect, "stack", _modules)  # noqa: B010
    try:
        import_module("scrapy.core.downloader.contextfactory")
    finally:
        setattr(inspect, "stack", whole)  # noqa: B010


def _modules() -> list[tuple[ModuleType]]:
    """The modules that who asks, and who called it, are in; of those `inspect.getmodule` says that they are themselves."""
    asking, calling = sys._getframe(1), sys._getframe(2)
    return [(sys.modules[asking.f_globals["__name__"]],), (sys.modules[calling.f_globals["__name__"]],)]
