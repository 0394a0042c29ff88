"""``movierec quickstart``."""

from movierec_cli.cli import output as console


def quickstart() -> None:
    """Get the data, look at it, train dnn, measure it, recommend: the whole path in one go.

    Where MovieLens 100K cannot be downloaded, it goes on with made-up data and says so.

    [bold]Examples[/]

      movierec quickstart
    """
    from movierec_cli.cli import download, eda, evaluate, recommend, train
    from movierec_cli.core.data import registry, synthetic
    from movierec_cli.core.errors import NetworkError
    from movierec_cli.core.paths import Paths

    dataset, suffix = registry.DEFAULT_DATASET, ""
    paths = Paths.from_environment()
    try:
        if registry.parsed_path(dataset, paths).exists():
            console.info(f"MovieLens 100K is already in {paths.cache}.")
        else:
            _announce("download")
            download.download()
    except NetworkError as failure:
        console.info(f"No download: {failure.message} {failure.hint}")
        console.info(
            "Going on with made-up data, so that you can see how it works. Its figures and films "
            "say nothing about MovieLens."
        )
        dataset = synthetic.NAME
        suffix = f" --dataset {dataset}"
    run = "dnn" if not suffix else f"dnn-{dataset}"
    _announce(f"eda genres{suffix}")
    eda.genres(dataset=dataset)
    _announce(f"train dnn{suffix}")
    train.train("dnn", dataset=dataset)
    _announce(f"evaluate {run}")
    evaluate.evaluate(run)
    _announce(f"recommend --user 42 --run {run}")
    recommend.recommend(user=42, run=run)


def _announce(command: str) -> None:
    console.stdout().file.flush()
    console.info("")
    console.info(f"$ movierec {command}", style="bold green")
