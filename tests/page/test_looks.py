"""The page on screens of every kind, on paper, and for everyone."""

import re
from typing import Any

import pytest

from tests.page.actions import rate


def test_it_fits_narrow_and_wide_screens_and_the_dark(page: Any) -> None:
    rate(page, "godfather", 5)
    for width in (360, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.emulate_media(color_scheme="dark")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert sum(map(int, re.findall(r"\d+", dark))) < 150 < sum(map(int, re.findall(r"\d+", light)))


def test_it_is_accessible(page: Any) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    rate(page, "godfather", 5)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        violations = axe.run(page).response["violations"]
        serious = [one for one in violations if one["impact"] in ("serious", "critical")]
        assert [(one["id"], one["nodes"][0]["html"]) for one in serious] == []


def test_the_buttons_of_a_film_stay_in_a_row_on_a_phone(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 800})
    buttons = page.locator("#list .film").first.locator("button:visible")
    tops = buttons.evaluate_all("found => found.map((one) => one.getBoundingClientRect().top)")
    assert len(tops) == 3
    assert len(set(tops)) == 1


def test_nothing_moves_for_those_who_want_that(page: Any) -> None:
    duration = "getComputedStyle(document.querySelector('button')).transitionDuration"
    assert page.evaluate(duration) != "0s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(duration) == "0s"


def test_the_list_alone_is_printed(page: Any) -> None:
    rate(page, "godfather", 5)
    page.emulate_media(media="print")
    for name in ("#heading", "#list .title", "#list .why", "footer"):
        assert page.locator(name).first.is_visible()
    for name in ("#taste", "#map-section", "#list .tools", "#filters"):
        assert not page.locator(name).first.is_visible()
