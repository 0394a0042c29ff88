"""What JSON has to look like to be what movierec wrote."""

from typing import Any

import pytest

from movierec_cli.core.runs import json_shapes as shapes

NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("check", "passing", "failing"),
    [
        (shapes.text, ["", "a"], [None, 1, ["a"]]),
        (shapes.texts, [{}, {"a": "b"}], [{"a": 1}, ["a"], "a"]),
        (shapes.flag, [True, False], [0, 1, None, "true"]),
        (shapes.whole(1, 5), [1, 5], [0, 6, 1.0, True, "1", None, 10**400]),
        (shapes.finite, [0, -1.5, 2**62], [NAN, INFINITY, 10**400, True, "1", None]),
        (shapes.figure, [None, 1, 0.5, NAN, -INFINITY], [10**400, True, "1", []]),
        (shapes.figures, [{}, {"a": 1, "b": None}], [{"a": "1"}, [1], None]),
        (shapes.settings, [{"a": [{"b": [1, "c", None, True]}]}], [[], {"a": [[[[[1]]]]]}]),
        (shapes.group(a=shapes.text), [{"a": "b"}, {"a": "", "c": 1}], [{}, {"a": 1}, "a"]),
        (shapes.each(shapes.text), [[], ["a", "b"]], [["a", 1], "ab", {"a": "b"}]),
        (shapes.maybe(shapes.text), [None, "a"], [1]),
    ],
)
def test_what_passes_and_what_does_not(
    check: shapes.Check, passing: list[Any], failing: list[Any]
) -> None:
    assert [value for value in passing if not check(value)] == []
    assert [value for value in failing if check(value)] == []
