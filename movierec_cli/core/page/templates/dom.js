// Elements, the control of stars, and lists that keep the focus while they change.

const KEYBOARD_PAUSE = 900; // milliseconds after the last key until a rating counts

/** Makes an element; children are elements or text, never HTML. */
export function el(tag, properties = {}, ...children) {
  const node = Object.assign(document.createElement(tag), properties);
  node.append(...children);
  return node;
}

export const byId = (id) => document.getElementById(id);

/** Makes a control of 0 to 5 stars in halves; `rated` gets the stars once they are chosen. */
export function starControl(title, stars, rated) {
  let timer = 0;
  const input = el("input", {
    type: "range", name: "rate", min: 0, max: 5, step: 0.5, className: "stars", ariaLabel: `Your rating of ${title}`,
  });
  input.value = stars; // after the range is known
  const show = () => {
    input.style.setProperty("--share", `${Number(input.value) * 20}%`);
    input.ariaValueText = Number(input.value) ? `${input.value} of 5 stars` : "not rated";
  };
  const done = () => {
    clearTimeout(timer);
    if (input.isConnected && Number(input.value) !== stars) rated(Number(input.value));
  };
  input.addEventListener("input", show);
  input.addEventListener("pointerup", () => setTimeout(done));
  input.addEventListener("blur", done);
  input.addEventListener("keyup", ({ key }) => {
    clearTimeout(timer);
    timer = setTimeout(done, key === "Enter" ? 0 : KEYBOARD_PAUSE);
  });
  show();
  return input;
}

/** Replaces the items of a list; the focus stays on the control of the same key, or goes to the next. */
export function replaceItems(list, items) {
  const controls = () => [...list.querySelectorAll("[data-key]")];
  const at = controls().indexOf(document.activeElement);
  const key = document.activeElement?.dataset.key;
  list.replaceChildren(...items);
  if (at < 0) return;
  const after = controls();
  (after.find((node) => node.dataset.key === key) ?? after[Math.min(at, after.length - 1)])?.focus();
}

/** Hands a file with this text to the user. */
export function saveFile(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  el("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), 1000);
}
