"""The weight of popularity in a ranking, for more well-known or more less known films.

Scores s rise with the number of ratings c of a film. For each user, least squares over the catalog
gives the part of the scores that c explains,

    explained_i = b (c_i - mean(c))       b = |cov(s, c)| / var(c)

and a popularity of a, -1..1, ranks by

    s_i + a explained_i

At 0 these are the scores. At -1 they no longer correlate with the number of ratings; at 1 the
explained part counts twice. Each user has a b of their own, so a means the same for short and long
histories, for every model and every catalog. The absolute value keeps the direction where scores
fall with c.

The number of ratings itself, not its logarithm, tells well-known films apart and leaves those of
few ratings alone: ranking against the logarithm recommends films that nobody has rated.
"""

import numpy as np

from movierec_cli.core.data.dataset import Dataset, FloatArray


def weigh_popularity(scores: FloatArray, dataset: Dataset, popularity: float) -> FloatArray:
    """Return scores [n_users, n_films] with another weight of popularity, -1..1; 0 keeps them."""
    if not popularity:
        return scores
    counts = np.bincount(dataset.ratings.film_rows, minlength=len(dataset.films))
    centered = counts - counts.mean()  # [n_films]
    # the mean of the scores cancels out, since the centered counts sum up to 0
    slopes = np.abs(scores @ centered) / max(float(centered @ centered), 1e-12)  # [n_users]
    return np.asarray(scores + popularity * slopes[:, None] * centered, np.float32)
