"""``movierec recommend --all-users``: recommendations for every user, into a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from movierec_cli.cli.loading import load_run
from movierec_cli.cli.output import info
from movierec_cli.core.errors import UsageError

if TYPE_CHECKING:
    from movierec_cli.cli.query import Told


@dataclass(frozen=True)
class EveryoneRequest:
    """What to write for every user; ``filters`` are the fields of `Filters`."""

    run: str
    rerank: str | None
    filters: dict[str, Any]
    output: Path | None
    explain: bool


def recommend_to_everyone(request: EveryoneRequest, all_users: bool, told: "Told") -> None:
    """Write the recommendations of every user; tell on stderr how far it is."""
    from movierec_cli.cli.progress import ProgressBar
    from movierec_cli.core.recommend.batch import table_writer, write_recommendations
    from movierec_cli.core.recommend.filters import Filters

    _check(request, all_users, told)
    output = request.output
    if output is None:
        raise UsageError(
            "--all-users writes a file, and none is named.", "Add: -o recommendations.csv"
        )
    writer = table_writer(output)
    loaded = load_run(request.run)
    ranker = None if request.rerank is None else load_run(request.rerank).model
    filters = Filters(**request.filters)
    written = write_recommendations(
        loaded.model, loaded.dataset, filters, writer, ProgressBar(), ranker
    )
    info(f"Wrote {written:,} films for {len(loaded.dataset.users):,} users to {output}.")


def _check(request: EveryoneRequest, all_users: bool, told: "Told") -> None:
    if not all_users:
        raise UsageError(
            "-o is for --all-users; other recommendations are printed.",
            "Add --all-users, or print to a file: --format csv > FILE.csv",
        )
    if told.user is not None or told.of_somebody_new:
        raise UsageError(
            "--all-users asks for everybody; the other options name one person.",
            "Leave out one of them.",
        )
    if request.explain:
        raise UsageError("--all-users does not explain.", "Explain one: --user 42 --explain")
