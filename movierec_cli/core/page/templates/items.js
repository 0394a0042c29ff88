// Lists of films that keep the focus while they change, and a film in one, from the template "film".

import { sum } from "./model.js";

const REASONS = 3;

export const byId = (id) => document.getElementById(id);

/** Replaces the items of a list; the focus stays on the control of the same key, or goes to the next. */
export function replaceItems(id, items) {
  const controls = () => [...byId(id).querySelectorAll("[data-key]")];
  const at = controls().indexOf(document.activeElement);
  const { key } = document.activeElement.dataset;
  byId(id).replaceChildren(...items);
  if (at < 0) return;
  const after = controls();
  (after.find((control) => control.dataset.key === key) ?? after[at] ?? after.at(-1))?.focus();
}

/** Returns the shares of terms in what raises a score, in whole percent, by the largest remainders. */
function percentages(terms) {
  const raising = terms.map((term) => Math.max(term, 0));
  const exact = raising.map((term) => (100 * term) / (sum(raising) || 1));
  const whole = exact.map(Math.floor);
  const order = [...exact.keys()].sort((a, b) => whole[a] - exact[a] - (whole[b] - exact[b]));
  const missing = Math.round(sum(exact) - sum(whole));
  return whole.map((share, at) => share + order.slice(0, missing).includes(at));
}

/** Returns the reasons of a recommendation as text: the shares of its terms; the last two are no films. */
export function reasons(names, terms) {
  const shares = percentages(terms);
  const said = (at) => `${names[at]} ${shares[at]}\u00a0%`;
  const raising = [...terms.keys()].filter((at) => shares[at]).sort((a, b) => terms[b] - terms[a]);
  const own = raising.filter((at) => at < terms.length - 2);
  const rest = sum(own.slice(REASONS).map((at) => shares[at]));
  const others = rest ? [`other films ${rest}\u00a0%`] : [];
  const noFilms = raising.filter((at) => at >= terms.length - 2);
  return `Why: ${[...own.slice(0, REASONS).map(said), ...others, ...noFilms.map(said)].join(" · ")}`;
}

/** Lets the range of 0 to 5 stars rate once it is let go; the keys that change it by a half rate with Enter. */
function useStars(input, stars, rate) {
  const done = () => input.isConnected && input.valueAsNumber !== stars && rate(input.valueAsNumber);
  input.value = stars;
  input.addEventListener("change", () => input.matches(":focus-visible") || done());
  input.addEventListener("keydown", ({ key }) => key === "Enter" && done());
  input.addEventListener("blur", () => setTimeout(done)); // when the next control has the focus
}

/**
 * Makes the item of a film, whose value is its stars, "seen" or 0; `actions` has set and like. A list says
 * {rank, like 0..1, share 0..1 of the best, why}.
 */
export function filmItem({ films, genres }, row, value, actions, { like, share = 0, ...said } = {}) {
  const item = byId("film").content.firstElementChild.cloneNode(true);
  item.dataset.id = films.ids[row];
  const texts = {
    title: films.bare[row], year: films.years[row], genres: films.genres[row].map((genre) => genres[genre]).join(", "),
    percent: like === undefined ? "" : `${Math.round(100 * like)} %`, ...said,
  };
  Object.entries(texts).forEach(([name, text]) => { item.querySelector(`.${name}`).textContent = text || ""; });
  item.querySelector(".bar").style.setProperty("--share", `${100 * share}%`);
  for (const link of item.querySelectorAll("a")) {
    const number = films[link.className][row];
    const href = link.href + String(number).padStart(link.dataset.digits, "0");
    Object.assign(link, { href, hidden: !number, ariaLabel: `${texts.title} at ${link.textContent}` });
  }
  for (const control of item.querySelectorAll("input, button")) {
    const { name } = control;
    control.dataset.key = `${name} ${row}`;
    control.ariaLabel = `${control.textContent || "Your stars"}: ${texts.title}`;
    const given = Number(control.value) || control.value; // to the film, by the button
    if (control.ariaPressed) control.ariaPressed = given === value;
    if (name === "remove") control.hidden = !value;
    if (name === "rate") useStars(control, value > 0 ? value : 0, (stars) => actions.set(row, stars));
    else if (name === "more") control.addEventListener("click", () => actions.like(row));
    else control.addEventListener("click", () => actions.set(row, given === value ? 0 : given));
  }
  return item;
}
