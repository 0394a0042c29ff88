"""Tables of the exploratory analysis: functions that compute DataFrames, and their layouts.

A user *watches* a genre by rating at least one film of it. A share is always 0..1, a standard
deviation the sample's (n - 1 in the denominator). A value that does not exist, such as the
standard deviation of one rating, is NaN.
"""

from movierec_cli.core.eda import film_tables, genre_tables, rating_tables, user_tables
from movierec_cli.core.eda.counting import has_genres
from movierec_cli.core.eda.coverage import Gap, gaps
from movierec_cli.core.eda.film_tables import (
    MIN_RATINGS,
    film_distribution,
    film_statistics,
    films,
    long_tail,
    ratings_per_film,
)
from movierec_cli.core.eda.genre_tables import (
    METRICS,
    genres,
    has_occupations,
    occupation_matrix,
    occupations,
)
from movierec_cli.core.eda.layout import Grid, Layout, Write
from movierec_cli.core.eda.rating_tables import (
    has_many_values,
    overview,
    rating_steps,
    ratings,
    ratings_over_time,
)
from movierec_cli.core.eda.user_tables import (
    age_bands,
    genders,
    genres_per_user,
    ratings_per_user,
    user_occupations,
    user_statistics,
    users,
)

LAYOUTS = {
    layout.key: layout
    for module in (rating_tables, genre_tables, user_tables, film_tables)
    for layout in vars(module).values()
    if isinstance(layout, Layout)
}
"""The layout of each table by its key, which is the name of its function too."""

__all__ = [
    "LAYOUTS",
    "METRICS",
    "MIN_RATINGS",
    "Gap",
    "Grid",
    "Layout",
    "Write",
    "age_bands",
    "film_distribution",
    "film_statistics",
    "films",
    "gaps",
    "genders",
    "genres",
    "genres_per_user",
    "has_genres",
    "has_many_values",
    "has_occupations",
    "long_tail",
    "occupation_matrix",
    "occupations",
    "overview",
    "rating_steps",
    "ratings",
    "ratings_over_time",
    "ratings_per_film",
    "ratings_per_user",
    "user_occupations",
    "user_statistics",
    "users",
]
