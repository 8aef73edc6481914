"""Published devices by name, each with its paper and with what the fit leaves out.

The fits are those that one public simulator ships [Rasch2021]; none of them states a conductance,
so every range in siemens here is assumed, with a low and a high value beside the nominal one.
"""

from __future__ import annotations

from dataclasses import dataclass

from hardware_sim.constants import Constant
from hardware_sim.devices.device import ConductanceRange, Device
from hardware_sim.devices.noise import CycleNoise, Noise
from hardware_sim.devices.one_sided import OneSidedPair
from hardware_sim.devices.pairs import Pair
from hardware_sim.devices.retention import PcmRetention
from hardware_sim.devices.rules import (
    ConstantStep,
    ExponentialShape,
    ExponentialStep,
    LinearStep,
    SoftBounds,
    SoftBoundsReference,
    UnboundedStep,
)
from hardware_sim.devices.variation import Spread

__all__ = ["IDEAL", "PRESETS", "Preset", "preset"]


@dataclass(frozen=True)
class Preset:
    """A published device.

    Attributes
    ----------
    name : str
    device : Device or Pair
    source : str
        Key of REFERENCES.md.
    fit : str
        Where the numbers come from.
    valid : str
        For which material the fit is valid, and how far.
    not_modelled : str
        What the fit leaves out.
    weight : float
        Weight of a cell at w = 1: the best of those tried on images held back from MNIST's training
        set. It is large where the range is short or the steps shrink towards the bounds, and small
        where one pulse is coarse.
    retention : PcmRetention, optional
        The changes after programming, where they were published.
    """

    name: str
    device: Device | Pair
    source: str
    fit: str
    valid: str
    not_modelled: str
    weight: float = 0.4
    retention: PcmRetention | None = None


def _assumed(
    technology: str, minimum: tuple[float, float, float], maximum: tuple[float, float, float]
) -> ConductanceRange:
    """Return a range of conductances from (low, nominal, high) of each end [µS]."""
    low, high = (
        Constant(f"{name} of {technology}", nominal / 1e6, lowest / 1e6, highest / 1e6, "S")
        for name, (lowest, nominal, highest) in (("G_min", minimum), ("G_max", maximum))
    )
    return ConductanceRange(low, high)


_TARGET = _assumed("a resistive processing unit", (0.005, 0.01, 0.05), (0.06, 0.08, 5))
_RERAM = _assumed("analog resistive memory", (2, 10, 20), (25, 40, 200))
_CAPACITOR = _assumed("a capacitor's read transistor", (0.2, 1, 2), (3, 5, 20))
_ECRAM = _assumed("electrochemical memory", (0.5, 2, 5), (6, 10, 100))
_PCM = _assumed("phase-change memory", (0.05, 0.1, 0.5), (10, 25, 40))

_NO_READ_NOISE = "read noise and temperature, of which the fit says nothing"
_SIMULATOR = "fit shipped by [Rasch2021]"

_PRESETS = (
    Preset(
        "gokmen-vlasov",
        Device(
            ConstantStep(step=0.0016),
            Spread(step=0.3, asymmetry=0.01, low=0.3, high=0.3),
            Noise(CycleNoise(relative=0.3)),
            _TARGET,
        ),
        "Gokmen2016",
        f"specification of the paper, its range scaled to ±1 with 1200 states; {_SIMULATOR}",
        "no material: what a device should do for backpropagation to work",
        _NO_READ_NOISE,
    ),
    Preset(
        "idealised",
        Device(
            ConstantStep(step=0.0002),
            Spread(step=0.3, low=0.3, high=0.3),
            Noise(CycleNoise(relative=0.3)),
            _TARGET,
        ),
        "Rasch2020",
        f"gokmen-vlasov with 10,000 states and no asymmetry; {_SIMULATOR}",
        "no material: a device that nobody has made",
        _NO_READ_NOISE,
    ),
    Preset(
        "reram-exponential",
        Device(
            ExponentialStep(
                step=0.00135,
                shape=ExponentialShape(-0.5, -0.5, 5.0, 5.0, -1.18445, -0.081404),
                bias=0.259359,
            ),
            Spread(step=0.2, asymmetry=0.05, low=0.3, high=0.3),
            Noise(CycleNoise(relative=5.0), write=75.0),
            _RERAM,
        ),
        "Gong2018",
        f"pulse response of single devices; {_SIMULATOR}",
        "HfO₂ resistive memory under identical pulses, within the pulses measured",
        f"retention, endurance, voltage dependence, {_NO_READ_NOISE}",
    ),
    Preset(
        "reram-soft-bounds",
        Device(
            SoftBounds(low=-0.75, high=1.25, step=0.002),
            Spread(step=0.3, asymmetry=0.01, low=0.3 / 0.75, high=0.3 / 1.25),
            Noise(CycleNoise(additive=3.75), write=56.0),
            _RERAM,
        ),
        "Gong2018",
        f"a looser fit to the same data, the range shifted to its symmetry point; {_SIMULATOR}",
        "as reram-exponential; assumes every device referred to its own symmetry point",
        f"the reference device, retention, endurance, {_NO_READ_NOISE}",
    ),
    Preset(
        "reram-array-om",
        Device(
            SoftBoundsReference(step=0.0949, error=0.05),
            Spread(0.7829, 0.01, 0.5695, 0.3499, log_normal=True, stuck=0.1348, stuck_within=0.01),
            Noise(CycleNoise(additive=0.4158), write=1.4113),
            _RERAM,
        ),
        "Gong2022",
        f"measured array, optimised material; {_SIMULATOR}, with its stuck devices switched on",
        "the devices of that array, with compliance-adjusted range",
        f"retention, endurance, {_NO_READ_NOISE}",
    ),
    Preset(
        "reram-array-hfo2",
        Device(
            SoftBoundsReference(step=0.4622, error=0.05),
            Spread(0.7125, 0.01, 0.5990, 0.4295, log_normal=True, stuck=0.0977, stuck_within=0.01),
            Noise(CycleNoise(additive=0.2174), write=0.5841),
            _RERAM,
        ),
        "Gong2022",
        f"measured array, baseline HfO₂; {_SIMULATOR}, with its stuck devices switched on",
        "the devices of that array, with compliance-adjusted range: about four states",
        f"retention, endurance, {_NO_READ_NOISE}",
    ),
    Preset(
        "capacitor",
        Device(
            LinearStep(step=0.005, slope_up=0.05, slope_down=0.05),
            Spread(step=0.1, asymmetry=0.06, low=0.07, high=0.07),
            Noise(CycleNoise(additive=0.3)),
            _CAPACITOR,
            follows_charge=True,
            lifetime=1e6,
        ),
        "Li2018",
        f"pulse response of trench capacitors in 14 nm CMOS; {_SIMULATOR}",
        "the lifetime counts samples and is assumed: in seconds it depends on the chip's speed",
        f"variation of γ and of the lifetime from device to device (0.01, 0.3), {_NO_READ_NOISE}",
        weight=0.2,
    ),
    Preset(
        "ecram-li",
        Device(
            LinearStep(-0.8276, 1.1724, 0.002, slope_up=0.1153, slope_down=0.5085),
            Spread(step=0.1, asymmetry=0.01, low=0.05, high=0.05),
            Noise(CycleNoise(relative=0.3)),
            _ECRAM,
            follows_charge=True,
        ),
        "Tang2018",
        f"pulse response of a lithium cell, its symmetry point shifted to 0; {_SIMULATOR}",
        "identical pulses; that the change follows the charge is assumed",
        f"variation of γ (0.05), relaxation after a pulse, retention, {_NO_READ_NOISE}",
    ),
    Preset(
        "ecram-mo",
        Device(
            LinearStep(-0.8286, 1.1714, 2.8214e-4, slope_up=0.4152, slope_down=0.7342),
            Spread(step=0.1, asymmetry=0.01, low=0.05, high=0.05),
            Noise(CycleNoise(relative=2.0)),
            _ECRAM,
            follows_charge=True,
        ),
        "Kim2019",
        f"pulse response of a metal-oxide cell, its symmetry point shifted to 0; {_SIMULATOR}",
        "identical pulses; that the change follows the charge is assumed",
        f"variation of γ (0.05), relaxation after a pulse, retention, {_NO_READ_NOISE}",
        weight=0.8,
    ),
    Preset(
        "pcm",
        OneSidedPair(
            Device(
                ExponentialStep(
                    0.0, 2.0, 0.01, ExponentialShape(-1.0, 0.0, 2.5, 2.5, -27.235, -2.235)
                ),
                Spread(step=0.2, asymmetry=0.05, high=0.1),
                Noise(CycleNoise(0.6, 0.6 * 0.042 / 0.01, 0.6 * 0.108 / 0.01)),
                _PCM,
                written="heat",
            ),
            reset=0.01,
            reset_spread=0.02,
        ),
        "Nandakumar2020",
        f"pulse response of Ge₂Sb₂Te₅ cells; {_SIMULATOR}",
        "about twenty partial SET pulses from a RESET state",
        "drift and read noise while it learns, cycle-to-cycle variation of the RESET, temperature",
        retention=PcmRetention(_PCM.maximum.nominal),
    ),
)

PRESETS: dict[str, Preset] = {p.name: p for p in _PRESETS}

IDEAL = Device(
    UnboundedStep(step=2.0**-10),
    Spread(),
    Noise(),
    _TARGET,
    follows_charge=True,
    written="ohmic",
)
"""Arithmetic, not a device: no bounds, no noise, all cells alike. Siemens may be negative."""


def preset(name: str) -> Preset:
    """Return a preset by its name.

    Raises
    ------
    ValueError
        If there is none; the message lists the names.

    Examples
    --------
    >>> preset("capacitor").source
    'Li2018'
    """
    if name not in PRESETS:
        raise ValueError(f"expected one of {', '.join(PRESETS)}; got {name}")
    return PRESETS[name]
