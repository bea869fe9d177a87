"""The multi-task training loop."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from infra.models.batches import Batch, ordered, shuffled
from infra.models.losses import Loss

# Below it the vocabulary holds special and unused entries only; and [MASK].
FIRST_WORD, MASK = 999, 103


@dataclass(frozen=True)
class Task:
    """One corpus as the loop sees it.

    Attributes:
        ids: token ids per text.
        loss: of the model's outputs for the texts of these rows.
        batch: texts per step.
        share: of its batches, how many take part in an epoch.
    """

    ids: list[list[int]]
    loss: Loss
    batch: int
    share: float = 1.0

    @property
    def steps(self) -> int:
        """Steps in an epoch."""
        return math.ceil(self.share * math.ceil(len(self.ids) / self.batch))


@dataclass(frozen=True)
class Schedule:
    """Optimiser settings; rates peak after the warm-up and fall linearly to `last` of the peak.

    Attributes:
        average: of the weights, how much stays at each step of their moving mean.
        hidden: share of the words that are masked, others in each epoch.
    """

    epochs: int
    encoder_rate: float = 1.2e-4
    head_rate: float = 1e-3
    warm_up: float = 0.08
    last: float = 0.0
    decay: float = 0.01
    average: float = 0.998
    hidden: float = 0.0


def interleaved(tasks: Sequence[Task], random: np.random.Generator) -> Iterator[tuple[Task, Batch]]:
    """Yield one epoch of every task's batches, evenly mixed."""
    placed: list[tuple[float, int, Task, Batch]] = []
    for task in tasks:
        batches = list(shuffled(task.ids, task.batch, random))[: task.steps]
        for number, batch in enumerate(batches):
            placed.append(((number + random.uniform()) / len(batches), len(placed), task, batch))
    for _, _, task, batch in sorted(placed, key=lambda entry: entry[:2]):
        yield task, batch


def parameter_groups(model: nn.Module, schedule: Schedule) -> list[dict[str, object]]:
    """Split parameters so that heads learn faster than the pre-trained layers."""
    learning = [(name, value) for name, value in model.named_parameters() if value.requires_grad]
    layers = [value for name, value in learning if name.startswith(("encoder.", "layers."))]
    known = {id(value) for value in layers}
    return [
        {"params": layers, "lr": schedule.encoder_rate},
        {"params": [v for _, v in learning if id(v) not in known], "lr": schedule.head_rate},
    ]


def ramp(step: int, steps: int, schedule: Schedule) -> float:
    """Return the learning-rate factor at a step: up to 1, then linearly down to `last`."""
    warm = max(1, int(steps * schedule.warm_up))
    left = max(0.0, (steps - step) / (steps - warm))
    return min(step / warm, schedule.last + (1.0 - schedule.last) * left)


def fit(model: nn.Module, tasks: Sequence[Task], schedule: Schedule, seed: int) -> nn.Module:
    """Train in place and return the model with exponentially averaged weights."""
    random = np.random.default_rng(seed)
    torch.manual_seed(seed)
    optimiser = torch.optim.AdamW(
        parameter_groups(model, schedule), weight_decay=schedule.decay, fused=True
    )
    steps = schedule.epochs * sum(task.steps for task in tasks)
    rate = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: ramp(step, steps, schedule))
    averaged = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(schedule.average)
    )
    for epoch in range(schedule.epochs):
        started, losses = time.monotonic(), []
        model.train()
        for task, batch in interleaved(tasks, random):
            losses.append(step_loss(model, task, hide(batch, schedule.hidden)))
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            rate.step()
            averaged.update_parameters(model)
        spent = time.monotonic() - started
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {spent:.0f} s", flush=True)
    return averaged.module.eval()


def hide(batch: Batch, share: float) -> Batch:
    """Return the batch with a share of its words masked."""
    if not share:
        return batch
    chosen = (torch.rand(batch.ids.shape) < share) & (batch.ids >= FIRST_WORD)
    return Batch(batch.ids.masked_fill(chosen, MASK), batch.mask, batch.rows)


def step_loss(model: nn.Module, task: Task, batch: Batch) -> float:
    """Run one batch forward and backward and return its loss."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output = model(batch.ids, batch.mask)
    loss = task.loss({name: value.float() for name, value in output.items()}, batch.rows)
    loss.backward()  # type: ignore[no-untyped-call]
    return float(loss.detach())


@torch.inference_mode()
def outputs(
    model: nn.Module, ids: list[list[int]], names: Sequence[str]
) -> dict[str, NDArray[np.float32]]:
    """Return the named outputs for every text, in the order of the texts, in float32."""
    found: dict[str, list[NDArray[np.float32]]] = {name: [] for name in names}
    rows: list[NDArray[np.int64]] = []
    for batch in ordered(ids, 64):
        output = model(batch.ids, batch.mask)
        rows.append(batch.rows)
        for name in names:
            found[name].append(output[name].float().numpy())
    back = np.argsort(np.concatenate(rows))
    return {name: np.concatenate(parts)[back] for name, parts in found.items()}
