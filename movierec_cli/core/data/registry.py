"""Registry of all data sets: the published editions and the synthetic ones, found by name.

A new edition is added to `EDITIONS`.
"""

import logging
from pathlib import Path

from movierec_cli.core.data import store, synthetic
from movierec_cli.core.data.archives import Edition
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.readers import ml_100k
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.paths import Paths
from movierec_cli.core.progress import SILENT, Progress

DEFAULT_DATASET = "ml-100k"

EDITIONS = {
    "ml-100k": Edition(
        name="ml-100k",
        title="MovieLens 100K",
        url="https://files.grouplens.org/datasets/movielens/ml-100k.zip",
        sha256="50d2a982c66986937beb9ffb3aa76efe955bf3d5c6b761f4e3a7cd717c6a3229",
        folder="ml-100k/",
        files={
            "u.data": "6e47046882bad158b0efbb84cd5cb987",
            "u.item": "c9e7f390115d79079537301d5204f3f7",
            "u.user": "1b53539edc13caad0282c8500608a319",
            "u.genre": "a7578bdb37758741ae9429d2c736af18",
            "u.occupation": "035abaa2165f35cebce4b91e03481e0a",
            "u1.test": "62d5d837e7c8e36550cc956b09c2ecc8",
            "u2.test": "1951a71b7e1f4ed254508007fa2f6b70",
            "u3.test": "cb3e4d0a9152041772285232ca002d4f",
            "u4.test": "328acfca94e85d01b1d7e92c7d73df3b",
            "u5.test": "bec898f7091dba3b7bdf793d1998d2d6",
            "ua.test": "52e5d0355092dc1596899855b220508f",
            "ub.test": "5292d1e388d156aa0c19c384cdf35aca",
        },
        parse=ml_100k.parse,
        folds=ml_100k.FOLDS,
        terms=(
            "MovieLens 100K is free for research; redistribution and commercial use need the "
            "permission of GroupLens. Cite: Harper and Konstan (2015), The MovieLens Datasets, "
            "doi 10.1145/2827872."
        ),
    ),
}
"""Name -> published edition."""

_LOG = logging.getLogger(__name__)


def is_known(name: str) -> bool:
    """Return whether there is a data set of that name, in the cache or to be made."""
    try:
        return name in EDITIONS or bool(synthetic.parse_name(name))
    except UsageError:
        return False


def archive_path(name: str, paths: Paths) -> Path:
    """Return the path of the verified archive of an edition in the cache."""
    return paths.cache / f"{name}.zip"


def parsed_path(name: str, paths: Paths) -> Path:
    """Return the path of the prepared form of a data set in the cache."""
    return paths.cache / f"{name}.npz"


def load_dataset(name: str, paths: Paths, progress: Progress = SILENT) -> Dataset:
    """Load a data set by name: an edition, ``synthetic`` or ``synthetic-USERSxFILMSxRATINGS``.

    The prepared form is kept in the cache. It is prepared again where it is missing or damaged.
    The data set is also returned when the cache cannot be written to.

    Raises
    ------
    DataError
        If the data set has to be downloaded first.
    UsageError
        If there is no data set of that name.
    IntegrityError
        If the archive in the cache is damaged.
    """
    edition = EDITIONS.get(name)
    size = None if edition else synthetic.parse_name(name)  # refuses an unknown name
    prepared = parsed_path(name, paths)
    if prepared.exists():
        try:
            return load_prepared(name, paths)
        except IntegrityError as error:
            progress.note(f"{error.message} Preparing it again.")
    if edition:
        dataset = load_cached_archive(edition, paths)
    else:
        dataset = synthetic.generate(size, name=name)
    try:
        store.save(dataset, prepared)
    except DataError as error:
        progress.note(f"{error.message} Going on without the cache.")
    return dataset


def load_prepared(name: str, paths: Paths) -> Dataset:
    """Load the prepared form of a data set from the cache.

    Raises
    ------
    IntegrityError
        As in `store.load`, and if the file holds another data set.
    """
    path = parsed_path(name, paths)
    dataset = store.load(path)
    if dataset.name != name:
        raise IntegrityError(f"{path} holds another data set: {dataset.name}.")
    _LOG.debug("read %s and verified it", path)
    return dataset


def load_cached_archive(edition: Edition, paths: Paths) -> Dataset:
    """Read, verify and parse the archive of an edition in the cache.

    Raises
    ------
    DataError
        If it is not in the cache.
    IntegrityError
        If it is damaged.
    """
    path = archive_path(edition.name, paths)
    if not path.exists():
        raise DataError(
            f"{edition.title} is not in {paths.cache}.", "Get it with: movierec download"
        )
    dataset = edition.load_archive(path, str(path))
    _LOG.debug("read %s and verified it", path)
    return dataset
