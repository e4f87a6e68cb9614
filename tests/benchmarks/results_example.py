"""Results as a run leaves them, made by hand: what the tables, goals and figures are tested on."""

from __future__ import annotations

from typing import Any

HOST = {
    "cpu": "A processor",
    "cores": 2,
    "system": "Linux x86_64",
    "python": "3.11.7",
    "instruction_set": "avx2",
    "date": "2030-01-02T03:04:05+00:00",
}
RATES = {
    "sgemm_gflops_one_thread": 80.0,
    "sgemm_gflops_all_threads": 150.0,
    "copy_gbs_one_thread": 10.0,
    "copy_gbs_all_threads": 15.0,
}


def ran(name: str, label: str, best: float, **more: Any) -> dict[str, Any]:
    """A contender that ran."""
    return {
        "name": name,
        "label": label,
        "versions": {name: "1.0"},
        "seconds": [best, 2 * best],
        "best_s": best,
        "median_s": 1.5 * best,
        "quality": "accuracy",
        "value": 0.875,
        **more,
    }


def training(denim: float = 0.2, jax: float = 0.6) -> dict[str, Any]:
    """W2 with two contenders, and one that is missing."""
    return {
        "name": "W2",
        "kind": "training",
        "title": "W2: 784-100-10",
        "data": "random",
        "quick": False,
        "rates": RATES,
        "sgemm_bound_s": 0.1,
        "sgemm_bound_own_shapes_s": 0.15,
        "bound_with_bytes_s": 0.125,
        "contenders": [
            ran("denim", "denim", denim, warm_up_s=0.25),
            ran("jax_hand", "JAX by hand", jax, variant="one thread", warm_up_s=1.0),
            {"name": "torch_eager", "label": "torch_eager", "missing": "not installed: torch"},
        ],
    }


def script(denim: float = 2.0, peak: int = 100_000_000) -> dict[str, Any]:
    """S1 with denim and Keras on JAX."""
    return {
        "name": "S1",
        "kind": "script",
        "title": "S1: a script",
        "data": "random",
        "quick": False,
        "data_bytes": 55_000_000,
        "numpy_peak_bytes": 30_000_000,
        "contenders": [
            ran("denim", "denim", denim, peak_bytes=peak + 30_000_000, peak_over_numpy_bytes=peak),
            ran("keras_jax", "Keras on JAX", 16.0, peak_bytes=600_000_000, peak_over_numpy_bytes=570_000_000),
        ],
    }


def document() -> dict[str, Any]:
    """A whole file of results."""
    points = [{"threads": 1, "best_s": 0.3}, {"threads": 2, "best_s": 0.2}]
    return {
        "machine": HOST,
        "workloads": {"W2": training(), "S1": script()},
        "scaling": {
            "quick": False,
            "threads": [{"name": "W2", "title": "W2: 784-100-10", "points": points, "float64_s": 0.4}],
            "together": {"name": "W2", "ratio": 0.95},
        },
        "growth": {
            "quick": False,
            "curves": {"width": [{"size": 16, "step_s": 4e-5, "sgemm_bound_s": 1e-5}]},
        },
    }
