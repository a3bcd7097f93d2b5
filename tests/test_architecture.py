"""What import-linter cannot see: the single module `scheduler.py`, and dotted names in Scrapy's settings."""

from __future__ import annotations

import ast
import importlib
import re
from graphlib import TopologicalSorter
from pathlib import Path

import grimp

import crawler.settings as settings

ROOT = Path(__file__).parent.parent
DOTTED = re.compile(r"(?:access|crawler|phuongchi|spiders|storage)(?:\.\w+)+")


def test_modules_when_their_imports_are_followed_then_none_comes_back_to_itself() -> None:
    graph = grimp.build_graph("access", "crawler", "monitoring", "phuongchi", "spiders", "storage", cache_dir=None)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    TopologicalSorter(imports).prepare()  # CycleError names the circle
    assert len(imports) > 400


def test_scheduler_imports_only_what_the_design_allows() -> None:
    allowed = {
        "storage.reader",
        "storage.runs",
        "storage.records",
        "storage.errors",
        "storage.text",
        "storage.engine",
        "monitoring",
        "monitoring.nights",
        "monitoring.planner",
    }
    tree = ast.parse((ROOT / "scheduler.py").read_text(encoding="utf-8"))
    inside_main = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef) and function.name == "main"
        for node in ast.walk(function)
    }
    outside = {
        name
        for node in ast.walk(tree)
        if id(node) not in inside_main
        for name in _imported(node)
        if name.partition(".")[0] in {"access", "crawler", "monitoring", "phuongchi", "scrapy", "spiders", "storage"}
    }
    assert outside <= allowed


def test_dotted_names_in_settings_lead_to_something() -> None:
    source = (ROOT / "crawler" / "settings.py").read_text(encoding="utf-8")
    names = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value)
    }
    assert names, "the wiring table names our components"
    for name in names:
        module, _, attribute = name.rpartition(".")
        assert hasattr(importlib.import_module(module), attribute), name


def test_settings_name_only_what_the_fetching_half_may_know() -> None:
    named = {name for name in map(str, vars(settings).values()) for name in DOTTED.findall(name)}
    for name in named:
        assert not name.startswith(("crawler.ingest", "access", "storage")), name


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module:
        return [f"{node.module}.{alias.name}" if node.module == "storage" else node.module for alias in node.names]
    return []


def test_make_when_asked_for_advisories_then_it_looks_up_each_lock_file() -> None:
    text = (ROOT / "Makefile").read_text()
    target = text.partition("\naudit:\n")[2].partition("\n\n")[0]
    assert {line.split()[-1] for line in target.splitlines()} == {"requirements/run.txt", "requirements/dev.txt"}
    assert target.count("pip-audit") == 2
