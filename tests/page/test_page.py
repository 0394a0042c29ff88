"""The page in a real browser: everything that a person does with it."""

import re
from typing import Any

from movierec_cli.core.api import LoadedRun
from tests.page.actions import rate, titles


def test_films_are_found_in_any_spelling(page: Any) -> None:
    for typed in ("the godfather", "GODFATHER", "godfater", "godfather 1972"):
        page.fill("#search", typed)
        assert titles(page, "found")[0] == "The Godfather"
    page.fill("#search", "la ceremonie")
    assert titles(page, "found") == ["La Cérémonie"]
    page.fill("#search", "zzzzzz")
    assert page.inner_text("#search-status") == "No film of that name."


def test_a_title_is_only_text(page: Any) -> None:
    page.fill("#search", "alert")
    assert titles(page, "found") == ["<script>alert(1)</script>"]
    page.fill("#search", "bold")
    assert titles(page, "found") == ["</script><b>Bold</b>"]


def test_the_list_follows_ratings_and_forgets_them(page: Any) -> None:
    before = titles(page, "list")
    assert page.inner_text("#heading") == "Liked by most"
    rate(page, "godfather", 4.5)
    assert titles(page, "own") == ["The Godfather"]
    assert page.locator("#own .stars").input_value() == "4.5"
    assert page.inner_text("#heading") == "Recommended for you"
    assert "The Godfather" not in titles(page, "list")
    assert titles(page, "list") != before
    assert re.match(r"10 films, the first is .+\.", page.inner_text("#status"))
    page.click("#own button[name=remove]")
    assert titles(page, "own") == []
    assert titles(page, "list") == before


def test_seen_and_disliked_films_leave_the_list(page: Any) -> None:
    for name in ("seen", "disliked"):
        first = titles(page, "list")[0]
        page.locator(f"#list button[name={name}]").first.click()
        assert first not in titles(page, "list")
        assert titles(page, "own")[0] == first
        assert page.locator("#own [aria-pressed=true]").first.inner_text() != ""


def test_reasons_have_shares_that_add_up(page: Any) -> None:
    rate(page, "godfather", 5)
    rate(page, "ceremonie", 4)
    for why in page.locator("#list .why").all_inner_texts():
        raising = why.split(";")[0]
        assert sum(map(int, re.findall(r"(\d+)\xa0%", raising))) == 100
    assert "widely liked" in page.locator("#list .why").first.inner_text()


def test_filters_choose_genres_and_years(page: Any, run: LoadedRun) -> None:
    page.locator("summary", has_text="Filters").click()
    genre = run.dataset.genres[3]
    page.locator("fieldset", has_text="Only these").get_by_label(genre, exact=True).check()
    assert all(genre in found for found in page.locator("#list .genres").all_inner_texts())
    page.locator("fieldset", has_text="Without").get_by_label(genre, exact=True).check()
    assert page.inner_text("#status") == "No film is left. Use fewer filters."
    page.get_by_role("button", name="No filters").click()
    page.fill("[name=from]", "1990")
    page.wait_for_selector("#list .film")
    years = page.locator("#list .year").all_inner_texts()
    assert years
    assert all(int(year) >= 1990 for year in years)


def test_the_best_of_a_list_has_a_full_bar_also_below_the_average_film(page: Any) -> None:
    rate(page, "godfather", 4.5)
    page.locator("summary", has_text="Filters").click()
    for year in ("1978", "1982", "1984", "1987"):
        page.fill("[name=from]", year)
        page.fill("[name=to]", year)
        shares = page.locator("#list .bar").evaluate_all(
            "bars => bars.map(bar => parseFloat(bar.style.getPropertyValue('--share')))"
        )
        assert shares[0] == 100
        assert shares == sorted(shares, reverse=True)
        assert len(set(shares)) > 1


def test_more_like_a_film_is_shown_and_left(page: Any) -> None:
    first = titles(page, "list")[0]
    page.locator("#list button[name=more]").first.click()
    assert page.inner_text("#heading") == f"More like {first}"
    assert first not in titles(page, "list")
    page.click("#back")
    assert titles(page, "list")[0] == first


def test_a_film_of_the_map_is_picked_also_after_a_zoom(page: Any) -> None:
    box = page.locator("#map").bounding_box()
    for step in range(2):
        for at in range(1, 40):  # along the diagonal, until there is a film
            place = {"x": box["width"] * at / 40, "y": box["height"] * at / 40}
            page.click("#map", position=place)
            if titles(page, "picked"):
                break
        assert len(titles(page, "picked")) == 1
        page.evaluate("document.querySelector('#picked').replaceChildren()")
        if not step:
            before = page.evaluate("document.querySelector('#map').toDataURL()")
            page.fill("#zoom", "1.5")
            assert page.evaluate("document.querySelector('#map').toDataURL()") != before


def test_films_are_kept_only_if_that_is_wanted(page: Any) -> None:
    rate(page, "godfather", 5)
    page.reload()
    page.wait_for_selector("#command:not(:empty)", state="attached")
    assert titles(page, "own") == []
    rate(page, "godfather", 5)
    page.locator("summary", has_text="Bring").click()
    page.check("#keep")
    page.reload()
    page.wait_for_selector("#command:not(:empty)", state="attached")
    assert titles(page, "own") == ["The Godfather"]
    page.locator("summary", has_text="Bring").click()
    page.click("#forget")
    page.wait_for_selector("#own:empty", state="attached")
    page.wait_for_selector("#command:not(:empty)", state="attached")
    assert titles(page, "own") == []
    assert page.evaluate("localStorage.length") == 0


def test_the_keyboard_alone_rates_a_film(page: Any) -> None:
    page.focus("#search")
    page.keyboard.type("godfather")
    page.keyboard.press("Tab")
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_selector("#own .film")
    assert titles(page, "own") == ["The Godfather"]
    assert page.locator("#own .stars").input_value() == "4"
    assert page.evaluate("document.activeElement.name") == "rate"  # the focus stays


def test_the_key_enter_in_a_field_leaves_the_page_as_it_is(page: Any) -> None:
    page.fill("#search", "godfather")
    page.press("#search", "Enter")
    assert titles(page, "found") == ["The Godfather"]


def test_the_link_to_the_figures_shows_them(page: Any) -> None:
    page.click("footer a[href='#figures']")
    assert page.locator("table#figures").is_visible()


def test_the_command_is_selected_to_be_copied(page: Any) -> None:
    page.locator("summary", has_text="Bring").click()
    page.click("#copy")
    assert page.evaluate("getSelection().toString()").startswith("movierec recommend")
