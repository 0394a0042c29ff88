"""``movierec report``: its file, its messages, and its page in a real browser."""

import json
import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from movierec_cli.core import report
from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments import resume, reuse
from movierec_cli.core.report import building
from movierec_cli.core.runs.train_spec import TrainSpec
from movierec_cli.core.training.loop import Epoch, OnEpoch
from tests.cli.conftest import Cli
from tests.conftest import SMALL

DATA = ("--dataset", SMALL)
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip
MEASURE = """
<!DOCTYPE html><title>measure</title><pre id="found"></pre>
<iframe style="width: {width}px; height: 900px; border: 0" srcdoc="{page}"></iframe>
<script>
addEventListener("load", () => {{
  const inside = document.querySelector("iframe").contentDocument;
  const root = inside.documentElement;
  const sizes = [...inside.querySelectorAll("img")].map((drawn) => {{
    const box = drawn.getBoundingClientRect();
    return [box.width, box.height];
  }});
  const found = {{
    visible: root.clientWidth, needed: root.scrollWidth, sizes,
    broken: [...inside.images].filter((image) => !image.naturalWidth).length,
    title: inside.querySelector("h1").textContent,
    loaded: performance.getEntriesByType("resource").length,
  }};
  document.getElementById("found").textContent = JSON.stringify(found);
}});
</script>
"""


@pytest.fixture
def browser(tmp_path: Path) -> list[str]:
    """The command of a headless browser with a profile of its own."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"no browser is installed: {', '.join(BROWSERS)}")
    return [found, *FLAGS, f"--user-data-dir={tmp_path / 'profile'}"]


@pytest.fixture(scope="module")
def page(trained_folder: Path, small: Dataset, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report with figures, made once because drawing takes seconds."""
    pytest.importorskip("matplotlib")
    path = tmp_path_factory.mktemp("report") / "report.html"
    sources = report.find_sources(small, trained_folder / "data" / "runs")
    report.write_html(report.build(sources), path)
    return path


@pytest.fixture
def undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(building, "_can_draw", lambda: False)


def test_the_command_names_the_file_and_the_missing_parts(
    cli: Cli, trained: Path, undrawn: None, tmp_path: Path
) -> None:
    result = cli("report", *DATA)
    assert (result.exit_code, result.stdout) == (0, "")
    assert "report.html" in result.stderr
    assert "two-tower default, dnn default" in result.stderr
    assert "movierec[plot]" in result.stderr
    text = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"movierec train dnn --dataset {SMALL}" in text
    assert {path.name for path in tmp_path.iterdir()} == {"report.html"}


@pytest.mark.parametrize(
    ("arguments", "name"),
    [(["-o", "mine.md"], "mine.md"), (["--format", "md"], "report.md")],
)
def test_markdown_is_chosen_by_name_or_format(
    arguments: list[str], name: str, cli: Cli, trained: Path, undrawn: None, tmp_path: Path
) -> None:
    assert cli("report", *arguments, *DATA).exit_code == 0
    assert (tmp_path / name).read_text(encoding="utf-8").startswith("# Film recommendations")


def test_a_target_that_cannot_be_written_is_refused_before_measuring(
    cli: Cli, trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report, "find_sources", lambda *_: pytest.fail("measured"))
    (tmp_path / "file").write_text("")
    result = cli("report", "-o", "file/report.html", *DATA)
    assert result.exit_code == 3
    assert "file/report.html" in result.stderr


def test_training_shows_its_epochs_and_is_announced_where_it_is_long(
    cli: Cli, trained: Path, undrawn: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reuse, "expected_seconds", lambda *_: 60.0)
    monkeypatch.setattr(resume, "train_and_save", pretend)
    result = cli("report", "--train", *DATA)
    assert result.exit_code == 0
    assert "2 models" in result.stderr
    assert "minutes" in result.stderr
    assert "dnn default: epoch 3 of 16" in result.stderr


def pretend(dataset: Dataset, spec: TrainSpec, runs: Path, on_epoch: OnEpoch, *_: object) -> None:
    """Report epochs as a training does."""
    for number in range(1, 5):
        on_epoch(Epoch(number, {}, {}, True, 0.0))


@pytest.mark.parametrize("width", [390, 1280])
def test_a_browser_shows_it_without_overflow(
    width: int, page: Path, browser: list[str], tmp_path: Path
) -> None:
    wrapper = tmp_path / "measure.html"
    text = page.read_text(encoding="utf-8")
    wrapper.write_text(MEASURE.format(width=width, page=escape(text)), encoding="utf-8")
    done = subprocess.run(
        [*browser, "--virtual-time-budget=10000", "--dump-dom", wrapper.as_uri()],
        capture_output=True, encoding="utf-8", timeout=120, check=True,
    )  # fmt: skip
    match = re.search(r'<pre id="found">(.*?)</pre>', done.stdout)
    assert match, done.stderr[-2000:]
    found = json.loads(match[1])
    assert found["visible"] <= width
    assert found["needed"] == found["visible"]
    assert found["title"] == "Film recommendations on made-up data"
    assert len(found["sizes"]) == text.count("<img")
    assert all(min(size) > 100 for size in found["sizes"])
    assert (found["broken"], found["loaded"]) == (0, 0)
