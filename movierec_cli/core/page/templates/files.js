// Ratings files of other sites, read in the page; sources and columns are those of
// movierec_cli/core/recommend/ratings_files, which the data of the page brings along.

import { inflated } from "./decode.js";

const LARGEST = 30e6; // bytes of a file, and of one unpacked
const MOST_ROWS = 100_000;
const PASSED_OVER = ["deleted", "orphaned", "likes", "lists"];

/** Reads a file; returns {source, entries} or the content of a profile as {profile}. */
export async function readRatings(file, sources) {
  if (file.size > LARGEST) throw new Error("is larger than 30 MB");
  const bytes = new Uint8Array(await file.arrayBuffer());
  const texts = bytes[0] === 0x50 && bytes[1] === 0x4b ? await unzipped(bytes) : [asText(bytes)];
  if (/^\s*[{[]/.test(texts[0])) {
    const content = texts.map(parsed);
    return content[0].dataset ? { profile: content[0] } : { source: "Trakt", entries: content.flatMap(ofTrakt) };
  }
  const tables = texts.map((text) => ofTable(rowsOf(text), sources));
  return { source: tables[0].source, entries: tables.flatMap((table) => table.entries) };
}

/** Returns the content of JSON, or of JSON in each line. */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text.trim().split("\n").map((line) => JSON.parse(line));
  }
}

/** Returns the ratings, or watched films, of an export of Trakt: items, or items in a list `movies`. */
function ofTrakt(content) {
  const items = [content.movies ?? content].flat().filter((item) => item instanceof Object).slice(0, MOST_ROWS);
  const entries = items.map((item) => {
    const film = item.movie ?? item;
    const ids = film.ids ?? film;
    const isOther = ["show", "season", "episode"].some((kind) => item[kind]);
    return entry({
      titles: [film.title].filter(Boolean), year: String(film.year), film: "", rating: String(item.rating ?? ""), highest: 10,
      imdb: String(ids.imdb ?? ids.imdb_id), tmdb: ids.tmdb ?? ids.tmdb_id, kind: isOther ? "show" : String(item.type),
      mayBeUnseen: !(item.watched_at || item.last_watched_at || item.plays),
    });
  }).filter((one) => one && (one.titles.length || one.imdb || one.tmdb));
  if (!entries.length) throw new Error("has no ratings");
  return entries;
}

function asText(bytes) {
  return new TextDecoder().decode(bytes);
}

/** Returns ratings.csv and watched.csv of an export, or its ratings in JSON: those in the outermost folder. */
async function unzipped(bytes) {
  const view = new DataView(bytes.buffer);
  const [short, long] = [(at) => view.getUint16(at, true), (at) => view.getUint32(at, true)];
  let end = bytes.length - 22;
  while (end >= 0 && long(end) !== 0x06054b50) end--;
  if (end < 0) throw new Error("is a damaged archive");
  const members = [];
  for (let at = long(end + 16), left = short(end + 10); left > 0; left--) {
    const nameLength = short(at + 28);
    const path = asText(bytes.subarray(at + 46, at + 46 + nameLength)).split("/");
    if (!path.slice(0, -1).some((folder) => PASSED_OVER.includes(folder))) members.push({ path, at });
    at += 46 + nameLength + short(at + 30) + short(at + 32);
  }
  const named = (pattern) => members.filter(({ path }) => pattern.test(path.at(-1)));
  const tables = named(/^(ratings|watched)\.csv$/i);
  const all = tables.length ? tables : named(/^ratings.*\.json$/i);
  const least = Math.min(...all.map(({ path }) => path.length));
  const found = all.filter(({ path }) => path.length === least);
  if (!found.length) throw new Error("has no ratings.csv");
  found.sort((a, b) => (a.path.at(-1) < b.path.at(-1) ? -1 : 1));
  return Promise.all(found.map(async ({ at }) => {
    const start = long(at + 42) + 30 + short(long(at + 42) + 26) + short(long(at + 42) + 28);
    const content = bytes.subarray(start, start + long(at + 20));
    return asText(short(at + 10) ? await inflated(content, "deflate-raw", LARGEST) : content);
  }));
}

/** Returns the cells of delimited text, row by row; cells may be quoted. */
function rowsOf(text) {
  const first = text.slice(0, text.search(/\r?\n|$/));
  const delimiter = [",", ";", "\t"].reduce((a, b) => (first.split(b).length > first.split(a).length ? b : a));
  const pattern = new RegExp(`("(?:[^"]|"")*"|[^${delimiter}\\r\\n]*)(${delimiter}|\\r?\\n|$)`, "gy"); // to a quote without end
  const rows = [[]];
  for (const [, cell, end] of text.replace(/^\ufeff/, "").matchAll(pattern)) {
    rows.at(-1).push(cell.replace(/^"|"$/g, "").replaceAll('""', '"').trim());
    if (end !== delimiter) rows.push([]);
    if (rows.length > MOST_ROWS) break;
  }
  return rows.filter((cells) => cells.some(Boolean));
}

/** Returns the source of a table by its header, and its rows as entries. */
function ofTable(rows, sources) {
  const header = (rows.shift() ?? []).map((name) => name.toLowerCase().replace(/[\s_]+/g, ""));
  const source = sources.find(({ marks }) => marks.length === 0
    || marks.some((names) => names.every((name) => header.includes(name))));
  const columns = Object.fromEntries(Object.entries(source.columns)
    .map(([column, names]) => [column, header.findIndex((name) => names.includes(name))])
    .filter(([, at]) => at >= 0));
  const names = ["any", "title", "film", "imdb", "tmdb"];
  if (!names.some((name) => name in columns)) throw new Error("has no column of films");
  const highest = "rating10" in columns && !("rating" in columns) ? 10 : source.highest;
  const entries = rows.map((cells) => {
    const cell = (column) => cells[columns[column]] ?? "";
    return entry({
      titles: [cell("any"), cell("title"), cell("original")].filter(Boolean), year: cell("year"),
      film: cell("film") || cell("any"), imdb: cell("imdb"), tmdb: cell("tmdb"), kind: cell("kind"),
      rating: cell("rating") || cell("rating10"), highest, mayBeUnseen: "position" in columns,
    });
  });
  return { source: source.name, entries: entries.filter(Boolean) };
}

function entry({ titles, year, film, imdb, tmdb, kind, rating, highest, mayBeUnseen }) {
  const value = Number(rating.replace(",", ".")) * (5 / highest);
  const isWrong = rating && !(value > 0 && value <= 5);
  if (isWrong || /series|episode|season|show|game|podcast/i.test(kind)) return null;
  if (!rating && mayBeUnseen) return null; // a list of IMDb has films that are not seen
  return {
    titles, film, rating: rating ? value : null, year: Number(/^\d{4}/.exec(year)?.[0] ?? 0),
    imdb: Number(/(?:tt)?0*(\d{1,10})\/?$/.exec(imdb)?.[1] ?? 0), tmdb: Number(tmdb) || 0,
  };
}

/** Finds the films of entries: by ids, then by title and year. Returns {ratings, seen, missing}. */
export function matched({ source, entries }, films, titles, hasMovieLensIds) {
  const table = (ids) => new Map(ids.map((id, row) => [id, row]).filter(([id]) => id).reverse());
  const [own, imdb, tmdb] = [table(films.ids.map(String)), table(films.imdb), table(films.tmdb)];
  const [ratings, seen, missing] = [new Map(), new Set(), []];
  for (const one of entries) {
    const byTitle = one.titles.map((title) => titles.lookUp(title, one.year)).find((row) => row >= 0);
    const byId = source !== "MovieLens" || hasMovieLensIds ? own.get(one.film) : undefined;
    const agrees = !one.titles.some((title) => title !== one.film) || byTitle === byId;
    const row = (agrees ? byId : undefined) ?? imdb.get(one.imdb) ?? tmdb.get(one.tmdb) ?? byTitle;
    if (row === undefined) missing.push(one.titles[0] ?? one.film);
    else if (one.rating === null) seen.add(row);
    else ratings.set(row, one.rating);
  }
  for (const row of ratings.keys()) seen.delete(row);
  return { ratings, seen, missing };
}
