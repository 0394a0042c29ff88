"""The page as a file: self-contained, strict, bounded."""

import base64
import hashlib
import re
from dataclasses import replace
from importlib.resources import files

import numpy as np
import pytest

from movierec_cli.core.api import LoadedRun
from movierec_cli.core.errors import UsageError
from movierec_cli.core.models.baselines import BASELINES
from movierec_cli.core.page import make_page
from movierec_cli.core.page.rendering import MODULES

TEMPLATES = files("movierec_cli.core.page") / "templates"


@pytest.fixture(scope="module")
def html(run: LoadedRun) -> str:
    return make_page(run.model, run.manifest, run.dataset).html


def test_the_policy_allows_this_script_and_style_and_no_connection(html: str) -> None:
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', html)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; ")
    assert "unsafe" not in policy[1]
    assert "connect-src" not in policy[1]
    for tag in ('script type="module"', "style"):
        content = re.search(rf"<{tag}>(.*?)</{tag.split()[0]}>", html, flags=re.DOTALL)
        assert content is not None
        digest = base64.b64encode(hashlib.sha256(content[1].encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy[1]


def test_nothing_is_loaded_from_elsewhere(html: str) -> None:
    assert not re.search(r"<(?:img|link|iframe|script)[^>]+(?:src|href)=", html)
    assert not re.search(r"url\((?![\"']?data:)", html)


def test_a_title_is_never_html(run: LoadedRun) -> None:
    titles = run.dataset.films.titles.copy()
    titles[:2] = ["</script><b>", "<script>"]
    odd = replace(run.dataset, films=replace(run.dataset.films, titles=titles))
    odd = replace(odd, genres=("<i>", *odd.genres[1:]))
    html = make_page(run.model, run.manifest, odd).html
    assert "</script><b>" not in html
    assert html.count("<script") == html.count("</script>") == 2
    assert "<i>" not in html
    assert "&lt;i&gt;" in html


def test_a_large_catalog_is_cut_to_the_most_rated_films(run: LoadedRun, html: str) -> None:
    limit = 2 * len(html) - 20_000
    made = make_page(run.model, run.manifest, run.dataset, limit)
    assert len(made.content) <= limit
    assert 100 <= made.n_films < made.n_catalog == len(run.dataset.films)
    assert f"the {made.n_films} most rated of {made.n_catalog} films" in made.html
    with pytest.raises(UsageError, match="no room for 100 films"):
        make_page(run.model, run.manifest, run.dataset, 90_000)


def test_other_models_are_refused(run: LoadedRun) -> None:
    with pytest.raises(UsageError, match="default preset of dnn"):
        make_page(BASELINES["popularity"](run.dataset), run.manifest, run.dataset)


def test_each_module_imports_only_those_before_it() -> None:
    before: set[str] = set()
    for name in MODULES:
        source = (TEMPLATES / name).read_text(encoding="utf-8")
        imported = set(re.findall(r'^import [^;]*"\./([\w.]+)";$', source, flags=re.MULTILINE))
        assert imported <= before, name
        assert source.startswith("// "), name
        before.add(name)


def test_the_script_is_short_and_readable() -> None:
    sources = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in MODULES}
    assert sum(source.count("\n") for source in sources.values()) <= 900
    assert max(len(line) for source in sources.values() for line in source.splitlines()) <= 120
    assert {path.name for path in TEMPLATES.iterdir() if path.name.endswith(".js")} == set(MODULES)


def test_the_same_run_gives_the_same_page(run: LoadedRun, html: str) -> None:
    assert make_page(run.model, run.manifest, run.dataset).html == html


def test_places_of_the_map_are_on_it() -> None:
    from movierec_cli.core.page.places import SPAN, film_places

    vectors = np.random.default_rng(1).normal(size=(40, 6)).astype(np.float32)
    vectors[20:] += 5  # two groups
    places = film_places(vectors)
    assert places.shape == (40, 2)
    assert places.min() >= 0
    assert places.max() <= SPAN
    apart = np.linalg.norm(places[:20].mean(axis=0) - places[20:].mean(axis=0))
    assert apart > places[:20].std(axis=0).max()
