"""The report: its chapters made anew from the data and the runs that are there.

`build` makes a document of plain values; `write_html` and `write_markdown` put it into files.
"""

from movierec_cli.core.report.building import build
from movierec_cli.core.report.html import render_html, write_html
from movierec_cli.core.report.markdown import render_markdown, write_markdown
from movierec_cli.core.report.material import Material, gather, train_missing

__all__ = [
    "Material",
    "build",
    "gather",
    "render_html",
    "render_markdown",
    "train_missing",
    "write_html",
    "write_markdown",
]
