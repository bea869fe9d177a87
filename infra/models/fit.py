"""The multi-task training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from infra.models.batches import Batch, ordered, shuffled
from infra.models.encoder import Analyser

OUTPUTS = ("emotions", "vector", "middle")


@dataclass(frozen=True)
class Task:
    """One corpus as the loop sees it.

    Attributes:
        ids: token ids per text.
        targets: (n, emotions) in 0..1, or none where only the meaning is to be kept.
        vectors: (n, 384) sentence vectors of the base model, to be reproduced.
        batch: texts per step.
    """

    ids: list[list[int]]
    targets: NDArray[np.float32] | None
    vectors: NDArray[np.float32]
    batch: int


@dataclass(frozen=True)
class Schedule:
    """Optimiser settings; rates peak after the warm-up and fall linearly to zero."""

    epochs: int = 4
    encoder_rate: float = 1.2e-4
    head_rate: float = 1e-3
    warm_up: float = 0.08
    decay: float = 0.01
    average: float = 0.998
    meaning_weight: float = 4.0


def emotion_loss(output: dict[str, Tensor], targets: NDArray[np.float32]) -> Tensor:
    """Return the binary cross-entropy, summed over the labels and averaged over the batch."""
    losses = functional.binary_cross_entropy_with_logits(
        output["emotions"].float(), torch.from_numpy(targets), reduction="none"
    )
    return losses.sum(1).mean()


def meaning_loss(output: dict[str, Tensor], vectors: NDArray[np.float32]) -> Tensor:
    """Return the mean cosine distance to the base model's sentence vectors."""
    return (1.0 - (output["vector"].float() * torch.from_numpy(vectors)).sum(1)).mean()


def interleaved(
    tasks: tuple[Task, ...], random: np.random.Generator
) -> Iterator[tuple[Task, Batch]]:
    """Yield one epoch of every task's batches, evenly mixed."""
    placed: list[tuple[float, int, Task, Batch]] = []
    for task in tasks:
        batches = list(shuffled(task.ids, task.batch, random))
        for number, batch in enumerate(batches):
            placed.append(((number + random.uniform()) / len(batches), len(placed), task, batch))
    for _, _, task, batch in sorted(placed, key=lambda entry: entry[:2]):
        yield task, batch


def parameter_groups(model: Analyser, schedule: Schedule) -> list[dict[str, object]]:
    """Split parameters so that heads learn faster than the pre-trained encoder."""
    encoder = list(model.encoder.parameters())
    known = {id(parameter) for parameter in encoder}
    heads = [parameter for parameter in model.parameters() if id(parameter) not in known]
    return [
        {"params": encoder, "lr": schedule.encoder_rate},
        {"params": heads, "lr": schedule.head_rate},
    ]


def ramp(step: int, steps: int, warm_up: float) -> float:
    """Return the learning-rate factor at a step: up to 1, then linearly down to 0."""
    warm = max(1, int(steps * warm_up))
    return min(step / warm, max(0.0, (steps - step) / (steps - warm)))


def fit(model: Analyser, tasks: tuple[Task, ...], schedule: Schedule, seed: int) -> nn.Module:
    """Train in place and return the model with exponentially averaged weights."""
    random = np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(
        parameter_groups(model, schedule), weight_decay=schedule.decay, fused=True
    )
    steps = schedule.epochs * sum(math.ceil(len(task.ids) / task.batch) for task in tasks)
    rate = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: ramp(step, steps, schedule.warm_up)
    )
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(schedule.average)
    )
    for epoch in range(schedule.epochs):
        started, losses = time.monotonic(), []
        model.train()
        for task, batch in interleaved(tasks, random):
            losses.append(step_loss(model, task, batch, schedule))
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            rate.step()
            averaged.update_parameters(model)
        spent = time.monotonic() - started
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {spent:.0f} s", flush=True)
    return averaged.module.eval()


def step_loss(model: Analyser, task: Task, batch: Batch, schedule: Schedule) -> float:
    """Run one batch forward and backward and return its loss."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = model(batch.ids, batch.mask)
    loss = schedule.meaning_weight * meaning_loss(output, task.vectors[batch.rows])
    if task.targets is not None:
        loss = loss + emotion_loss(output, task.targets[batch.rows])
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


@torch.inference_mode()
def outputs(model: nn.Module, ids: list[list[int]]) -> dict[str, NDArray[np.float32]]:
    """Return every output for every text, in the order of the texts, in float32."""
    found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in OUTPUTS}
    rows: list[NDArray[np.int64]] = []
    for batch in ordered(ids, 64):
        output = model(batch.ids, batch.mask)
        rows.append(batch.rows)
        for name in OUTPUTS:
            found[name].append(output[name].float().numpy())
    back = np.argsort(np.concatenate(rows))
    return {name: np.concatenate(parts)[back] for name, parts in found.items()}
