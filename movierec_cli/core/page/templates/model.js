// The trained dnn; the formulas are those of movierec_cli/core/models/dnn/model.py:
//
//   score_i = sum_c q_c . f_ic            q_c = weight_c gate_c(n) u_c / |u_c|
//   u = sum_j w(r_j) / sqrt(n) h_j + (x - mean) A + b
//   gate(n) = m / (m + 1), in the cold-start component 1 / (m + 1), with m = (n / n_half)^0.8
//
// A history is a list of {row, rating}, of which a rating of 1 or less is a named dislike; a person has
// age, gender and occupation or null.

import { OCTAVE } from "./decode.js";

const GATE_POWER = 0.8;
const COLD_START = 1;
const USER_SHRINKAGE = 5;
const HALF_SATURATION = 10;
const FACTOR_STEPS = 16;
const DEMOGRAPHIC_STEPS = 4; // in a step of the history vectors
const WEIGHTS = 20; // of ratings, in a star

const logistic = (x) => 1 / (1 + Math.exp(-x));
export const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

export class Model {
  constructor(header, matrices) {
    Object.assign(this, { settings: header.model, nFilms: header.nFilms });
    this.parts = header.parts.map((part, c) => unpacked(part, c, header, matrices));
  }

  /** Returns q_c for each component, with the scale, shares and demographics that it is made of. */
  user(history, person) {
    const counted = history.filter(({ rating }) => rating > 1).length;
    const m = (counted / this.settings.halfSaturation) ** GATE_POWER;
    const { people, occupations } = this.settings;
    const work = occupations[person.occupation ?? ""];
    const features = people[person.gender ?? ""][person.age ?? 0].map((x, k) => x + work[k]);
    const shares = history.map(({ rating }) =>
      this.settings.ratingWeights[Math.round(WEIGHTS * rating)] / Math.sqrt(Math.max(counted, 1)));
    return this.parts.map((part) => {
      const demographic = new Float64Array(part.width);
      features.forEach((x, k) => x && add(demographic, x, part.demographics, k));
      const vector = Float64Array.from(part.constant, (x, i) => x + demographic[i]);
      history.forEach(({ row }, j) => add(vector, shares[j], part.histories, row));
      const gate = (part.gate === COLD_START ? 1 : m) / (m + 1);
      const scale = (part.weight * gate) / Math.max(Math.hypot(...vector), 1e-9);
      return { vector: vector.map((x) => x * scale), scale, shares, demographic };
    });
  }

  scores(user) {
    const scores = new Float64Array(this.nFilms);
    this.parts.forEach(({ films }, c) => {
      for (let row = 0; row < this.nFilms; row++) scores[row] += dot(user[c].vector, films, row);
    });
    return scores;
  }

  /** Returns the terms of a film's score: of each film of the history, of demographics, and the rest. */
  terms(user, history, row, score) {
    const terms = history.map(() => 0).concat(0);
    this.parts.forEach(({ films, histories, width }, c) => {
      const { scale, shares, demographic } = user[c];
      const scaled = films.slice(row * width, (row + 1) * width).map((x) => x * scale);
      history.forEach((rated, j) => { terms[j] += shares[j] * dot(scaled, histories, rated.row); });
      terms[history.length] += dot(scaled, demographic, 0);
    });
    return [...terms, score - sum(terms)];
  }

  /** Returns P(rating >= 4) of some films, by the like head. */
  likeProbabilities(rows, scores, history) {
    const { likeHead, likeLevel, likeCounts, relevantRating } = this.settings;
    const surplus = history.map(({ row, rating }) => (rating >= relevantRating) - logistic(likeLevel[row]));
    const n = history.length;
    const level = sum(surplus) / (n + USER_SHRINKAGE);
    const known = n / (n + HALF_SATURATION);
    return rows.map((row) => {
      const [score, film] = [scores[row], likeLevel[row]];
      const features = [score, film, likeCounts[row], level, known, score * known, film * known, level * known, 1];
      return logistic(dot(features, likeHead, 0));
    });
  }

  /** Returns the similarity -1..1 of two films: the weighted mean of the components' cosines. */
  similarity(row, other) {
    let [total, ofRow, ofOther] = [0, 0, 0];
    for (const { weight, width, histories, lengths } of this.parts) {
      if (lengths[row]) ofRow += weight;
      if (lengths[other]) ofOther += weight;
      const vector = histories.subarray(row * width, (row + 1) * width);
      total += (weight * dot(vector, histories, other)) / Math.max(lengths[row] * lengths[other], 1e-12);
    }
    return total / Math.max(Math.sqrt(ofRow * ofOther), 1e-12);
  }
}

/** Returns a component with its vectors as floating point numbers, row by row (see vectors.py). */
function unpacked({ weight, gate, axes, unread }, c, header, matrices) {
  const [filmSteps, steps, slope, mean, constant] = axes;
  const width = constant.length;
  const films = unrounded(`films${c}`, filmSteps, header, matrices);
  const histories = unrounded(`rests${c}`, steps, header, matrices);
  histories.forEach((rest, at) => { histories[at] = rest + slope[at % width] * films[at] + mean[at % width]; });
  for (const row of unread) histories.fill(0, row * width, (row + 1) * width);
  const lengths = Float64Array.from({ length: header.nFilms }, (_, row) =>
    Math.sqrt(dot(histories.subarray(row * width, (row + 1) * width), histories, row)));
  const demographics = matrices[`demographics${c}`].map((x, at) => (x * steps[at % width]) / DEMOGRAPHIC_STEPS);
  return { weight, gate, width, films, histories, lengths, constant, demographics };
}

/** Turns whole numbers into vectors: times scale and steps, plus a multiple of an earlier one (see rounding.py). */
function unrounded(name, steps, { rows: { references, factors, exponents } }, matrices) {
  const numbers = matrices[name];
  for (let at = 0, row = 0; at < numbers.length; row++) {
    let other = references[name][row] * steps.length;
    const [share, scale] = [factors[name][row] / FACTOR_STEPS, 2 ** (exponents[name][row] / OCTAVE)];
    for (const step of steps) {
      numbers[at] = numbers[at] * scale * step + share * numbers[other++];
      at++;
    }
  }
  return numbers;
}

function add(vector, factor, numbers, row) {
  vector.forEach((x, i) => { vector[i] = x + factor * numbers[row * vector.length + i]; });
}

function dot(vector, numbers, row) {
  const at = row * vector.length;
  let total = 0;
  for (let i = 0; i < vector.length; i++) total += vector[i] * numbers[at + i];
  return total;
}
