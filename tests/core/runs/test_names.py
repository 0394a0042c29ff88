"""Names are file names on every platform."""

import pytest

from movierec_cli.core.errors import UsageError
from movierec_cli.core.runs.names import check_name


@pytest.mark.parametrize("name", ["a", "my-run", "A.b_c-1", "0" * 80])
def test_what_can_be_a_name(name: str) -> None:
    assert check_name(name, "run") == name


@pytest.mark.parametrize("name", ["", ".a", "-a", "a/b", "a b", "é", "a\n", "0" * 81])
def test_what_cannot(name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a profile") as caught:
        check_name(name, "profile")
    assert caught.value.hint.endswith("for example: my-profile")
