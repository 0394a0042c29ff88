"""The chapter about the models, told from the configurations of the runs at hand."""

from collections.abc import Callable, Mapping
from typing import Any

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.models.base import VectorModel
from movierec_cli.core.models.original.title_vectors import DIMENSION
from movierec_cli.core.report.document import (
    Block,
    Chapter,
    Code,
    Column,
    Note,
    Paragraph,
    Section,
    Table,
)
from movierec_cli.core.report.material import KINDS, Kind, Material, training_command
from movierec_cli.core.report.original import PARAMETERS, is_the_original
from movierec_cli.core.report.wording import count, decimal, percent, setting
from movierec_cli.core.runs.store import Run

_PREDICTS = {
    "two-tower": "what a user would rate a film",
    "dnn": "what a user will watch and like",
}


def model_chapter(material: Material) -> Chapter:
    """Describe each model and preset, or say how to make it."""
    blocks: list[Block] = [
        Paragraph(
            "Both models have a tower for users and a tower for films. two-tower says what a user "
            "would rate a film; dnn puts users and films into one space, so that recommending is a "
            "vector search. The preset report is the network of the original; the preset default "
            "is the best that the same idea could be made to do."
        )
    ]
    if material.runs:
        blocks.append(_side_by_side(material))
    sections = [_section(kind, material) for kind in KINDS]
    return Chapter("The two models", blocks, sections)


def missing_blocks(kind: Kind, dataset: Dataset) -> list[Block]:
    """Say that a run is missing and which command makes it."""
    text = f"No run of {kind[0]}, preset {kind[1]}, of this data and split is here. This makes one:"
    return [Note("missing", text), Code([training_command(kind, dataset)])]


def _side_by_side(material: Material) -> Table:
    rows = []
    for (model, preset), run in material.runs.items():
        rows.append(
            [
                run.manifest.name,
                f"{model}, {preset}",
                _PREDICTS[model],
                "yes" if isinstance(run.model, VectorModel) else "no",
                count(sum(weights.size for weights in run.weights.values())),
                decimal(run.manifest.seconds, 0),
            ]
        )
    columns = [
        Column("Run"),
        Column("Model, preset"),
        Column("Answers"),
        Column("Vector search"),
        Column("Stored numbers", numeric=True),
        Column("Training, s", numeric=True),
    ]
    return Table("The runs at hand.", columns, rows)


def _section(kind: Kind, material: Material) -> Section:
    title = f"{kind[0]}, preset {kind[1]}"
    run = material.runs.get(kind)
    if run is None:
        return Section(title, missing_blocks(kind, material.dataset))
    text = _DESCRIPTIONS[kind](run, material.dataset)
    return Section(title, [Paragraph(text), _settings(run, material.dataset)])


def _settings(run: Run, dataset: Dataset) -> Table:
    """Show the configuration, beside the original's where it gives one."""
    manifest = run.manifest
    told = {**manifest.config, **manifest.training, **manifest.inputs}
    caption = f"Configuration of the run {manifest.name}."
    if manifest.preset == "report" and is_the_original(dataset):
        original = PARAMETERS[manifest.model]
        told |= _dimensions(run, dataset)
        return Table(
            caption,
            [Column("Setting"), Column("This run"), Column("Original")],
            [[*_setting(name, value), setting(original.get(name, "–"))] for name, value in
             told.items()],
            notes=["A dash: the original does not say."],
        )  # fmt: skip
    cells = [_setting(name, value) for name, value in told.items()]
    half = -(-len(cells) // 2)
    others = [*cells[half:], ["", ""]]
    return Table(
        caption,
        [Column("Setting"), Column("This run")] * 2,
        [[*left, *right] for left, right in zip(cells[:half], others, strict=False)],
    )


def _setting(name: str, value: object) -> list[str]:
    return [name.replace("_", " "), setting(value)]


def _dimensions(run: Run, dataset: Dataset) -> Mapping[str, int]:
    """Return the widths of the inputs of a network of the original."""
    with_titles = DIMENSION if run.manifest.model == "dnn" else 1
    return {
        "user_dim": int(run.weights["user_tower.weight"].shape[1]),
        "item_dim": len(dataset.genres) + with_titles,
    }


def _two_tower_report(run: Run, dataset: Dataset) -> str:
    config, inputs = run.manifest.config, _dimensions(run, dataset)
    width = int(config["hidden_dim"])
    head = ", ".join(map(str, (width, width // 2, width // 4)))
    return (
        f"{_tower_sentence(config, inputs)} The two vectors are concatenated, and a head of layers "
        f"of {head} and 1 gives the rating. It is trained on the mean squared error. Its film "
        f"input is the release date and {len(dataset.genres)} genres; the user's is age, zip code, "
        "occupation and gender. It knows nobody's ratings."
    )


def _dnn_report(run: Run, dataset: Dataset) -> str:
    config, inputs = run.manifest.config, _dimensions(run, dataset)
    source = run.manifest.inputs.get("title_vectors", "title vectors")
    return (
        f"{_tower_sentence(config, inputs)} A further layer makes an embedding of "
        f"{config['embedding_dim']} numbers of each; both are projected to {config['joint_dim']} "
        "numbers, added, and classified: rating of 4 or higher, or not, with binary cross-entropy. "
        f"A cosine trainer with the weight {setting(config['gamma'])} makes the two embeddings "
        f"comparable. Film titles come in as {DIMENSION} numbers ({source})."
    )


def _tower_sentence(config: Mapping[str, Any], inputs: Mapping[str, int]) -> str:
    return (
        f"Each tower takes its features ({inputs['user_dim']} numbers of a user, "
        f"{inputs['item_dim']} of a film) through one fully connected layer of "
        f"{config['hidden_dim']} with ReLU, batch norm and {percent(config['dropout'], 0)} dropout."
    )


def _two_tower(run: Run, dataset: Dataset) -> str:
    del dataset
    config = run.manifest.config
    sampling = config["sampling"]
    return (
        "A rating is the mean, a bias of the film, a bias of the user and the product of their "
        f"{config['factors']} factors. The user's tower reads which films she rated and who she "
        "is, the film's who rated it and its genres; one small regression on the known ratings "
        f"corrects the user's vector. {sampling['chains']} models are trained side by side with "
        f"Adam and then sampled for {sampling['sweeps']} sweeps; predictions are averaged over the "
        f"draws after the first {sampling['burn_in']}. Of someone without ratings it predicts "
        "from who she is."
    )


def _dnn(run: Run, dataset: Dataset) -> str:
    del dataset
    config = run.manifest.config
    return (
        f"A user's vector is pooled from the films in the history, graded by rating, and from who "
        f"she is; film vectors of {config['dimension']} numbers, trained with the cosine between "
        f"scores and graded ratings over the whole catalog, are searched with it. "
        f"{percent(config['stranger_share'], 0)} of the users are shown without their history in "
        f"training, so that it serves newcomers too, and {percent(config['moment_share'], 0)} "
        "with what they rated in one moment. A solved item-item part and a demographic part join "
        "the same space; "
        "a small classifier on top says how likely a rating of 4 or higher is."
    )


_DESCRIPTIONS: Mapping[Kind, Callable[[Run, Dataset], str]] = {
    ("two-tower", "default"): _two_tower,
    ("two-tower", "original"): _two_tower_report,
    ("dnn", "default"): _dnn,
    ("dnn", "original"): _dnn_report,
}
