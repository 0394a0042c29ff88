"""``movierec quickstart``."""

from movierec_cli.cli.output import info, stdout


def quickstart() -> None:
    """Download, explore, train dnn, evaluate and recommend in one go.

    Without a network it uses made-up data.

    [bold]Examples[/]

      movierec quickstart
    """
    from movierec_cli.cli import download, eda, evaluate, recommend, train
    from movierec_cli.core.data import registry, synthetic
    from movierec_cli.core.errors import NetworkError
    from movierec_cli.core.paths import Paths

    dataset, run, suffix = registry.DEFAULT_DATASET, "dnn", ""
    paths = Paths.from_environment()
    try:
        if registry.parsed_path(dataset, paths).exists():
            info(f"MovieLens 100K is already in {paths.cache}.")
        else:
            _announce("download")
            download.download()
    except NetworkError as failure:
        info(f"No download: {failure.message} {failure.hint}")
        info(
            "The next steps use made-up data and show only how the commands work; the figures and "
            "films are not those of MovieLens."
        )
        dataset = synthetic.NAME
        run, suffix = f"dnn-{dataset}", f" --dataset {dataset}"
    _announce(f"eda genres{suffix}")
    eda.genres(dataset=dataset)
    _announce(f"train dnn{suffix}")
    train.train("dnn", dataset=dataset)
    _announce(f"evaluate {run}")
    evaluate.evaluate(run)
    _announce(f"recommend --user 42 --run {run}")
    recommend.recommend(user=42, run=run)


def _announce(command: str) -> None:
    stdout().file.flush()
    info("")
    info(f"$ movierec {command}", style="bold green")
