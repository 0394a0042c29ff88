"""RecBole: ADMM-SLIM."""

import logging
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from common import Model, Rank, Training, main
from recbole.config import Config
from recbole.data import create_dataset, create_samplers
from recbole.data.utils import get_dataloader
from recbole.utils import get_model, get_trainer, init_seed

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
DEVICE = "cpu"


def fit(train: Training, name: str, **params: Any) -> Rank:
    """Train for a fixed number of steps; RecBole reads its data from a file."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "data.inter"
        path.parent.mkdir()
        rows = zip(train.users, train.films, strict=True)
        lines = ["user_id:token\titem_id:token", *(f"{user}\t{film}" for user, film in rows)]
        path.write_text("\n".join(lines))
        config = Config(
            model=name,
            dataset="data",
            config_dict={
                "data_path": folder,
                "checkpoint_dir": folder,
                "load_col": {"inter": ["user_id", "item_id"]},
                "eval_args": {"split": {"RS": [1.0, 0.0, 0.0]}, "order": "RO", "mode": "full"},
                "use_gpu": False,
                "show_progress": False,
                "train_neg_sample_args": None,
                **params,
            },
        )
        init_seed(0, reproducibility=True)
        dataset = create_dataset(config)
        built = dataset.build()
        sampler, _, _ = create_samplers(config, dataset, built)
        batches = get_dataloader(config, "train")(config, built[0], sampler, shuffle=True)
        model = get_model(name)(config, batches.dataset).to(DEVICE)
        trainer = get_trainer(config["MODEL_TYPE"], name)(config, model)
        trainer.fit(batches, saved=False, show_progress=False)
    tokens = dataset.field2id_token["item_id"][1:].astype(int)  # the first stands for none

    def score(users: np.ndarray) -> np.ndarray:
        ids = torch.from_numpy(dataset.token2id("user_id", users.astype(str)))
        model.eval()
        with torch.no_grad():
            found = model.full_sort_predict({"user_id": ids}).reshape(len(users), -1)
        scores = np.full((len(users), train.n_films), -np.inf, np.float32)
        scores[:, tokens] = found.numpy()[:, 1:]
        return scores

    return score


MODELS = [
    Model(
        "ADMM-SLIM",
        "ranking",
        fit,
        [
            {"name": "ADMMSLIM", "lambda1": 1.0, "lambda2": b, "alpha": 0.5}
            for b in (250.0, 500.0, 1000.0)
        ],
    ),
]

if __name__ == "__main__":
    main("recbole", MODELS)
