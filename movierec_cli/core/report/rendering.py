"""The report as one self-contained HTML file, or as Markdown with its figures beside it."""

import base64
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from movierec_cli.core.errors import DataError
from movierec_cli.core.files import atomic_write
from movierec_cli.core.report import formatting
from movierec_cli.core.report.building import Report

_MARKDOWN = re.compile(r"[\\`*_<>\[\]|~]|&(?=#?\w+;)")  # what Markdown would interpret
_BLANK_LINES = re.compile(r"\n\s*\n")


def require_writable(path: Path) -> None:
    """Check that a report can be written to ``path``.

    Raises
    ------
    DataError
        If the folder cannot be made or written to, or a folder has this name.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=path.parent):
            pass
        if path.is_dir():
            raise IsADirectoryError(None, "it is a folder")
        if figures_folder(path).is_file():
            raise NotADirectoryError(None, f"{figures_folder(path)} is a file")
    except OSError as error:
        raise DataError(
            f"The report cannot be written to {path}: {error.strerror}.",
            "Name another file with: movierec report --output FILE",
        ) from error


def figures_folder(path: Path) -> Path:
    """Return the folder of the figures of a report in Markdown."""
    return path.with_name(f"{path.stem}-figures")


def write_html(report: Report, path: Path) -> None:
    """Write a report as HTML; a reader sees the old file or the new, never a part of it."""
    with atomic_write(path) as file:
        file.write(render_html(report).encode())


def write_markdown(report: Report, path: Path) -> None:
    """Write a report as Markdown, its figures first, so that the text never names a missing one."""
    folder = figures_folder(path)
    for name, content in report.figures.items():
        with atomic_write(folder / f"{name}.svg") as file:
            file.write(content)
    with atomic_write(path) as file:
        file.write(render_markdown(report, folder.name).encode())


def render_html(report: Report) -> str:
    """Return a report as one HTML page; the figures are images in it."""

    def source(name: str) -> str:
        content = base64.b64encode(report.figures[name]).decode()
        return f"data:image/svg+xml;base64,{content}"

    return _render(report, "html.j2", source)


def render_markdown(report: Report, folder: str) -> str:
    """Return a report as Markdown; ``folder`` holds its figures."""

    def source(name: str) -> Markup:
        return Markup(quote(f"{folder}/{name}.svg"))

    return _render(report, "markdown.j2", source, finalize=_escape_markdown)


def _render(report: Report, blocks: str, source: Callable[[str], str], **options: Any) -> str:
    environment = Environment(
        loader=PackageLoader("movierec_cli.core.report"),
        autoescape=True,
        undefined=StrictUndefined,
        **options,
    )
    environment.filters.update(
        count=formatting.count,
        decimal=formatting.decimal,
        listed=formatting.listed,
        minus=formatting.minus,
        percent=formatting.percent,
        setting=formatting.setting,
        squeeze=_squeeze,
    )
    environment.globals.update(
        figure_source=lambda name: source(name) if name in report.figures else "",
        synthetic=report.values["synthetic"],
    )
    text = environment.get_template("report.j2").render(report.values, blocks=blocks)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _escape_markdown(value: object) -> object:
    """Escape a value, but no text that a template has made; Jinja calls it for each output."""
    if isinstance(value, Markup):
        return value
    return Markup(_MARKDOWN.sub(r"\\\g<0>", str(value)))


def _squeeze(text: str) -> str:
    """Replace line breaks and runs of spaces by one space; no-break spaces stay."""
    return type(text)(re.sub(r"[ \n]+", " ", text).strip(" "))
