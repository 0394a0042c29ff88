"""What several tests build with: a tiny archive, hand-made tables, a recorder, a small web site."""

import hashlib
import threading
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np

from movierec_cli.core.data.dataset import Dataset, Films, Histories, Ratings, Users
from movierec_cli.core.data.editions import EDITIONS, Edition
from movierec_cli.core.data.scenarios import Validation
from movierec_cli.core.data.splits import Split, make_split
from movierec_cli.core.models.base import Scores
from movierec_cli.core.training.options import TrainingOptions

LINES: Mapping[str, tuple[str, ...]] = {
    "u.genre": ("unknown|0", "Action|1", "Comedy|2"),
    "u.occupation": ("student", "writer"),
    "u.user": ("1|24|M|writer|85711", "2|53|F|student|T8H1N", "5|7|F|student|01234"),
    "u.item": (
        "1|Paper Boat (1995)|01-Jan-1995||http://films.example/1|0|0|1",
        "2|Élan vital, L' (1996)|29-Feb-1996||http://films.example/2|0|1|1",
        "4|unknown||||1|0|0",
        "9|Iron Comet (1950)|31-Dec-1951||http://films.example/9|0|1|0",
        "11|Paper Boat (1995)|4-Feb-1995||http://films.example/11|0|0|1",
    ),
    "u.data": (
        "5\t1\t3\t881250949",
        "1\t2\t5\t891717742",
        "1\t1\t1\t878887116",
        "2\t4\t4\t880606923",
        "1\t9\t2\t886397596",
    ),
    "u1.test": ("5\t1\t3\t881250949",),
    "u2.test": ("1\t2\t5\t891717742",),
    "u3.test": ("1\t1\t1\t878887116",),
    "u4.test": ("2\t4\t4\t880606923",),
    "u5.test": ("1\t9\t2\t886397596",),
    "ua.test": ("1\t9\t2\t886397596", "5\t1\t3\t881250949"),
    "ub.test": ("1\t1\t1\t878887116", "2\t4\t4\t880606923"),
}
"""A data set of the layout of MovieLens 100K with three users, five films and five ratings."""


def tiny_contents(**changed: bytes) -> dict[str, bytes]:
    """Return the tiny files; ``u_data=...`` replaces the content of ``u.data``."""
    contents = {
        name: "".join(f"{line}\n" for line in lines).encode(
            "latin-1" if name == "u.item" else "utf-8"
        )
        for name, lines in LINES.items()
    }
    contents.update({name.replace("_", "."): data for name, data in changed.items()})
    return contents


def edition_of(contents: Mapping[str, bytes]) -> Edition:
    """Return MovieLens 100K as if these were its files."""
    files = {name: hashlib.md5(data).hexdigest() for name, data in contents.items()}
    return replace(EDITIONS["ml-100k"], files=files)


def write_zip(path: Path, contents: Mapping[str, bytes], folder: str = "ml-100k/") -> Path:
    """Write the files into a zip archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(folder + name, data)
    return path


def write_folder(folder: Path, contents: Mapping[str, bytes]) -> Path:
    """Write the files into a folder."""
    folder.mkdir(parents=True)
    for name, data in contents.items():
        (folder / name).write_bytes(data)
    return folder


def make_users(n_users: int) -> Users:
    """Return women of 35 without an occupation, numbered from 1."""
    return Users(
        ids=np.arange(1, n_users + 1),
        age=np.full(n_users, 35.0, np.float32),
        gender=np.ones(n_users, np.int8),
        occupation=np.full(n_users, -1, np.int16),
        zip_code=np.full(n_users, "55455"),
    )


def make_films(titles: Sequence[str], genres: Sequence[Sequence[int]] | None = None) -> Films:
    """Return films of these titles, numbered 10, 20, ...; by default of the first genre."""
    flags = [[1]] * len(titles) if genres is None else genres
    return Films(
        ids=10 * np.arange(1, len(titles) + 1),
        titles=np.array(titles),
        released=np.full(len(titles), np.datetime64("1990-06-15", "D")),
        genres=np.array(flags, np.bool_),
        imdb_ids=np.full(len(titles), ""),
        tmdb_ids=np.zeros(len(titles), np.int64),
    )


def make_ratings(triples: Sequence[tuple[int, int, float]]) -> Ratings:
    """Return ratings from (user row, film row, rating)."""
    return Ratings.ordered(
        user_rows=np.array([user for user, _, _ in triples], np.int32),
        film_rows=np.array([film for _, film, _ in triples], np.int32),
        values=np.array([value for _, _, value in triples], np.float32),
        timestamps=np.arange(len(triples), dtype=np.int64),
    )


def make_dataset(
    triples: Sequence[tuple[int, int, float]],
    n_users: int,
    titles: Sequence[str],
    genres: Sequence[Sequence[int]] | None = None,
    genre_names: tuple[str, ...] = ("Drama",),
) -> Dataset:
    """Return a data set of hand-made tables."""
    films = make_films(titles, genres)
    return Dataset("by-hand", make_users(n_users), films, make_ratings(triples), genre_names, ())


def make_histories(*users: Mapping[int, float]) -> Histories:
    """Return the history of each user, given as film row -> rating."""
    triples = [(row, film, value) for row, user in enumerate(users) for film, value in user.items()]
    return Histories.from_ratings(make_ratings(triples), len(users))


@dataclass(frozen=True, eq=False)
class FixedModel:
    """A model that looks its scores up: user ``id`` has the scores of row ``id - 1``."""

    ranking: np.ndarray
    rating: np.ndarray | None = None
    like_probability: np.ndarray | None = None

    def score(self, histories: Histories, users: Users) -> Scores:
        """Return the rows of the users."""
        assert len(histories) == len(users)
        rows = users.ids - 1
        return Scores(
            self.ranking[rows],
            None if self.rating is None else self.rating[rows],
            None if self.like_probability is None else self.like_probability[rows],
        )


def training_split(dataset: Dataset, options: TrainingOptions) -> Split:
    """Return a split of all ratings of ``dataset`` into training and validation part."""
    rule = Validation(options.validation, options.validation_share, options.seed)
    return make_split(dataset, "none", validation=rule)


class RecordedProgress:
    """Receiver of progress that keeps the calls in order."""

    def __init__(self) -> None:
        self.calls: list[tuple[Any, ...]] = []

    def start(self, description: str, total: int | None) -> None:
        self.calls.append(("start", description, total))

    def describe(self, description: str) -> None:
        self.calls.append(("describe", description))

    def advance(self, amount: int) -> None:
        self.calls.append(("advance", amount))

    def note(self, message: str) -> None:
        self.calls.append(("note", message))

    def finish(self) -> None:
        self.calls.append(("finish",))

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        """Return the calls of one kind."""
        return [call for call in self.calls if call[0] == kind]


@dataclass(frozen=True)
class Answer:
    """Answer of the site; ``length`` is announced as Content-Length, ``None`` for none."""

    body: bytes = b""
    status: int = 200
    length: int | None = -1
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Site:
    """A web site on this machine that gives its answers in turn, the last one for ever."""

    url: str
    answers: list[Answer] = field(default_factory=lambda: [Answer(status=404)])
    requests: list[str] = field(default_factory=list)

    def next_answer(self, path: str) -> Answer:
        """Note the request and choose the answer."""
        self.requests.append(path)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def serving() -> Iterator[Site]:
    """Serve a `Site` on a free port of the loopback interface."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.next_answer(self.path)
            self.send_response(answer.status)
            length = len(answer.body) if answer.length == -1 else answer.length
            if length is not None:
                self.send_header("Content-Length", str(length))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def names(folder: Path) -> list[str]:
    """Return the names of what is in a folder; none without the folder."""
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def wait_for(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait until a condition holds; fail when it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
