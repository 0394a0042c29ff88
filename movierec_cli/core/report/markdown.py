"""The report as Markdown, with its figures as SVG files in a folder beside it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from movierec_cli.core.files import atomic_write
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Code,
    Document,
    Figure,
    Note,
    Paragraph,
    Table,
)
from movierec_cli.core.report.inline_svg import on_white

_NOTES = {"correction": "Correction.", "missing": "Not here yet.", "warning": "Note."}
_MADE_UP = "Made-up data."
_SPECIAL = re.compile(r"([\\*_<>\[\]|~])")
_CODE = re.compile(r"(`[^`]+`)")


def write_markdown(document: Document, path: Path) -> None:
    """Write a report as Markdown, its figures first, so that the text never names a missing one."""
    text, files = render_markdown(document, f"{path.stem}-figures")
    for name, content in files.items():
        with atomic_write(path.parent / name) as file:
            file.write(content.encode())
    with atomic_write(path) as file:
        file.write(text.encode())


def render_markdown(document: Document, folder: str) -> tuple[str, dict[str, str]]:
    """Return a report as Markdown, and the files that it names.

    Parameters
    ----------
    folder
        Where the figures are to be, relative to the text.
    """
    writer = _Writer(folder, document.made_up)
    parts = [f"# {_text(document.title)}", _text(document.subtitle) + "."]
    parts += map(writer.block, document.blocks)
    for number, chapter in enumerate(document.chapters, start=1):
        parts += writer.chapter(number, chapter)
    return "\n\n".join(parts) + "\n", writer.files


@dataclass
class _Writer:
    """Writes blocks, counts figures and tables, and keeps the files of the figures."""

    folder: str
    made_up: bool
    files: dict[str, str] = field(default_factory=dict)
    figures: int = 0
    tables: int = 0

    def chapter(self, number: int, chapter: Chapter) -> Iterator[str]:
        yield f"## {number}. {_text(chapter.title)}"
        yield from map(self.block, chapter.blocks)
        for section in chapter.sections:
            yield f"### {_text(section.title)}"
            yield from map(self.block, section.blocks)

    def block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return _text(block.text)
            case Note():
                return f"> **{_NOTES[block.kind]}** {_text(block.text)}"
            case Code():
                return "\n".join(["```sh", *block.lines, "```"])
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block)

    def _table(self, table: Table) -> str:
        self.tables += 1
        lines = [
            _row(_text(column.header) for column in table.columns),
            _row("---:" if column.numeric else "---" for column in table.columns),
        ]
        for at, row in enumerate(table.rows):
            cells = [
                f"**{_text(cell)}**" if (at, column) in table.strong else _text(cell)
                for column, cell in enumerate(row)
            ]
            lines.append(_row(cells))
        caption = f"**Table {self.tables}.** {self._caption(table.caption)}"
        return "\n\n".join([caption, "\n".join(lines), *map(_text, table.notes)])

    def _figure(self, figure: Figure) -> str:
        self.figures += 1
        images = []
        for at, panel in enumerate(figure.panels, start=1):
            suffix = f"-{at}" if len(figure.panels) > 1 else ""
            name = f"{self.folder}/{figure.name}{suffix}.svg"
            self.files[name] = on_white(panel)
            images.append(f"![{_text(figure.caption)}]({quote(name)})")
        caption = f"**Figure {self.figures}.** {self._caption(figure.caption)}"
        return "\n\n".join(["\n".join(images), caption])

    def _caption(self, text: str) -> str:
        return _text(f"{_MADE_UP} {text}" if self.made_up else text)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """Escape what Markdown would read as something else; code between backticks stays."""
    return "".join(
        part if part.startswith("`") and part.endswith("`") and len(part) > 1
        else _SPECIAL.sub(r"\\\1", part)
        for part in _CODE.split(text)
    )  # fmt: skip
