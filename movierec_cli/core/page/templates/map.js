// The map: films as points in two dimensions, near each other where the same users like them.

import { topRows } from "./ranking.js";

const SPAN = 1000; // of the places
const REACH = 14; // pixels from the pointer to a film
const MARGIN = 12;

export class FilmMap {
  /** places: x, y and color of each film; `picked` gets the row of a film that is clicked, in a list. */
  constructor(canvas, places, titles, picked) {
    Object.assign(this, { canvas, places, titles: titles.slice(0, places.length / 3), marks: [] });
    this.room = canvas.parentElement; // the map in its size, of which the canvas shows a part
    this.frame = this.room.parentElement; // scrolls
    const draw = () => this.draw();
    canvas.addEventListener("pointermove", (event) => { canvas.title = titles[this.nearest(event)[0]] ?? ""; });
    canvas.addEventListener("click", (event) => picked(this.nearest(event)));
    this.frame.addEventListener("scroll", draw);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
    new ResizeObserver(draw).observe(this.room);
  }

  /** Shows the map in `zoom` times its least size, around the same middle. */
  enlarge(zoom) {
    const { frame, room } = this;
    const [x, y, before] = [frame.clientWidth / 2, frame.clientHeight / 2, room.clientWidth];
    const [left, top] = [frame.scrollLeft + x, frame.scrollTop + y];
    room.style.setProperty("--zoom", zoom);
    const change = room.clientWidth / before;
    frame.scrollTo(left * change - x, top * change - y);
    this.draw();
  }

  nearest({ offsetX, offsetY }) {
    return topRows(this.points.map(([x, y]) => -Math.hypot(x - offsetX, y - offsetY)), 1, -REACH);
  }

  draw() {
    const { canvas, room, frame, places, titles } = this;
    const marks = this.marks.filter(([row]) => row < titles.length); // "star" for own films, "accent" for the list
    const place = (along, length) => MARGIN + (along / SPAN) * (length - 2 * MARGIN);
    const [width, height, left, top] = [room.clientWidth, room.clientHeight, frame.scrollLeft, frame.scrollTop];
    this.points = titles.map((_, i) => [place(places[3 * i], width) - left, place(places[3 * i + 1], height) - top]);
    const context = canvas.getContext("2d");
    const style = getComputedStyle(canvas);
    const color = (name) => style.getPropertyValue(`--${name}`);
    const groups = [0, 1, 2, 3, 4, 5, 6, 7].map((group) => color(`group-${group}`));
    [canvas.width, canvas.height] = [canvas.clientWidth, canvas.clientHeight].map((size) => size * devicePixelRatio);
    context.scale(devicePixelRatio, devicePixelRatio);
    context.font = `${style.fontSize} ${style.fontFamily}`;
    const dot = (row, radius, fill) => {
      context.beginPath();
      context.arc(...this.points[row], radius, 0, 2 * Math.PI);
      context.fillStyle = fill;
      context.fill();
    };
    context.globalAlpha = 0.5;
    titles.forEach((_, row) => dot(row, 2.5, groups[places[3 * row + 2]]));
    context.globalAlpha = 1;
    for (const [row, name] of marks) {
      dot(row, 7, color("paper"));
      dot(row, 5, color(name));
    }
    const written = []; // places of labels
    Object.assign(context, { lineWidth: 4, lineJoin: "round", strokeStyle: color("paper"), fillStyle: color("ink") });
    for (const [row] of marks) {
      const [x, y] = this.points[row];
      const from = Math.min(x + 9, canvas.clientWidth - context.measureText(titles[row]).width - 4);
      if (written.some(([a, b]) => Math.abs(a - from) < 140 && Math.abs(b - y) < 16)) continue;
      written.push([from, y]);
      context.strokeText(titles[row], from, y + 4);
      context.fillText(titles[row], from, y + 4);
    }
  }
}
