"""Characterisation of a device: its pulse response, single steps, and read noise."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hardware_sim.constants import BOLTZMANN, ROOM
from hardware_sim.devices.cells import Cells
from hardware_sim.devices.device import Device
from hardware_sim.devices.presets import PRESETS

__all__ = ["Characteristics", "characterise", "characteristics_record", "step_statistics"]

POINTS, CYCLES, LONGEST = 101, 40, 20_000
READ_VOLTAGE, READ_TIME = 0.2, 10e-9  # [V], [s]; of the thermal noise beside the device's own


class Characteristics(NamedTuple):
    """The measurements, with conductances in siemens.

    Attributes
    ----------
    pulses : (k,) array
    up, down : (k, n) arrays
        Conductance of n devices after that many pulses; `down` is None for a one-sided device.
    steps : dict of (cycles, n) arrays
        Single steps from w = 0, by direction.
    conductance : (m,) array
    deviations : dict of (m,) arrays
        Standard deviation of a read at these conductances, by cause.
    """

    pulses: NDArray
    up: NDArray
    down: NDArray | None
    steps: dict[str, NDArray]
    conductance: NDArray
    deviations: dict[str, NDArray]


def characterise(device: Device, n: int, rng: np.random.Generator) -> Characteristics:
    """Pulse n devices up and down, take single steps, and read."""
    total = math.ceil(1.5 * (device.rule.high - device.rule.low) / device.rule.step)
    pulses = np.unique(np.linspace(0, min(total, LONGEST), POINTS).round().astype(int))
    cells = device.manufacture((1, n), rng)
    cells.set(np.maximum(cells.low, device.rule.low))
    one_sided = device.rule.low == 0
    up = _response(cells, pulses, True, rng)
    down = None if one_sided else _response(cells, pulses, False, rng)
    directions = {"up": True} if one_sided else {"up": True, "down": False}
    steps = {name: _steps(device, n, way, rng) for name, way in directions.items()}
    return Characteristics(pulses, up, down, steps, *_read_noise(device))


def _response(cells: Cells, pulses: NDArray, up: bool, rng: np.random.Generator) -> NDArray:
    """Return the conductances seen after those numbers of pulses, (k, n) [S]."""
    seen = [cells.conductance()[0]]
    for more in np.diff(pulses):
        cells.pulses(np.array([0]), np.full(cells.shape, more), up, rng)
        seen.append(cells.conductance()[0])
    return np.array(seen)


def _steps(device: Device, n: int, up: bool, rng: np.random.Generator) -> NDArray:
    """Return single steps of n devices from w = 0, (cycles, n) [S]."""
    cells, steps = device.manufacture((1, n), rng), []
    for _ in range(CYCLES):
        cells.set(np.zeros(cells.shape))
        before = cells.conductance()[0].copy()
        cells.pulses(np.array([0]), np.ones(cells.shape), up, rng)
        steps.append(cells.conductance()[0] - before)
    return np.array(steps)


def _read_noise(device: Device) -> tuple[NDArray, dict[str, NDArray]]:
    """Return conductances, and the standard deviations of a read there, by cause [S]."""
    ends = device.conductance.minimum.nominal, device.conductance.maximum.nominal
    G = np.linspace(*ends, 50)
    bandwidth = 1 / (2 * READ_TIME)
    return G, {
        "thermal": np.sqrt(4 * BOLTZMANN * ROOM * bandwidth * G) / READ_VOLTAGE,
        "write noise": np.full_like(G, device.noise.write * device.rule.step * device.unit),
        "white read noise": np.full_like(G, device.read_noise),
        "low-frequency noise": device.noise.low_frequency * G,
    }


def characteristics_record(name: str, device: Device, measured: Characteristics) -> dict[str, Any]:
    """Return the measurements for the record, in siemens."""
    preset = PRESETS.get(name)
    return {
        "device": name,
        "definition": repr(device),
        "source": preset.source if preset else None,
        "not_modelled": preset.not_modelled if preset else None,
        "devices": measured.up.shape[1],
        "unit": device.unit,
        "reference": device.reference,
        "pulses": measured.pulses.tolist(),
        "up": _quantiles(measured.up),
        "down": None if measured.down is None else _quantiles(measured.down),
        "steps": {way: step_statistics(steps) for way, steps in measured.steps.items()},
        "read_noise": {
            "conductance": measured.conductance.tolist(),
            **{cause: values.tolist() for cause, values in measured.deviations.items()},
        },
    }


def _quantiles(response: NDArray) -> dict[str, list[float]]:
    """Return the mean and quantiles over devices after each number of pulses."""
    low, middle, high = np.percentile(response, [5, 50, 95], axis=1)
    named = {"mean": response.mean(axis=1), "5 %": low, "50 %": middle, "95 %": high}
    return {name: values.tolist() for name, values in named.items()}


def step_statistics(steps: NDArray) -> dict[str, float]:
    """Return the mean step, its variation between devices, and from cycle to cycle [S]."""
    return {
        "mean": float(steps.mean()),
        "between_devices": float(steps.mean(axis=0).std()),
        "cycle_to_cycle": float(np.sqrt(steps.var(axis=0).mean())),
    }
