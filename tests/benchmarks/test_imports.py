"""Every benchmark uses what the package still has; most of them run too seldom to tell."""

import ast
import importlib
from pathlib import Path

import pytest

BENCHMARKS = sorted((Path(__file__).parents[2] / "benchmarks").glob("*.py"))


def used_names(path: Path) -> dict[tuple[str, str], set[str]]:
    """Return what a file imports from the package, module and name, with the used attributes."""
    nodes = [*ast.walk(ast.parse(path.read_text("utf-8")))]
    attributes: dict[str, set[str]] = {}
    for node in nodes:
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            attributes.setdefault(node.value.id, set()).add(node.attr)
    return {
        (node.module, alias.name): attributes.get(alias.asname or alias.name, set())
        for node in nodes
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if node.module.startswith("movierec_cli")
    }


@pytest.mark.parametrize("path", BENCHMARKS, ids=lambda path: path.stem)
def test_a_benchmark_uses_names_that_exist(path: Path) -> None:
    missing = []
    for (module, name), attributes in used_names(path).items():
        found = getattr(importlib.import_module(module), name, None)
        if found is None:
            missing.append(f"{module}.{name}")
        elif isinstance(found, type):
            fields = getattr(found, "__dataclass_fields__", {})
            known = (*dir(found), *fields)
            missing += [f"{name}.{attribute}" for attribute in attributes if attribute not in known]
    assert missing == []


def test_there_are_benchmarks_that_import_the_package() -> None:
    assert sum(bool(used_names(path)) for path in BENCHMARKS) > 10
