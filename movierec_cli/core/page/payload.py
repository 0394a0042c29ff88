"""The data of a page as one text: a header in JSON, and matrices of whole numbers.

The header is in UTF-8, compressed by deflate. Its bytes and then the matrices are items of one text
(see `movierec_cli.core.page.letters`), behind the number of these bytes.
"""

import json
import zlib
from collections.abc import Mapping
from typing import Any

from movierec_cli.core.page.letters import Ints, Items, as_letters
from movierec_cli.core.page.matrices import SpreadMatrix, as_items, count_tables


def encoded(header: Mapping[str, Any], matrices: Mapping[str, Ints]) -> str:
    """Return the data of a page as text; the header gets what the matrices [N, d] are read by."""
    spread = {name: SpreadMatrix.of(matrix) for name, matrix in matrices.items()}
    sizes = count_tables(list(spread.values()))
    content = {
        **header,
        "tables": sizes.tolist(),
        "spreads": {
            name: [matrix.rows.tolist(), matrix.columns.tolist()] for name, matrix in spread.items()
        },
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    compressed = zlib.compress(text, 9)
    items = [as_items(matrix, sizes) for matrix in spread.values()]
    return f"{len(compressed)} {as_letters([Items.of_bytes(compressed), *items])}"
