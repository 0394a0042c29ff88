"""The report: data, models, training, evaluation and recommendations in one document.

`build` computes the values that the template shows; `write_html` and `write_markdown` render it.
"""

from movierec_cli.core.report.building import Report, build
from movierec_cli.core.report.rendering import (
    render_html,
    render_markdown,
    require_writable,
    write_html,
    write_markdown,
)
from movierec_cli.core.report.sources import Sources, find_sources, train_missing

__all__ = [
    "Report",
    "Sources",
    "build",
    "find_sources",
    "render_html",
    "render_markdown",
    "require_writable",
    "train_missing",
    "write_html",
    "write_markdown",
]
