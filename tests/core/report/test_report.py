"""The report: what its sentences say, that the writers escape, that nothing is invented."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from movierec_cli.core import eda
from movierec_cli.core.data.dataset import Dataset, Users
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.report import (
    Material,
    build,
    data_chapter,
    evaluation_chapter,
    film_section,
    gather,
    render_html,
    render_markdown,
    train_missing,
    viewer_sections,
    write_html,
    write_markdown,
)
from movierec_cli.core.report.document import (
    Chapter,
    Code,
    Column,
    Document,
    Figure,
    Note,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.inline_svg import inline, on_white
from movierec_cli.core.report.material import KINDS, training_command
from movierec_cli.core.report.training_chapter import training_sentence
from movierec_cli.core.report.wording import count, decimal, listed, percent, setting
from movierec_cli.core.runs.store import load_run, save_run
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec, default_name

SVG = (
    '<?xml version="1.0"?>\n<!DOCTYPE svg>\n'
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="72pt" height="36pt" '
    'viewBox="0 0 72 36" xmlns="http://www.w3.org/2000/svg" version="1.1">'
    '<metadata>http://purl.org</metadata><defs><path id="q" /></defs>'
    '<g id="a"><use xlink:href="#b" style="fill: #333333; clip-path: url(#c)"/></g></svg>'
)
NASTY = "<b>\"&' `x<y` | * _"


def quiet(step: str) -> None:
    """Ignore what is done next."""


class Page(HTMLParser):
    """Checks that tags are closed in order, and keeps tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def nasty_document(made_up: bool = False) -> Document:
    blocks = [
        Paragraph(NASTY),
        Note("correction", NASTY),
        Code([NASTY]),
        Table(NASTY, [Column(NASTY), Column("n", numeric=True)], [[NASTY, "1"]],
              frozenset({(0, 0)}), [NASTY]),
        Figure("drawn", NASTY, [SVG, SVG]),
    ]  # fmt: skip
    chapter = Chapter(NASTY, blocks, [Section(NASTY, [Paragraph("end")])])
    return Document(NASTY, NASTY, [Paragraph("start")], [chapter], made_up)


@pytest.fixture(scope="module")
def runs(small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run of each preset of the report, trained for an epoch."""
    folder = tmp_path_factory.mktemp("runs")
    for model in ("two-tower", "dnn"):
        request = TrainSpec(model, "original", overrides=Overrides(epochs=1))
        save_run(train_run(small, request, quiet), folder)  # type: ignore[arg-type]
    return folder


@pytest.fixture(scope="module")
def material(small: Dataset, runs: Path) -> Material:
    return gather(small, runs, draw=False)


@pytest.fixture(scope="module")
def document(material: Material) -> Document:
    return build(material, quiet)


def test_the_page_is_whole_and_escapes_everything() -> None:
    page = Page(render_html(nasty_document()))
    assert "script" not in page.tags
    assert page.tags.count("svg") == 2
    code = page.text.count("x<y")
    assert code >= 8  # each text arrives as it was written
    names = [value for name, value in page.attributes if name == "id"]
    assert len(names) == len(set(names))


def test_nothing_in_a_page_comes_from_elsewhere() -> None:
    text = render_html(nasty_document())
    assert "http" not in text
    for name, value in Page(text).attributes:
        if name in ("href", "src", "xlink:href"):
            assert value.startswith(("#", "data:"))


def test_captions_say_that_data_is_made_up() -> None:
    assert render_html(nasty_document()).count("Made-up data.") == 0
    assert render_html(nasty_document(made_up=True)).count("Made-up data.") == 2
    assert render_markdown(nasty_document(made_up=True), "f")[0].count("Made-up data.") == 2


def test_markdown_escapes_and_names_its_files() -> None:
    text, files = render_markdown(nasty_document(), "my figures")
    assert list(files) == ["my figures/drawn-1.svg", "my figures/drawn-2.svg"]
    assert "](my%20figures/drawn-1.svg)" in text
    assert r"\<b\>" in text
    assert "`x<y`" in text
    row = next(line for line in text.splitlines() if line.endswith("| 1 |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3


def test_an_inlined_svg_takes_its_colors_and_ids_from_the_page() -> None:
    text, width = inline(SVG, "figure1", "A label")
    assert width == 96
    assert text.startswith('<svg role="img" aria-label="A label"')
    for gone in ("http", "metadata", "width=", "#333333", "<?xml"):
        assert gone not in text
    assert 'href="#figure1-b"' in text
    assert "url(#figure1-c)" in text
    assert 'id="figure1-a"' in text
    assert '<rect width="100%"' in on_white(SVG)


def test_numbers_are_written_with_care() -> None:
    assert (count(1, "film"), count(1234, "film")) == ("1 film", "1,234 films")
    assert (decimal(-0.5), decimal(float("nan")), decimal(None)) == ("−0.50", "–", "–")
    assert percent(0.0631) == "6.3\N{NO-BREAK SPACE}%"
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert (setting(1e-06), setting(24000), setting(2.0)) == ("0.000001", "24,000", "2")
    assert setting([{"a_b": 1}, {"a_b": 0.5}]) == "a b 1; a b 0.5"


def test_only_fitting_runs_are_taken(
    small: Dataset, medium: Dataset, runs: Path, tmp_path: Path
) -> None:
    assert list(gather(small, runs, draw=False).runs) == [
        ("two-tower", "original"), ("dnn", "original"),
    ]  # fmt: skip
    assert gather(medium, runs, draw=False).runs == {}
    run = load_run(f"dnn-original-{small.name}", runs)
    for name, split in (("of-fold", {"holdout": "ua", "split_seed": None}), ("newer", None)):
        manifest = replace(run.manifest, name=name, split=split or run.manifest.split)
        save_run(replace(run, manifest=manifest), tmp_path)
    found = gather(small, tmp_path, draw=False)
    assert [run.manifest.name for run in found.runs.values()] == ["newer"]
    (tmp_path / "newer" / "manifest.json").write_text("{")
    assert gather(small, tmp_path, draw=False).runs == {}


def test_every_chapter_is_there_with_or_without_runs(
    document: Document, small: Dataset, tmp_path: Path
) -> None:
    empty = build(gather(small, tmp_path, draw=False), quiet)
    for report in (document, empty):
        assert [chapter.title for chapter in report.chapters] == [
            "Data analysis", "The two models", "Training", "Evaluation", "Recommendations",
            "How to reproduce it",
        ]  # fmt: skip
        assert report.made_up
    text, files = render_markdown(empty, "f")
    assert files == {}
    for kind in KINDS:
        assert training_command(kind, small) in text
    assert "matplotlib" in text


def test_tables_have_what_the_runs_reached(document: Document, material: Material) -> None:
    page = render_html(document)
    for run in material.runs.values():
        for result in run.manifest.evaluation:
            assert f">{result['metrics']['ndcg']:.4f}<" in page.replace("<b>", "").replace(
                "</b>", ""
            )
    assert "published" not in page  # those figures are about other data
    assert "original found" not in page


def test_the_same_data_and_runs_give_the_same_report(
    document: Document, material: Material
) -> None:
    assert render_html(document) == render_html(build(material, quiet))


def test_training_is_told_by_its_figures(material: Material) -> None:
    manifest = material.runs["dnn", "original"].manifest

    def epoch(number: int, train: float, validation: float, best: bool) -> dict[str, object]:
        return {"number": number, "train": {"loss": train}, "validation": {"loss": validation},
                "is_kept": best, "seconds": 1.0}  # fmt: skip

    turned = (epoch(1, 3.0, 2.0, True), epoch(2, 2.0, 1.0, True), epoch(3, 1.0, 1.5, False))
    text = training_sentence(replace(manifest, epochs=turned))
    assert "3 epochs" in text
    assert "the weights of epoch 2 were kept" in text
    assert "fell from 3.000 to 1.000" in text
    assert "lowest after epoch 2 (1.000) and ended at 1.500: from there on" in text
    assert "no sign of overfitting" in training_sentence(replace(manifest, epochs=turned[:2]))


def test_what_is_missing_is_trained_only_when_asked(
    small: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runs: Path
) -> None:
    run = load_run(f"dnn-original-{small.name}", runs)
    trained = []

    def pretend(dataset: Dataset, request: TrainSpec, *_: Callable[..., None]) -> object:
        trained.append((request.model, request.preset))
        name = default_name(request, dataset.name)
        return replace(run, manifest=replace(run.manifest, name=name))

    monkeypatch.setattr("movierec_cli.core.experiments.resume.train_run", pretend)
    build(gather(small, tmp_path, draw=False), quiet)
    assert trained == []
    train_missing(small, tmp_path, quiet)
    assert trained == list(KINDS)


def test_data_without_demographics_has_a_report(small: Dataset, tmp_path: Path) -> None:
    users = replace(Users.unknown(len(small.users)), ids=small.users.ids)
    bare = replace(small, users=users, occupations=())
    text = render_html(build(gather(bare, tmp_path, draw=False), quiet))
    assert "Nothing is known of who the users are." in text
    assert "Occupation and genre" not in text


def test_figures_are_drawn_for_each_section(small: Dataset) -> None:
    pytest.importorskip("matplotlib")
    chapter = data_chapter.data_chapter(small, draw=True)
    found = [block for section in chapter.sections for block in section.blocks
             if isinstance(block, Figure)]  # fmt: skip
    assert {figure.name: len(figure.panels) for figure in found} == {
        "ratings": 2, "genres": 3, "users": 4, "occupations-watchers": 1, "occupations-lift": 1,
        "films": 6,
    }  # fmt: skip
    for figure in found:
        for panel in figure.panels:
            assert "<svg" in panel


def test_files_are_written_whole(document: Document, tmp_path: Path) -> None:
    write_html(document, tmp_path / "new" / "a.html")
    write_markdown(replace(document, chapters=nasty_document().chapters), tmp_path / "b.md")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "a.html", "b.md", "drawn-1.svg", "drawn-2.svg",
    ]  # fmt: skip


@pytest.mark.ml100k
def test_sentences_hold_the_real_figures(ml100k: Dataset) -> None:
    users = eda.users(ml100k)
    films = eda.films(ml100k)
    statistics = eda.film_statistics(films).set_index("of")
    told = {
        data_chapter.overview_sentence(ml100k): ["100,000", "943 users", "1,682 films"],
        data_chapter.ratings_sentence(ml100k): ["3.53", "55.4", "1 user gave none"],
        data_chapter.genres_sentence(ml100k): ["Drama (39,895)", "25.75 (Film-Noir)", "1.30"],
        data_chapter.genres_correction(ml100k): ["number 3 by ratings (25,589)", "938 watchers"],
        viewer_sections.breadth_sentence(ml100k, users): ["177 users", "65 ratings", "737"],
        viewer_sections.people_sentence(users): ["7 to 73", "student (196", "71.0"],
        viewer_sections.example_correction(eda.occupations(ml100k)): [
            "27 of the 51 librarians", "82 ratings",
        ],
        film_section.films_sentence(films, statistics): [
            "1,215 films", "3.265", "1.037", "0.455", "0.494", "rated higher",
        ],
        film_section.films_correction(films, statistics): ["0.455"],
        film_section.tail_sentence(ml100k): ["141 films have a single one"],
    }  # fmt: skip
    for sentence, figures in told.items():
        for figure in figures:
            assert figure in sentence.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.ml100k
def test_the_real_evaluation_has_the_known_marks(ml100k: Dataset, tmp_path: Path) -> None:
    material = gather(ml100k, tmp_path, draw=False)
    results = evaluation_chapter.measure(material, quiet)
    text, _ = render_markdown(
        Document("t", "s", [], [evaluation_chapter.evaluation_chapter(material, results)]), "f"
    )
    plain = text.replace("*", "").replace("\N{NO-BREAK SPACE}", " ")
    for figures in (
        "| popularity | 0.2927 | 0.1684 | 0.1760 | 0.3366 |",
        "| ease | 0.2000 | 0.4881 | 0.2576 | 0.4385 |",
        "| two-tower (published) | 0.0085 | 0.0088 | 0.0009 | – | – | 1.21 |",
        "| dnn (published) | 0.0188 | 0.0179 | 0.0017 |",
        "lie below random",
        "beside 1.06 and 0.65 for predicting each film's mean",
        "18,904 ratings; 81,096",
    ):
        assert figures in plain
    assert np.isfinite([result.metrics["ndcg"] for result in results]).all()
