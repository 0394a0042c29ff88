"""The report as one HTML file that needs nothing else: no network, no scripts."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

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
from movierec_cli.core.report.inline_svg import inline
from movierec_cli.core.report.style import CSS

_CODE = re.compile(r"`([^`]+)`")
_NOTES = {"correction": "Correction.", "missing": "Not here yet.", "warning": "Note."}
_MADE_UP = "Made-up data."
_WIDE = 700.0  # pixels; a wider figure scrolls on a narrow screen, others shrink


def write_html(document: Document, path: Path) -> None:
    """Write a report as HTML; a reader sees the old file or the new, never a part of it."""
    with atomic_write(path) as file:
        file.write(render_html(document).encode())


def render_html(document: Document) -> str:
    """Return a report as one HTML page."""
    writer = _Writer(document.made_up)
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(document.title)}</title>",
        f"<style>\n{CSS}</style>",
        "</head>",
        "<body>",
        f"<header><h1>{escape(document.title)}</h1>",
        f'<p class="subtitle">{escape(document.subtitle)}</p></header>',
        *map(writer.block, document.blocks),
        _contents(document),
        "<main>",
        *(line for number, chapter in enumerate(document.chapters, start=1)
          for line in writer.chapter(number, chapter)),
        "</main>",
        "</body>",
        "</html>",
    ]  # fmt: skip
    return "\n".join(parts) + "\n"


def _contents(document: Document) -> str:
    items = "".join(
        f'<li><a href="#chapter-{number}">{escape(chapter.title)}</a></li>'
        for number, chapter in enumerate(document.chapters, start=1)
    )
    return f'<nav aria-label="Contents"><ol>{items}</ol></nav>'


class _Writer:
    """Writes blocks and counts figures and tables."""

    def __init__(self, made_up: bool) -> None:
        self._made_up = made_up
        self._figures = 0
        self._tables = 0

    def chapter(self, number: int, chapter: Chapter) -> Iterator[str]:
        yield f'<section id="chapter-{number}">'
        yield f"<h2>{number}. {escape(chapter.title)}</h2>"
        yield from map(self.block, chapter.blocks)
        for section in chapter.sections:
            yield f"<h3>{escape(section.title)}</h3>"
            yield from map(self.block, section.blocks)
        yield "</section>"

    def block(self, block: Block) -> str:
        match block:
            case Paragraph():
                return f"<p>{_text(block.text)}</p>"
            case Note():
                name = _NOTES[block.kind]
                return f'<div class="note {block.kind}"><b>{name}</b> {_text(block.text)}</div>'
            case Code():
                return f"<pre><code>{escape(chr(10).join(block.lines))}</code></pre>"
            case Table():
                return self._table(block)
            case Figure():
                return self._figure(block)

    def _table(self, table: Table) -> str:
        self._tables += 1
        kinds = [' class="n"' if column.numeric else "" for column in table.columns]
        head = "".join(
            f'<th scope="col"{kind}>{escape(column.header)}</th>'
            for column, kind in zip(table.columns, kinds, strict=True)
        )
        rows = "\n".join(
            "<tr>"
            + "".join(
                f"<td{kind}>{_cell(cell, (at, column) in table.strong)}</td>"
                for column, (cell, kind) in enumerate(zip(row, kinds, strict=True))
            )
            + "</tr>"
            for at, row in enumerate(table.rows)
        )
        label = f"table-{self._tables}"
        notes = "".join(f'<p class="notes">{_text(note)}</p>' for note in table.notes)
        return (
            f'<div class="table"><p class="caption" id="{label}"><b>Table {self._tables}.</b> '
            f"{self._caption(table.caption)}</p>"
            f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{label}">'
            f'<table aria-labelledby="{label}"><thead><tr>{head}</tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody></table></div>{notes}</div>"
        )

    def _figure(self, figure: Figure) -> str:
        self._figures += 1
        prefix = f"figure{self._figures}"
        total = len(figure.panels)
        drawn = [
            inline(
                panel,
                f"{prefix}-{at}",
                escape(figure.caption) + (f" Panel {at} of {total}." if total > 1 else ""),
            )
            for at, panel in enumerate(figure.panels, start=1)
        ]
        kind = "scroll" if drawn[0][1] > _WIDE else "panels"
        focus = "" if kind == "panels" else ' tabindex="0"'
        return (
            f'<figure><div class="{kind}"{focus}>{"".join(svg for svg, _ in drawn)}</div>'
            f"<figcaption><b>Figure {self._figures}.</b> {self._caption(figure.caption)}"
            "</figcaption></figure>"
        )

    def _caption(self, text: str) -> str:
        return _text(f"{_MADE_UP} {text}" if self._made_up else text)


def _cell(text: str, strong: bool) -> str:
    return f"<b>{escape(text)}</b>" if strong else escape(text)


def _text(text: str) -> str:
    """Escape a text; what stands between backticks is code."""
    return _CODE.sub(r"<code>\1</code>", escape(text))
