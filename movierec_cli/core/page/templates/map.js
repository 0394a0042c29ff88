// The map: films as points in two dimensions, near each other where the same users like them.

const SPAN = 1000; // of the places
const REACH = 14; // pixels from the pointer to a film
const MARGIN = 12;
const MOST_ZOOM = 12;

export class FilmMap {
  /** places: x, y and color of each film; `picked` gets the row of a film that is clicked. */
  constructor(canvas, places, { titleOf, picked }) {
    Object.assign(this, { canvas, places, titleOf, marks: new Map(), hovered: -1 });
    this.size = places.length / 3;
    this.view = { x: 0, y: 0, zoom: 1 };
    let moved = 0;
    const listen = (name, act) => canvas.addEventListener(name, (event) => {
      act(event, event.offsetX, event.offsetY);
      this.draw();
    });
    listen("pointerdown", (event) => { moved = 0; canvas.setPointerCapture(event.pointerId); });
    listen("pointermove", (event, x, y) => {
      this.hovered = this.nearest(x, y);
      if (!event.buttons || this.view.zoom === 1) return;
      moved += Math.abs(event.movementX) + Math.abs(event.movementY);
      this.view.x += event.movementX;
      this.view.y += event.movementY;
    });
    listen("click", (_, x, y) => moved < 6 && this.nearest(x, y) >= 0 && picked(this.nearest(x, y)));
    listen("dblclick", (_, x, y) => this.zoom(2, x, y));
    listen("pointerleave", () => { this.hovered = -1; });
    new ResizeObserver(() => this.draw()).observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** Marks films: row -> "own" or "found". */
  mark(marks) {
    this.marks = marks;
    this.draw();
  }

  zoom(factor, x = this.canvas.clientWidth / 2, y = this.canvas.clientHeight / 2) {
    const zoom = Math.min(Math.max(this.view.zoom * factor, 1), MOST_ZOOM);
    const change = zoom / this.view.zoom;
    this.view = { zoom, x: x - (x - this.view.x) * change, y: y - (y - this.view.y) * change };
    if (zoom === 1) this.view = { zoom, x: 0, y: 0 };
    this.draw();
  }

  /** Returns the place of a film on the canvas. */
  at(row) {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const place = (along, length) => MARGIN + (along / SPAN) * (length - 2 * MARGIN);
    const [x, y] = [place(this.places[3 * row], width), place(this.places[3 * row + 1], height)];
    return [this.view.x + this.view.zoom * x, this.view.y + this.view.zoom * y];
  }

  nearest(x, y) {
    let [best, least] = [-1, REACH];
    for (let row = 0; row < this.size; row++) {
      const [left, top] = this.at(row);
      const distance = Math.hypot(left - x, top - y) - (this.marks.has(row) ? 4 : 0);
      if (distance < least) [best, least] = [row, distance];
    }
    return best;
  }

  draw() {
    const { canvas } = this;
    const [width, height, ratio] = [canvas.clientWidth, canvas.clientHeight, devicePixelRatio || 1];
    if (!width) return;
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    const colors = Object.fromEntries(["paper", "ink", "star", "accent", 0, 1, 2, 3, 4, 5, 6, 7].map((name) =>
      [name, style.getPropertyValue(typeof name === "number" ? `--group-${name}` : `--${name}`)]));
    context.scale(ratio, ratio);
    context.font = `${style.fontSize} ${style.fontFamily}`;
    const dot = (row, radius, color) => {
      context.beginPath();
      context.arc(...this.at(row), radius, 0, 2 * Math.PI);
      context.fillStyle = color;
      context.fill();
    };
    context.globalAlpha = 0.5;
    for (let row = this.size - 1; row >= 0; row--) dot(row, row < 200 ? 3.5 : 2, colors[this.places[3 * row + 2]]);
    context.globalAlpha = 1;
    const taken = []; // places of labels
    const label = (row, isAlways) => {
      const text = this.titleOf(row);
      const [x, y] = this.at(row);
      const left = Math.min(x + 9, width - context.measureText(text).width - 4);
      if (!isAlways && taken.some(([a, b]) => Math.abs(a - left) < 140 && Math.abs(b - y) < 16)) return;
      taken.push([left, y]);
      Object.assign(context, { lineWidth: 4, lineJoin: "round", strokeStyle: colors.paper, fillStyle: colors.ink });
      context.strokeText(text, left, y + 4);
      context.fillText(text, left, y + 4);
    };
    const marked = [...this.marks].filter(([row]) => row < this.size);
    for (const [row, kind] of marked) {
      dot(row, 7, colors.paper);
      dot(row, 5, kind === "own" ? colors.star : colors.accent);
    }
    marked.forEach(([row]) => label(row, false));
    if (this.hovered >= 0) label(this.hovered, true);
  }
}
