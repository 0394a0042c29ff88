"""Vectors in few bits keep the lists of the model."""

import numpy as np

from movierec_cli.core.api import LoadedRun
from movierec_cli.core.data.dataset import Histories, Users
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.models.topk import top_k
from movierec_cli.core.page.content import films_by_popularity, page_model
from movierec_cli.core.page.vectors import DEMOGRAPHIC_STEPS, pack


def rounded(run: LoadedRun) -> Dnn:
    """The model with the vectors as a page has them, in the order of the catalog."""
    model = page_model(run.model)
    parts = pack(model, run.dataset, np.arange(len(run.dataset.films)))
    films, histories = zip(*(part.unpacked() for part in parts), strict=True)
    return Dnn(
        {
            **model.weights,
            "film_vectors": np.hstack(films).astype(np.float32),
            "history_vectors": np.hstack(histories).astype(np.float32),
            "demographic_vectors": np.hstack(
                [p.demographics * p.rests.steps / DEMOGRAPHIC_STEPS for p in parts]
            ).astype(np.float32),
            "constant": np.hstack([p.constant for p in parts]).astype(np.float32),
            "component_sizes": np.array([len(p.constant) for p in parts], np.float32),
            "component_weights": np.array([p.weight for p in parts], np.float32),
            "component_gates": np.array([p.gate for p in parts], np.float32),
        }
    )


def test_scores_and_lists_stay_the_same(run: LoadedRun) -> None:
    histories, users = run.dataset.histories, run.dataset.users
    cases = [
        (histories, users),
        (histories, Users.unknown(len(users))),
        (Histories.empty(len(users)), users),
    ]
    for case in cases:
        exact, near = page_model(run.model).score(*case).score, rounded(run).score(*case).score
        assert np.abs(near - exact).max() < 0.01 * np.abs(exact).max()
        assert (top_k(near, 10) == top_k(exact, 10)).mean() > 0.98


def test_the_vectors_of_some_films_are_those_of_all(run: LoadedRun) -> None:
    rows = films_by_popularity(run.dataset)[:50]
    model = page_model(run.model)
    (films, _), *_ = (part.unpacked() for part in pack(model, run.dataset, rows))
    lengths = np.linalg.norm(films, axis=1)
    width = int(model.weights["component_sizes"][0])
    expected = np.linalg.norm(model.film_vectors[rows, :width], axis=1)
    np.testing.assert_allclose(lengths, expected, rtol=0.1)  # but for axes without spread
