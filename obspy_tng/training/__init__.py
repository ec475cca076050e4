"""Training of the learned generators: one loop for all of them."""

from .settings import TrainingSettings
from .trainer import Phase, Trainer

__all__ = ["Phase", "Trainer", "TrainingSettings"]
