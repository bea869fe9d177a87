"""What training minimises, one function per kind of label."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

Floats = NDArray[np.float32]
Rows = NDArray[np.int64]
Loss = Callable[[dict[str, Tensor], Rows], Tensor]

SMOOTHING = 0.1


def labels_loss(output: str, targets: Floats, weights: Floats) -> Loss:
    """Binary cross-entropy, summed over the labels and averaged over the batch.

    Args:
        output: name of the model's output.
        targets: (n, labels) of 0 and 1.
        weights: what each label counts, (labels,), or each of each text, (n, labels).
    """
    counted = np.broadcast_to(weights, targets.shape)

    def loss(outputs: dict[str, Tensor], rows: Rows) -> Tensor:
        losses = functional.binary_cross_entropy_with_logits(
            outputs[output], torch.from_numpy(targets[rows]), reduction="none"
        )
        return (losses * torch.from_numpy(counted[rows])).sum(1).mean()

    return loss


def meaning_loss(vectors: Floats, weight: float) -> Loss:
    """`weight` times the mean cosine distance to the (n, 384) vectors of the base model."""

    def loss(outputs: dict[str, Tensor], rows: Rows) -> Tensor:
        return weight * (1.0 - (outputs["vector"] * torch.from_numpy(vectors[rows])).sum(1)).mean()

    return loss


def topic_loss(classes: NDArray[np.int64], weights: Floats) -> Loss:
    """Cross-entropy of one topic of many, smoothed.

    Args:
        classes: (n,) topics by number.
        weights: (n,) what each text counts.
    """

    def loss(outputs: dict[str, Tensor], rows: Rows) -> Tensor:
        losses = functional.cross_entropy(
            outputs["topics"],
            torch.from_numpy(classes[rows]),
            reduction="none",
            label_smoothing=SMOOTHING,
        )
        return (losses * torch.from_numpy(weights[rows])).mean()

    return loss


def summed(*losses: Loss) -> Loss:
    """The sum of several."""

    def loss(outputs: dict[str, Tensor], rows: Rows) -> Tensor:
        return torch.stack([part(outputs, rows) for part in losses]).sum()

    return loss
