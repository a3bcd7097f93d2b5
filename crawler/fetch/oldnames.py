"""Scrapy's modules about TLS, loaded without what they ask for only to name three old classes."""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import Any

_ASKING = "scrapy.utils.deprecate"
_whole = inspect.stack


def load() -> None:
    """Import them. For each old class Scrapy asks for the stack, to see which module it is in: Python looks for the sources of
    all that stands there, through everything that is loaded, a twentieth of what a run loads. The modules are answer enough.
    """
    setattr(inspect, "stack", _modules)  # noqa: B010
    try:
        import_module("scrapy.core.downloader.contextfactory")
    finally:
        setattr(inspect, "stack", _whole)  # noqa: B010


def _modules(context: int = 1) -> Any:
    """For Scrapy, the modules that who asks, and who called it, are in: of those `inspect.getmodule` says that they are
    themselves. The stack, for everybody else.
    """
    asking, calling = sys._getframe(1), sys._getframe(2)
    if asking.f_globals["__name__"] != _ASKING:
        return _whole(context)
    return [(sys.modules[asking.f_globals["__name__"]],), (sys.modules[calling.f_globals["__name__"]],)]
