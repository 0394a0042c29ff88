"""The Python face: the same answers as the parts below, and errors that say what to do."""

import dataclasses
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import movierec_cli
from movierec_cli.core.api import LoadedRun, load_run, neighbors, recommend, similar
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.data.registry import load_dataset
from movierec_cli.core.errors import DataError, UsageError
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.paths import Paths
from movierec_cli.core.recommend import rank as core
from movierec_cli.core.recommend.filters import Filters
from movierec_cli.core.recommend.query import Answers, known_user, someone
from movierec_cli.core.runs.store import save_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec
from tests.conftest import SMALL


@pytest.fixture(scope="module")
def home(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A home with a default dnn and a two-tower that have learned for a moment."""
    paths = Paths.from_environment({"MOVIEREC_HOME": str(tmp_path_factory.mktemp("home"))})
    load_dataset(SMALL, paths)
    for model, preset in (("dnn", "default"), ("two-tower", "original")):
        request = TrainSpec(model, preset, overrides=Overrides(epochs=1), name=model)
        save_run(train_run(small, request, lambda _: None), paths.runs)
    return paths


@pytest.fixture(scope="module")
def run(home: Paths) -> LoadedRun:
    return load_run("dnn", home)


def test_a_run_comes_with_its_data(run: LoadedRun, small: Dataset) -> None:
    assert (run.manifest.name, run.dataset.checksum()) == ("dnn", small.checksum())
    assert run.model.score(small.histories, small.users).score.shape == (120, 200)


def test_a_user_of_the_data_gets_her_list(run: LoadedRun, small: Dataset) -> None:
    expected = core.recommend(run.model, small, known_user(small, 7), Filters(n=4))
    assert recommend(run, user=7, n=4) == expected


def test_everything_told_counts(run: LoadedRun, small: Dataset) -> None:
    title = str(small.films.titles[2])
    told = Answers(SMALL, {1: 5.0, 3: 5.0, 2: 1.0, 9: 4.5}, 30, "F", small.occupations[0], "55455")
    expected = core.recommend(run.model, small, someone(small, told), Filters(n=4, diversity=0.2))
    assert expected == recommend(
        run, like=[1, title], dislike=[2], ratings={"9": 4.5}, age=30, gender="F",
        occupation=small.occupations[0], zip_code="55455", n=4, diversity=0.2,
    )  # fmt: skip


def test_nothing_has_to_be_told(run: LoadedRun) -> None:
    assert len(recommend(run)) == 10


def test_reasons_are_told_if_asked_for(run: LoadedRun) -> None:
    films = recommend(run, like=[1, 3], explain=True)
    assert {reason.film_id for film in films for reason in film.reasons} <= {1, 3}
    assert all(not film.reasons for film in recommend(run, like=[1, 3]))


def test_another_run_ranks_again(run: LoadedRun, home: Paths) -> None:
    ratings = [film.rating for film in recommend(run, user=7, rerank=load_run("two-tower", home))]
    assert ratings == sorted(ratings, reverse=True, key=lambda rating: rating or 0)
    assert None not in ratings


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"user": 121}, "There is no user 121"),
        ({"user": 7, "like": [1]}, "--user asks for a user of the data set"),
        ({"user": 7, "age": 30}, "--user asks for a user of the data set"),
        ({"like": [1], "dislike": [1]}, "is given two ratings: 5 for 1 and 1 for 1"),
        ({"like": ["xyzzy"]}, "There is no film 'xyzzy'"),
        ({"ratings": {1: 9}}, "A rating is 1 to 5, not 9"),
        ({"age": -3}, "Nobody is -3 years old"),
        ({"n": 0}, "0 films cannot be recommended"),
        ({"years": (1995, 1990)}, "in the wrong order"),
    ],
)
def test_what_makes_no_sense_is_refused(told: dict, message: str, run: LoadedRun) -> None:
    with pytest.raises(UsageError, match=message):
        recommend(run, **told)


def test_too_many_films_are_refused(run: LoadedRun) -> None:
    with pytest.raises(DataError, match=r"Only \d+ films are left to recommend, not 201"):
        recommend(run, n=201)


def test_what_is_ranked_again_cannot_be_explained(run: LoadedRun) -> None:
    with pytest.raises(UsageError, match="cannot be explained"):
        recommend(run, user=7, explain=True, rerank=run)


def test_a_run_that_is_not_there_says_how_to_train_it(paths: Paths) -> None:
    with pytest.raises(DataError, match="There is no run 'dnn'") as caught:
        load_run("dnn", paths)
    assert caught.value.hint == "Train one with: movierec train dnn"


def test_films_and_users_that_are_near(run: LoadedRun) -> None:
    films = similar(run, 3, n=4)
    assert len(films) == 4
    assert 3 not in [film.film_id for film in films]
    assert similar(run, str(run.dataset.films.titles[2]), n=4) == films
    assert len(neighbors(run, 7, n=3)) == 3


def test_the_face_is_loaded_when_it_is_asked_for() -> None:
    assert movierec_cli.recommend is recommend
    assert movierec_cli.load_run is load_run
    assert set(movierec_cli.__all__) <= {*dir(movierec_cli), *movierec_cli.__all__}
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        movierec_cli.nothing  # noqa: B018


def test_asking_loads_neither_torch_nor_pandas_nor_scipy(home: Paths) -> None:
    code = (
        "import sys, json; from movierec_cli import load_run, recommend, similar;"
        "before = 'numpy' in sys.modules; run = load_run();"
        "recommend(run, user=7); recommend(run, like=['3']); similar(run, 3);"
        "print(json.dumps([before, sorted(n.partition('.')[0] for n in sys.modules)]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"MOVIEREC_HOME": str(home.cache.parent)},
        capture_output=True,
        text=True,
        check=True,
    )
    _, loaded = json.loads(done.stdout)
    assert not {"torch", "pandas", "scipy", "sklearn", "urllib3", "typer", "rich"} & set(loaded)


def test_the_worked_example_runs(home: Paths, run: LoadedRun, monkeypatch: pytest.MonkeyPatch,
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


def test_recommendations_are_plain_values(run: LoadedRun) -> None:
    (film,) = recommend(run, user=7, n=1)
    record = dataclasses.asdict(film)
    assert json.loads(json.dumps(record))["film_id"] == film.film_id
    assert not any(isinstance(value, np.generic) for value in record.values())
