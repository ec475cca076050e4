"""Timing against named alternatives, in turns, so that a busy machine slows all alike."""

import time

import numpy as np
import pytest


@pytest.fixture
def compare(benchmark):
    """
    Time a function against alternatives and print the ratios of CPU time.

    ``compare(name, ours, items=1, turns=5, other=function, ...)``: all functions run in
    turn; the best CPU time of each counts (threads of BLAS that wait would count as well:
    run with OMP_NUM_THREADS=1). pytest-benchmark keeps the wall times of ``ours``.
    """
    def run(name, ours, items=1, turns=5, **others):
        functions = {"ours": ours, **others}
        times = np.full((turns, len(functions)), np.nan)
        for row in times:
            for i, function in enumerate(functions.values()):
                start = time.process_time()
                function()
                row[i] = time.process_time() - start
        best = dict(zip(functions, times.min(axis=0) / items, strict=True))
        benchmark.extra_info.update(best)
        text = ", ".join(f"{key} {1e3 * value:.3f} ms" for key, value in best.items())
        ratios = ", ".join(f"{key} / ours {value / best['ours']:.2f}"
                           for key, value in best.items() if key != "ours")
        print(f"\n{name}: {text}" + (f"; {ratios}" if ratios else ""))
        benchmark.pedantic(ours, rounds=2, warmup_rounds=0)
        return best

    return run
