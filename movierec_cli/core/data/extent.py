"""The extent of a catalog in words, and data sets with newer films."""

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.editions import EDITIONS
from movierec_cli.core.data.titles import year_in


def catalog_extent(dataset: Dataset) -> str:
    """Return the number of films and their years: ``1,682 films, 1922 to 1998``."""
    years = _years(dataset)
    extent = f"{len(dataset.films):,} films"
    return f"{extent}, {min(years)} to {max(years)}" if years else extent


def newer_films(dataset: Dataset, wanted: tuple[int, int] | None = None) -> str:
    """Return a sentence about a newer edition than this one; empty if there is none.

    It is of no use to those who want films of some years that this one covers, and empty then. The
    packaged edition comes first, then the smallest.
    """
    last = max(_years(dataset), default=None)
    if last is None or dataset.name not in EDITIONS or (wanted and wanted[1] <= last):
        return ""
    newer = [edition for edition in EDITIONS.values() if edition.last_year > last]
    newer.sort(key=lambda edition: (not edition.is_packaged, edition.bytes or 10**9))
    if not newer:
        return ""
    return (
        f"{newer[0].name} has films up to {newer[0].last_year}: "
        f"movierec train dnn --dataset {newer[0].name}"
    )


def _years(dataset: Dataset) -> list[int]:
    found = map(year_in, dataset.films.titles.tolist())
    return [year for year in found if year is not None]
