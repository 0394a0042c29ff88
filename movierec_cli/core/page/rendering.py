"""A page as one self-contained HTML file."""

import base64
import codecs
import hashlib
import re
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.errors import UsageError
from movierec_cli.core.files import size_in_words
from movierec_cli.core.models.base import Model
from movierec_cli.core.page.content import Content, build, films_by_popularity, page_model
from movierec_cli.core.runs.manifest import Manifest

DEFAULT_MAX_BYTES = 8_000_000
MODULES = (
    "decode.js", "model.js", "ranking.js", "search.js", "files.js", "profile.js", "items.js",
    "map.js", "main.js",
)  # fmt: skip
"""The modules of the script; each imports only those before it."""

_FEWEST_FILMS = 100
_ATTEMPTS = 6
_IMPORT = re.compile(r"^import [^;]*;\n", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=const|let|function|async|class)", re.MULTILINE)


@dataclass(frozen=True)
class Page:
    """A page as HTML, with the number of its films and of those in the catalog."""

    html: str
    n_films: int
    n_catalog: int

    @property
    def content(self) -> bytes:
        """The file: UTF-16, in which the data is short; its mark overrules any other encoding."""
        return _file(self.html)


def make_page(
    model: Model, manifest: Manifest, dataset: Dataset, max_bytes: int = DEFAULT_MAX_BYTES
) -> Page:
    """Return the page of a run, with the most rated films that fit ``max_bytes``.

    Raises
    ------
    UsageError
        If the model is not the default dnn, or not even 100 films fit.
    """
    dnn = page_model(model)
    rows = films_by_popularity(dataset)
    fixed = sum(len(_file(_template(name))) for name in (*MODULES, "page.css", "page.html.j2"))
    per_film = 0.6 * dnn.film_vectors.shape[1]  # bytes, at least; the first attempt shows more
    for _ in range(_ATTEMPTS):
        n_films = min(len(rows), int((max_bytes - fixed) / per_film))
        if n_films < min(_FEWEST_FILMS, len(rows)):
            break
        html = render(build(dnn, manifest, dataset, rows[:n_films]))
        size = len(_file(html))
        if size <= max_bytes:
            return Page(html, n_films, len(rows))
        per_film = 1.01 * (size - fixed) / n_films
    raise UsageError(
        f"A page of {size_in_words(max_bytes)} has no room for {_FEWEST_FILMS} films.",
        "Allow more, in megabytes: --max-size 8",
    )


def _file(html: str) -> bytes:
    return codecs.BOM_UTF16_LE + html.encode("utf-16-le")


def render(content: Content) -> str:
    """Return the page of a content.

    The Content-Security-Policy allows this script and this style only, by their hashes, and no
    connection; the data is text that nothing runs.
    """
    environment = Environment(
        loader=PackageLoader("movierec_cli.core.page"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    script, style = _script(), "\n" + _template("page.css")
    return (
        environment.get_template("page.html.j2").render(
            facts=content.facts,
            payload=Markup(content.payload),
            script=Markup(script),
            style=Markup(style),
            script_hash=_digest(script),
            style_hash=_digest(style),
        )
        + "\n"
    )


def _script() -> str:
    """Return all modules as one script, without their imports and exports."""
    modules = (_EXPORT.sub("", _IMPORT.sub("", _template(name))) for name in MODULES)
    return '\n"use strict";\n' + "\n".join(modules)


def _template(name: str) -> str:
    path = files("movierec_cli.core.page") / "templates" / name
    return path.read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
