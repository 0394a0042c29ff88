// The data of the page: one text, from which numbers are read (see payload.py, letters.py, matrices.py).

const LANES = 1024;
const RADIX = 0xfffd - 0x100 + 1 - 0x800;
const LOWEST = 1 << 15;
const [TABLE_BITS, MOST_LOWER_BITS] = [12, 15];
const MIDDLE = 64; // position of 0 in a table
export const OCTAVE = 4; // exponents of 2 between a number and its double
const MOST_BYTES = 2 ** 30;

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

/** Reads values from letters by range asymmetric numeral systems (rANS), the states in turn. */
class Reader {
  constructor(letters) {
    Object.assign(this, { letters, at: 0, count: 0 });
    this.states = Int32Array.from({ length: LANES }, () => this.digit() * RADIX + this.digit());
  }

  digit() {
    const code = this.letters.charCodeAt(this.at++);
    return code - (code < 0xd800 ? 0x100 : 0x900);
  }

  /** Returns the next value of `bits` bits; a table has the probabilities of values. */
  next(bits, table) {
    const lane = this.count++ % LANES;
    const slot = this.states[lane] & ((1 << bits) - 1);
    let state = this.states[lane] >> bits;
    let value = slot;
    if (table) {
      value = table.values[slot];
      state = state * table.sizes[value] + slot - table.starts[value];
    }
    this.states[lane] = state < LOWEST ? state * RADIX + this.digit() : state;
    return value;
  }

  bytes(size) {
    return Uint8Array.from({ length: size }, () => this.next(8));
  }

  /** Returns whole numbers row by row; the spreads of its row and column give the table of a number. */
  matrix(rows, columns, tables) {
    const numbers = new Float32Array(rows.length * columns.length);
    const most = tables.length + OCTAVE * MOST_LOWER_BITS - 1;
    let at = 0;
    for (const row of rows) {
      for (const column of columns) {
        const spread = Math.min(Math.max(row + column, 0), most);
        const shift = Math.max(Math.floor((spread - tables.length) / OCTAVE) + 1, 0);
        const upper = this.next(TABLE_BITS, tables[spread - OCTAVE * shift]) - MIDDLE;
        numbers[at++] = shift ? upper * 2 ** shift + this.next(shift) : upper;
      }
    }
    return numbers;
  }
}

/** Returns a table for reading: the value in each slot, and the first slot and size of each value. */
function readable(sizes) {
  const values = new Uint8Array(1 << TABLE_BITS);
  let end = 0;
  const starts = sizes.map((size, value) => {
    values.fill(value, end, end + size);
    return (end += size) - size;
  });
  return { values, sizes: Int32Array.from(sizes), starts: Int32Array.from(starts) };
}

/** Returns the header of the data, and name -> whole numbers, row by row, for each matrix in it. */
export async function decoded(text) {
  const [size, letters] = text.trim().split(" ");
  const reader = new Reader(letters);
  const json = await inflated(reader.bytes(Number(size)), "deflate", MOST_BYTES);
  const header = JSON.parse(new TextDecoder().decode(json));
  const tables = header.tables.map(readable);
  const matrices = {};
  for (const [name, [rows, columns]] of Object.entries(header.spreads)) {
    matrices[name] = reader.matrix(rows, columns, tables);
  }
  return { header, matrices };
}
