"""Trains and runs the PyTorch models as PyTorch's tutorials do."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from benchmarks.cases import Array, Arrays, Batch, Case
from benchmarks.peers.pytorch_models import MODELS
from benchmarks.programs import EPSILON, RATE


def threads() -> str:
    """What PyTorch says."""
    return f"{torch.get_num_threads()} threads"


def multiply(a: Array, b: Array) -> Any:
    """The product of two matrices."""
    return torch.from_numpy(a) @ torch.from_numpy(b)


class TorchProgram:
    """A module with an optimiser; it gives logits, on which PyTorch's losses work."""

    def __init__(self, case: Case, weights: Arrays) -> None:
        self.case = case
        self.module = MODELS[case.name](weights)
        trained = [p for p in self.module.parameters() if p.requires_grad]
        self.optimizer = torch.optim.Adam(trained, lr=RATE, eps=EPSILON)

    def place(self, batch: Batch) -> None:
        """Ids are read as they are."""
        self.inputs = [torch.from_numpy(one) for one in batch.inputs.values()]
        targets = torch.from_numpy(batch.targets)
        self.targets = targets if self.case.loss == "binary" else targets.long()

    def infer(self) -> Any:
        """The first output."""
        self.module.eval()
        with torch.inference_mode():
            scores = self.module(*self.inputs)
            return OUTPUTS[self.case.loss](scores)

    def train(self, *, drop: bool) -> float:
        """One step; returns the loss before it."""
        self.module.train(drop)
        self.optimizer.zero_grad()
        scores = self.module(*self.inputs)
        loss: Any = LOSSES[self.case.loss](scores, self.targets)
        loss = loss + self.module.penalty()
        loss.backward()
        self.optimizer.step()
        return float(loss.item())


def make(case: Case, weights: Arrays) -> TorchProgram:
    """The program of a case."""
    return TorchProgram(case, weights)


def classes(scores: Any, targets: Any) -> Any:
    """Cross-entropy of classes along the last axis."""
    return nn.functional.cross_entropy(scores.flatten(0, -2), targets.flatten())


def whole(scores: Any) -> Any:
    """The logits themselves."""
    return scores


OUTPUTS = {
    "binary": torch.sigmoid,
    "probabilities": lambda scores: torch.softmax(scores, -1),
    "logits": whole,
}
LOSSES = {
    "binary": nn.functional.binary_cross_entropy_with_logits,
    "probabilities": classes,
    "logits": classes,
}
