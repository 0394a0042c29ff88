// The data of the page: decompressed, and its numbers as typed arrays (see payload.py).

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%.()*+-;,=>?@^_`{|}~";

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

/** Returns the bytes of a text in base85. */
function fromBase85(text) {
  const digits = new Uint8Array(128);
  [...ALPHABET].forEach((letter, digit) => { digits[letter.charCodeAt(0)] = digit; });
  const view = new DataView(new ArrayBuffer((text.length / 5) * 4));
  for (let at = 0, to = 0; at < text.length; to += 4) {
    let value = 0;
    for (let k = 0; k < 5; k++) value = value * 85 + digits[text.charCodeAt(at++)];
    view.setUint32(to, value);
  }
  return new Uint8Array(view.buffer);
}

/** Returns the header of the data, and name -> numbers for each array in it. */
export async function decoded(text) {
  const [nBytes, letters] = text.trim().split(" ");
  const bytes = await inflated(fromBase85(letters).subarray(0, Number(nBytes)), "deflate", 2 ** 30);
  let at = 4 + new DataView(bytes.buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, at)));
  const arrays = {};
  for (const [name, { kind, shape: [n, columns = 1] }] of Object.entries(header.arrays)) {
    const end = at + n * columns * (kind === "f4" ? 4 : 2);
    const own = bytes.slice(at, end).buffer;
    arrays[name] = kind === "f4" ? new Float32Array(own) : wideNumbers(new Int8Array(own), n, columns, header.bands);
    at = end;
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
