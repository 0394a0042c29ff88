"""Whatever stands in the files of the data or of a person: it is read, or refused in our words."""

import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import DataError, IntegrityError, UsageError
from movierec_cli.core.recommend import profiles
from movierec_cli.core.recommend.query import make_query
from movierec_cli.core.recommend.ratings_file import read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex, normalize
from tests.fuzz.changes import (
    ANYTHING,
    TYPED,
    examples,
    spoilt_bytes,
    spoilt_json,
    spoilt_table,
)
from tests.helpers import edition_of, make_dataset, tiny_contents, write_zip

SOUND = tiny_contents()
FILMS = make_dataset([(0, 0, 4.0)], 1, ["Fargo (1996)", "Évita, L' (1996)", "Heat (1986)"])
INDEX = TitleIndex(FILMS)


@examples(80)
@given(data=st.data())
def test_a_spoilt_archive_is_read_or_refused(data: st.DataObject) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = write_zip(Path(name) / "some.zip", SOUND)
        path.write_bytes(data.draw(st.one_of(spoilt_bytes(path.read_bytes()), st.binary())))
        try:
            dataset = edition_of(SOUND).load_archive(path, "some.zip")
        except IntegrityError as error:
            assert error.message.startswith("some.zip")
        else:
            assert len(dataset.ratings) == 5


GOOD_FILMS = st.sampled_from(["fargo", "10", "30", "heat 1986"])
GOOD_RATINGS = st.sampled_from(["4", "5.0", "1"])
CELLS = st.one_of(
    st.sampled_from(['"', '"fargo', '"4"5', "film", "rating", "title", "0.9", "5.1"]),
    TYPED,
    st.integers().map(str),
    st.floats().map(str),
)
LINES = st.one_of(
    st.tuples(GOOD_FILMS, GOOD_RATINGS),
    st.tuples(GOOD_FILMS, CELLS),
    st.tuples(CELLS, GOOD_RATINGS),
    st.lists(CELLS, max_size=3),
).map(",".join)
OWN_RATINGS = st.one_of(
    st.lists(LINES, max_size=4).map(
        lambda lines: "\n".join(["film,rating", *lines]).encode(errors="surrogatepass")
    ),
    spoilt_bytes(b'film,rating\n10,4\n"Heat (1986)",2.5\n'),
    spoilt_table(b"title,rating,note\nfargo,4,good\n30,2.5,\n", b","),
    st.binary(max_size=60),
)


@examples(150)
@given(content=OWN_RATINGS)
@example(content=b'film,rating\n10,4\n"fargo')
def test_own_ratings_are_read_or_refused_by_file_and_line(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        path.write_bytes(content)
        try:
            ratings = read_ratings(path, INDEX)
        except DataError as error:
            assert error.message.startswith((f"{path}, line ", f"{path} has no rating"))
        else:
            assert ratings
            assert set(ratings) <= {0, 1, 2}
            assert all(1 <= rating <= 5 for rating in ratings.values())


@examples(150)
@example(query="9" * 5000, titles=["9"])
@example(query="²", titles=["Alien²"])
@example(query="?!", titles=["?"])
@given(
    query=st.one_of(TYPED, st.sampled_from(["fargo", "heat (19", "evita", "l'évita 1996", "the"])),
    titles=st.lists(st.text(st.characters(codec="latin-1", exclude_characters="\n"), min_size=1),
                    min_size=1, max_size=3),
)  # fmt: skip
def test_whatever_is_typed_finds_films_or_none(query: str, titles: list[str]) -> None:
    films = make_dataset([(0, 0, 4.0)], 1, ["Fargo (1996)", "Heat (1986)", *titles])
    index = TitleIndex(films)
    assert set(index.search(query)) <= set(range(len(films.films)))
    assert index.search(query) == [] or normalize(query) or year_in(query)
    try:
        assert 0 <= index.resolve(query) < len(films.films)
    except UsageError as error:
        assert error.hint


PROFILE = {
    "schema": 1,
    "name": "ann",
    "dataset": "by-hand",
    "ratings": {"10": 4.5, "30": 1},
    "age": 30,
    "gender": "F",
    "occupation": None,
    "zip_code": "01234",
}
PROFILES = st.one_of(
    st.one_of(spoilt_json(PROFILE), ANYTHING).map(lambda content: json.dumps(content).encode()),
    spoilt_bytes(json.dumps(PROFILE).encode()),
    st.binary(max_size=30),
)


@examples(150)
@given(content=PROFILES)
def test_a_spoilt_profile_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "ann.json").write_bytes(content)
        try:
            profile = profiles.load_profile("ann", Path(folder))
        except IntegrityError as error:
            assert error.hint == "Remove it with: movierec profiles remove ann"
            return
    try:
        query = make_query(FILMS, profile.film_ratings(FILMS), profile)
    except UsageError:  # a film or an occupation of another data set
        return
    assert np.all((query.history.ratings >= 1) & (query.history.ratings <= 5))
