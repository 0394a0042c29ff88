// Search by title, as movierec_cli/core/recommend/title_search.py has it, in one spelling of the words by
// the rules of title_words.py, which the data of the page brings along. Films lie in the order of their
// popularity, so that ascending rows are the most popular films first.

import { topRows } from "./ranking.js";

const NEAR = 65; // of 100: suggests a title
const MOST_NEAR = 16;
const SAME_WORD = 82; // of 100: suggests a word
const SHORT_WORD = 4; // letters; shorter words resemble too many others
const BARE_YEAR = /^(.*[^\s,])[\s,]+\[?((?:18|19|20)\d\d)\]?$/;
const YEAR = /\s*\((\d{4})(?:\s?[-–—]\s?(?:\d{4})?|\/[IVX]+)?\s*\)\s*(?:\((?:V|TV|VG)\)\s*)*$/;

const yearIn = (title) => Number(YEAR.exec(title)?.[1] ?? 0);
const withoutYear = (title) => title.replace(YEAR, "").trim();
const key = (words) => words.replace(/ (?:(?<!\d )|(?!\d))/g, ""); // without spaces, but between numbers

export class Titles {
  /** Gives the films their years, and their titles without year as `bare`. */
  constructor(films, rules) {
    Object.assign(films, { years: films.titles.map(yearIn), bare: films.titles.map(withoutYear) });
    Object.assign(this, { films, rules });
    const respelled = (found) => rules.spellings[found] ?? found;
    this.steps = rules.steps.map(([pattern, to]) => [new RegExp(pattern, "gmu"), to ?? respelled]);
    const plain = this.normalized(films.bare.join("\n")).split("\n");
    this.names = films.names.map((names, row) => (names || plain[row] || films.bare[row]).split("\t"));
    this.vocabulary = new Set(this.names.flat().flatMap((name) => name.split(" ")).sort());
    this.tables = [0, 1].map(() => Object.create(null)); // key -> rows of films with this title, or name
    this.names.forEach((names, row) => names.forEach((name, at) => {
      (this.tables[Math.min(at, 1)][key(name)] ??= []).push(row);
    }));
  }

  /** Returns titles, a title a line, with their words in one spelling. */
  normalized(lines) {
    const text = [...lines].map((character) => this.rules.characters[character] ?? character).join("");
    const folded = text.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
    return this.steps.reduce((found, [pattern, to]) => found.replace(pattern, to), folded);
  }

  /** Returns the rows that a typed text may mean, the likeliest first, and how they match. */
  search(typed) {
    for (const { words, year } of this.readings(typed).reverse()) {
      const rows = new Set([...this.named(words).flat(), ...this.withWords(words)]);
      const found = this.ofYear([...rows], year);
      if (found.length) return { rows: found, isNear: false };
    }
    return { rows: this.near(typed), isNear: true };
  }

  /** Returns the row of the one film of a title and year, or of a year more or less; -1 where none or several fit. */
  lookUp(typed, givenYear) {
    for (const off of [0, 1]) {
      for (const { words, year } of this.readings(typed, givenYear)) {
        for (const rows of year || !off ? this.named(words) : []) {
          const fitting = this.ofYear(rows, year, off);
          const several = fitting.some((row) => this.films.titles[row] !== this.films.titles[fitting[0]]);
          if (fitting.length) return several ? -1 : fitting[0];
        }
      }
    }
    return -1;
  }

  /** Returns the ways to read a typed title: a number at its end may be a year. */
  readings(typed, givenYear = 0) {
    const main = (title) => withoutYear(title).replace(/(?<=.)(\s*\([^()]*\))+$/, "");
    const words = (title) => this.normalized(main(title)) || main(title);
    const [, title, number] = BARE_YEAR.exec(typed.trim()) ?? [];
    const whole = { words: words(typed), year: yearIn(typed) || givenYear };
    return yearIn(typed) || !number ? [whole] : [whole, { words: words(title), year: Number(number) }];
  }

  ofYear(rows, year, off = 0) {
    return rows.filter((row) => !year || Math.abs(this.films.years[row] - year) === off);
  }

  named(words) {
    return this.tables.map((table) => table[key(words)] ?? []);
  }

  /** Returns the films of which a name has every word; without an `end` of words, also their beginnings. */
  withWords(words, end = "") {
    const wanted = words.split(" ").filter(Boolean).map((word) => ` ${word}${end}`);
    const has = (name) => wanted.every((word) => ` ${name} `.includes(word));
    return wanted.length ? [...this.names.keys()].filter((row) => this.names[row].some(has)) : [];
  }

  /** Returns films to suggest: those with the words once they are respelled, and those with similar names. */
  near(typed) {
    const found = this.readings(typed).reverse().flatMap(({ words, year }) => {
      const values = this.names.map((names) => Math.max(...names.map((name) => similarity(words, name))));
      const similar = topRows(values, MOST_NEAR, NEAR - 1e-9);
      const rows = [...this.withWords(this.respelled(words), " "), ...this.withWords(words), ...similar];
      return [...this.ofYear(rows, year), ...rows];
    });
    return [...new Set(found)];
  }

  /** Returns words with each unknown one replaced by the most similar word of the catalog. */
  respelled(words) {
    const known = [...this.vocabulary];
    return words.split(" ").map((word) => {
      if (word.length <= SHORT_WORD || this.vocabulary.has(word) || /\d/.test(word)) return word;
      const values = known.map((other) => similarity(word, other));
      return known[topRows(values, 1, SAME_WORD - 1e-9)[0]] ?? word;
    }).join(" ");
  }
}

/** Returns the similarity 0..100 of two texts: 200 * common subsequence / sum of the lengths. */
function similarity(a, b) {
  const row = new Uint16Array(b.length + 1);
  for (const letter of a) {
    let before = 0; // of the row before, one letter less of b
    for (let j = 0; j < b.length; j++) {
      const above = row[j + 1];
      row[j + 1] = letter === b[j] ? before + 1 : Math.max(above, row[j]);
      before = above;
    }
  }
  return (200 * row[b.length]) / (a.length + b.length);
}
