// The page: its films, its user, and the lists that follow every click.

import { decoded } from "./decode.js";
import { byId, replaceItems, saveFile } from "./dom.js";
import { matched, readRatings } from "./files.js";
import { filmItem, reasons } from "./items.js";
import { FilmMap } from "./map.js";
import { Model } from "./model.js";
import { Profile } from "./profile.js";
import { ranked, sameTitles, similarFilms } from "./ranking.js";
import { Titles } from "./search.js";
import { speller, yearIn } from "./spelling.js";

const FOUND = 8; // films of a search
const STARTERS = 5; // at once
if (!globalThis.DecompressionStream) byId("status").textContent = "This page needs a browser of 2023 or later.";
const { header, matrices } = await decoded(byId("data").textContent);
const { films, genres } = header;
films.years = films.titles.map(yearIn);
const spelling = speller(header.spelling);
const model = new Model(header, matrices);
const titles = new Titles(films, spelling);
const profile = new Profile(header);
films.sameTitles = sameTitles(films.titles);
const spoken = films.titles.map(spelling.spoken);
let similarTo = -1; // the film of "More like this"
let shown = []; // the list, as objects for CSV

function chosenFilters() {
  const form = new FormData(byId("filters"));
  const numbers = (name) => form.getAll(name).map(Number);
  const [[n], [first], [last]] = [numbers("n"), numbers("from"), numbers("to")];
  return {
    n, genres: numbers("genre"), notGenres: numbers("not"), popularity: numbers("popularity")[0],
    diversity: numbers("diversity")[0], years: first || last ? [first || 1800, last || 2999] : null,
  };
}

/** Recommends to a query, as `movierec recommend` does. */
function recommended(query, filters) {
  const { rows, scores, plain, user } = ranked(model, films, query, filters);
  const likes = model.likeProbabilities(rows, plain, query.history);
  return rows.map((row, at) => ({ row, user, score: scores[row], like: likes[at] }));
}

/** Recommends to a profile as JSON holds it. */
function recommendTo(content, filters = {}) {
  const other = new Profile(header);
  other.takeJson({ dataset: header.dataset, ...content });
  const all = { ...chosenFilters(), ...filters };
  return recommended(other.query, all).map(({ row, score, like }) => ({ id: films.ids[row], score, like }));
}

const filmOf = (row) => ({
  row, id: films.ids[row], title: spoken[row], year: films.years[row], imdb: films.imdb[row], tmdb: films.tmdb[row],
  genres: films.genres[row].map((genre) => genres[genre]).join(", "),
  value: profile.films.get(row) ?? 0,
});
const actions = {
  set: (row, value) => { profile.set(row, value); changed(); },
  like: (row) => { similarTo = row; showList(); byId("heading").focus(); },
};
const itemOf = (row, facts) => filmItem(filmOf(row), actions, facts);

function whyOf({ row, user, score }, { history }) {
  const terms = model.addends(user, history, row);
  terms.push(score - terms.reduce((sum, term) => sum + term, 0));
  const names = [...history.map((entry) => spoken[entry.row].replace(/ \([^()]*\)$/, "")), "what you said about you", "widely liked"];
  return `Why: ${reasons(names, terms, 2)}`;
}

function asCsv(records) {
  const cell = (value) => (/[",\n]/.test(value) ? `"${String(value).replaceAll('"', '""')}"` : value);
  return [Object.keys(records[0] ?? {}), ...records.map(Object.values)].map((row) => `${row.map(cell)}\n`).join("");
}

function showList() {
  const [query, filters] = [profile.query, chosenFilters()];
  const isSimilar = similarTo >= 0;
  const found = isSimilar ? similarFilms(model, films, similarTo, filters) : recommended(query, filters);
  const best = Math.max(found[0]?.score ?? 0, 1e-9);
  replaceItems(byId("list"), found.map((one, at) => itemOf(one.row, isSimilar
    ? { rank: at + 1, why: `Similarity ${Math.round(100 * one.similarity)} %` }
    : { rank: at + 1, like: one.like, share: Math.max(one.score / best, 0), why: whyOf(one, query) })));
  shown = found.map((one, at) => ({ rank: at + 1, film_id: films.ids[one.row], title: films.titles[one.row],
    year: films.years[one.row] || "", genres: filmOf(one.row).genres, like_probability: one.like ?? "" }));
  const forYou = profile.films.size ? "Recommended for you" : "Liked by most";
  byId("heading").textContent = isSimilar ? `More like ${spoken[similarTo]}` : forYou;
  byId("back").hidden = !isSimilar;
  byId("status").textContent = found.length ? `${found.length} films, the first is ${spoken[found[0].row]}.`
    : "No film is left. Use fewer filters.";
  map.mark(new Map([...found.map(({ row }) => [row, "found"]), ...[...profile.films.keys()].map((row) => [row, "own"])]));
  byId("command").textContent = profile.command(filters);
}

function showSearch() {
  const typed = byId("search").value.trim();
  const { rows, isNear } = typed ? titles.search(typed) : { rows: [], isNear: false };
  replaceItems(byId("found"), rows.slice(0, FOUND).map((row) => itemOf(row)));
  const more = rows.length > FOUND ? `, the best known ${FOUND} of ${rows.length}` : "";
  const some = isNear ? "No film of that name; near:" : `Films found${more}:`;
  byId("search-status").textContent = !typed ? "" : rows.length ? some : "No film of that name.";
  byId("starters").hidden = Boolean(typed) || profile.films.size >= header.starters.length / 2;
}

function changed() {
  replaceItems(byId("own"), [...profile.films.keys()].reverse().map((row) => itemOf(row)));
  replaceItems(byId("starter-list"), header.starters.filter((row) => !profile.films.has(row)).slice(0, STARTERS).map((row) => itemOf(row)));
  byId("own-empty").hidden = profile.films.size > 0;
  byId("own-count").textContent = profile.films.size || "";
  showSearch();
  showList();
  if (byId("keep").checked) profile.store(true);
}

async function taken(file) {
  const say = (text) => { byId("file-report").textContent = text; };
  try {
    const read = await readRatings(file, header.sources);
    if (read.profile) say(`${file.name}: a profile; ${profile.takeJson(read.profile)} of its films are not here.`);
    else {
      const { ratings, seen, missing } = matched(read, films, titles, header.hasMovieLensIds);
      ratings.forEach((stars, row) => profile.set(row, stars));
      seen.forEach((row) => profile.set(row, "seen"));
      const lacking = missing.length ? ` Not here: ${missing.length}, such as ${missing.slice(0, 5).join("; ")}.` : "";
      say(`${read.source}: ${ratings.size} films rated, ${seen.size} seen but not rated.${lacking}`);
    }
    showPerson();
    changed();
  } catch (error) {
    say(`${file.name} ${error instanceof SyntaxError ? "is damaged" : error.message}.`);
  }
}

/** Fills in the form of age, gender and occupation, which not every page has. */
function showPerson() {
  for (const field of byId("person")?.elements ?? []) field.value = profile.person[field.name] ?? "";
}

const on = (id, name, act) => byId(id)?.addEventListener(name, act);
const map = new FilmMap(byId("map"), matrices.places, { titleOf: (row) => spoken[row],
  picked: (row) => replaceItems(byId("picked"), [itemOf(row)]) });
on("search", "input", showSearch);
on("filters", "input", showList);
on("filters", "reset", () => setTimeout(showList));
on("back", "click", () => { similarTo = -1; showList(); byId("heading").focus(); });
on("person", "input", ({ target }) => {
  const value = target.value === "" || !target.checkValidity() ? null : Number(target.value);
  profile.person[target.name] = value;
  changed();
});
on("file", "change", ({ target }) => { [...target.files].forEach(taken); target.value = ""; });
document.addEventListener("submit", (event) => event.preventDefault()); // the key Enter in a field
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => { event.preventDefault(); [...event.dataTransfer.files].forEach(taken); });
on("keep", "change", ({ target }) => profile.store(target.checked));
on("forget", "click", () => { profile.clear(); profile.store(false); byId("keep").checked = false; showPerson(); changed(); });
on("save-profile", "click", () => saveFile("profile.json", "application/json", profile.asJson()));
on("save-list", "click", () => saveFile("films.csv", "text/csv", asCsv(shown)));
on("copy", "click", () => {
  getSelection().selectAllChildren(byId("command")); // to be seen, and to copy where a browser refuses
  navigator.clipboard?.writeText(byId("command").textContent);
});
on("show-figures", "click", () => { byId("figures").open = true; });
on("zoom-in", "click", () => map.zoom(1.6));
on("zoom-out", "click", () => map.zoom(1 / 1.6));
byId("keep").checked = profile.load();
showPerson();
changed();
globalThis.movierec = { // for programs, such as the tests of this page
  recommend: recommendTo, normalized: spelling.normalized,
  search: (typed) => titles.search(typed).rows.map((row) => films.ids[row]),
};
document.documentElement.dataset.ready = "yes";
