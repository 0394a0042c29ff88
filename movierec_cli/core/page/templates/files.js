// Ratings files of other sites, read in the page; sources and columns are those of
// movierec_cli/core/recommend/ratings_files, which the data of the page brings along.

import { inflated } from "./decode.js";

const LARGEST = 30e6; // bytes of a file, and of one unpacked
const MOST_ROWS = 100_000;
const asText = (bytes) => new TextDecoder().decode(bytes);

/** Reads a file; returns {source, entries} or the content of a profile as {profile}. */
export async function readRatings(file, sources) {
  if (file.size > LARGEST) throw new Error("is larger than 30 MB");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const texts = bytes[0] === 0x50 && bytes[1] === 0x4b ? await unzipped(bytes) : [asText(bytes)];
  const contents = texts.map((text) => (/^\s*[{[]/.test(text) ? JSON.parse(text) : text));
  if (contents[0].dataset) return { profile: contents[0] };
  const rows = contents.map((content) => (typeof content === "string" ? rowsOf(content) : rowsOfTrakt(content)));
  const tables = rows.map((cells) => ofTable(cells, sources));
  return { source: tables[0].source, entries: tables.flatMap(({ entries }) => entries) };
}

/** Returns the ratings and watched films of an export of Trakt, items or items in a list `movies`, as a table. */
function rowsOfTrakt(content) {
  const items = [content.movies ?? content].flat().filter((item) => item instanceof Object);
  const films = items.filter((item) => !(item.show || item.season || item.episode));
  const own = films.filter((item) => item.rating || item.watched_at || item.last_watched_at || item.plays);
  if (!own.length) throw new Error("has no ratings");
  const rows = own.map(({ movie, ...item }) => {
    const { title, year, ids, ...film } = movie ?? item;
    const { imdb, tmdb, imdb_id: ofImdb, tmdb_id: ofTmdb } = ids ?? film;
    return [title, year, imdb ?? ofImdb, tmdb ?? ofTmdb, item.type, item.rating];
  });
  const header = ["title", "year", "imdbid", "tmdbid", "type", "rating", "traktid"];
  return [header, ...rows.map((cells) => cells.map((cell) => String(cell ?? "")))];
}

/** Returns ratings.csv and watched.csv of an export, or its ratings in JSON: those in the outermost folder. */
async function unzipped(bytes) {
  const view = new DataView(bytes.buffer);
  const [short, long] = [(at) => view.getUint16(at, true), (at) => view.getUint32(at, true)];
  let end = bytes.length - 22;
  while (long(end) !== 0x06054b50) end--; // an error where there is no end
  const members = [];
  for (let at = long(end + 16), left = short(end + 10); left > 0; left--) {
    const nameLength = short(at + 28);
    const path = asText(bytes.subarray(at + 46, at + 46 + nameLength)).split("/");
    const [packing, size, start] = [short(at + 10), long(at + 20), long(at + 42)];
    members.push({ depth: path.length, name: path.at(-1), packing, size, start });
    at += 46 + nameLength + short(at + 30) + short(at + 32);
  }
  const named = (pattern) => members.filter(({ name }) => pattern.test(name)).sort((a, b) => a.depth - b.depth);
  const tables = named(/^(ratings|watched)\.csv$/i);
  const all = tables.length ? tables : named(/^ratings.*\.json$/i);
  if (!all.length) throw new Error("has no ratings.csv");
  const outermost = all.filter(({ depth }) => depth === all[0].depth);
  return Promise.all(outermost.map(async ({ packing, size, start }) => {
    const first = start + 30 + short(start + 26) + short(start + 28);
    const content = bytes.subarray(first, first + size);
    return packing ? inflated(content, "deflate-raw", LARGEST) : asText(content);
  }));
}

/** Returns the cells of delimited text, row by row; cells may be quoted. */
function rowsOf(text) {
  const [first] = text.split("\n", 1);
  const delimiter = [",", ";", "\t"].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
  const pattern = `("(?:[^"]|"")*"|[^${delimiter}\\r\\n]*)(${delimiter}|\\r?\\n|$)`;
  const rows = [[]];
  for (const [, cell, end] of text.matchAll(new RegExp(pattern, "gy"))) {
    rows.at(-1).push(cell.replace(/^"|"$/g, "").replaceAll('""', '"').trim());
    if (end !== delimiter) rows.push([]);
  }
  return rows.filter((cells) => cells.some(Boolean));
}

/** Returns the source of a table by its header, and its rows as entries. */
function ofTable([names = [], ...rows], sources) {
  const header = names.map((name) => name.toLowerCase().replace(/[\s_]+/g, ""));
  const isIn = (mark) => mark.every((name) => header.includes(name));
  const source = sources.find(({ marks }) => !marks.length || marks.some(isIn));
  const columns = Object.entries(source.columns).map(([column, known]) =>
    [column, header.findIndex((name) => known.includes(name))]).filter(([, at]) => at >= 0);
  const has = (column) => columns.some(([name]) => name === column);
  if (!["any", "title", "film", "imdb", "tmdb"].some(has)) throw new Error("has no column of films");
  const highest = has("rating10") && !has("rating") ? 10 : source.highest;
  const entries = rows.slice(0, MOST_ROWS).map((cells) =>
    entry(Object.fromEntries(columns.map(([column, at]) => [column, cells[at] ?? ""])), highest));
  return { source: source.name, entries: entries.filter(Boolean) };
}

/** Returns a row as {titles, year, ids, value}, in stars or "seen"; null if it is no film, or not rated. */
function entry(cells, highest) {
  const { any = "", title = "", original = "", film = any, imdb, tmdb, year, kind, position } = cells;
  const rating = cells.rating || cells.rating10 || "";
  const stars = Number(rating.replace(",", ".")) * (5 / highest);
  if (rating ? !(stars > 0 && stars <= 5) : position) return null; // a list of IMDb has films that are not seen
  if (/series|episode|season|show|game|podcast/i.test(kind)) return null;
  const number = (pattern, text) => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    titles: [any, title, original].filter(Boolean), film, value: rating ? stars : "seen",
    year: number(/^(\d{4})/, year), imdb: number(/(?:tt)?0*(\d{1,10})\/?$/, imdb), tmdb: Number(tmdb) || 0,
  };
}

/** Finds the films of entries: by ids, then by title and year. Returns {found: row -> value, missing}. */
export function matched({ source, entries }, films, titles, hasMovieLensIds) {
  const table = (ids) => new Map(ids.map((id, row) => [id, row]).filter(([id]) => id).reverse());
  const [own, imdb, tmdb] = [table(films.ids.map(String)), table(films.imdb), table(films.tmdb)];
  const [found, missing] = [new Map(), []];
  for (const one of entries) {
    const byTitle = one.titles.map((title) => titles.lookUp(title, one.year)).find((row) => row >= 0);
    const byId = source !== "MovieLens" || hasMovieLensIds ? own.get(one.film) : undefined;
    const agrees = !one.titles.some((title) => title !== one.film) || byTitle === byId;
    const row = (agrees ? byId : undefined) ?? imdb.get(one.imdb) ?? tmdb.get(one.tmdb) ?? byTitle;
    if (row === undefined) missing.push(one.titles[0] ?? one.film);
    else if (one.value !== "seen" || !found.has(row)) found.set(row, one.value);
  }
  return { found, missing };
}
