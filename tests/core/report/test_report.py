"""The report: its values, its two formats, and its sources."""

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

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
    can_draw,
    find_sources,
    render_html,
    render_markdown,
    require_writable,
    run_context,
    train_missing,
    write_html,
    write_markdown,
)
from movierec_cli.core.report.formatting import count, decimal, listed, percent, setting
from movierec_cli.core.report.run_context import models_context
from movierec_cli.core.report.sources import KINDS
from movierec_cli.core.runs.store import load_run, save_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, default_name
from tests.helpers import RecordedProgress, make_dataset

NASTY = """<script>"x" & 'y'</script> &lt; [rec] (2007) | * _ ` # \\"""
CHAPTERS = [
    "Data analysis", "Models and training", "Evaluation", "Recommendations", "Reproduction",
]  # fmt: skip


class Page(HTMLParser):
    """Checks that tags are closed in order; keeps tags, attributes and the texts of elements."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append((self.open[-1] if self.open else "", data))

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.texts)

    def of(self, tag: str) -> list[str]:
        return [text for of, text in self.texts if of == tag]


def as_page(report: Report, format: str) -> Page:
    """Return the report as a browser shows it; Markdown is turned into HTML first."""
    if format == "html":
        return Page(render_html(report))
    return Page(MarkdownIt("commonmark").enable("table").render(render_markdown(report, "f")))


def plain(report: Report) -> str:
    text = render_markdown(report, "f")
    return text.replace("**", "").replace("\\", "").replace("\N{NO-BREAK SPACE}", " ")


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
        patch.setattr(building, "can_draw", lambda: False)
        return build(sources, *progress)


@pytest.fixture(scope="module")
def report(sources: Sources) -> Report:
    return undrawn(sources)


def nasty(report: Report) -> Report:
    """Return the report with a name in each place for names that needs escaping."""
    values = dict(report.values)
    user = {**values["recommendations"]["users"][0], "favorites": [NASTY, "B"]}
    user["table"] = replace(user["table"], rows=[["1", NASTY, "Drama", "50 %", "4"]])
    values["recommendations"] = {**values["recommendations"], "users": [user]}
    values["dataset"] = NASTY
    return replace(report, values=values)


@pytest.mark.parametrize("format", ["html", "md"])
def test_a_title_appears_as_text(format: str, report: Report) -> None:
    page = as_page(nasty(report), format)
    assert "script" not in page.tags
    assert page.text.count(NASTY) >= 3  # the name of the data, the favorites, the list
    assert NASTY in page.of("td")


@pytest.mark.parametrize("format", ["html", "md"])
def test_both_formats_have_every_chapter_table_and_figure(format: str, drawn: Report) -> None:
    page = as_page(drawn, format)
    assert [text.split(". ")[1] for text in page.of("h2")] == CHAPTERS
    assert page.tags.count("img") == len(drawn.figures)
    of_data, of_runs, of_each_run, of_scenarios, lists = 5, 2, 2, 2, 3
    tables = of_data + of_runs + 2 * of_each_run + of_scenarios + lists
    assert page.tags.count("table") == tables
    captions = re.findall(r"(?:Figure|Table) \d+\. ?\s?(.*)", page.text)
    assert len(captions) == page.tags.count("img") + page.tags.count("table")
    assert all(caption.startswith("Made-up data. ") for caption in captions)


def test_a_page_is_self_contained(drawn: Report) -> None:
    text = render_html(drawn)
    page = Page(text)
    assert "http:" not in text
    assert "https:" not in text
    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    targets = [value for name, value in page.attributes if name in ("href", "src")]
    assert all(value.startswith(("#", "data:image/svg+xml;base64,")) for value in targets)
    assert not {"script", "link", "iframe"} & set(page.tags)


def test_figures_are_drawn_for_data_and_runs(drawn: Report, sources: Sources) -> None:
    trainings = [f"training-{run.manifest.name}" for run in sources.runs.values()]
    assert list(drawn.figures) == [
        "ratings", "genres", "users", "occupations-watchers", "occupations-lift", "films",
        *trainings,
    ]  # fmt: skip
    for content in drawn.figures.values():
        assert ElementTree.fromstring(content).tag.endswith("svg")


def test_the_same_data_and_runs_give_the_same_report(drawn: Report, sources: Sources) -> None:
    assert render_html(build(sources)) == render_html(drawn)


def test_without_matplotlib_the_report_names_the_command_to_install_it(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert report.figures == {}
    assert "pip install 'movierec[plot]'" in render_markdown(report, "f")
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert not can_draw()


def test_without_runs_each_chapter_names_the_command_that_trains_one(
    small: Dataset, tmp_path: Path
) -> None:
    text = render_markdown(undrawn(find_sources(small, tmp_path)), "f")
    for model, preset in KINDS:
        suffix = "" if preset == "default" else f" --preset {preset}"
        assert text.count(f"movierec train {model}{suffix} --dataset {small.name}\n") >= 1


def test_tables_have_the_results_of_the_runs(report: Report, sources: Sources) -> None:
    cells = as_page(report, "html").of("td") + as_page(report, "html").of("b")
    for run in sources.runs.values():
        for result in run.manifest.evaluation:
            for name in METRICS:
                assert decimal(result["metrics"][name], 4) in cells
    assert "published" not in plain(report)  # those results are about other data
    assert "Correction." not in plain(report)


def test_the_best_of_each_column_is_bold(report: Report) -> None:
    scenario = report.values["evaluation"]["scenarios"]["fold-in"]
    grid = scenario["table"]
    for column, (name, metric) in enumerate(METRICS.items(), start=1):
        values = [float(row[column]) for row in grid.rows if row[column] != "–"]
        bold = {float(grid.rows[row][at]) for row, at in scenario["strong"] if at == column}
        assert bold == {metric.best(values)}, name


def test_the_kept_epoch_and_overfitting_are_those_of_the_epochs(sources: Sources) -> None:
    run = sources.runs["dnn", "original"]

    def kind_of(*losses: tuple[float, float]) -> Mapping[str, Any]:
        epochs = tuple(
            {"number": at, "train": {"loss": train}, "validation": {"loss": validation},
             "is_kept": at < 3, "seconds": 1.0}
            for at, (train, validation) in enumerate(losses, start=1)
        )  # fmt: skip
        manifest = replace(run.manifest, epochs=epochs, kept_epoch=2)
        changed = replace(sources, runs={("dnn", "original"): replace(run, manifest=manifest)})
        return next(kind for kind in models_context(changed)["kinds"] if kind["run"])

    turned = kind_of((3.0, 2.0), (2.0, 1.0), (1.0, 1.5))
    assert (turned["epochs"], turned["kept"]) == (3, 2)
    assert turned["overfitting"] == {"best": 1.0, "epoch": 2, "last": 1.5, "turned": True}
    assert not kind_of((3.0, 2.0), (2.0, 1.0))["overfitting"]["turned"]
    noise = kind_of((3.0, 2.0), (2.0, 1.0), (1.0, 1.005))  # less than 1 % is noise
    assert not noise["overfitting"]["turned"]


def test_settings_stand_beside_those_of_the_original(sources: Sources) -> None:
    original = replace(sources, dataset=replace(sources.dataset, name="ml-100k"))
    for kind in models_context(original)["kinds"]:
        if kind["run"]:
            rows = {row[0]: list(row[1:]) for row in kind["settings"].rows}
            assert rows["hidden dim"] == ["512", "512"]
            assert rows["epochs"][0] == "1"
            assert rows["batch size"][1] == "–"  # not in the original report
    assert "Original report" not in models_context(sources)["kinds"][1]["settings"].headers


def test_a_user_without_a_list_has_the_reason(
    sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise DataError("No film is left.")

    monkeypatch.setattr(run_context, "recommend", refuse)
    text = plain(undrawn(sources))
    assert text.count("No film is left.") == 3
    assert "Recommendations for user" not in text


def test_only_fitting_runs_are_taken(
    small: Dataset, medium: Dataset, runs: Path, tmp_path: Path
) -> None:
    assert list(find_sources(small, runs).runs) == [("two-tower", "original"), ("dnn", "original")]
    assert find_sources(medium, runs).runs == {}
    run = load_run(f"dnn-original-{small.name}", runs)
    for name, split in (("of-fold", {"holdout": "ua", "split_seed": None}), ("newer", None)):
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


def test_data_without_demographics_has_a_report(small: Dataset, tmp_path: Path) -> None:
    users = replace(Users.unknown(len(small.users)), ids=small.users.ids)
    text = plain(undrawn(find_sources(replace(small, users=users, occupations=()), tmp_path)))
    assert "Occupation and genre" not in text
    assert "unknown user" not in text


def test_a_film_needs_enough_ratings_to_be_described(
    tmp_path: Path,
) -> None:
    triples = [(user, (user + at) % 4, 4.0) for user in range(10) for at in range(2)]
    dataset = make_dataset(triples, n_users=10, titles=["A", "B", "C", "D"])  # 5 ratings each
    assert "No film has enough ratings" in plain(undrawn(find_sources(dataset, tmp_path)))


def test_files_are_written_whole(drawn: Report, tmp_path: Path) -> None:
    write_html(drawn, tmp_path / "new" / "a.html")
    write_markdown(drawn, tmp_path / "my b.md")
    assert {path.name for path in (tmp_path / "my b-figures").iterdir()} == {
        f"{name}.svg" for name in drawn.figures
    }
    assert "](my%20b-figures/genres.svg)" in (tmp_path / "my b.md").read_text(encoding="utf-8")
    assert (tmp_path / "new" / "a.html").read_text(encoding="utf-8") == render_html(drawn)


@pytest.mark.parametrize("path", ["file/report.md", "folder", "taken.md"])
def test_a_target_that_cannot_be_written_is_refused(path: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "taken-figures").write_text("")
    with pytest.raises(DataError, match=re.escape(path)) as error:
        require_writable(tmp_path / path)
    assert "movierec report --output" in error.value.hint
    require_writable(tmp_path / "new" / "report.md")
    assert list((tmp_path / "new").iterdir()) == []


def test_numbers_are_formatted() -> None:
    assert (count(1, "film"), count(1234, "film")) == ("1 film", "1,234 films")
    assert (decimal(-0.5), decimal(float("nan")), decimal(None)) == ("−0.50", "–", "–")
    assert percent(0.0631) == "6.3\N{NO-BREAK SPACE}%"
    assert (listed(["a"]), listed(["a", "b", "c"])) == ("a", "a, b and c")
    assert (setting(1e-06), setting(24000), setting(2.0)) == ("0.000001", "24,000", "2")
    assert setting([{"a_b": 1}, {"a_b": 0.5}]) == "a b 1; a b 0.5"


@pytest.mark.ml100k
def test_the_report_has_the_measured_figures(ml100k: Dataset, tmp_path: Path) -> None:
    text = plain(undrawn(find_sources(ml100k, tmp_path)))
    for statement in (
        "100,000 ratings by 943 users of 1,682 films",
        "| Mean rating | 3.530 |",
        "| First rating (UTC) | 1997-09-20 |",
        "| 0.455 | 0.412 | −0.218 | 1 |",
        "| Ratings of 4 or higher, % | 55.4 |",
        "| Users without a rating of 4 or higher | 1 |",
        "Drama (39,895), Comedy (29,832), Action (25,589) and Thriller (21,872)",
        "from 1.30 (Drama) to 25.75 (Film-Noir)",
        "rank 3 by ratings (25,589) and 938 watchers",
        "177 users (18.8 %) watch each of the 18 genres",
        "| Median | 65 | 15 |",
        "student is the largest, with 196 of 943 users",
        "27 of the 51 librarians did, with 82 ratings",
        "1,215 films have at least 8 ratings",
        "the mean rating of such a film is 3.265",
        "correlation of 0.455 (of ranks 0.494): popular films are rated higher",
        "141 films have a single rating",
        "| popularity | 0.2927 | 0.1684 | 0.1760 | 0.3366 |",
        "| ease | 0.2000 | 0.4881 | 0.2576 | 0.4385 |",
        "| two-tower (published) | 0.0085 | 0.0088 | 0.0009 | – | – | 1.21 |",
        "| dnn (published) | 0.0188 | 0.0179 | 0.0017 |",
        "stand beside 1.06 and 0.65 for the film means",
        "(18,904 ratings; 81,096 are left",
    ):
        assert statement in text
