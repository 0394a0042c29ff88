// Ranked lists: filters, popularity and diversity as movierec_cli/core/recommend has them.

import { sum } from "./model.js";

const DIVERSITY_POOL = 10; // diversity chooses among this many times the films asked for

/** Returns the best films: their rows, the scores of all films, and the user vector. */
export function ranked(model, films, { history, person, seen }, filters) {
  const { n, diversity, popularity } = filters;
  const user = model.user(history, person);
  const plain = model.scores(user);
  const scores = popularity ? weighPopularity(plain, films.counts, popularity) : plain;
  const known = new Set([...history.map(({ row }) => row), ...seen]);
  const pool = topRows(filtered(scores, films, known, filters), diversity ? n * DIVERSITY_POOL : n);
  return { rows: diversity ? diversified(model, scores, pool, filters) : pool, scores, plain, user };
}

export function similarFilms(model, films, row, filters) {
  const similarity = films.titles.map((_, other) => model.similarity(row, other));
  const found = topRows(filtered(similarity, films, new Set([row]), filters), filters.n);
  return found.map((other) => ({ row: other, similarity: similarity[other] }));
}

/** Returns the rows of the highest scores, if these are above the least. */
export function topRows(scores, n, least = -Infinity) {
  const rows = [...scores.keys()].filter((row) => scores[row] > least);
  return rows.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, n);
}

/** Adds the part of the scores that the numbers of ratings explain, times -1..1. */
function weighPopularity(scores, counts, popularity) {
  const mean = sum(counts) / counts.length;
  const centered = counts.map((count) => count - mean);
  const slope = Math.abs(sum(centered.map((x, row) => x * scores[row])) / (sum(centered.map((x) => x * x)) || 1));
  return scores.map((score, row) => score + popularity * slope * centered[row]);
}

/** Returns the scores with -Infinity for known films, those that the filters exclude, and doubles. */
function filtered(scores, films, known, { genres, notGenres, years }) {
  const fits = (row) => {
    const has = (genre) => films.genres[row].includes(genre);
    const year = films.years[row] || -1;
    return !known.has(row) && (!genres.length || genres.some(has)) && !notGenres.some(has)
      && (!years || (years[0] <= year && year <= years[1]));
  };
  const kept = scores.map((score, row) => (fits(row) ? score : -Infinity));
  for (const group of films.sameTitles) {
    const isKnown = group.some((row) => known.has(row));
    const [best, ...others] = [...group].sort((a, b) => kept[b] - kept[a] || a - b);
    for (const row of isKnown ? [best, ...others] : others) kept[row] = -Infinity;
  }
  return kept;
}

/** Chooses n of the pool by maximal marginal relevance (Carbonell and Goldstein, 1998). */
function diversified(model, scores, pool, { n, diversity }) {
  const [most, least] = [scores[pool[0]], scores[pool.at(-1)]];
  const similarity = new Map(pool.map((row) => [row, 0])); // to the films chosen before
  const value = (row) => ((1 - diversity) * (scores[row] - least)) / Math.max(most - least, 1e-12)
    - diversity * similarity.get(row);
  const chosen = [];
  while (chosen.length < n && similarity.size) {
    const best = [...similarity.keys()].reduce((a, b) => (value(b) > value(a) ? b : a));
    similarity.delete(best);
    chosen.push(best);
    similarity.forEach((nearest, row) => similarity.set(row, Math.max(nearest, model.similarity(best, row))));
  }
  return chosen;
}
