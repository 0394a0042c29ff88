// A film as an item of a list, with its reasons and controls, from the template "film" of the page.

import { byId, el, starControl } from "./dom.js";

const REASONS = 3;

/** Returns the shares of terms in what raises a score, in whole percent; those above 0 add up to 100. */
function percentages(terms) {
  const raising = terms.reduce((sum, term) => sum + Math.max(term, 0), 0);
  if (raising <= 0) return terms.map(() => 0);
  const exact = terms.map((term) => (100 * term) / raising);
  const whole = exact.map((share) => (share > 0 ? Math.floor(share) : Math.round(share)));
  const above = [...exact.keys()].filter((at) => exact[at] > 0);
  const rest = 100 - above.reduce((sum, at) => sum + whole[at], 0);
  above.sort((a, b) => whole[a] - exact[a] - (whole[b] - exact[b]));
  above.slice(0, rest).forEach((at) => { whole[at] += 1; });
  return whole;
}

/** Returns the reasons of a recommendation as text: the shares of its terms; the last `others` are no films. */
export function reasons(names, terms, others) {
  const shares = percentages(terms);
  const said = (at) => `${names[at]} ${shares[at]}\u00a0%`;
  const raising = [...terms.keys()].filter((at) => shares[at] > 0).sort((a, b) => terms[b] - terms[a]);
  const isFilm = (at) => at < terms.length - others;
  const own = raising.filter(isFilm);
  const rest = own.slice(REASONS).reduce((sum, at) => sum + shares[at], 0);
  const lowering = [...terms.keys()].filter((at) => shares[at] <= -5).map((at) => names[at]);
  return [...own.slice(0, REASONS).map(said), ...(rest ? [`other films ${rest}\u00a0%`] : []),
    ...raising.filter((at) => !isFilm(at)).map(said)].join(" · ")
    + (lowering.length ? `; less because of ${lowering.join(", ")}` : "");
}

/**
 * Makes the item of a film {row, id, title, year, genres, imdb, tmdb, value}, whose value is its stars, "seen" or
 * "disliked"; `actions` has set and like. Of a recommendation it says {rank, like 0..1, share 0..1 of the best, why}.
 */
export function filmItem(film, actions, { rank = "", like, share = 0, why = "" } = {}) {
  const item = byId("film").content.firstElementChild.cloneNode(true);
  item.dataset.id = film.id;
  const fill = (name, text) => {
    const node = item.querySelector(`.${name}`);
    if (text) node.textContent = text;
    else node.remove();
  };
  Object.entries({ rank, title: film.title, year: film.year, genres: film.genres, why })
    .forEach(([name, text]) => fill(name, text));
  if (like === undefined) item.querySelector(".like").remove();
  else fill("percent", `${Math.round(100 * like)} %`);
  item.querySelector(".bar")?.style.setProperty("--share", `${100 * share}%`);
  const tools = item.querySelector(".tools");
  tools.prepend(starControl(film.title, film.value > 0 ? film.value : 0, (stars) => actions.set(film.row, stars)));
  for (const button of tools.querySelectorAll("button")) {
    button.setAttribute("aria-label", `${button.textContent}: ${film.title}`);
    const { name } = button;
    if (name === "seen" || name === "disliked") button.ariaPressed = name === film.value;
    if (name === "remove" && !film.value) button.remove();
    const value = name === "remove" || name === film.value ? 0 : name;
    button.addEventListener("click", () => (name === "more" ? actions.like(film.row) : actions.set(film.row, value)));
  }
  const links = [["IMDb", film.imdb && `https://www.imdb.com/title/tt${String(film.imdb).padStart(7, "0")}/`],
    ["TMDb", film.tmdb && `https://www.themoviedb.org/movie/${film.tmdb}`]];
  tools.append(...links.filter(([, href]) => href).map(([text, href]) => el("a", {
    href, textContent: text, target: "_blank", rel: "noopener noreferrer", ariaLabel: `${film.title} at ${text}`,
  })));
  tools.querySelectorAll("input, button").forEach((node) => { node.dataset.key = `${node.name} ${film.row}`; });
  return item;
}
