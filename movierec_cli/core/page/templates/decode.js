// The data of the page: decompressed, and its numbers as typed arrays (see payload.py).

const FIRST_LETTER = 0x4e00;

/** Decompresses bytes; throws where the result has more than `limit` bytes. */
export async function inflated(bytes, format, limit) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const chunks = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    size += part.value.length;
    if (size > limit) throw new Error("is too large once it is unpacked");
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/** Returns the bytes of letters of 15 bits. */
function bytesOf(letters) {
  const bytes = new Uint8Array((letters.length * 15) / 8);
  for (let at = 0, to = 0, bits = 0, left = 0; at < letters.length; at++) {
    bits = ((bits & 0x7f) << 15) | (letters.charCodeAt(at) - FIRST_LETTER);
    for (left += 15; left >= 8; left -= 8) bytes[to++] = bits >> (left - 8);
  }
  return bytes;
}

/** Returns the header of the data, and name -> numbers for each array in it. */
export async function decoded(text) {
  const [first, second, letters] = text.trim().split(" ");
  const all = bytesOf(letters);
  const [start, end] = [Number(first), Number(first) + Number(second)];
  const header = JSON.parse(new TextDecoder().decode(await inflated(all.subarray(0, start), "deflate", 2 ** 30)));
  const bytes = await inflated(all.subarray(start, end), "deflate", 2 ** 30);
  const arrays = {};
  let at = 0;
  for (const [name, { kind, shape: [n, columns = 1] }] of Object.entries(header.arrays)) {
    const own = bytes.slice(at, at += n * columns * (kind === "f4" ? 4 : 2)).buffer;
    arrays[name] = kind === "f4" ? new Float32Array(own) : wideNumbers(new Int8Array(own), n, columns, header.bands);
  }
  return { header, arrays };
}

/** Returns whole numbers [n, columns] row by row, from bands of rows: high bytes, then low ones. */
function wideNumbers(bytes, n, columns, bands) {
  const numbers = new Float32Array(n * columns);
  for (let band = 0, first = 0, start = 0; band < bands; band++) {
    const size = Math.floor(n / bands) + (band < n % bands ? 1 : 0);
    for (let row = 0; row < size; row++) {
      let [high, low, to] = [start + row, start + row + size * columns, (first + row) * columns];
      for (let column = 0; column < columns; column++, high += size, low += size) {
        numbers[to++] = 256 * bytes[high] + bytes[low];
      }
    }
    first += size;
    start += 2 * size * columns;
  }
  return numbers;
}
