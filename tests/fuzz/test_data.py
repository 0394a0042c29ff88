"""Whatever stands in the files of the data or of a person: it is read, or refused in our words."""

import json
import tempfile
from pathlib import Path

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from movierec_cli.core.data import registry
from movierec_cli.core.data.install import keep_import, read_import
from movierec_cli.core.data.readers.own_files import OwnFiles
from movierec_cli.core.data.readers.scale import Scale
from movierec_cli.core.data.titles import year_in
from movierec_cli.core.errors import DataError, IntegrityError, MovierecError, UsageError
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend import profiles
from movierec_cli.core.recommend.query import make_query
from movierec_cli.core.recommend.ratings_files.reading import read_ratings
from movierec_cli.core.recommend.title_search import TitleIndex, normalize
from tests.fuzz.changes import (
    ANYTHING,
    TYPED,
    examples,
    spoilt_bytes,
    spoilt_json,
    spoilt_table,
)
from tests.helpers import edition_of, make_dataset, tiny_contents, write_folder, write_zip

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
            dataset = edition_of(SOUND).read(path, "some.zip")
        except IntegrityError as error:
            assert error.message.startswith("some.zip")
        else:
            assert len(dataset.ratings) == 5


LAYOUTS: tuple[dict[str, bytes], ...] = (
    {name: SOUND[name] for name in ("u.data", "u.item", "u.user", "u1.test")},
    {
        "ratings.dat": b"1::10::5::978302109\n2::30::3::978300760\n1::30::1::5\n",
        "movies.dat": b"10::Star Trek: First (1996)::Action|War\n30::L\xe9on (1994)::War\n",
        "users.dat": b"1::F::1::10::48067\n2::M::56::16::70072-1234\n",
    },
    {
        "ratings.csv": b"userId,movieId,rating,timestamp\n1,10,0.5,978302109\n2,30,4,5\n",
        "movies.csv": b'movieId,title,genres\n10,"Boat, The (1996)",War|IMAX\n30,Heat,\n',
        "links.csv": b"movieId,imdbId,tmdbId\n10,0114709,862\n30,0000001,\n",
    },
)
SEPARATORS = st.sampled_from([b",", b"::", b"|", b"\t"])


@examples(80)
@given(data=st.data())
def test_a_spoilt_folder_of_movielens_is_imported_or_refused(data: st.DataObject) -> None:
    contents = dict(data.draw(st.sampled_from(LAYOUTS)))
    name = data.draw(st.sampled_from(sorted(contents)))
    sound = contents[name]
    spoilt = st.one_of(spoilt_bytes(sound), spoilt_table(sound, data.draw(SEPARATORS)))
    contents[name] = data.draw(spoilt)
    with tempfile.TemporaryDirectory() as folder:
        path = write_folder(Path(folder) / "data", contents)
        is_imported_or_refused(OwnFiles(path), folder)


@examples(80)
@given(
    content=st.one_of(
        spoilt_bytes(b"user,film,rating,timestamp,title\na,7,4,2020-01-31,Heat\nb,9,1.5,5,\n"),
        spoilt_table(b"user;film;rating;time\n1;7;4,5;881250949\n2;9;1;881250950\n", b";"),
        spoilt_bytes("user,film,rating\n1,7,4\n2,007,1\n".encode("utf-16")),
        st.binary(max_size=60),
    ),
    implicit=st.booleans(),
)
def test_a_spoilt_table_is_imported_or_refused(content: bytes, implicit: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "mine.csv"
        path.write_bytes(content)
        files = OwnFiles(path, films=path, users=path, scale=Scale(0, 10), implicit=implicit)
        is_imported_or_refused(files, folder)


def is_imported_or_refused(files: OwnFiles, folder: str) -> None:
    """Check that an import can be kept and loads back, or that its refusal names the place."""
    try:
        imported = read_import(files, "mine")
    except (DataError, IntegrityError) as error:
        assert folder in error.message
        assert error.hint
        return
    paths = Paths(cache=Path(folder) / "cache", data=Path(folder) / "kept")
    keep_import(imported, paths)
    loaded = registry.load_dataset("mine", paths)
    assert loaded.without_checksum().checksum() == imported.dataset.checksum()
    assert 1 <= len(loaded.ratings) == loaded.histories.counts.sum()
    assert loaded.ratings.values.min() >= 0
    assert loaded.ratings.values.max() <= 5


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
    spoilt_table(
        b"Const,Your Rating,Title,Title Type,Year\ntt0116282,8,Fargo,Movie,1996\n,9,Heat,,1987\n",
        b",",
    ),
    spoilt_bytes(b"Date,Name,Year,Letterboxd URI,Rating\n2024-01-02,Fargo,1996,x,4.5\n"),
    spoilt_json(
        [{"rating": 9, "type": "movie", "movie": {"title": "Fargo", "ids": {"imdb": None}}}]
    ).map(lambda content: json.dumps(content).encode()),
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
            own = read_ratings([path], INDEX)
            own.report.require_match()
        except MovierecError as error:
            assert error.message.startswith(str(path))
        else:
            assert own.seen | set(own.ratings)
            assert own.seen | set(own.ratings) <= {0, 1, 2}
            assert all(1 <= rating <= 5 for rating in own.ratings.values())
            assert own.report.lines()


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
            assert error.hint.endswith("movierec profiles import ann FILE --force")
            return
    try:
        query = make_query(FILMS, profile.film_ratings(FILMS), profile)
    except UsageError:  # a film or an occupation of another data set
        return
    assert np.all((query.history.ratings >= 1) & (query.history.ratings <= 5))
