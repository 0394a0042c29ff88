// Search by title, as movierec_cli/core/recommend/title_search.py has it. Films lie in the order of
// their popularity, so that ascending rows are the most popular films first.

import { withoutYear, yearIn } from "./spelling.js";

const NEAR = 65; // of 100: suggests a title
const MOST_NEAR = 16;
const SAME_WORD = 82; // of 100: suggests a word
const SHORT_WORD = 4; // letters; shorter words resemble too many others
const BARE_YEAR = /^(.*[^\s,])[\s,]+\[?((?:18|19|20)\d\d)\]?$/;

export class Titles {
  constructor(films, { normalized, key }) {
    this.films = films;
    this.words = (title) => normalized(withoutYear(title)) || withoutYear(title);
    this.key = key;
    this.exact = new Map(films.titles.map((title, row) => [title, row]).reverse());
    const plain = normalized(films.titles.map(withoutYear).join("\n")).split("\n");
    this.names = films.names.map((names, row) => (names || plain[row]).split("\t"));
    this.padded = this.names.map((names) => names.map((name) => ` ${name} `));
    this.vocabulary = new Set(this.names.flat().flatMap((name) => name.split(" ")).sort());
    [this.main, this.others] = [new Map(), new Map()];
    this.names.forEach((names, row) => names.forEach((name, at) => {
      const table = at ? this.others : this.main;
      const own = key(name);
      if (own) table.set(own, [...(table.get(own) ?? []), row]);
    }));
  }

  /** Returns the rows that a typed text may mean, the likeliest first, and how they match. */
  search(typed) {
    for (const { title, year } of this.readings(typed).reverse()) {
      const words = this.words(title);
      const named = [this.main, this.others].flatMap((table) => table.get(this.key(words)) ?? []);
      const rows = new Set([...named, ...this.withWords(words)]);
      const found = [...rows].filter((row) => !year || this.films.years[row] === year);
      if (found.length) return { rows: found, isNear: false };
    }
    return { rows: this.near(typed), isNear: true };
  }

  /** Returns the row of the one film of a title and year; -1 where there is none or several. */
  lookUp(typed, givenYear = 0) {
    if (this.exact.has(typed)) return this.exact.get(typed);
    const readings = this.readings(typed).map(({ title, year }) => ({ title, year: year || givenYear }));
    const isOf = (years) => (row) => !years || years.includes(this.films.years[row]);
    const distinct = (rows) => new Set(rows.map((row) => this.films.titles[row])).size;
    for (const near of [false, true]) {
      for (const { title, year } of readings) {
        if (near && !year) continue;
        const years = near ? [year - 1, year + 1] : year ? [year] : null;
        for (const rows of [this.main, this.others].map((table) =>
          (table.get(this.key(this.words(title))) ?? []).filter(isOf(years)))) {
          if (distinct(rows) === 1) return rows[0];
          if (rows.length) return -1;
        }
      }
    }
    return -1;
  }

  /** Returns the ways to read a typed title: a number at its end may be a year. */
  readings(typed) {
    const year = yearIn(typed);
    const match = BARE_YEAR.exec(typed.trim());
    const whole = { title: typed, year };
    return year || !match ? [whole] : [whole, { title: match[1], year: Number(match[2]) }];
  }

  /** Returns the films of which a name has every word; without an `end` of words, also their beginnings. */
  withWords(words, end = "") {
    const wanted = words.split(" ").filter(Boolean).map((word) => ` ${word}${end}`);
    if (!wanted.length) return [];
    const has = (name) => wanted.every((word) => name.includes(word));
    return [...this.padded.keys()].filter((row) => this.padded[row].some(has));
  }

  /** Returns films to suggest: those with the words once they are respelled, and those with similar names. */
  near(typed) {
    const found = this.readings(typed).reverse().flatMap(({ title, year }) => {
      const words = this.words(title);
      const withWords = [...this.withWords(this.respelled(words), " "), ...this.withWords(words)];
      const all = [...withWords, ...this.similar(words)];
      return [...all.filter((row) => !year || this.films.years[row] === year), ...all];
    });
    return [...new Set(found)];
  }

  /** Returns words with each unknown one replaced by the most similar word of the catalog. */
  respelled(words) {
    return words.split(" ").map((word) => {
      if (word.length <= SHORT_WORD || this.vocabulary.has(word) || /\d/.test(word)) return word;
      let [best, most] = [word, SAME_WORD - 1e-9];
      for (const other of this.vocabulary) {
        const value = similarity(word, other, most);
        if (value > most) [best, most] = [other, value];
      }
      return best;
    }).join(" ");
  }

  /** Returns the films with similar names, the most similar first. */
  similar(words) {
    const values = this.names.map((names) => Math.max(...names.map((name) => similarity(words, name, NEAR))));
    const rows = [...values.keys()].filter((row) => values[row] >= NEAR);
    return rows.sort((a, b) => values[b] - values[a] || a - b).slice(0, MOST_NEAR);
  }
}

/** Returns the similarity 0..100 of two texts: 200 * common subsequence / sum of the lengths; 0 if below `least`. */
function similarity(a, b, least) {
  const most = (200 * Math.min(a.length, b.length)) / (a.length + b.length);
  if (most < least) return 0;
  let row = new Uint16Array(b.length + 1);
  for (const letter of a) {
    const next = new Uint16Array(b.length + 1);
    for (let j = 0; j < b.length; j++) {
      next[j + 1] = letter === b[j] ? row[j] + 1 : Math.max(row[j + 1], next[j]);
    }
    row = next;
  }
  return (200 * row[b.length]) / (a.length + b.length);
}
