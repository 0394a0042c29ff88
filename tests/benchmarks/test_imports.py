"""Every benchmark imports what the package still has; most of them run too seldom to tell."""

import ast
import importlib
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


def imported_names(path: Path) -> set[tuple[str, str]]:
    """Return the names that a file imports from the package, each with its module."""
    return {
        (node.module, alias.name)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("movierec_cli")
        for alias in node.names
        if node.module
    }


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_imports_names_that_exist(path: Path) -> None:
    missing = [
        f"{module}.{name}"
        for module, name in sorted(imported_names(path))
        if not hasattr(importlib.import_module(module), name)
    ]
    assert missing == []


def test_there_are_benchmarks_that_import_the_package() -> None:
    assert sum(bool(imported_names(path)) for path in BENCHMARKS) > 10
