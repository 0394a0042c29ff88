// What the page knows of its user: rated and seen films and demographics, and the ways out of it.

export class Profile {
  constructor(header) {
    this.header = header;
    this.key = `movierec ${header.dataset}`;
    this.rows = new Map(header.films.ids.map((id, row) => [String(id), row]));
    this.films = new Map(); // row -> stars or "seen", the oldest first
    this.person = {}; // age, gender and occupation, as the command line has them
  }

  /** Sets the stars of a film, or "seen"; 0 takes them back. */
  set(row, value) {
    this.films.delete(row);
    if (value) this.films.set(row, value > 0 ? Math.max(value, this.header.lowestRating) : value);
  }

  get query() {
    const all = [...this.films].map(([row, rating]) => ({ row, rating }));
    const seen = all.filter(({ rating }) => rating === "seen").map(({ row }) => row);
    return { history: all.filter(({ rating }) => rating !== "seen"), seen, person: this.person };
  }

  /** Returns the profile as `movierec profiles import` reads it. */
  asJson() {
    const id = (row) => String(this.header.films.ids[row]);
    const { history, seen, person } = this.query;
    const ratings = Object.fromEntries(history.map(({ row, rating }) => [id(row), rating]));
    return JSON.stringify({ schema: 1, dataset: this.header.dataset, ratings, seen: seen.map(id), ...person }, null, 1);
  }

  /** Takes over a profile of this data set; returns the number of films that the page lacks. */
  takeJson({ dataset, ratings, seen = [], age, gender, occupation }) {
    if (dataset !== this.header.dataset) throw new Error(`is a profile for ${dataset}`);
    const all = [...Object.entries(ratings), ...seen.map((id) => [String(id), "seen"])];
    const known = all.filter(([id, value]) => this.rows.has(id) && (value === "seen" || (value >= 0 && value <= 5)));
    known.forEach(([id, value]) => this.set(this.rows.get(id), value));
    const { people, occupations } = this.header.model;
    const one = (value, table) => (value && Object.keys(table).includes(String(value)) ? value : null);
    this.person = { age: one(age, people[""]), gender: one(gender, people), occupation: one(occupation, occupations) };
    return all.length - known.length;
  }

  command({ n, genres, notGenres, years, popularity, diversity }) {
    const { films, run, genres: names } = this.header;
    const { history, seen, person } = this.query;
    const options = [
      ...history.map(({ row, rating }) => ["--rate", `${films.titles[row]}=${rating}`]),
      ...seen.map((row) => ["--seen", films.titles[row]]),
      ...Object.entries(person).map(([name, value]) => [`--${name}`, value]),
      ...genres.map((genre) => ["--genre", names[genre]]),
      ...notGenres.map((genre) => ["--not-genre", names[genre]]),
      ["--year", years?.join("-")], ["--popularity", popularity], ["--diversity", diversity], ["-n", n], ["--run", run],
    ];
    const quoted = (value) => `'${String(value).replaceAll("'", "'\\''")}'`;
    const given = options.filter(([, value]) => value).map(([name, value]) => `${name} ${quoted(value)}`);
    return ["movierec recommend", ...given].join(" ");
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

  store(isKept) {
    try {
      if (isKept) localStorage.setItem(this.key, this.asJson());
      else localStorage.removeItem(this.key);
    } catch { /* a browser may refuse storage to files */ }
  }
}
