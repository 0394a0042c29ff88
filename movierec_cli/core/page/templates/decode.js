// The data of the page: one text, from which numbers are read (see payload.py, letters.py, matrices.py).

const LANES = 1024;
const RADIX = 0xfffd - 0x100 + 1 - 0x800;
const LOWEST = 1 << 15;
const [TABLE_BITS, MOST_LOWER_BITS] = [12, 15];
const MIDDLE = 64; // position of 0 in a table
export const OCTAVE = 4; // exponents of 2 between a number and its double

/** Decompresses bytes; throws where the result has more than `limit` bytes. */
export async function inflated(bytes, format, limit = Infinity) {
  const reader = new Blob([bytes]).stream().pipeThrough(new DecompressionStream(format)).getReader();
  const chunks = [];
  let size = 0;
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    size += part.value.length;
    if (size > limit) throw new Error("is too large once it is unpacked");
  }
  return new Blob(chunks).text();
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
    const upper = this.states[lane] >> bits;
    const value = table ? table.values[slot] : slot;
    const state = table ? upper * table.sizes[value] + slot - table.starts[value] : upper;
    this.states[lane] = state < LOWEST ? state * RADIX + this.digit() : state;
    return value;
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
  const values = sizes.flatMap((size, value) => new Array(size).fill(value));
  return { values: Uint8Array.from(values), sizes, starts: sizes.map((_, value) => values.indexOf(value)) };
}

/** Returns the header of the data, and name -> whole numbers, row by row, for each matrix in it. */
export async function decoded(text) {
  const [size, letters] = text.trim().split(" ");
  const reader = new Reader(letters);
  const bytes = Uint8Array.from({ length: size }, () => reader.next(8));
  const header = JSON.parse(await inflated(bytes, "deflate"));
  const tables = header.tables.map(readable);
  const matrices = Object.entries(header.spreads)
    .map(([name, [rows, columns]]) => [name, reader.matrix(rows, columns, tables)]);
  return { header, matrices: Object.fromEntries(matrices) };
}
