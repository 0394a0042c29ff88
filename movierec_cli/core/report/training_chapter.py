"""The chapter about training: curves, and what they say."""

from movierec_cli.core import figures
from movierec_cli.core.report import pictures
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Column,
    Figure,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.material import KINDS, Material
from movierec_cli.core.report.model_chapter import missing_blocks
from movierec_cli.core.report.wording import count, decimal
from movierec_cli.core.runs.history import Panel, Series, kept_epoch, panels
from movierec_cli.core.runs.store import Manifest

_WORSE = 0.01  # relative; less is noise of the validation part
_PARTS = {"train": "training", "validation": "validation"}


def training_chapter(material: Material) -> Chapter:
    """Show the curves of each run at hand."""
    sections = []
    for kind in KINDS:
        run = material.runs.get(kind)
        title = f"{kind[0]}, preset {kind[1]}"
        blocks = (
            missing_blocks(kind, material.dataset)
            if run is None
            else _curves(run.manifest, material.draw)
        )
        sections.append(Section(title, blocks))
    text = (
        "Of the last epochs the one is kept that is best on a part cut from the training part; "
        "the held-out users play no part in it."
    )
    return Chapter("Training", [Paragraph(text)], sections)


def training_sentence(manifest: Manifest) -> str:
    """Say how long was trained, how losses moved and whether it went too far."""
    kept = kept_epoch(manifest.epochs)
    found = panels(manifest.epochs)
    told = [f"{count(len(manifest.epochs), 'epoch')} in {decimal(manifest.seconds, 1)} seconds"]
    if kept is not None:
        told.append(f"the weights of epoch {kept} were kept")
    sentences = ["; ".join(told) + "."]
    for panel in found[:1]:
        sentences.append(_course(panel))
    both = [panel for panel in found[:1] if len(panel.series) == len(_PARTS)]
    alone = [p for p in found if p.best and [s.part for s in p.series] == ["validation"]]
    sentences += [_overfitting(panel) for panel in both]
    sentences += [_course(panel) for panel in alone[:1] if not both]
    return " ".join(sentences)


def _course(panel: Panel) -> str:
    series = panel.series[0]
    first, last = series.values[0], series.values[-1]
    name = f"The {panel.title} in {_PARTS[series.part]}"
    if len(series.values) == 1:
        return f"{name} was {decimal(first, 3)}."
    verb = "fell" if last < first else "rose"
    return f"{name} {verb} from {decimal(first, 3)} to {decimal(last, 3)}."


def _overfitting(panel: Panel) -> str:
    """Say whether validation turned while training went on improving."""
    validation = panel.series[1]
    best, at = _best(panel, validation)
    last = validation.values[-1]
    text = f"On the validation part it was {panel.best} after epoch {at} ({decimal(best, 3)})"
    if at < validation.epochs[-1] and abs(last - best) > _WORSE * abs(best):
        return f"{text} and ended at {decimal(last, 3)}: from there on the network overfits."
    return f"{text}, with no sign of overfitting."


def _best(panel: Panel, series: Series) -> tuple[float, int]:
    best = min(series.values) if panel.best == "lowest" else max(series.values)
    return best, series.epochs[series.values.index(best)]


def _curves(manifest: Manifest, draw: bool) -> list[Block]:
    blocks: list[Block] = [Paragraph(training_sentence(manifest))]
    found = panels(manifest.epochs)
    if draw and found:
        figure = figures.training(manifest.epochs, manifest.name, manifest.dataset["name"])
        caption = f"Training of the run {manifest.name}; the dotted line is the epoch kept."
        blocks.append(Figure(f"training-{manifest.name}", caption, pictures.panels(figure, 3.0)))
    rows = [_row(panel, series) for panel in found for series in panel.series]
    columns = [
        Column("Figure"),
        Column("Part"),
        *(Column(header, numeric=True) for header in ("First", "Last", "Best", "At epoch")),
    ]
    blocks.append(Table(f"The ends of the curves of {manifest.name}.", columns, rows))
    return blocks


def _row(panel: Panel, series: Series) -> list[str]:
    digits = 0 if panel.name == "sweeps" else 4
    ends = [decimal(value, digits) for value in (series.values[0], series.values[-1])]
    if not panel.best:
        return [panel.title, _PARTS[series.part], *ends, "–", "–"]
    best, at = _best(panel, series)
    return [panel.title, _PARTS[series.part], *ends, decimal(best, digits), str(at)]
