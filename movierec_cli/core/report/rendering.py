"""The report as Markdown with its figures beside it, or as one self-contained HTML file."""

import base64
import errno
import re
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from movierec_cli.core.eda.layout import decimals
from movierec_cli.core.files import atomic_write, unusable
from movierec_cli.core.report.building import Report

_MARKDOWN = re.compile(r"[\\`*_<>\[\]|~]|&(?=#?\w+;)")  # characters that Markdown interprets
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
            raise IsADirectoryError(errno.EISDIR, "it is a folder")
    except OSError as error:
        raise unusable(path, "written", error) from error


def write_html(report: Report, path: Path) -> None:
    """Write a report as HTML; a reader sees the old file or the new, never a part of it."""
    with atomic_write(path) as file:
        file.write(render_html(report).encode())


def write_markdown(report: Report, path: Path) -> None:
    """Write a report as Markdown, its figures first, so that the text never names a missing one."""
    folder = path.with_name(f"{path.stem}-figures")
    for name, content in report.figures.items():
        with atomic_write(folder / f"{name}.svg") as file:
            file.write(content)
    with atomic_write(path) as file:
        file.write(render_markdown(report, folder.name).encode())


def render_markdown(report: Report, folder: str) -> str:
    """Return a report as Markdown; ``folder`` holds its figures."""
    figures = {name: Markup(quote(f"{folder}/{name}.svg")) for name in report.figures}
    template = _environment(finalize=_escape_markdown).get_template("report.md.j2")
    text = template.render(report.values, figures=figures)
    return _BLANK_LINES.sub("\n\n", text).strip() + "\n"


def render_html(report: Report) -> str:
    """Return a report as one HTML page, from its Markdown; the figures are images in it."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    body = markdown.render(render_markdown(report, "figures"))
    for name, content in report.figures.items():
        source = f"data:image/svg+xml;base64,{base64.b64encode(content).decode()}"
        body = body.replace(f'src="{quote(f"figures/{name}.svg")}"', f'src="{source}"')
    page = _environment().get_template("page.html.j2")
    return page.render(title=report.values["title"], body=Markup(body)) + "\n"


def _environment(**options: Any) -> Environment:
    environment = Environment(
        loader=PackageLoader("movierec_cli.core.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        **options,
    )
    environment.filters.update(count=_count, decimal=_decimal, percent=_percent)
    return environment


def _escape_markdown(value: object) -> object:
    """Escape a value, but no text that a template has made; Jinja calls it for each output."""
    if isinstance(value, Markup):
        return value
    return Markup(_MARKDOWN.sub(r"\\\g<0>", str(value)))


def _count(number: float, one: str = "", many: str = "") -> str:
    """Format a whole number, with the noun it counts if one is given."""
    return f"{number:,.0f} {one if number == 1 else many or f'{one}s'}" if one else f"{number:,.0f}"


def _decimal(value: float | None, digits: int = 2) -> str:
    return decimals(digits)(value)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
