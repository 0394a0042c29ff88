"""``movierec quickstart``."""

from movierec_cli.cli.loading import load_dataset
from movierec_cli.cli.output import info, stdout

_FALLBACK = "ml-latest-small"


def quickstart() -> None:
    """Download, explore, train dnn, evaluate and recommend in one go.

    Without a network it uses MovieLens Latest Small, which comes with movierec.

    [bold]Examples[/]

      movierec quickstart
    """
    from movierec_cli.cli import download, eda, evaluate, recommend, train
    from movierec_cli.core.data import registry
    from movierec_cli.core.errors import NetworkError
    from movierec_cli.core.experiments.reuse import missing_trainings
    from movierec_cli.core.files import exists
    from movierec_cli.core.paths import Paths
    from movierec_cli.core.runs.train_spec import TrainSpec

    dataset, run, suffix = registry.DEFAULT_DATASET, "dnn", ""
    paths = Paths.from_environment()
    try:
        if exists(registry.prepared_path(dataset, paths)):
            info(f"MovieLens 100K is already in {paths.cache}.")
        else:
            _announce("download")
            download.download(dataset)
    except NetworkError as failure:
        info(f"No download: {failure.message}")
        info(
            f"The next steps use {_FALLBACK}, which comes with movierec: real ratings of real "
            "films up to 2018, without the age, gender and occupation of users."
        )
        dataset = _FALLBACK
        run, suffix = f"dnn-{dataset}", f" --dataset {dataset}"
        _announce(f"download {dataset}")
        download.download(dataset)
    _announce(f"eda genres{suffix}")
    eda.genres(dataset=dataset)
    if missing_trainings([TrainSpec("dnn")], load_dataset(dataset), paths.runs):
        _announce(f"train dnn{suffix}")
        train.train("dnn", dataset=dataset)
    else:
        info(f"The run {run!r} is trained already.")
    _announce(f"evaluate {run}")
    evaluate.evaluate(run)
    _announce(f"recommend --user 42 --run {run}")
    recommend.recommend(user="42", run=run)
    stdout().file.flush()
    info(f"\nFilms for you, after a few questions: movierec recommend{suffix}")
    info(f"As a page to choose films with, in your browser: movierec page{suffix} --open")


def _announce(command: str) -> None:
    stdout().file.flush()
    info("")
    info(f"$ movierec {command}", style="bold green")
