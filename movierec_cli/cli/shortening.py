"""Texts of table cells, shortened to a width in characters; each cut is visible as "…"."""

import re

from rich.cells import cell_len, set_cell_size

_CUT = "…"
_KEPT = 0.8  # share of the width that a text cut behind a word has to fill
_SHORT_NAME = 18  # characters of a name in a list of shares
_SHARE = re.compile(r"; (?=-?\d+ % )")
_PARENTHESES = re.compile(r" ?\([^()]*\)")


def shorten_title(title: str, width: int) -> str:
    """Shorten a film title: its second titles in parentheses first, then its last words."""
    if cell_len(title) <= width:
        return title
    without = _PARENTHESES.sub("", title) + f" {_CUT}"
    return without if cell_len(without) <= width else shorten_text(title, width)


def shorten_text(text: str, width: int) -> str:
    """Shorten a text behind one of its words where the cut loses little, else within one."""
    if cell_len(text) <= width:
        return text
    cut = set_cell_size(text, max(width - 1, 0)).rstrip()
    words = cut.rpartition(" ")[0]
    breaks_word = text[len(cut) : len(cut) + 1] not in " ,:;"
    shown = words if breaks_word and len(words) >= _KEPT * width else cut
    return shown.rstrip(" ,:;-(") + _CUT


def shorten_list(text: str, width: int) -> str:
    """Shorten a list with commas to the first entries that fit; at least the first stays."""
    if cell_len(text) <= width:
        return text
    entries = text.split(", ")
    for count in range(len(entries) - 1, 0, -1):
        short = f"{', '.join(entries[:count])} {_CUT}"
        if cell_len(short) <= width:
            return short
    return shorten_text(text, width)


def shorten_shares(text: str, width: int) -> str:
    """Shorten a list of shares such as ``54 % Star Wars; 46 % Fargo``.

    Long names are cut first. Then the last shares above 0 are added up: the sum stays 100 %.
    """
    parts = _SHARE.split(text)
    shares = [(int(share), name) for share, _, name in (part.split(" ", 2) for part in parts)]
    for kept in range(len(shares), 0, -1):
        rest = sum(max(share, 0) for share, _ in shares[kept:])
        others = [f"{rest} % rest"] if rest else []
        for longest in (width, _SHORT_NAME):
            named = [f"{share} % {shorten_title(name, longest)}" for share, name in shares[:kept]]
            short = "; ".join(named + others)
            if cell_len(short) <= width:
                return short
    return shorten_text(text, width)
