"""``tf.config``: one CPU, and nothing to set."""

from __future__ import annotations

from typing import NamedTuple

from denim.dropin.tensorflow.missing import missing
from denim.lazy import bind


class PhysicalDevice(NamedTuple):
    """A device's name and kind."""

    name: str
    device_type: str


def list_physical_devices(device_type: str | None = None) -> list[PhysicalDevice]:
    """The CPU; nothing of another kind."""
    return [PhysicalDevice("/physical_device:CPU:0", "CPU")] if device_type in (None, "CPU") else []


def run_functions_eagerly(run_eagerly: bool) -> None:
    """Nothing: there is only one way to run."""


__getattr__, __dir__ = bind(
    __name__,
    dict.fromkeys(("PhysicalDevice", "experimental", "list_physical_devices", "run_functions_eagerly")),
    missing,
)
