"""Reader of ``ratings.dat``, ``movies.dat`` and ``users.dat``, of MovieLens 1M and 10M."""

from movierec_cli.core.data.readers.assemble import Assembled
from movierec_cli.core.data.readers.catalog import UserTable, read_films, read_users
from movierec_cli.core.data.readers.movielens import assemble_stars, read_stars
from movierec_cli.core.data.readers.tables import Problems, TextFormat
from movierec_cli.core.data.sources import Source
from movierec_cli.core.progress import Progress

OCCUPATIONS = (
    "other", "academic/educator", "artist", "clerical/admin", "college/grad student",
    "customer service", "doctor/health care", "executive/managerial", "farmer", "homemaker",
    "K-12 student", "lawyer", "programmer", "retired", "sales/marketing", "scientist",
    "self-employed", "technician/engineer", "tradesman/craftsman", "unemployed", "writer",
)  # fmt: skip
"""The occupations by their codes 0 to 20."""

_BY_CODE = {str(code): name for code, name in enumerate(OCCUPATIONS)}

AGES = {"1": 15, "18": 21, "25": 29, "35": 39, "45": 47, "50": 52, "56": 60}
"""Code of each band of ages, its first year -> the age of its users here, in its middle."""

_RATINGS = ("userId", "movieId", "rating", "timestamp")
_FILMS = ("movieId", "title", "genres")
_USERS = ("userId", "gender", "age", "occupation", "zip")


def read(source: Source, name: str, progress: Progress) -> Assembled:
    """Read the files; cells are separated by ``::``, and there is no header."""
    problems = Problems()
    with source.open("movies.dat") as file:
        encoding = _encoding(file.read())
    ratings = read_stars(
        source, "ratings.dat", TextFormat("::", "latin-1", _RATINGS, False), problems, progress
    )
    with source.open("movies.dat") as file:
        films = read_films(
            file, source.place("movies.dat"), TextFormat("::", encoding, _FILMS, False), problems
        )
    users = UserTable()
    if "users.dat" in source.sizes:
        with source.open("users.dat") as file:
            users = read_users(
                file,
                source.place("users.dat"),
                TextFormat("::", "latin-1", _USERS, False),
                problems,
                {"age": _age, "occupation": _occupation},
            )
    problems.raise_any()
    return assemble_stars(name, ratings, films, users)


def _encoding(data: bytes) -> str:
    """Return the encoding: UTF-8 in MovieLens 10M, Latin-1 in MovieLens 1M."""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def _age(code: str) -> str:
    return str(AGES.get(code, code))


def _occupation(code: str) -> str:
    return _BY_CODE.get(code, code)
