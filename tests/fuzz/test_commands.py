"""Any options of any command give an answer or an expected error, never code 1."""

from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

from tests.cli.conftest import Cli
from tests.fuzz.changes import TYPED, examples, usually
from tests.fuzz.conftest import KINDS, TINIEST, name_of

NUMBERS = usually(
    st.integers(1, 60),
    st.one_of(st.integers(-2, 0), st.integers(), st.sampled_from([2**31, 2**63, 10**30])),
).map(str)
SHARES = usually(
    st.sampled_from([0.0, 0.3, 1.0]), st.one_of(st.floats(), st.sampled_from([1e-300, 1e300]))
).map(str)
TITLES = st.one_of(st.sampled_from(["7", "50", "51", "bridge", "the"]), TYPED)
RUNS = usually(st.sampled_from([name_of(kind) for kind in KINDS]), TYPED)
FORMATS = usually(st.sampled_from(["table", "json", "csv", "md"]), TYPED)
GENRES = usually(st.sampled_from(["Drama", "comedy", "unknown"]), TYPED)
YEARS = usually(st.sampled_from(["1990", "1980-1995", "1995-1980", "٣٣٣٣"]), TYPED)
FILES = st.one_of(
    st.sampled_from(["a.csv", "a.jsonl", "a.npz", "a.tsv", "a.png", "a.svg", ".", "no/where.csv"]),
    st.text(st.characters(exclude_characters="\0/"), max_size=8).map("{}.csv".format),
    st.sampled_from(["x" * 300 + end for end in (".csv", ".npz", ".png", "")]),
)
NO_FIGURES = FILES.filter(lambda name: name not in ("a.png", "a.svg"))  # to draw takes a second
DATA = usually(
    st.sampled_from([TINIEST, "ml-100k", "synthetic-9x9x9", "synthetic-0x0x0", "a" * 300]), TYPED
)
SEEDS = usually(st.integers(0, 9).map(str), NUMBERS)
LISTED = {"-n": NUMBERS, "--format": FORMATS}
CHOSEN = {"--genre": GENRES, "--not-genre": GENRES, "--year": YEARS}
PERSON = {
    "--user": NUMBERS,
    "--like": TITLES,
    "--dislike": TITLES,
    "--rate": st.builds("{}={}".format, TITLES, st.one_of(SHARES, TYPED)),
    "--ratings": FILES,
    "--age": NUMBERS,
    "--gender": usually(st.sampled_from("mFx"), TYPED),
    "--occupation": st.one_of(st.just("student"), TYPED),
    "--zip": TYPED,
    "--seen": TITLES,
    "--since": usually(st.sampled_from(["2024", "2024-01", "2024-01-31"]), TYPED),
    "--profile": st.one_of(st.just("ann"), TYPED),
    "--save-profile": st.one_of(st.just("ann"), TYPED),
}
ANSWER = {
    "--run": RUNS,
    "--diversity": SHARES,
    "--popularity": SHARES,
    "--min-ratings": NUMBERS,
    "--max-ratings": NUMBERS,
    "--among": FILES,
    "--exclude": FILES,
}
QUICK: dict[tuple[str, ...], dict[str, st.SearchStrategy[str]]] = {
    ("recommend", "--run", "dnn-default", "--like", "7"): PERSON | LISTED | CHOSEN | ANSWER,
    ("recommend", "--run", "dnn-original", "--zip", "1"): PERSON | LISTED | CHOSEN | ANSWER,
    ("recommend", "--run", "two-tower-default", "--all-users"): ANSWER | CHOSEN | {"-o": FILES},
    ("films", "--dataset", TINIEST): LISTED | CHOSEN | {"--dataset": DATA, "--": TYPED},
    ("similar", "--run", "dnn-default"): LISTED | {"--run": RUNS, "--": TITLES},
    ("neighbors", "--run", "dnn-default", "--user", "3"): LISTED | {"--user": NUMBERS},
    ("evaluate",): {"--k": NUMBERS, "--format": FORMATS, "--": RUNS},
    ("runs", "show"): {"--format": FORMATS, "--": RUNS},
    ("runs", "remove", "--yes"): {"--": TYPED},
    ("profiles", "show"): {"--": st.one_of(st.just("ann"), TYPED)},
    ("profiles", "remove", "--yes"): {"--": TYPED},
    ("export", "vectors", "--run", "dnn-default"): {"-o": FILES, "--run": RUNS},
    ("download",): {"--from": st.one_of(FILES, TYPED), "--url": TYPED, "--force": st.just("")},
    ("eda", "genres", "--dataset", TINIEST): {"--dataset": DATA, "--format": FORMATS},
    ("eda", "films", "--dataset", TINIEST): {"--n": NUMBERS, "--plot": NO_FIGURES},
    (): {"--": TYPED, "--version": st.just("")},
}
TRAIN = {
    "--preset": usually(st.just("original"), st.one_of(st.just("default"), TYPED)),
    "--holdout": usually(st.sampled_from(["users", "u1", "ub", "none"]), TYPED),
    "--split-seed": SEEDS,
    "--seed": SEEDS,
    "--name": usually(st.just("mine"), TYPED),
    "--learning-rate": usually(st.floats(1e-5, 1e12).map(str), SHARES),
    "--batch-size": st.one_of(st.integers(2, 400), st.sampled_from([1, 2**31, 2**63])).map(str),
    "--device": usually(st.sampled_from(["auto", "cpu", "cuda"]), TYPED),
    "--dataset": usually(st.just(TINIEST), DATA),
}


@st.composite
def typed(draw: st.DrawFn, options: dict[str, st.SearchStrategy[str]]) -> list[str]:
    """Return some of the options, in any order, each with something typed after it."""
    chosen = draw(st.lists(st.sampled_from(sorted(options)), min_size=1, max_size=4))
    named = [[name, draw(options[name])] for name in chosen if name != "--"]
    plain = [[draw(options["--"])]] if "--" in options else []
    return [part for pair in [*named, *plain] for part in pair if part not in ("", "--")]


def is_an_answer_or_an_error_of_ours(cli: Cli, arguments: list[str]) -> None:
    """Run a command and check its exit code and its error."""
    result = cli(*arguments)
    assert result.exit_code in (0, 2, 3, 4, 5), result.stderr
    assert "Traceback" not in result.stderr
    assert "bug" not in result.stderr.partition("\n")[0]


@st.composite
def commands(draw: st.DrawFn) -> list[str]:
    """Return a command and what is typed after it."""
    command = draw(st.sampled_from(sorted(QUICK)))
    return [*command, *draw(typed(QUICK[command]))]


@examples(200)
@given(arguments=commands())
@example(arguments=["similar", "--run", "dnn-default", "²"])
@example(arguments=["recommend", "--run", "dnn-default", "--like", "9" * 5000])
def test_whatever_is_typed(arguments: list[str], in_tiny_home: Path, cli: Cli) -> None:
    is_an_answer_or_an_error_of_ours(cli, arguments)


@examples(20)
@given(
    model=usually(st.sampled_from(["dnn", "two-tower"]), TYPED),
    epochs=usually(st.integers(1, 2), st.integers(max_value=0)).map(str),
    options=typed(TRAIN),
)
@example(model="dnn", epochs="1", options=["--batch-size", str(2**63)])
@example(model="two-tower", epochs="1", options=["--learning-rate", "1e12"])
def test_whatever_is_trained(
    model: str, epochs: str, options: list[str], in_tiny_home: Path, cli: Cli
) -> None:
    command = [
        "train",
        "--preset",
        "original",
        "--dataset",
        TINIEST,
        "--name",
        "mine",
        "--force",
        *options,
    ]
    is_an_answer_or_an_error_of_ours(cli, [*command, "--epochs", epochs, "--", model])
    is_an_answer_or_an_error_of_ours(cli, ["evaluate", "mine"])
