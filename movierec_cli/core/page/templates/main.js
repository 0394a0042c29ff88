// The page: its films, its user, and the lists that follow every click.

import { decoded } from "./decode.js";
import { matched, readRatings } from "./files.js";
import { byId, filmItem, reasons, replaceItems } from "./items.js";
import { FilmMap } from "./map.js";
import { Model } from "./model.js";
import { Profile } from "./profile.js";
import { ranked, similarFilms } from "./ranking.js";
import { Titles } from "./search.js";

const FOUND = 8; // films of a search
const STARTERS = 5; // at once
const { header, matrices } = await decoded(byId("data").textContent);
const { films, starters } = header;
const titles = new Titles(films, header.spelling);
const { bare } = films;
const model = new Model(header, matrices);
const profile = new Profile(header);
let similarTo = -1; // the film of "More like this"

function chosenFilters() {
  const form = new FormData(byId("filters"));
  const numbers = (name) => form.getAll(name).map(Number);
  const [n, popularity, diversity, first, last] = ["n", "popularity", "diversity", "from", "to"].flatMap(numbers);
  const years = first || last ? [first || 1800, last || 2999] : null;
  return { n, popularity, diversity, years, genres: numbers("genre"), notGenres: numbers("not") };
}

function recommended(query, filters) {
  const { rows, scores, plain, user } = ranked(model, films, query, filters);
  const likes = model.likeProbabilities(rows, plain, query.history);
  return rows.map((row, at) => ({ row, user, score: scores[row], like: likes[at] }));
}

const actions = {
  set: (row, value) => { profile.set(row, value); showAll(); },
  like: (row) => { similarTo = row; showList(); byId("heading").focus(); },
};
const write = (id, text) => { byId(id).textContent = text; };
const itemOf = (row, said) => filmItem(header, row, profile.films.get(row) ?? 0, actions, said);
const showFilms = (id, rows) => replaceItems(id, rows.map((row) => itemOf(row)));

function showList() {
  const [query, filters, isSimilar] = [profile.query, chosenFilters(), similarTo >= 0];
  const found = isSimilar ? similarFilms(model, films, similarTo, filters) : recommended(query, filters);
  const best = found[0]?.score;
  const names = [...query.history.map(({ row }) => bare[row]), "what you said about you", "widely liked"];
  replaceItems("list", found.map(({ row, user, score, like, similarity }, at) => itemOf(row, isSimilar
    ? { rank: at + 1, why: `Similarity ${Math.round(100 * similarity)} %` }
    : { rank: at + 1, like, share: best > 0 ? Math.max(score / best, 0) : score < best ? best / score : 1,
      why: reasons(names, model.terms(user, query.history, row, score)) })));
  const forYou = profile.films.size ? "Recommended for you" : "Liked by most";
  write("heading", isSimilar ? `More like ${bare[similarTo]}` : forYou);
  byId("back").hidden = !isSimilar;
  const said = `${found.length} films, the first is ${bare[found[0]?.row]}.`;
  write("status", found.length ? said : "No film is left. Use fewer filters.");
  write("command", profile.command(filters));
  byId("save-profile").href = `data:application/json,${encodeURIComponent(profile.asJson())}`;
  byId("save-list").href = `data:text/csv,${encodeURIComponent(listAsCsv())}`;
  map.marks = [...found.map(({ row }) => [row, "accent"]), ...[...profile.films.keys()].map((row) => [row, "star"])];
  map.draw();
}

function showSearch() {
  const typed = byId("search").value.trim();
  const { rows, isNear } = typed ? titles.search(typed) : { rows: [] };
  showFilms("found", rows.slice(0, FOUND));
  const some = isNear ? "No film of that name; near:" : `Found ${rows.length}, the best known first:`;
  write("search-status", typed && (rows.length ? some : "No film of that name."));
  const isBegun = typed || profile.films.size >= starters.length / 2;
  showFilms("starter-list", isBegun ? [] : starters.filter((row) => !profile.films.has(row)).slice(0, STARTERS));
}

function showAll() {
  showFilms("own", [...profile.films.keys()].reverse());
  write("own-count", profile.films.size || "");
  showSearch();
  showList();
  if (byId("keep").checked) profile.store(true);
}

async function take(file) {
  try {
    const read = await readRatings(file, header.sources);
    write("file-report", `${file.name}: ${taken(read)}`);
    showPerson();
    showAll();
  } catch (error) {
    write("file-report", `${file.name} ${error.constructor === Error ? error.message : "is damaged"}.`);
  }
}

function taken(read) {
  if (read.profile) return `a profile; ${profile.takeJson(read.profile)} of its films are not here.`;
  const { found, missing } = matched(read, films, titles, header.hasMovieLensIds);
  found.forEach((value, row) => profile.set(row, value));
  const seen = [...found.values()].filter((value) => value === "seen").length;
  const lacking = missing.length ? ` Not here: ${missing.length}, such as ${missing.slice(0, 5).join("; ")}.` : "";
  return `${read.source}, ${found.size - seen} films rated, ${seen} seen but not rated.${lacking}`;
}

function showPerson() { // in a form that not every page has
  for (const field of byId("person")?.elements ?? []) field.value = profile.person[field.name] ?? "";
}

function listAsCsv() {
  const columns = ["rank", "title", "year", "genres", "percent"];
  const quoted = (cell) => `"${cell.replaceAll('"', '""')}"`;
  const cells = (item) => columns.map((name) => quoted(item.querySelector(`.${name}`).textContent));
  const rows = [...byId("list").children].map((item) => [item.dataset.id, ...cells(item)]);
  return [["film_id", ...columns], ...rows].join("\n");
}

const on = (id, name, act) => byId(id)?.addEventListener(name, act);
const map = new FilmMap(byId("map"), matrices.places, bare, (rows) => showFilms("picked", rows));
on("search", "input", showSearch);
on("filters", "input", showList);
on("filters", "reset", () => setTimeout(showList));
on("back", "click", () => actions.like(-1));
on("person", "input", ({ target }) => {
  profile.person[target.name] = (target.checkValidity() && (target.valueAsNumber || target.value)) || null;
  showAll();
});
on("file", "change", ({ target }) => [...target.files].forEach(take));
document.addEventListener("dragover", (event) => event.preventDefault());
document.addEventListener("drop", (event) => {
  event.preventDefault();
  [...event.dataTransfer.files].forEach(take);
});
on("keep", "change", ({ target }) => profile.store(target.checked));
on("forget", "click", () => {
  profile.store(false);
  location.reload();
});
on("copy", "click", () => {
  getSelection().selectAllChildren(byId("command")); // to be seen, and to copy where a browser refuses
  navigator.clipboard?.writeText(byId("command").textContent);
});
on("zoom", "input", ({ target }) => map.enlarge(target.valueAsNumber));
byId("keep").checked = profile.load();
showPerson();
showAll();
globalThis.movierec = { header, Profile, chosenFilters, recommended, titles }; // for the tests of this page
