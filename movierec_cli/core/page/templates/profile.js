// What the page knows of its user: rated and seen films and demographics, and the ways out of it.

const GENDERS = ["M", "F"];
const NOBODY = { age: null, gender: null, occupation: null };

export class Profile {
  constructor(header) {
    this.header = header;
    this.key = `movierec ${header.dataset}`;
    this.rows = new Map(header.films.ids.map((id, row) => [String(id), row]));
    this.clear();
  }

  clear() {
    this.films = new Map(); // row -> stars, "seen" or "disliked", the oldest first
    this.person = { ...NOBODY };
  }

  /** Sets the stars of a film, or "seen" or "disliked"; 0 takes them back. */
  set(row, value) {
    this.films.delete(row);
    if (value) this.films.set(row, value > 0 ? Math.max(value, this.header.lowestRating) : value);
  }

  /** Returns the history as the model takes it; a rating of 1 or less is a named dislike. */
  get query() {
    const rated = [...this.films].filter(([, value]) => value !== "seen").sort(([a], [b]) => a - b);
    const history = rated.map(([row, value]) => (value === "disliked" ? [row, 1] : [row, value]))
      .map(([row, rating]) => ({ row, rating, disliked: rating <= 1 }));
    const seen = [...this.films.keys()].filter((row) => this.films.get(row) === "seen");
    return { history, seen, person: this.person };
  }

  /** Returns age, gender and occupation as the command line has them. */
  get demographics() {
    const { age, gender, occupation } = this.person;
    return { age, gender: GENDERS[gender] ?? null, occupation: this.header.occupations[occupation] ?? null };
  }

  /** Returns the profile as `movierec profiles import` reads it. */
  asJson() {
    const id = (row) => String(this.header.films.ids[row]);
    const { history, seen } = this.query;
    const ratings = Object.fromEntries(history.map(({ row, rating }) => [id(row), rating]));
    const { dataset } = this.header;
    return JSON.stringify({ schema: 1, dataset, ratings, seen: seen.map(id), ...this.demographics }, null, 1);
  }

  /** Takes over a profile of this data set; returns the number of films that the page lacks. */
  takeJson({ dataset, ratings, seen = [], age, gender, occupation }) {
    if (dataset !== this.header.dataset) throw new Error(`is a profile for ${dataset}`);
    const all = [...Object.entries(ratings), ...seen.map((id) => [String(id), "seen"])];
    const known = all.filter(([id, value]) => this.rows.has(id) && (value === "seen" || (value >= 0 && value <= 5)));
    known.forEach(([id, value]) => this.set(this.rows.get(id), value));
    const position = (names, name) => (names.includes(name) ? names.indexOf(name) : null);
    this.person = {
      age: Number.isInteger(age) && age > 0 && age <= 120 ? age : null, gender: position(GENDERS, gender),
      occupation: position(this.header.occupations, occupation),
    };
    return all.length - known.length;
  }

  /** Returns the command that recommends the same list. */
  command({ n, genres, notGenres, years, popularity, diversity }) {
    const { films, run, genres: names } = this.header;
    const option = (name, value) => (value ? `--${name} '${String(value).replaceAll("'", "'\\''")}'` : "");
    const { history, seen } = this.query;
    return ["movierec recommend",
      ...history.map(({ row, rating }) => option("rate", `${films.titles[row]}=${rating}`)),
      ...seen.map((row) => option("seen", films.titles[row])),
      ...Object.entries(this.demographics).map(([name, value]) => option(name, value)),
      ...genres.map((genre) => option("genre", names[genre])),
      ...notGenres.map((genre) => option("not-genre", names[genre])),
      option("year", years?.join("-")), option("popularity", popularity), option("diversity", diversity),
      `-n ${n}`, option("run", run)].filter(Boolean).join(" ");
  }

  /** Takes over what the browser keeps; returns whether there is something. */
  load() {
    try {
      const stored = localStorage.getItem(this.key);
      if (stored) this.takeJson(JSON.parse(stored));
      return Boolean(stored);
    } catch {
      return false; // without storage, or damaged
    }
  }

  /** Keeps the profile in the browser, or removes it from there. */
  store(isKept) {
    try {
      if (isKept) localStorage.setItem(this.key, this.asJson());
      else localStorage.removeItem(this.key);
    } catch { /* a browser may refuse storage to files */ }
  }
}
