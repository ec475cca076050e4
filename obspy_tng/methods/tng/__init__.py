"""The station bottleneck, ``architecture=\"tng\"``."""

from .method import StationBottleneckMethod

__all__ = ["StationBottleneckMethod"]
