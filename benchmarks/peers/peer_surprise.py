"""scikit-surprise: SVD, the biased matrix factorization of the Netflix prize."""

from itertools import product

import numpy as np
import pandas as pd
from common import Model, Rate, Training, main
from surprise import SVD, Dataset, Reader


def svd(train: Training, n_factors: int, n_epochs: int, reg_all: float) -> Rate:
    """The mean and the known bias stand in for a user or a film never seen."""
    table = pd.DataFrame({"user": train.users, "film": train.films, "rating": train.ratings})
    data = Dataset.load_from_df(table, Reader(rating_scale=(1, 5))).build_full_trainset()
    model = SVD(
        n_factors=n_factors, n_epochs=n_epochs, reg_all=reg_all, lr_all=0.01, random_state=0
    )
    model.fit(data)

    def rate(users: np.ndarray, films: np.ndarray) -> np.ndarray:
        pairs = zip(users.tolist(), films.tolist(), strict=True)
        return np.array([model.predict(user, film).est for user, film in pairs])

    return rate


GRID = [
    {"n_factors": f, "n_epochs": n, "reg_all": r}
    for f, n, r in product((100,), (40, 70), (0.09, 0.11))
]

if __name__ == "__main__":
    main("scikit-surprise", [Model("SVD", "rating", svd, GRID)])
