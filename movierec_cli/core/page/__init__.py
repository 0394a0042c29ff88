"""The page: one HTML file that recommends in a browser, without a server.

`make_page` packs a dnn and its films, and renders the templates.
"""

from movierec_cli.core.page.rendering import DEFAULT_MAX_BYTES, Page, make_page

__all__ = ["DEFAULT_MAX_BYTES", "Page", "make_page"]
