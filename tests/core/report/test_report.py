"""The report: its values, its two formats, and its sources."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from movierec_cli.core import figures
from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.errors import DataError
from movierec_cli.core.evaluation.metrics import METRICS
from movierec_cli.core.experiments.reuse import epoch_units
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.report import (
    Report,
    Sources,
    build,
    building,
    find_sources,
    render_html,
    render_markdown,
    require_writable,
    train_missing,
    write_html,
    write_markdown,
)
from movierec_cli.core.report.data_chapter import has_pairs
from movierec_cli.core.report.model_chapters import model_values
from movierec_cli.core.report.sequence_chapter import measured_sequences, sequence_values
from movierec_cli.core.report.sources import KINDS
from movierec_cli.core.runs.store import load_run, save_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, default_name
from tests.bare_data import stripped
from tests.helpers import RecordedProgress, make_dataset

NASTY = """<script>"x" & 'y'</script> &lt; [rec] (2007) | * _ ` # \\"""
CHAPTERS = [
    "Data analysis", "Models and training", "Evaluation", "Sequences", "Recommendations",
    "Reproduction",
]  # fmt: skip


class Page(HTMLParser):
    """The tags, the attributes and the texts of a page."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.sources: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(render_html(report))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.sources += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.texts.append((self.tags[-1] if self.tags else "", data))

    def of(self, tag: str) -> list[str]:
        return [text for of, text in self.texts if of == tag and text.strip()]


def plain(report: Report) -> str:
    """Return the words of the report, without line breaks and marks of Markdown."""
    return " ".join(re.sub(r"[*\\>]", "", render_markdown(report, "f")).split())


def done(progress: RecordedProgress) -> int:
    return sum(amount for _, amount in progress.of("advance"))


@pytest.fixture(scope="module")
def runs(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each preset ``original``, trained for an epoch."""
    folder = tmp_path_factory.mktemp("runs")
    for model in ("two-tower", "dnn"):
        spec = TrainSpec(model, "original", overrides=Overrides(epochs=1))
        save_run(train_run(small, spec, lambda _: None), folder)
    return folder


@pytest.fixture(scope="module")
def sources(small: Dataset, runs: Path) -> Sources:
    return find_sources(small, runs)


@pytest.fixture(scope="module")
def drawn(sources: Sources) -> Report:
    """A report with figures."""
    pytest.importorskip("matplotlib")
    return build(sources)


def undrawn(sources: Sources, *progress: RecordedProgress) -> Report:
    """Return a report as without matplotlib, because drawing takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(building, "_can_draw", lambda: False)
        return build(sources, *progress)


@pytest.fixture(scope="module")
def report(sources: Sources) -> Report:
    return undrawn(sources)


def test_a_title_appears_as_text(report: Report) -> None:
    values = dict(report.values)
    user = values["recommendations"]["users"][0]
    table = replace(user["table"], rows=[["1", NASTY, "Drama", "–", "0.5", "4"]])
    values["recommendations"] = {"run": "mine", "users": [{**user, "table": table}]}
    values["dataset"] = NASTY
    page = Page(replace(report, values=values))
    assert "script" not in page.tags
    assert NASTY in page.of("td")
    assert NASTY in "".join(text for _, text in page.texts if text != NASTY)  # the first paragraph


def test_a_page_has_every_chapter_table_and_figure_and_is_self_contained(drawn: Report) -> None:
    page = Page(drawn)
    assert [text.split(". ")[1] for text in page.of("h2")] == CHAPTERS
    of_data, of_runs, of_scenarios, lists = 5, 1, 2, 3
    assert page.tags.count("table") == of_data + of_runs + of_scenarios + lists
    assert page.tags.count("img") == len(drawn.figures) == len(page.sources) == 9
    assert all(source.startswith("data:image/svg+xml;base64,") for source in page.sources)
    assert not {"script", "link", "iframe"} & set(page.tags)
    assert plain(drawn).count("Made-up data. ") == 2 * len(drawn.figures) + page.tags.count("table")


def test_the_same_data_and_runs_give_the_same_report(report: Report, sources: Sources) -> None:
    assert render_html(undrawn(sources)) == render_html(report)


def test_without_runs_each_chapter_names_the_command_that_trains_one(
    small: Dataset, tmp_path: Path
) -> None:
    text = render_markdown(undrawn(find_sources(small, tmp_path)), "f")
    for model, preset in KINDS:
        suffix = "" if preset == "default" else f" --preset {preset}"
        assert text.count(f"movierec train {model}{suffix} --dataset {small.name}\n") >= 1
    assert "pip install 'movierec[plot]'" in text


def test_tables_have_the_results_of_the_runs(report: Report, sources: Sources) -> None:
    text = plain(report)
    for run in sources.runs.values():
        for result in run.manifest.evaluation:
            values = [result["metrics"][name] for name in METRICS]
            cells = ["–" if value is None else f"{value:.4f}" for value in values]
            assert f"| {' | '.join(cells)} |" in text
    assert "published" not in text  # those results are about other data
    assert "Correction." not in text


def test_the_best_of_each_column_is_bold(report: Report) -> None:
    grid = report.values["evaluation"]["scenarios"]["fold-in"]["table"]
    for metric, column in zip(
        METRICS.values(), list(zip(*grid.rows, strict=True))[1:], strict=True
    ):
        values = [float(cell.strip("*")) for cell in column if cell != "–"]
        bold = {float(cell.strip("*")) for cell in column if cell.startswith("**")}
        assert bold == {metric.best(values)}, metric.name


def test_the_kept_epoch_and_the_losses_are_those_of_the_epochs(sources: Sources) -> None:
    run = sources.runs["dnn", "original"]
    losses = ((3.0, 2.0), (2.0, 1.0), (1.0, 1.5))
    epochs = tuple(
        {"number": at, "train": {"loss": train}, "validation": {"loss": validation},
         "is_kept": at < 3, "seconds": 1.0}
        for at, (train, validation) in enumerate(losses, start=1)
    )  # fmt: skip
    manifest = replace(run.manifest, epochs=epochs, kept_epoch=2)
    changed = replace(sources, runs={("dnn", "original"): replace(run, manifest=manifest)})
    kind = next(kind for kind in model_values(changed)["kinds"] if kind["run"])
    assert (kind["epochs"], kind["kept"], kind["loss"]) == (3, 2, (3.0, 2.0, 1.0))
    assert kind["validation"] == {"lowest": 1.0, "epoch": 2, "last": 1.5}


def test_settings_stand_beside_those_of_the_original(sources: Sources) -> None:
    original = replace(sources, dataset=replace(sources.dataset, name="ml-100k"))
    for kind in model_values(original)["kinds"]:
        if kind["run"]:
            rows = {row[0]: list(row[1:]) for row in kind["settings"].rows}
            assert rows["hidden dim"] == ["512", "512"]
            assert rows["epochs"][0] == "1"
    assert all(not kind.get("settings") for kind in model_values(sources)["kinds"])


def test_only_fitting_runs_are_taken(
    small: Dataset, medium: Dataset, runs: Path, tmp_path: Path
) -> None:
    assert list(find_sources(small, runs).runs) == [("two-tower", "original"), ("dnn", "original")]
    assert find_sources(medium, runs).runs == {}
    run = load_run(f"dnn-original-{small.name}", runs)
    for name, split in (
        ("of-fold", {"holdout": "ua", "split_seed": None, "cut": None}),
        ("newer", None),
    ):
        manifest = replace(run.manifest, name=name, split=split or run.manifest.split)
        save_run(replace(run, manifest=manifest), tmp_path)
    found = find_sources(small, tmp_path)
    assert [run.manifest.name for run in found.runs.values()] == ["newer"]
    (tmp_path / "newer" / "manifest.json").write_text("{")
    assert find_sources(small, tmp_path).runs == {}


def test_missing_runs_are_trained_and_their_epochs_counted(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    run = load_run(f"dnn-original-{small.name}", runs)
    trained = []

    def pretend(dataset: Dataset, spec: TrainSpec, *_: object) -> object:
        trained.append((spec.model, spec.preset))
        name = default_name(spec, dataset.name)
        manifest = replace(run.manifest, name=name, model=spec.model, preset=spec.preset)
        return replace(run, manifest=manifest)

    monkeypatch.setattr("movierec_cli.core.experiments.resume.train_run", pretend)
    monkeypatch.setattr("movierec_cli.core.experiments.resume.save_run", lambda *_: None)
    progress = RecordedProgress()
    train_missing(find_sources(small, tmp_path), tmp_path, progress)
    assert trained == list(KINDS)
    total = sum(epoch_units(TrainSpec(*kind)) for kind in KINDS)
    assert progress.of("start")[0][2] == done(progress) == total
    assert progress.of("finish")


def test_progress_counts_the_baselines(sources: Sources) -> None:
    progress = RecordedProgress()
    undrawn(sources, progress)
    assert done(progress) == progress.of("start")[0][2]
    assert any("ease" in step for _, step in progress.of("describe"))
    assert progress.of("finish")


@pytest.fixture(scope="module")
def bare(small: Dataset) -> Dataset:
    """Ratings in half stars without demographics, times and genres; kept as imported data."""
    return replace(stripped(small), name="mine")


@pytest.fixture(scope="module")
def bare_sources(bare: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("bare-runs")
    spec = TrainSpec("two-tower", "original", overrides=Overrides(epochs=1))
    save_run(train_run(bare, spec, lambda _: None), folder)
    return find_sources(bare, folder)


def test_a_report_leaves_out_what_the_data_lacks_and_says_so(bare_sources: Sources) -> None:
    report = undrawn(bare_sources)
    text = plain(report)
    for statement in (
        "Not in this data. mine has no times of its ratings",
        "Not in this data. mine has no genres of its films",
        "Not in this data. mine has no ages, genders or occupations of its users",
        "Nothing about the held-out users is known",
        "No demographics: every user gets the same list, but from random.",
        "Left out: demographic-ridge, which needs demographics.",
        "without ratings a model gives every user the same list",
        "movierec import PATH --name mine",
    ):
        assert statement in text, statement
    for word in ("### Genres", "Occupation and genre", "UTC", "unknown user", "nan", "MovieLens"):
        assert word not in text, word
    assert "| demographic-ridge |" not in text
    assert "| ease |" in text
    (user, *_) = report.values["recommendations"]["users"]
    assert user["table"].headers == [
        "#", "Film", "Predicted rating", "Like probability", "Rating given",
    ]  # fmt: skip
    assert {len(row) for row in user["table"].rows} == {5}


def test_a_report_draws_what_the_data_has(bare_sources: Sources) -> None:
    pytest.importorskip("matplotlib")
    drawn = build(bare_sources)
    assert set(drawn.figures) == {
        "ratings", "users", "films", "training-two-tower-original-mine", "comparison",
    }  # fmt: skip
    text = plain(drawn)
    assert "Rating values." in text
    assert "Users by number of ratings." in text


def test_a_report_of_complete_data_names_no_gap(report: Report, sources: Sources) -> None:
    text = plain(report)
    assert "Not in this data" not in text
    assert "No demographics" not in text
    assert "Only the demographics of the held-out users are known" in text


def test_occupations_need_genres_to_be_compared_by(small: Dataset) -> None:
    users = small.users
    assert has_pairs(small)
    assert not has_pairs(replace(stripped(small), users=users, occupations=small.occupations))
    assert not has_pairs(replace(small, users=Users.unknown(len(users), users.ids)))


@pytest.mark.parametrize(
    ("name", "commands"),
    [
        ("ml-100k", ["movierec download"]),
        ("ml-1m", ["movierec download ml-1m"]),
        ("ml-latest-small", []),  # it comes with movierec
        ("mine", ["movierec import PATH --name mine"]),
    ],
)
def test_the_first_command_gets_the_data(
    name: str, commands: list[str], small: Dataset, tmp_path: Path
) -> None:
    report = undrawn(find_sources(replace(small, name=name), tmp_path))
    again = report.values["commands_again"]
    suffix = "" if name == "ml-100k" else f" --dataset {name}"
    assert again == [*commands, f"movierec compare{suffix}", f"movierec report{suffix}"]
    assert ("doi 10.1145/2827872" in plain(report)) == (name != "mine")


def test_chance_is_named_where_few_users_are_held_out(sources: Sources) -> None:
    report = undrawn(sources)
    assert "leaves room for chance" in plain(report)
    evaluation = {**report.values["evaluation"], "users": 1000}
    many = replace(report, values={**report.values, "evaluation": evaluation})
    assert "leaves room for chance" not in plain(many)


def test_a_film_needs_enough_ratings_to_be_described(tmp_path: Path) -> None:
    triples = [(user, (user + at) % 20, 4.0) for user in range(40) for at in range(2)]
    dataset = make_dataset(triples, 40, titles=[f"Film {at}" for at in range(20)])  # 4 ratings each
    assert "No film has enough ratings" in plain(undrawn(find_sources(dataset, tmp_path)))


def test_files_are_written_whole(drawn: Report, tmp_path: Path) -> None:
    write_html(drawn, tmp_path / "new" / "a.html")
    write_markdown(drawn, tmp_path / "my b.md")
    assert {path.name for path in (tmp_path / "my b-figures").iterdir()} == {
        f"{name}.svg" for name in drawn.figures
    }
    assert "](my%20b-figures/genres.svg)" in (tmp_path / "my b.md").read_text(encoding="utf-8")
    assert (tmp_path / "new" / "a.html").read_text(encoding="utf-8") == render_html(drawn)


@pytest.mark.parametrize("path", ["file/report.md", "folder"])
def test_a_target_that_cannot_be_written_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    with pytest.raises(DataError, match=re.escape(path)) as error:
        require_writable(tmp_path / path)
    assert "another path for a file of your own" in error.value.hint
    require_writable(tmp_path / "new" / "report.md")
    assert list((tmp_path / "new").iterdir()) == []


@pytest.mark.ml100k
def test_the_report_has_the_measured_figures(ml100k: Dataset, tmp_path: Path) -> None:
    text = plain(undrawn(find_sources(ml100k, tmp_path)))
    for statement in (
        "100,000 ratings by 943 users of 1,682 films",
        "| Mean rating | 3.530 |",
        "| 0.455 | 0.412 | -0.218 | 1 |",
        "Drama (39,895), Comedy (29,832), Action (25,589), Thriller (21,872)",
        "from 1.30 (Drama) to 25.75 (Film-Noir)",
        "rank 3 by ratings (25,589) and 938 watchers",
        "177 users (18.8 %) watch each of the 18 genres",
        "27 of the 51 librarians did, with 82 ratings",
        "1,215 films have at least 8 ratings",
        "the correlation is 0.455 (of ranks 0.494)",
        "141 films have a single rating",
        "| popularity | 0.2927 | 0.1684 | 0.1760 | 0.3366 |",
        "| ease | 0.2000 | 0.4881 | 0.2576 | 0.4385 |",
        "| two-tower (published) | 0.0085 | 0.0088 | 0.0009 | – | – | – | 1.21 |",
        "| dnn (published) | 0.0188 | 0.0179 | 0.0017 |",
        "stand beside 1.06 and 0.65 for the film means",
        "(18,904 ratings; 81,096 are left",
    ):
        assert statement in text


def test_a_run_of_the_sequence_model_shows_the_next_film_by_the_time_before_it(
    small: Dataset, runs: Path, tmp_path: Path
) -> None:
    spec = TrainSpec("sequence", holdout="last", overrides=Overrides(epochs=1))
    save_run(train_run(small, spec, lambda _: None), tmp_path)
    sources = replace(find_sources(small, runs), sequence=find_sources(small, tmp_path).sequence)
    results = measured_sequences(sources)
    values = sequence_values(results)
    assert values is not None
    assert values["users"] == len(small.users)
    models = [row[0] for row in values["table"].rows]
    assert models[0] == "sequence"
    assert {"sequence-shuffled", "ease"} <= set(models)
    of_ease = next(row for row in values["table"].rows if row[0] == "ease")
    assert float(of_ease[2]) == pytest.approx(values["hit_rate"]["ease"], abs=1e-3)
    assert sequence_values([]) is None
    figures.gaps([result for result in results if result.scenario == "next"], "small", 10)
