"""How each trained model scores; numpy only, so that recommending never waits for torch."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.models.base import Model
from movierec_cli.core.models.dnn import Dnn
from movierec_cli.core.models.report import DnnReport, TwoTowerReport
from movierec_cli.core.models.two_tower import TwoTower

SCORERS: Mapping[str, Mapping[str, Callable[[Mapping[str, FloatArray]], Model]]] = MappingProxyType(
    {
        "two-tower": MappingProxyType({"default": TwoTower, "report": TwoTowerReport}),
        "dnn": MappingProxyType({"default": Dnn, "report": DnnReport}),
    }
)
"""Model -> preset -> its weights -> the model."""
