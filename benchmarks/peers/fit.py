"""Train one model of a peer on ratings from a file, for `scale.py` to measure.

python fit.py peer_cornac EASE ratings.npz
"""

import importlib
import sys

import numpy as np
from common import Training

if __name__ == "__main__":
    module, name, path = sys.argv[1:]
    arrays = np.load(path)
    sizes = (int(arrays["n_users"]), int(arrays["n_films"]))
    train = Training(arrays["users"], arrays["films"], arrays["ratings"], *sizes, about={})
    model = next(model for model in importlib.import_module(module).MODELS if model.name == name)
    model.fit(train, **model.grid[0])
