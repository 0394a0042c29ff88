"""Each kind of error has its exit code."""

import pytest

from movierec_cli.core import errors


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (errors.UsageError, 2),
        (errors.DataError, 3),
        (errors.NetworkError, 4),
        (errors.IntegrityError, 5),
        (errors.InterruptionError, 130),
    ],
)
def test_each_kind_has_its_exit_code(kind: type[errors.MovierecError], code: int) -> None:
    error = kind("It broke.", "Fix it.")
    assert (error.exit_code, error.message, error.hint) == (code, "It broke.", "Fix it.")
    assert str(error) == "It broke.\nFix it."
    assert str(kind("It broke.")) == "It broke."
