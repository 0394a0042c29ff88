"""``movierec recommend --all-users``: recommendations for every user, into a file."""

from pathlib import Path
from typing import TYPE_CHECKING

from movierec_cli.cli.loading import load_run
from movierec_cli.cli.output import info
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.core.recommend.filters import Filters


def write_all_users(run: str, filters: "Filters", output: Path | None) -> None:
    """Write the recommendations for every user of a run's data set; show the progress."""
    from movierec_cli.cli.progress import CountProgress
    from movierec_cli.core.recommend.batch import FORMATS, output_format, write_recommendations

    if output is None:
        raise UsageError("--all-users needs a file to write to.", "Add: -o recommendations.csv")
    output_format(output, FORMATS)
    loaded = load_run(run)
    written = write_recommendations(loaded.model, loaded.dataset, filters, output, CountProgress())
    info(f"Wrote {written:,} films for {len(loaded.dataset.users):,} users to {output}.")
