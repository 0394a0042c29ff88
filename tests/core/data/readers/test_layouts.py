"""A layout of MovieLens is found in a folder or archive, or what is there is named."""

from pathlib import Path

import pytest

from movierec_cli.core.data.readers.layouts import (
    CSV_FILES,
    DAT_FILES,
    LAYOUTS,
    U_FILES,
    Layout,
    find_layout,
)
from movierec_cli.core.data.sources import Source, open_source
from movierec_cli.core.errors import DataError
from tests.helpers import write_zip


def found(*names: str) -> tuple[Layout, Source]:
    return find_layout(Source("mine.zip", dict.fromkeys(names, 1), _archive=None, _root=Path("/")))


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("folder", ["", "ml-x/", "deep/ml-x/"])
def test_a_layout_is_found_by_its_files_in_any_folder(layout: Layout, folder: str) -> None:
    other = ("README.txt", "__MACOSX/ml-x/._ratings.dat", "tags.csv")
    kind, source = found(*other, *(folder + name for name in layout.required))
    assert kind is layout
    assert source.folder == folder
    assert set(layout.required) <= set(source.sizes)


def test_the_layouts_need_ratings_and_films() -> None:
    assert [layout.required for layout in (U_FILES, DAT_FILES, CSV_FILES)] == [
        ("u.data", "u.item"),
        ("ratings.dat", "movies.dat"),
        ("ratings.csv", "movies.csv"),
    ]


@pytest.mark.parametrize("second", ["ml-b/ratings.csv", "ratings.dat"])
def test_two_data_sets_are_refused_and_both_named(second: str, tmp_path: Path) -> None:
    names = ["ml-a/ratings.csv", "ml-a/movies.csv", second, second.replace("ratings", "movies")]
    path = write_zip(tmp_path / "two.zip", dict.fromkeys(names, b""), "")
    with open_source(path, "") as source, pytest.raises(DataError, match="holds 2 data") as caught:
        find_layout(source)
    assert f"{path}: ml-a/" in caught.value.message
    assert "give the folder of one of them" in caught.value.hint


def test_an_archive_in_an_archive_is_named() -> None:
    with pytest.raises(DataError, match=r"no data set but another archive: in/ml-1m\.ZIP"):
        found("readme", "in/ml-1m.ZIP")


def test_a_foreign_archive_is_refused_with_the_files_that_it_needs() -> None:
    with pytest.raises(DataError, match=r"mine\.zip holds no MovieLens data set") as caught:
        found("ratings.csv", "other/movies.csv")
    assert "ratings.dat and movies.dat" in caught.value.hint
    with pytest.raises(DataError, match="holds no MovieLens data set"):
        found()
