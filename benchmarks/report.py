"""Write docs/benchmarks.md from what was measured."""

import json
import os
import platform
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from other_data import other_data_section
from page import COSTS, OURS, RANKING_COLUMNS, RUN, Record, by_model, costs, fenced, name_of, table
from targets import targets_section

WORDS = {1: "one CPU core", 2: "two CPU cores", 4: "four CPU cores", 8: "eight CPU cores"}
PRINTED = {
    "favorites": (
        "## A few favorites",
        "Held-out users with more than ten liked films name some of them, sampled at random, and "
        "nothing else. The other ratings are the targets.",
        "python benchmarks/favorites.py",
    ),
    "reliability-dnn": (
        "## Calibration of the like probability",
        "Ratings of the held-out users by the probability of a 4 or 5 that dnn gave them.",
        "python benchmarks/reliability.py",
    ),
    "reliability-two-tower": (
        "",
        "The same for two-tower:",
        "python benchmarks/reliability.py two-tower",
    ),
}
"""Sections that a script prints: heading, text, command."""


def write_page(page: Path | None, folder: Path) -> None:
    """Write the page, or print it where there is none."""
    records: list[Record] = json.loads((folder / "measured.json").read_text())
    about = json.loads((folder / "about.json").read_text())
    seeds = about["seeds"]
    parts = [
        _head(records, about),
        targets_section(records),
        _ranking(records, "fold-in", _FOLD_IN.format(seeds=_span(seeds))),
        _ranking(records, "ua", _UA),
        _ranking(records, "cold-start", _COLD_START.format(seeds=_span(seeds))),
        _folds(records),
        _held_out_ratings(records, seeds[0]),
        *_printed(folder),
        *other_data_section(folder),
        _parameters(records),
        _cross_check(folder, seeds[0]),
    ]
    speed = folder / "speed.json"
    if speed.exists():
        parts.append(speed_section(json.loads(speed.read_text())))
    text = "\n".join(_wrapped(line) for line in "\n\n".join(parts).split("\n")) + "\n"
    if page is None:
        sys.stdout.write(text)
    else:
        page.parent.mkdir(exist_ok=True)
        page.write_text(text)


_HEAD = """# Benchmarks

movierec beside other libraries: MovieLens 100K, the same splits, one run, one metric code.

```
movierec download
{run}
```

measures everything on this page and writes it; here on {machine}, Python {python}, in
{minutes:.0f} minutes. `.venv/bin/python benchmarks/run.py --quick` takes one split seed and prints
instead. Seconds depend on what else the machine does: its load was {load:.1f} at the end, where
this run alone makes 1 to 2. The other figures do not depend on it.

| library | version | took part |
|---|---|---|
{libraries}

**Fairness.** `benchmarks/export.py` writes the splits that `movierec` itself uses; a
script for each library, `benchmarks/peers/`, trains in an environment of its own
(`benchmarks/requirements/`) and hands back lists or predicted ratings; `benchmarks/measure.py`
measures all of them, movierec's included, with `movierec_cli.core.evaluation.metrics`. No script
sees the ratings that it is measured on.

- Hyper-parameters of a library are chosen from a small grid ([below](#hyper-parameters)) by
  NDCG@25 or RMSE on a validation cut of the training part: a fifth of the ratings of a fifth of
  the training users, the same cut for all. For the held-out users this is done on split seed
  {first} and kept for the other seeds, for u1 to u5 on u1; movierec's presets are likewise the
  same everywhere.
- Most libraries can only recommend to users that they were trained on. In fold-in, they are
  therefore all trained on the known part of the held-out users' ratings too. movierec's models
  and baselines are not: they meet these users for the first time when they score them.
- Random seeds are fixed. *train s* and *score s* are wall-clock seconds of the final training,
  and of scoring the whole catalog and cutting the lists; tuning is not in them. *peak MB* is
  the largest resident set of the process that did both, Python and the library included.

**Metrics.** A film is relevant to a user who rated it 4 or 5. For a list of k films and R
relevant ones: P = hits / k. R = hits / |R|. MAP: mean over users of the sum of the precision at
each hit, divided by min(|R|, k). NDCG: gain 1 for a hit, discount 1 / log2(rank + 1), divided by
the value of a list that begins with min(|R|, k) hits. Hit: share of users with a hit. Users
without a relevant film are left out. RMSE, MSE, MAE over all test ratings, predictions clipped to
1..5; accuracy: share of ratings correctly predicted as 4 or higher, or as lower (a predicted rating
of 3.5, or a like probability of a half)."""

_FOLD_IN = """## Fold-in: new users with a history

20 % of the users are held out with all their ratings; a random 80 % of each one's ratings are
given as the history, the rest are the targets. Means over {seeds};
± is the standard deviation over the seeds."""

_UA = """## All users known: ua

Trained on ua.base, ten test ratings a user."""

_COLD_START = """## Cold start: age, gender and occupation only

The same held-out users as in fold-in, without a history ({seeds}). Of these
libraries only LightFM ranks for such users; where it does not install, movierec's baselines are
the comparison."""


def _head(records: list[Record], about: Record) -> str:
    used = {record["package"]: record["version"] for record in records}
    rows = [f"| {name} | {used[name]} | yes |" for name in sorted(used)]
    rows += [
        f"| {name} | | no: it {problem} |"
        for name, problem in sorted(about["missing"].items())
        if name not in used
    ]
    return _HEAD.format(
        run=RUN,
        minutes=about["seconds"] / 60,
        load=about["load"],
        machine=WORDS.get(os.cpu_count() or 0, f"{os.cpu_count()} CPU cores"),
        python=platform.python_version(),
        libraries="\n".join(rows),
        first=about["seeds"][0],
    )


def _printed(folder: Path) -> list[str]:
    """Return the sections that scripts have printed into ``folder``."""
    parts = []
    for name, (heading, text, command) in PRINTED.items():
        path = folder / f"{name}.md"
        if path.exists():
            parts += [part for part in (heading, text, fenced(command)) if part]
            parts.append(path.read_text().strip())
    return parts


def _ranking(records: list[Record], group: str, text: str) -> str:
    rows = []
    for name, same in by_model(records, group):
        values = {
            title: [record["metrics"][key] for record in same]
            for title, key in RANKING_COLUMNS.items()
        }
        rows.append((name, values, same))
    rows.sort(key=lambda row: -np.mean(row[1]["NDCG@25"]))
    best = {title: max(np.mean(row[1][title]) for row in rows) for title in RANKING_COLUMNS}
    lines = []
    for name, values, same in rows:
        cells = []
        for title, found in values.items():
            spread = title in ("NDCG@25", "MAP@25") and len(found) > 1
            cell = f"{np.mean(found):.4f}" + (f" ± {np.std(found, ddof=1):.3f}" if spread else "")
            cells.append(f"**{cell}**" if np.mean(found) == best[title] else cell)
        lines.append([name, *cells, *costs(same)])
    users = records_users(records, group)
    note = f"{users} users have a relevant film."
    return "\n\n".join(
        [
            text,
            fenced(),
            table(["model", *RANKING_COLUMNS, *COSTS], lines),
            f"{note} {_margin(records, group)}".strip(),
        ]
    )


def _wrapped(line: str) -> str:
    """Break a long line of prose; tables stay as they are."""
    return line if line.startswith("|") else textwrap.fill(line, 100, break_long_words=False)


def records_users(records: list[Record], group: str) -> str:
    """Return how many users the ranking metrics of a group are means over."""
    users = sorted({r["metrics"]["users"] for r in records if r["group"] == group})
    return f"{users[0]} to {users[-1]}" if len(users) > 1 else str(users[0]) if users else ""


def _margin(records: list[Record], group: str) -> str:
    """Say how far movierec's dnn is from the best of the others, split by split."""
    models = dict(by_model(records, group))
    ours = models.pop(f"{OURS} dnn", None)
    if not ours or not models:
        return ""
    parts = []
    for title in ("NDCG@25", "MAP@25"):
        key = RANKING_COLUMNS[title]
        name, best = max(
            models.items(), key=lambda item: np.mean([r["metrics"][key] for r in item[1]])
        )
        theirs = {record["task"]: record["metrics"][key] for record in best}
        ratios = [record["metrics"][key] / theirs[record["task"]] - 1 for record in ours]
        part = f"in {title} {np.mean(ratios):+.1%} against {name}"
        if len(ratios) > 1:
            part += f" (by split: {', '.join(f'{ratio:+.1%}' for ratio in ratios)})"
        parts.append(part)
    return f"movierec dnn against the best of the others: {'; '.join(parts)}."


def _folds(records: list[Record]) -> str:
    folds = sorted({record["task"] for record in records if record["group"] == "folds"})
    rows = []
    for name, same in by_model(records, "folds"):
        of_fold = {record["task"]: record["metrics"] for record in same}
        rmse = [of_fold[fold]["rmse"] if fold in of_fold else np.nan for fold in folds]
        mae = np.mean([of_fold[fold]["mae"] for fold in of_fold])
        rows.append((float(np.mean(rmse)), name, rmse, mae, same))
    rows.sort()
    best = [min(row[2][i] for row in rows) for i in range(len(folds))]
    lines = []
    for place, (mean, name, rmse, mae, same) in enumerate(rows):
        mark = "**" if place == 0 else ""
        cells = [
            f"**{value:.4f}**" if value == best[i] else f"{value:.4f}"
            for i, value in enumerate(rmse)
        ]
        lines.append([name, f"{mark}{mean:.4f}{mark}", *cells, f"{mae:.4f}", *costs(same)])
    return "\n\n".join(
        [
            "## Ratings: u1 to u5\n\nRMSE on the official folds; no model reads the dates of the "
            "test ratings. myFM ids reads users and films only; myFM all also reads the rated "
            "films, the raters, demographics, genres and decades.",
            fenced(),
            table(["model", "RMSE, mean", *folds, "MAE, mean", *COSTS], lines),
        ]
    )


def _held_out_ratings(records: list[Record], seed: int) -> str:
    cold = dict(by_model(records, "rating-cold"))
    rows = []
    for name, same in by_model(records, "rating-fold-in"):
        known = same[0]["metrics"]
        cells = [name]
        for found in (cold[name][0]["metrics"] if name in cold else None, known):
            cells += [f"{found['mse']:.4f}", f"{found['accuracy']:.4f}"] if found else ["", ""]
        rows.append((known["mse"], [*cells, *costs(same)]))
    header = ["model", "cold-start MSE", "accuracy", "fold-in MSE", "accuracy", *COSTS]
    return "\n\n".join(
        [
            f"## Ratings of held-out users\n\nSplit seed {seed}. Cold-start: all their ratings "
            "from demographics alone; fold-in: a fifth of their ratings, the others known. "
            "Libraries get the hyper-parameters of u1.",
            fenced(),
            table(header, [cells for _, cells in sorted(rows, key=lambda row: row[0])]),
        ]
    )


def _parameters(records: list[Record]) -> str:
    chosen: dict[tuple[str, str], Record] = {}
    for record in records:
        if record["package"] != OURS:
            tuning = record["tuning"]
            chosen[name_of(record), tuning["tuned_on"]] = tuning
    lines = []
    for (name, task), tuning in sorted(chosen.items()):
        tried = [params for _, params in tuning["tried"]]
        fixed = {key for key in tuning["params"] if len({str(p[key]) for p in tried}) < 2}
        varied = "; ".join(
            f"{key} {', '.join(dict.fromkeys(str(params[key]) for params in tried))}"
            for key in tuning["params"]
            if key not in fixed
        )
        taken = ", ".join(
            f"{key} {value}" for key, value in tuning["params"].items() if key != "name"
        )
        lines.append([name, task, taken, varied or "nothing", f"{tuning['seconds']:.0f}"])
    return "\n\n".join(
        [
            "## Hyper-parameters\n\nThe values chosen on the validation cut, and the grid (all "
            "combinations). The rest is each library's default. movierec's own are its presets, "
            "see `movierec runs show`; its item-kNN, EASE and ridge are not tuned here.",
            fenced(),
            table(["model", "tuned on", "chosen", "grid", "tuning s"], lines),
        ]
    )


_CHECK = """## The metric code against other libraries

The top-25 lists of every model of split seed {seed}, measured by movierec and by another
library: the largest difference of a single user's value, and beyond accuracy of a model's mean."""

_DIFFERENCES = """MAP differs by definition where a user has more than 25 relevant films: both
libraries divide the sum by all relevant films, movierec by those that fit into the list. Over the
users with at most 25 the definitions are the same. RecTools' NDCG is taken with
`divide_by_achievable=True`; by default it takes k hits as the ideal even of a user who has fewer
relevant films. `tests/core/evaluation/test_metrics_against_library.py` holds every metric against
scikit-learn."""


def _cross_check(folder: Path, seed: int) -> str:
    from crosscheck import LIBRARIES
    from measure import per_user

    ours, n_relevant = per_user(folder, f"fold-in-{seed}")
    lines = []
    for library in LIBRARIES:
        path = folder / f"crosscheck-{library}.npz"
        if not path.exists():
            continue
        with np.load(path) as theirs:
            lines += [
                [library, name, _gap(theirs[name] - values)]
                for name, values in ours.items()
                if name != "map"
            ]
            gap = theirs["map"] - ours["map"]
        few = n_relevant <= 25
        lines.append([library, "map, at most 25 relevant films", _gap(gap[:, few])])
        if not few.all():
            lines.append([library, "map, more than 25", _gap(gap[:, ~few])])
    lines += _beyond_gaps(folder, f"fold-in-{seed}")
    return "\n\n".join(
        [
            _CHECK.format(seed=seed),
            fenced(),
            table(["library", "metric at 25", "largest difference"], lines),
            _DIFFERENCES,
        ]
    )


def _beyond_gaps(folder: Path, task: str) -> list[list[str]]:
    """Return the largest difference from RecTools of each measure beyond accuracy it has."""
    path = folder / "crosscheck-beyond-rectools.npz"
    if not path.exists():
        return []
    with np.load(path) as theirs, np.load(folder / f"beyond-{task}.npz") as ours:
        return [["rectools", name, _gap(theirs[name] - ours[name])] for name in theirs.files]


def _gap(differences: np.ndarray) -> str:
    largest = np.abs(differences).max()
    return f"{largest:.0e}" if largest else "0"


def speed_section(found: list[dict[str, Any]]) -> str:
    """Return the section on whole-process times."""
    command = ".venv/bin/python benchmarks/speed.py"
    if found[0]["runs"] != 3:
        command += f" --training-repeats {found[0]['runs']}"
    lines = [
        [
            f"`{r['command']}`",
            *(f"{r[key]:.2f}" for key in ("seconds", "cpu", "bare", "bare_cpu")),
            str(r["runs"]),
        ]
        for r in found
    ]
    return "\n\n".join(
        [
            "## Speed\n\nWhole processes, from start to exit: the median of some runs, after a "
            "warm-up that does not count (training has none). Beside each, in turn with it, a "
            "Python that only imports what any such program needs: "
            '`python -c "import numpy, typer, rich.table"`. CPU seconds do not grow when the '
            "machine is busy with other work.",
            fenced(command),
            table(["command", "seconds", "CPU s", "bare Python, s", "CPU s", "runs"], lines),
        ]
    )


def _span(seeds: Sequence[int]) -> str:
    return f"split seeds {seeds[0]} to {seeds[-1]}" if len(seeds) > 1 else f"split seed {seeds[0]}"
