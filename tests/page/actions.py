"""Steps of a person on the page."""

from typing import Any


def titles(page: Any, of: str) -> list[str]:
    found: list[str] = page.locator(f"#{of} .title").all_inner_texts()
    return found


def rate(page: Any, typed: str, stars: float) -> None:
    """Find a film and click on its stars."""
    page.fill("#search", typed)
    control = page.locator("#found .stars").first
    key, box = control.get_attribute("data-key"), control.bounding_box()
    control.click(position={"x": box["width"] * stars / 5 - 1, "y": box["height"] / 2})
    page.wait_for_selector(f"#own [data-key='{key}']")
