// Ranked lists: filters, popularity and diversity as movierec_cli/core/recommend has them.

const DIVERSITY_POOL = 10; // diversity chooses among this many times the films asked for

/** Returns the rows of films of the same title, for each title of several films. */
export function sameTitles(titles) {
  const groups = new Map();
  titles.forEach((title, row) => groups.set(title, [...(groups.get(title) ?? []), row]));
  return [...groups.values()].filter((rows) => rows.length > 1);
}

/** Returns the best films: their rows, the scores of all films, and the user vector. */
export function ranked(model, films, { history, person, seen }, filters) {
  const { n, diversity, popularity } = filters;
  const user = model.user(history, person);
  const plain = model.scores(user);
  const scores = weighPopularity(plain, films.counts, popularity);
  const known = new Set([...history.map((entry) => entry.row), ...seen]);
  const pool = topRows(filtered(scores, films, known, filters), diversity ? n * DIVERSITY_POOL : n);
  return { rows: diversity ? diversified(model, scores, pool, filters) : pool, scores, plain, user };
}

/** Returns the films most similar to one, without itself: [{row, similarity}]. */
export function similarFilms(model, films, row, filters) {
  const similarity = Float64Array.from(films.titles, (_, other) => model.similarity(row, other));
  const found = topRows(filtered(similarity, films, new Set([row]), filters), filters.n);
  return found.map((other) => ({ row: other, similarity: similarity[other] }));
}

/** Adds the part of the scores that the numbers of ratings explain, times -1..1. */
function weighPopularity(scores, counts, popularity) {
  if (!popularity) return scores;
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const centered = counts.map((count) => count - mean);
  const slope = Math.abs(centered.reduce((sum, x, row) => sum + x * scores[row], 0))
    / Math.max(centered.reduce((sum, x) => sum + x * x, 0), 1e-12);
  return scores.map((score, row) => score + popularity * slope * centered[row]);
}

/** Returns the scores with -Infinity for known films, those that the filters exclude, and doubles. */
function filtered(scores, films, known, { genres, notGenres, years }) {
  const kept = scores.slice();
  films.titles.forEach((_, row) => {
    const has = (genre) => films.genres[row].includes(genre);
    const year = films.years[row] || -1;
    const fits = (!genres.length || genres.some(has)) && !notGenres.some(has)
      && (!years || (years[0] <= year && year <= years[1]));
    if (known.has(row) || !fits) kept[row] = -Infinity;
  });
  for (const group of films.sameTitles) {
    const best = group.reduce((a, b) => (kept[b] > kept[a] ? b : a));
    const score = group.some((row) => known.has(row)) ? -Infinity : kept[best];
    group.forEach((row) => { kept[row] = row === best ? score : -Infinity; });
  }
  return kept;
}

function topRows(scores, n) {
  const rows = [...scores.keys()].filter((row) => scores[row] > -Infinity);
  return rows.sort((a, b) => scores[b] - scores[a] || a - b).slice(0, n);
}

/** Chooses n of the pool by maximal marginal relevance (Carbonell and Goldstein, 1998). */
function diversified(model, scores, pool, { n, diversity }) {
  const least = Math.min(...pool.map((row) => scores[row]));
  const span = Math.max(Math.max(...pool.map((row) => scores[row])) - least, 1e-12);
  const similarity = new Map(pool.map((row) => [row, 0])); // to the films chosen before
  const value = (row) => ((1 - diversity) * (scores[row] - least)) / span - diversity * similarity.get(row);
  const chosen = [];
  while (chosen.length < n && similarity.size) {
    const best = [...similarity.keys()].reduce((a, b) => (value(b) > value(a) ? b : a));
    similarity.delete(best);
    chosen.push(best);
    similarity.forEach((most, row) => similarity.set(row, Math.max(most, model.similarity(best, row))));
  }
  return chosen;
}
