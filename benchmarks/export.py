"""Write the splits, as movierec cuts them, for libraries that know nothing of movierec.

    python benchmarks/export.py FOLDER [--seeds 705 706] [--dataset NAME]

Each task becomes FOLDER/NAME.npz. It holds what may be trained on and what is asked, and never
the ratings that are the answer. The files hold rows of MovieLens: they go into a temporary
folder and are not to be committed or passed on.
"""

import numpy as np
from tasks import Task, parser, tasks_of

from movierec_cli.core.data.dataset import Dataset, Histories, Ratings
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.data.scenarios import COLD_START, FOLD_IN, Scenario
from movierec_cli.core.data.splits import make_split, split_ratings
from movierec_cli.core.paths import Paths

VALIDATION_SHARE = 0.2
VALIDATION_SEED = 0


def main() -> None:
    arguments = parser().parse_args()
    dataset = load_dataset(arguments.dataset, Paths.from_environment())
    arguments.folder.mkdir(parents=True, exist_ok=True)
    for task in tasks_of(arguments):
        np.savez(arguments.folder / f"{task.name}.npz", **export(dataset, task))


def scenario_of(dataset: Dataset, task: Task) -> tuple[Dataset, Scenario]:
    """Return the training part and the scenario of a task."""
    split = make_split(dataset, task.holdout, task.split_seed)
    return split.full_train, next(s for s in split.scenarios if s.name == task.scenario)


def export(dataset: Dataset, task: Task) -> dict[str, np.ndarray]:
    """Return the arrays of a task.

    In fold-in the known part of the held-out users' ratings is training data too: many
    libraries can only recommend to users that they were trained on.
    """
    train, scenario = scenario_of(dataset, task)
    user_rows = np.searchsorted(dataset.users.ids, scenario.users.ids)
    known = train.ratings
    if task.scenario == FOLD_IN:
        known = _joined(known, scenario.histories, user_rows)
    fit, validation = split_ratings(
        dataset.with_ratings(train.ratings), VALIDATION_SHARE, VALIDATION_SEED
    )
    arrays = {
        **_triplets("train", known),
        "users": user_rows,
        "pair_users": user_rows[scenario.targets.user_rows],
        "pair_films": scenario.targets.film_rows,
        **_triplets("fit", fit.ratings),
        "validation_users": np.searchsorted(dataset.users.ids, validation.users.ids),
        "validation_indptr": validation.targets.indptr,
        "validation_films": validation.targets.film_rows,
        "validation_ratings": validation.targets.ratings,
        "n_users": np.array(len(dataset.users)),
        "n_films": np.array(len(dataset.films)),
        "lowest_rating": np.array(dataset.lowest_rating),
        "age": dataset.users.age,
        "gender": dataset.users.gender,
        "occupation": dataset.users.occupation,
        "genres": dataset.films.genres,
        "years": dataset.films.years,
    }
    if task.scenario == COLD_START:
        assert not np.isin(user_rows, known.user_rows).any()
    return arrays


def _joined(ratings: Ratings, histories: Histories, user_rows: np.ndarray) -> Ratings:
    return Ratings.ordered(
        np.concatenate([ratings.user_rows, user_rows[histories.user_rows]]).astype(np.int32),
        np.concatenate([ratings.film_rows, histories.film_rows]),
        np.concatenate([ratings.values, histories.ratings]),
        np.concatenate([ratings.timestamps, histories.timestamps]),
    )


def _triplets(name: str, ratings: Ratings) -> dict[str, np.ndarray]:
    return {
        f"{name}_users": ratings.user_rows.astype(np.int64),
        f"{name}_films": ratings.film_rows.astype(np.int64),
        f"{name}_ratings": ratings.values,
    }


if __name__ == "__main__":
    main()
