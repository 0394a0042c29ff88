"""Make the images of the README with the program itself: ``make images``.

The table of genres is printed to a terminal that Rich records and exports as SVG. The same data
gives the same bytes, so a change of the image is a change of the program.
"""

import io
import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console
from rich.terminal_theme import DEFAULT_TERMINAL_THEME

from movierec_cli.cli import eda
from movierec_cli.cli import output as console

IMAGES = Path(__file__).parent / "images"
WIDTH = 78  # characters
_OFFLINE = re.sub(
    r"@font-face \{\{.*?\}\}", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL
)  # no web fonts


def main() -> None:
    """Write every image."""
    recorded = Console(
        record=True, width=WIDTH, highlight=False, force_terminal=True, file=io.StringIO(),
        color_system="truecolor",
    )  # fmt: skip
    console.stdout = lambda: recorded  # type: ignore[assignment]
    eda.genres(sort=eda.GenreColumn.watchers_per_film)
    IMAGES.mkdir(exist_ok=True)
    recorded.save_svg(
        str(IMAGES / "eda-genres.svg"),
        title="movierec eda genres --sort watchers_per_film",
        theme=DEFAULT_TERMINAL_THEME,
        code_format=_OFFLINE,
        unique_id="movierec",
    )


if __name__ == "__main__":
    main()
