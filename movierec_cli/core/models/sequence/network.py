"""The causal transformer that is trained, in torch; `transformer` scores with its weights.

SASRec: Kang and McAuley (2018), Self-attentive sequential recommendation,
https://doi.org/10.1109/ICDM.2018.00035, with the softmax over the catalog as in Klenitskiy and
Vasilev (2023), Turning dross into gold loss, https://doi.org/10.1145/3604915.3610644.

Notation: B users, L places of the window, N films, d width.
"""

import torch
from torch import Tensor, nn
from torch.nn import functional

from movierec_cli.core.data.dataset import FloatArray
from movierec_cli.core.models.sequence.config import TransformerConfig


def dropped(x: Tensor, share: float) -> Tensor:
    """Return x with a random ``share`` of its numbers set to 0 and the others divided by the rest.

    The mask comes from 16 bits a number, four numbers a draw: torch's dropout, a draw a number,
    takes four times as long on a CPU.
    """
    draws = torch.empty(-(-x.numel() // 4), dtype=torch.int64).random_(-(2**63), None)
    numbers = draws.view(torch.int16)[: x.numel()].view(x.shape)  # -2^15 to 2^15 - 1
    is_kept = numbers >= round(share * 2**16) - 2**15
    return x * (is_kept.to(x.device) / (1 - share))


class Block(nn.Module):
    """Causal attention and a feed-forward layer, each on a normalized input, each added to it."""

    def __init__(self, config: TransformerConfig) -> None:
        super().__init__()
        width = config.width
        self._heads, self._dropout = config.heads, config.dropout
        self.attention_norm = nn.LayerNorm(width)
        self.attention_in = nn.Linear(width, 3 * width)
        self.attention_out = nn.Linear(width, width)
        self.forward_norm = nn.LayerNorm(width)
        self.forward_in = nn.Linear(width, width)
        self.forward_out = nn.Linear(width, width)

    def forward(self, x: Tensor) -> Tensor:
        """Return the next states of the places, [B, L, d]."""
        x = x + self._drop(self.attention_out(self._attention(self.attention_norm(x))))
        hidden = functional.gelu(self.forward_in(self.forward_norm(x)), approximate="tanh")
        return x + self._drop(self.forward_out(hidden))

    def _attention(self, x: Tensor) -> Tensor:
        n_users, length, width = x.shape
        parts = self.attention_in(x).view(n_users, length, 3, self._heads, width // self._heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)  # [B, heads, L, d / heads] each
        attended = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        return attended.transpose(1, 2).reshape(n_users, length, width)

    def _drop(self, x: Tensor) -> Tensor:
        return dropped(x, self._dropout) if self.training else x


class Network(nn.Module):
    """The transformer: from the films at the places of a window to scores of the next film."""

    def __init__(self, n_films: int, config: TransformerConfig) -> None:
        super().__init__()
        width = config.width
        self._scale, self._dropout = config.input_scale, config.dropout
        self.films = nn.Parameter(torch.randn(n_films, width) * width**-0.5)
        self.places = nn.Parameter(torch.randn(config.window, width) * width**-0.5)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(width)
        self.film_bias = nn.Parameter(torch.zeros(n_films))

    def forward(self, windows: Tensor) -> Tensor:
        """Return the states of the places [B, L, d] of windows of film rows [B, L]."""
        x = self._scale * self.films[windows] + self.places[: windows.shape[1]]
        x = dropped(x, self._dropout) if self.training else x
        for block in self.blocks:
            x = block(x)
        states: Tensor = self.norm(x)
        return states

    def logits(self, states: Tensor) -> Tensor:
        """Return the scores of all films after some places, [n, d] -> [n, N]."""
        return functional.linear(states, self.films, self.film_bias)

    def arrays(self) -> dict[str, FloatArray]:
        """Return the weights as `transformer` takes them, those of the blocks stacked."""
        arrays = {
            "film_vectors": self.films,
            "film_bias": self.film_bias,
            "places": self.places,
            "norm": torch.stack([self.norm.weight, self.norm.bias]),
        }
        for name in ("attention_norm", "forward_norm"):
            layers = [getattr(block, name) for block in self.blocks]
            arrays[name] = torch.stack([torch.stack([x.weight, x.bias]) for x in layers])
        for name in ("attention_in", "attention_out", "forward_in", "forward_out"):
            layers = [getattr(block, name) for block in self.blocks]
            arrays[name] = torch.stack([torch.vstack([x.weight.T, x.bias]) for x in layers])
        return {name: tensor.detach().cpu().numpy() for name, tensor in arrays.items()}
