"""The nonidealities of a chip: each quantity, its values, and how it is set.

A `Quantity` moves one property of a `Trial` through five or six values, from ideal to bad; others
can be asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from hardware_sim.constants import ROOM
from hardware_sim.devices.noise import CycleNoise
from hardware_sim.devices.rules import ConstantStep, ExponentialStep, SoftBoundsReference
from hardware_sim.studies.trials import Trial, with_cell
from hardware_sim.updates.coincidence import Coincidence

__all__ = ["QUANTITIES", "Quantity"]

Change = Callable[[Trial, float], Trial]


@dataclass(frozen=True)
class Quantity:
    """A property that is worse on a chip than on paper, and how bad it may get.

    Attributes
    ----------
    name : str
    words : str
        Label of an axis.
    unit : str
        If it begins with %, values are shown times 100.
    values : tuple of float
        From ideal to bad.
    change : callable, (trial, value) -> trial
    costs : bool
        Whether it changes the energy as well.
    """

    name: str
    words: str
    unit: str
    values: tuple[float, ...]
    change: Change
    costs: bool = False

    @property
    def ideal(self) -> float:
        """The value nearest to perfection."""
        return self.values[0]

    def at(self, base: Trial, value: float) -> Trial:
        """Return the trial with this quantity at a value, and nothing else changed."""
        return self.change(base, value)

    def points(self, base: Trial) -> dict[float, Trial]:
        """Return the trial with this quantity at each of its values."""
        return {value: self.at(base, value) for value in self.values}

    def refusal(self, base: Trial) -> str | None:
        """Return why a trial does not have this quantity; None if it does."""
        try:
            self.at(base, self.ideal)
        except ValueError as error:
            return str(error)
        return None

    def record(self) -> dict[str, Any]:
        """Return the quantity for a record, without a point."""
        return {"words": self.words, "unit": self.unit, "points": []}

    def text(self, value: float) -> str:
        """Return a value for people.

        Examples
        --------
        >>> QUANTITIES["stuck"].text(0.05), QUANTITIES["bits"].text(4)
        ('5 %', '4 bits')
        """
        if self.unit.startswith("%"):
            return f"{100 * value:g} %"
        return f"{value:g} {self.unit if value != 1 else self.unit.removesuffix('s')}"


def _step(base: Trial, value: float) -> Trial:
    """Set Δ_min, given as a fraction of the range."""
    rule = (cell := base.device.cell).rule
    if not isinstance(rule, ConstantStep):
        raise ValueError(
            f"step: expected a rule whose step can be set; a {type(rule).__name__} has the steps "
            f"of its table. Choose another device or quantity."
        )
    return with_cell(base, replace(cell, rule=replace(rule, step=value * (rule.high - rule.low))))


def _spread(*names: str) -> Change:
    """Return a change that sets these attributes of the device's `Spread`."""

    def change(base: Trial, value: float) -> Trial:
        """Set them to a value."""
        cell = base.device.cell
        moved: dict[str, Any] = dict.fromkeys(names, value)
        return with_cell(base, replace(cell, spread=replace(cell.spread, **moved)))

    return change


def _bias(base: Trial, value: float) -> Trial:
    """Set the asymmetry that all cells share."""
    rule = base.device.cell.rule
    if isinstance(rule, SoftBoundsReference | ExponentialStep) or rule.low == 0:
        raise ValueError(
            f"bias: expected cells that go up and down by equal steps; a {type(rule).__name__} of "
            f"this device is uneven by itself, or its zero is where it is even, or it only goes "
            f"up. Choose another device or quantity."
        )
    return _spread("bias")(base, value)


def _with_noise(base: Trial, **moved: Any) -> Trial:
    """Return the trial with some of its cells' noise replaced."""
    cell = base.device.cell
    return with_cell(base, replace(cell, noise=replace(cell.noise, **moved)))


def _cycle(base: Trial, value: float) -> Trial:
    """Set the noise of a pulse relative to its size, in the place of all cycle noise of the fit."""
    return _with_noise(base, cycle=CycleNoise(relative=value))


def _read(base: Trial, value: float) -> Trial:
    """Set the white noise of one read of one cell."""
    return _with_noise(base, read=value)


def _tolerance(name: str) -> Change:
    """Return a change that sets this attribute of the `Tolerances`."""

    def change(base: Trial, value: float) -> Trial:
        """Set it to a value."""
        tolerances = replace(base.design.tolerances, **{name: value})
        return replace(base, design=replace(base.design, tolerances=tolerances))

    return change


def _offset(base: Trial, value: float) -> Trial:
    """Set the offset at the input of the amplifiers [µV]."""
    return _tolerance("offset")(base, value / 1e6)


def _temperature(base: Trial, value: float) -> Trial:
    """Set the temperature of gates, thermal noise and whatever conductances have a coefficient."""
    limits = replace(base.design.limits, temperature=value)
    return replace(base, design=replace(base.design, limits=limits))


def _train(base: Trial, value: float) -> Trial:
    """Set the longest train of coincidences."""
    if base.device.cell.follows_charge:
        raise ValueError(
            "train: expected a device that takes whole pulses; this one follows the charge of a "
            "shaped pulse, so no train is sent. Choose another device or quantity."
        )
    return replace(base, engine=Coincidence(base.design.scale, int(value)))


def _bits(base: Trial, value: float) -> Trial:
    """Put an ADC and a DAC of so many bits between the layers."""
    if len(base.plan.hidden) < 2:
        raise ValueError("bits: expected two layers or more, so that converters fit between them")
    return replace(base, bits=int(value))


_EVERY = (
    Quantity("step", "step size", "% of range", (1e-4, 8e-4, 2.5e-3, 8e-3, 0.025), _step),
    Quantity(
        "bias",
        "asymmetry of steps, common to all devices",
        "%",
        (0, 0.01, 0.03, 0.1, 0.3),
        _bias,
    ),
    Quantity(
        "asymmetry",
        "asymmetry of steps, of each device its own",
        "%",
        (0, 0.01, 0.05, 0.2, 0.5),
        _spread("asymmetry"),
    ),
    Quantity("cycle", "cycle-to-cycle noise", "% of step", (0, 0.3, 1, 3, 10), _cycle),
    Quantity(
        "spread",
        "device-to-device spread of step and bounds",
        "%",
        (0, 0.15, 0.3, 0.6, 1),
        _spread("step", "low", "high"),
    ),
    Quantity("read", "read noise of a cell", "% of range", (0, 0.003, 0.01, 0.03, 0.1), _read),
    Quantity(
        "amplifier-noise",
        "amplifier noise",
        "% of an activity",
        (0, 0.1, 0.3, 0.6, 1.5),
        _tolerance("noise"),
    ),
    Quantity(
        "offset",
        "amplifier offset",
        "µV at the input",
        (0, 50, 150, 300, 1000),
        _offset,
    ),
    Quantity(
        "subtraction",
        "subtraction of G⁻",
        "%",
        (0, 0.01, 0.03, 0.1, 0.3),
        _tolerance("subtraction"),
    ),
    Quantity(
        "gain-control", "gain-control error", "%", (0, 0.02, 0.1, 0.3, 1), _tolerance("normaliser")
    ),
    Quantity("squarer", "squarer mismatch", "%", (0, 0.05, 0.2, 0.5, 1), _tolerance("squarer")),
    Quantity("stuck", "stuck devices", "%", (0, 0.01, 0.05, 0.15, 0.3), _spread("stuck")),
    Quantity("temperature", "temperature", "K", (ROOM, 315, 330, 358, 398), _temperature),
    Quantity("bits", "ADC and DAC between layers", "bits", (10, 8, 6, 4, 3, 2), _bits, costs=True),
    Quantity("train", "longest pulse train", "slots", (63, 31, 15, 7, 3, 1), _train, costs=True),
)

QUANTITIES: dict[str, Quantity] = {quantity.name: quantity for quantity in _EVERY}
