"""``movierec import``: a table becomes a data set for every command, or nothing is kept."""

import json
import random
from pathlib import Path

import pytest

from movierec_cli.core.data import registry
from movierec_cli.core.paths import Paths
from tests.cli.conftest import Cli

N_USERS, N_FILMS, PER_USER = 40, 60, 20


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """Ratings of 0 to 10 by users and of films with text ids, separated by semicolons."""
    draw = random.Random(5)
    lines = ["member;item;score"]
    for user in range(N_USERS):
        for film in draw.sample(range(N_FILMS), PER_USER):
            likes = film % 2 == user % 2
            lines.append(
                f"user {user:02d};B{film:02d}x;{draw.randint(*((7, 10) if likes else (0, 5)))}"
            )
    path = tmp_path / "mine.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_table_with_text_ids_and_another_scale_serves_every_command(
    cli: Cli, table: Path
) -> None:
    result = cli("import", "mine.csv", "--name", "mine", "--scale", "0-10")
    assert (result.exit_code, result.stdout) == (0, "")
    for line in (
        "Ratings: 800, on a scale of 0 to 10, kept as 0 to 5 stars.",
        "Times: none.",
        "Catalog: 60 films, without titles; no genres.",
        "Users: 40; no demographics.",
        "It is the data set mine now. Next: movierec train dnn --dataset mine",
    ):
        assert f"{line}\n" in result.stderr
    trained = cli("train", "dnn", "--dataset", "mine")
    assert trained.exit_code == 0
    assert "movierec recommend --user 'user 00' --run dnn-mine\n" in trained.stderr
    assert cli("evaluate", "dnn-mine").exit_code == 0
    like = [word for film in ("B00x", "B02x", "B04x") for word in ("--like", film)]
    found = json.loads(cli("recommend", *like, "-n", "5", "--dataset", "mine", "--json").stdout)
    assert (found["dataset"], found["run"], found["user"]) == ("mine", "dnn-mine", None)
    films = [film["film_id"] for film in found["recommendations"]]
    assert len(set(films) - {"B00x", "B02x", "B04x"}) == 5
    assert [film["title"] for film in found["recommendations"]] == films
    shown = cli("recommend", "--user", "user 07", "--dataset", "mine").stdout
    assert "Year" not in shown
    assert "Genres" not in shown
    neighbors = json.loads(
        cli("neighbors", "--user", "user 07", "--dataset", "mine", "--json").stdout
    )
    assert neighbors["user"] == "user 07"
    assert cli("similar", "B00x", "--run", "dnn-mine").exit_code == 0
    assert cli("export", "vectors", "-o", "v.parquet", "--run", "dnn-mine").exit_code == 0
    assert cli("recommend", "--all-users", "-o", "all.csv", "--dataset", "mine").exit_code == 0
    assert (table.parent / "all.csv").read_text().count("\nuser 07,") == 10


def test_what_the_data_lacks_is_refused_with_the_reason(cli: Cli, table: Path) -> None:
    cli("import", "mine.csv", "--name", "mine")
    cli("train", "dnn", "--dataset", "mine")
    for words, reason in (
        (("--age", "30"), "does not hold the age of its users"),
        (("--gender", "F"), "does not hold the gender of its users"),
        (("--occupation", "writer"), "does not hold the occupation of its users"),
        (("--user", "42"), "Its 40 users are named user 00 to user 39"),
        (("--rate", "B00x=8"), "A rating is 0 to 5 stars, not 8"),
        (("--like", "the matrix"), "mine has 60 films"),
    ):
        result = cli("recommend", *words, "--dataset", "mine")
        assert (result.exit_code, result.stdout) == (2, "")
        assert reason in result.stderr


def test_films_and_users_come_from_tables_beside(cli: Cli, table: Path) -> None:
    films = ["film_id,title,year,genres,imdb_id,tmdb_id"]
    films += [
        f'B{row:02d}x,"Night, Part {row}",{1960 + row},Drama|War,tt01147{row:02d},{row}'
        for row in range(60)
    ]
    Path("films.csv").write_text("\n".join(films))
    users = ["user,age,gender,occupation"]
    users += [f"user {row:02d},{20 + row},{'mf'[row % 2]},baker" for row in range(41)]
    Path("users.csv").write_text("\n".join(users))
    result = cli(
        "import", "mine.csv", "--name", "mine", "--films", "films.csv", "--users", "users.csv"
    )
    assert "Catalog: 60 films, 1960 to 2019; 2 genres.\n" in result.stderr
    assert "Users: 40; age, gender, occupation.\n" in result.stderr
    assert "Left out, without a rating: 1 users.\n" in result.stderr
    (film,) = json.loads(cli("films", "night part 7", "--dataset", "mine", "--json").stdout)[
        "films"
    ]
    del film["ratings"], film["mean"], film["match"]
    assert film == {
        "rank": 1, "film_id": "B07x", "title": "Night, Part 7 (1967)", "year": 1967,
        "genres": ["Drama", "War"], "imdb_id": "tt0114707", "tmdb_id": 7,
    }  # fmt: skip


def test_problems_are_named_together_and_nothing_is_kept(cli: Cli, paths: Paths) -> None:
    Path("bad.csv").write_text("user,film,rating\n1,2,5\n1,3,nan\n2,,4\n3,4,1000000000\n")
    result = cli("import", "bad.csv", "--name", "bad", "--scale", "1-5")
    assert (result.exit_code, result.stdout) == (3, "")
    for text in (
        "line 3, column rating: 'nan'",
        "line 4, column film: ''",
        "line 5, column rating: '1000000000'",
    ):
        assert text in result.stderr
    assert registry.list_imported(paths) == []


def test_a_dry_run_keeps_nothing(cli: Cli, table: Path, paths: Paths) -> None:
    result = cli("import", "mine.csv", "--name", "mine", "--dry-run")
    assert result.exit_code == 0
    assert "Ratings: 800" in result.stderr
    assert registry.list_imported(paths) == []


def test_a_data_set_is_replaced_only_with_force_or_a_yes(
    cli: Cli, table: Path, paths: Paths
) -> None:
    assert cli("import", "mine.csv", "--name", "mine").exit_code == 0
    before = registry.load_dataset("mine", paths).checksum()
    table.write_text(table.read_text().replace("user 00", "user zz"))
    refused = cli("import", "mine.csv", "--name", "mine")
    assert refused.exit_code == 2
    assert "Add --force" in refused.stderr
    assert registry.load_dataset("mine", paths).checksum() == before
    assert cli("import", "mine.csv", "--name", "mine", "--force").exit_code == 0
    assert registry.load_dataset("mine", paths).checksum() != before


@pytest.mark.parametrize("name", ["ml-100k", "ml-32m", "synthetic", "synthetic-2", "a/b", ""])
def test_a_name_that_means_something_else_is_refused(name: str, cli: Cli, table: Path) -> None:
    result = cli("import", "mine.csv", "--name", name)
    assert (result.exit_code, result.stdout) == (2, "")


def test_rows_without_ratings_are_likes(cli: Cli, paths: Paths) -> None:
    Path("likes.tsv").write_text("user\tfilm\n" + "".join(f"{n}\t{n % 3}\n" for n in range(9)))
    refused = cli("import", "likes.tsv", "--name", "likes")
    assert refused.exit_code == 3
    assert "--implicit takes every row as a like" in refused.stderr
    result = cli("import", "likes.tsv", "--name", "likes", "--implicit")
    assert "Ratings: 9, all of them likes.\n" in result.stderr
    assert set(registry.load_dataset("likes", paths).ratings.values.tolist()) == {5.0}


def test_the_summary_tells_what_was_not_used(cli: Cli) -> None:
    lines = ["user,film,title,genres,rating,time"]
    lines += [f"{user},1,{'Right' if user else 'First'} (1990),Drama,{user % 5 + 1},2020-01-01"
              for user in range(10)]  # fmt: skip
    Path("told.csv").write_text("\n".join(lines))
    told = cli("import", "told.csv", "--name", "told", "--scale", "1-5", "--dry-run").stderr
    assert "Titles: 1 with others in later ratings; the first of a film counts.\n" in told
    assert "Columns not used: genres; --films reads films.\n" in told
    assert "Times: all the same, and not used.\n" in told
    assert "Catalog: 1 films, 1990 to 1990; no genres.\n" in told
    Path("ids.csv").write_text("user,title,rating\n1,Heat (1995),5\n1,Fargo (1996),1\n")
    told = cli("import", "ids.csv", "--name", "ids", "--scale", "1-5", "--dry-run").stderr
    assert "Catalog: 2 films, 1995 to 1996; no genres.\n" in told
