"""How the tables of ``movierec eda`` look to people; each comes with its complete records."""

from movierec_cli.cli.eda_views.film_views import films
from movierec_cli.cli.eda_views.genre_views import genres, occupations
from movierec_cli.cli.eda_views.rating_views import ratings
from movierec_cli.cli.eda_views.user_views import users

__all__ = ["films", "genres", "occupations", "ratings", "users"]
