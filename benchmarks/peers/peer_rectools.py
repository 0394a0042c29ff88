"""RecTools: EASE on ratings."""

import numpy as np
import pandas as pd
from common import Model, Rank, Training, main
from rectools.dataset import Dataset
from rectools.models import EASEModel


def ease(train: Training, regularization: float) -> Rank:
    """Multiply the ratings of each user with the weights, as the model itself does."""
    interactions = pd.DataFrame(
        {
            "user_id": train.users,
            "item_id": train.films,
            "weight": train.ratings,
            "datetime": pd.Timestamp("2000-01-01"),
        }
    )
    dataset = Dataset.construct(interactions)
    model = EASEModel(regularization=regularization)
    model.fit(dataset)
    films = dataset.item_id_map.convert_to_external(np.arange(dataset.item_id_map.size))
    matrix = train.matrix()

    def score(users: np.ndarray) -> np.ndarray:
        scores = np.full((len(users), train.n_films), -np.inf, np.float32)
        scores[:, films] = matrix[users][:, films] @ model.weight
        return scores

    return score


GRID = [{"regularization": r} for r in (1500.0, 3000.0, 4500.0, 6000.0)]
MODELS = [Model("EASE", "ranking", ease, GRID)]

if __name__ == "__main__":
    main("rectools", MODELS)
