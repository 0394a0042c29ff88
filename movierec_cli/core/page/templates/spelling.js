// One spelling of the words of a title, by the tables and patterns of
// movierec_cli/core/recommend/title_words.py, which the data of the page brings along.

const YEAR = /\s*\((\d{4})(?:\s?[-–—]\s?(?:\d{4})?|\/[IVX]+)?\s*\)\s*(?:\((?:V|TV|VG)\)\s*)*$/;

export function yearIn(title) {
  return Number(YEAR.exec(title)?.[1] ?? 0);
}

export function withoutYear(title) {
  return title.replace(YEAR, "").trim();
}

/**
 * Returns functions: `normalized` spells the words of titles, a title a line; `key` takes the spaces
 * out of the words; `spoken` is a title as people say it: "Godfather, The (1972)" is "The Godfather".
 */
export function speller(rules) {
  const pattern = (name) => new RegExp(rules[name], "gm");
  const [thousands, trailing, leading, spelled, ordinal, cardinal, roman, part, space] = [
    "thousands", "trailingArticle", "leadingArticle", "spelled", "ordinal", "cardinal", "roman",
    "part", "spaceOutsideNumbers",
  ].map(pattern);

  const valueOf = (words) => words.replaceAll(" and ", " ").split(" ").reduce((total, word) => {
    const value = rules.values[word];
    if (value >= 100) return total * value;
    return total >= 10 && total < 20 && value >= 20 ? total * 100 + value : total + value;
  }, 0);
  const asOrdinal = (value) => {
    const suffix = value % 100 > 10 && value % 100 < 14 ? "th" : { 1: "st", 2: "nd", 3: "rd" }[value % 10];
    return `${value}${suffix ?? "th"}`;
  };
  const asRoman = (letters) => {
    const digits = [...letters].map((letter) => ({ i: 1, v: 5, x: 10 })[letter]);
    return digits.reduce((sum, digit, i) => sum + (digit < (digits[i + 1] ?? 0) ? -digit : digit), 0);
  };

  const normalized = (lines) => {
    let text = [...lines].map((character) => rules.characters[character] ?? character).join("");
    text = text.toLowerCase().replaceAll("ß", "ss").normalize("NFKD").replace(/\p{M}/gu, "");
    text = text.replace(thousands, "").replaceAll(" v. ", " vs ").replace(trailing, "$2 $1");
    text = text.replace(/[^\p{L}\p{N}\n]+/gu, " ").replace(/^ | $/gm, "");
    text = text.replace(/\b[a-z]\b(?: [a-z]\b)+/g, (found) => found.replaceAll(" ", ""));
    text = text.replace(leading, "").replace(spelled, (found) => rules.spellings[found]);
    text = text.replace(ordinal, (found) => asOrdinal(valueOf(found)));
    text = text.replace(cardinal, (found) => String(valueOf(found)));
    return text.replace(roman, (found) => String(asRoman(found))).replace(part, " ");
  };
  const moved = new RegExp(rules.movedArticle, "i");
  return {
    normalized,
    key: (words) => words.replace(space, ""),
    spoken: (title) => withoutYear(title).replace(moved, (_, rest, article) =>
      `${article}${/['’]$/.test(article) ? "" : " "}${rest}`),
  };
}
