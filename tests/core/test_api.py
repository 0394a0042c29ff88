"""The Python interface: the same answers as the commands, and errors with the next step."""

from pathlib import Path

import pytest

import movierec_cli
from movierec_cli.core.api import LoadedRun, load_run, neighbors, recommend, similar
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend import rank
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Demographics, make_query, user_query
from movierec_cli.core.runs.store import save_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def home(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A home with a default dnn of one epoch."""
    paths = Paths.from_environment({"MOVIEREC_HOME": str(tmp_path_factory.mktemp("home"))})
    load_dataset(SMALL, paths)
    spec = TrainSpec("dnn", overrides=Overrides(epochs=1), name="dnn")
    save_run(train_run(small, spec, lambda _: None), paths.runs)
    return paths


@pytest.fixture(scope="module")
def run(home: Paths) -> LoadedRun:
    return load_run("dnn", home)


def test_a_run_comes_with_its_data(run: LoadedRun, small: Dataset) -> None:
    assert (run.manifest.name, run.dataset.checksum()) == ("dnn", small.checksum())
    assert run.model.score(small.histories, small.users).score.shape == (120, 200)


def test_a_user_of_the_data_gets_the_list_of_the_query(run: LoadedRun, small: Dataset) -> None:
    expected = rank.recommend(run.model, small, user_query(small, 7), Filters(n=4))
    assert recommend(run, user=7, n=4) == expected


def test_every_value_of_a_new_user_counts(run: LoadedRun, small: Dataset) -> None:
    title = str(small.films.titles[2])
    demographics = Demographics(
        age=30, gender="F", occupation=small.occupations[0], zip_code="55455"
    )
    query = make_query(small, {0: 5.0, 2: 5.0, 1: 1.0, 8: 4.5}, demographics)
    expected = rank.recommend(run.model, small, query, Filters(n=4, diversity=0.2))
    assert expected == recommend(
        run, like=[1, title], dislike=[2], ratings={"9": 4.5}, age=30, gender="F",
        occupation=small.occupations[0], zip_code="55455", n=4, diversity=0.2,
    )  # fmt: skip


def test_reasons_are_filled_in_if_asked_for(run: LoadedRun) -> None:
    films = recommend(run, like=[1, 3], explain=True)
    assert {reason.film_id for film in films for reason in film.reasons} <= {1, 3}
    assert any(film.reasons for film in films)
    assert not any(film.reasons for film in recommend(run))  # nothing is required


@pytest.mark.parametrize(
    ("values", "error", "message"),
    [
        ({"user": 7, "like": [1]}, UsageError, "--user names a user of the data set"),
        ({"like": [1], "dislike": [1]}, UsageError, "two ratings: 5 for 1 and 1 for 1"),
        ({"n": 0}, UsageError, "0 films"),
        ({"n": 201}, DataError, r"Only \d+ films are left to recommend, not 201"),
    ],
)
def test_wrong_values_are_refused(
    values: dict, error: type[Exception], message: str, run: LoadedRun
) -> None:
    with pytest.raises(error, match=message):
        recommend(run, **values)


def test_similar_films_and_users_are_found(run: LoadedRun) -> None:
    films = similar(run, 3, n=4)
    assert len(films) == 4
    assert 3 not in [film.film_id for film in films]
    assert similar(run, str(run.dataset.films.titles[2]), n=4) == films
    assert len(neighbors(run, 7, n=3)) == 3


def test_the_package_offers_the_interface() -> None:
    assert movierec_cli.recommend is recommend
    assert movierec_cli.load_run is load_run
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        movierec_cli.nothing  # noqa: B018


def test_the_example_of_the_docs_runs(home: Paths, run: LoadedRun, monkeypatch: pytest.MonkeyPatch,
                                      capsys: pytest.CaptureFixture[str]) -> None:  # fmt: skip
    monkeypatch.setenv("MOVIEREC_HOME", str(home.cache.parent))
    document = Path(movierec_cli.__file__).parents[1] / "docs" / "python.md"
    blocks = document.read_text(encoding="utf-8").split("```python\n")[1:]
    code = "\n".join(block.split("```")[0] for block in blocks)
    for title, row in (("Fargo", 0), ("toy stroy", 1), ("Evita", 2)):
        code = code.replace(f'"{title}"', repr(str(run.dataset.films.titles[row])))
    genre = run.dataset.genres[1]
    exec(compile(code.replace('"Comedy"', repr(genre)), str(document), "exec"), {})
    assert capsys.readouterr().out
