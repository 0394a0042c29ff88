"""Making SVG documents of matplotlib parts of an HTML page."""

import re

_PROLOGUE = re.compile(r"^.*?(?=<svg\b)", re.DOTALL)
_METADATA = re.compile(r"<metadata>.*?</metadata>", re.DOTALL)
_NAMESPACES = re.compile(r'\s+xmlns(:\w+)?="[^"]*"')
_SIZE = re.compile(r'(<svg\b[^>]*?)\s+width="([\d.]+)pt"\s+height="[\d.]+pt"', re.DOTALL)
_INK = {"#333333": "currentColor", "#dddddd": "var(--rule)", "#cccccc": "var(--rule)"}
_LEGEND = re.compile(r"fill: #ffffff; opacity: 0\.8")  # the background of a legend
_GAP = re.compile(r"stroke: #ffffff")  # between touching bars
_PIXELS = 96 / 72  # in a point


def inline(svg: str, prefix: str, label: str) -> tuple[str, float]:
    """Return an SVG document as an element of a page, and its natural width in pixels.

    It takes the colors of text and lines from the page, so that it can be dark, and its ids get
    a prefix, because they are the same in every document.

    Parameters
    ----------
    prefix
        For the ids: letters, digits and dashes.
    label
        What it shows, for those who cannot see it; escaped already.
    """
    text = _METADATA.sub("", _PROLOGUE.sub("", svg, count=1))
    size = _SIZE.search(text)
    width = float(size[2]) * _PIXELS if size else 0.0
    text = _NAMESPACES.sub("", _SIZE.sub(r"\1", text, count=1))
    text = text.replace("xlink:href=", "href=")
    for attribute in ('id="', 'href="#', "url(#"):
        text = text.replace(attribute, f"{attribute}{prefix}-")
    for ink, color in _INK.items():
        text = text.replace(ink, color)
    text = _LEGEND.sub("fill: var(--page); opacity: 0.8", _GAP.sub("stroke: var(--page)", text))
    return text.replace("<svg", f'<svg role="img" aria-label="{label}"', 1).strip(), width


def on_white(svg: str) -> str:
    """Return an SVG document with a white background, for a file of its own."""
    return re.sub(
        r"(<svg\b[^>]*>)", r'\1<rect width="100%" height="100%" fill="#ffffff"/>', svg, count=1
    )
