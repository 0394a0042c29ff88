"""The file layouts of MovieLens: their files, and the search for one in a folder or archive.

The reader of a layout is imported when it is used: most commands read the prepared form.
"""

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, cast

from movierec_cli.core.errors import DataError
from movierec_cli.core.progress import Progress

if TYPE_CHECKING:
    from movierec_cli.core.data.readers.assemble import Assembled
    from movierec_cli.core.data.sources import Source

FOLDS = ("u1", "u2", "u3", "u4", "u5", "ua", "ub")
"""The official folds of MovieLens 100K."""


@dataclass(frozen=True)
class Layout:
    """A layout: the files that it must have and may have, and the module that reads them."""

    module: str
    required: tuple[str, ...]
    optional: tuple[str, ...]

    def read(self, source: "Source", name: str, progress: Progress) -> "Assembled":
        """Read a source of these files as the data set ``name``.

        Raises
        ------
        DataError
            With every problem in the files, up to twenty.
        """
        reader = import_module(f"{__package__}.{self.module}")
        return cast("Assembled", reader.read(source, name, progress))


U_FILES = Layout(
    "u_files",
    ("u.data", "u.item"),
    ("u.user", "u.genre", "u.occupation", *(f"{fold}.test" for fold in FOLDS)),
)
DAT_FILES = Layout("dat_files", ("ratings.dat", "movies.dat"), ("users.dat",))
CSV_FILES = Layout("csv_files", ("ratings.csv", "movies.csv"), ("links.csv",))

LAYOUTS = (U_FILES, DAT_FILES, CSV_FILES)


def find_layout(source: "Source") -> tuple[Layout, "Source"]:
    """Return the layout of a source, and the part of it that holds the files.

    Raises
    ------
    DataError
        If there is no data set in it, or more than one.
    """
    found = [
        (layout, folder) for layout in LAYOUTS for folder in source.folders_with(*layout.required)
    ]
    if len(found) == 1:
        layout, folder = found[0]
        return layout, source.within(folder)
    if found:
        places = ", ".join(source.place(folder) for _, folder in found)
        raise DataError(
            f"{source.label} holds {len(found)} data sets: {places}.",
            "Unpack it, and give the folder of one of them.",
        )
    inner = next((name for name in source.sizes if name.lower().endswith(".zip")), None)
    if inner is not None:
        raise DataError(
            f"{source.label} holds no data set but another archive: {inner}.",
            f"Unpack it, and give {inner}.",
        )
    wanted = "; ".join(" and ".join(layout.required) for layout in LAYOUTS)
    raise DataError(
        f"{source.label} holds no MovieLens data set.",
        f"It needs one of: {wanted}. A table of ratings is imported by its own path.",
    )
