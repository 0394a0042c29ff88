"""Files in the format of safetensors, mapped into memory: arrays are read when they are used."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = {
    "BOOL": "b1", "U8": "u1", "I8": "i1", "I16": "i2", "I32": "i4", "I64": "i8", "F32": "f4",
}  # fmt: skip

_LARGEST_HEADER = 2**24

Arrays = Mapping[str, NDArray[Any]]


def map_arrays(path: Path) -> tuple[dict[str, Any], Arrays]:
    """Return the metadata of a file and its arrays, read-only.

    Raises
    ------
    OSError
        If the file cannot be read.
    ValueError
        If it is cut off or of another format; a damaged header can lead to other errors too.
    """
    # 8 bytes: length of the header; the header, JSON; the arrays
    size = path.stat().st_size
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= _LARGEST_HEADER:
            raise ValueError("it has no header of the format")
        header = json.loads(file.read(length))
    metadata = header.pop("__metadata__", {})
    start = 8 + length
    if start + max((entry["data_offsets"][1] for entry in header.values()), default=0) != size:
        raise ValueError("it is not complete")
    content = np.memmap(path, np.uint8, "r")

    def array(entry: Mapping[str, Any]) -> NDArray[Any]:
        first, end = entry["data_offsets"]
        values = content[start + first : start + end].view("<" + TYPES[entry["dtype"]])
        return np.asarray(values).reshape(entry["shape"])

    return metadata, {name: array(entry) for name, entry in header.items()}
