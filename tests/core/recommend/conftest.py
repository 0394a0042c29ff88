"""A trained model that the tests of this room share."""

import pytest

from movierec_cli.core.data.dataset import Dataset
from movierec_cli.core.experiments.train import train_run
from movierec_cli.core.models.dnn.model import Dnn
from movierec_cli.core.runs.train_spec import Overrides, TrainSpec


@pytest.fixture(scope="session")
def dnn(small: Dataset) -> Dnn:
    """A default dnn of one epoch on the small data."""
    model = train_run(small, TrainSpec("dnn", overrides=Overrides(epochs=1)), lambda _: None).model
    assert isinstance(model, Dnn)
    return model
