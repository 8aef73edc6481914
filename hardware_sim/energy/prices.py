"""What each operation on a chip costs: every constant of the energy model, with its source.

A circuit that works all the time it is needed is priced as bias current × supply × the time for
which it is on: its own settling time, and that of whatever needs its output until a capacitor holds
the result. What a capacitor charges to is priced as a charge. No published chip stands behind most
of these numbers. They are assumed, with a low and a high value, and every comparison shows what
changes when one of them moves.

Rows are driven from the supply, so a read takes the current of its cells at the supply voltage, not
at their own. An amplifier that holds a column at ground needs a transconductance of its loop gain
times all the conductance on the column. In weak inversion its bias current is that times n kT/q.

A write is priced by what changes the cell. A resistive cell takes the ohmic current of the pulse. A
cell that is written through a gate takes the charge of the gate, whatever its channel conducts. A
phase-change cell conducts far better while it is heated than when it is read, so its pulses have
energies of their own.

The source of a constant is that of its nominal value. Its range is assumed, with two exceptions.
The range of the ADC is the smallest and the median energy of 35 real ones in the data of
[Andrulis2024]. The highest energy of the memory is that of 1 MB, from the same source as the
nominal one, which is that of 8 kB.

Not priced: the circuit that turns a voltage into the width of a pulse, the sources of random
references, the attenuator before a sample and hold, and polarity switches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from math import prod
from typing import Any, Literal

from hardware_sim.constants import LOOP_GAIN, READ_TIME, SUPPLY, Constant

__all__ = [
    "ACCESS_GATE",
    "ADC",
    "ADDER",
    "AMPLIFIER",
    "BY_NAME",
    "CLIPPED",
    "COMPARATOR",
    "DAC",
    "DIGITAL_MAC",
    "DRIVER",
    "EVERY",
    "EXCESS",
    "FIRST",
    "FIRST_WEIGHTS",
    "GAIN_CONTROL",
    "GAIN_CONTROL_ADC",
    "GATE",
    "GATED",
    "GATE_LINE",
    "HALF_SELECTED",
    "HOLD",
    "Kind",
    "MEMORY",
    "MULTIPLIER",
    "PEAK",
    "PROBE",
    "Price",
    "READ",
    "READING",
    "RECTIFIER",
    "REFRESH",
    "REFRESH_ACCESS_GATE",
    "REFRESH_DRIVER",
    "REFRESH_GATED",
    "REFRESH_GATE_LINE",
    "REFRESH_HALF_SELECTED",
    "REFRESH_RESET",
    "REFRESH_SERIES",
    "REFRESH_SET",
    "REFRESH_THIRD_SELECTED",
    "RESET",
    "ROW_READ",
    "SAMPLING",
    "SERIES",
    "SET",
    "SQUARER",
    "SUMMING",
    "THIRD_SELECTED",
    "VERIFY",
    "WAITING",
    "WINNER",
    "WRITE",
    "WRITE_TIME",
    "adc",
    "nominal",
    "relative_adc_energy",
]

Kind = Literal["analog", "dac", "adc", "comparator", "pulse", "digital", "note", "probe"]
Value = Callable[[Constant], float]


def nominal(constant: Constant) -> float:
    """Return the nominal value of a constant."""
    return constant.nominal


@dataclass(frozen=True, eq=False)
class Price:
    """What one unit of an operation costs.

    Attributes
    ----------
    block : str
        The part of the chip that the energy is booked on.
    operation : str
        What is done; with `block` it names the ledger's line.
    factors : tuple of Constant
        Their product is the energy of one unit [J per unit], or the power if it is on for a time
        [W per unit]. Without factors it costs nothing.
    times : tuple of Constant
        Their sum is how long one use keeps everything else waiting [s].
    on : tuple of Constant
        Their sum is how long the power is on [s]; empty if the price is that of a charge.
    before : tuple of Constant
        Those of them that have passed when the operation itself begins.
    kind : Kind
        What the operation counts as; only an ``"adc"`` or a ``"probe"`` makes a number.
    unit : str
        What one unit is.
    """

    block: str
    operation: str
    factors: tuple[Constant, ...]
    times: tuple[Constant, ...] = ()
    kind: Kind = "analog"
    unit: str = "a use"
    on: tuple[Constant, ...] = ()
    before: tuple[Constant, ...] = ()

    def joules(self, value: Value = nominal) -> float:
        """Return the energy of one unit [J]."""
        one = prod(value(factor) for factor in self.factors) if self.factors else 0.0
        return one * self.duration(value) if self.on else one

    def duration(self, value: Value = nominal) -> float:
        """Return how long the power of one use is on [s]; 0 for a charge."""
        return sum(value(time) for time in self.on)

    def lead(self, value: Value = nominal) -> float:
        """Return how long before the operation itself its power goes on [s]."""
        return sum(value(time) for time in self.before)

    def seconds(self, value: Value = nominal) -> float:
        """Return the time of one use [s]."""
        return sum(value(time) for time in self.times)

    def __deepcopy__(self, memo: dict[int, Any]) -> Price:
        return self


BIAS_VOLTAGE = Constant("n kT/q of an amplifier's transistors", 0.034, 0.026, 0.1, "V")
AMPLIFIER_TIME = Constant("amplifier settling time", 10e-9, 5e-9, 100e-9, "s")
SQUARER_BIAS = Constant("squarer bias current", 1e-6, 0.1e-6, 10e-6, "A")
RECTIFIER_BIAS = Constant("rectifier bias current", 1e-6, 0.1e-6, 10e-6, "A")
GATE_BIAS = Constant("logistic gate bias current", 1e-6, 0.1e-6, 10e-6, "A")
GAIN_BIAS = Constant("gain control bias current", 5e-6, 0.5e-6, 50e-6, "A")
CIRCUIT_TIME = Constant("settling time of the other circuits", 10e-9, 5e-9, 100e-9, "s")
HOLD_ENERGY = Constant("sample and hold", 1.2e-15, 0.62e-15, 2.3e-15, "J", "Li2020")
HOLD_BIAS = Constant("bias current of a held line's buffer", 0.1e-6, 0.01e-6, 1e-6, "A")
MULTIPLIER_BIAS = Constant("multiplier bias current", 1e-6, 0.1e-6, 10e-6, "A")
COMPARATOR_ENERGY = Constant("comparator", 41.7e-15, 10e-15, 200e-15, "J", "Li2020")
COMPARATOR_TIME = Constant("comparator decision time", 1e-9, 0.5e-9, 5e-9, "s")
ADDER_ENERGY = Constant("current adder", 36.8e-15, 36.8e-15, 36.8e-15, "J", "Li2020")
PEAK_BIAS = Constant("peak detector bias current", 1e-6, 0.1e-6, 10e-6, "A")
DAC_ENERGY = Constant("8-bit DAC", 0.291e-12, 0.1e-12, 1e-12, "J", "Hwcomponents")
ADC_ENERGY = Constant("8-bit ADC", 1.67e-12, 1.09e-12, 9.1e-12, "J", "Shafiee2016")
ADC_TIME = Constant("ADC conversion time", 1 / 1.2e9, 1 / 1.2e9, 10e-9, "s", "Kull2013")
WRITE_VOLTAGE = Constant("write voltage", 2.0, 1.0, 3.2, "V", "Chen2018")
WRITE_TIME = Constant("write pulse", 10e-9, 1e-9, 100e-9, "s")
LINE_CAPACITANCE = Constant("capacitance of a line at a crossing", 0.2e-15, 0.08e-15, 0.8e-15, "F")
GATE_VOLTAGE = Constant("gate voltage of access transistors", 2.5, 1.2, 4.0, "V")
GATE_CAPACITANCE = Constant("gate of an access transistor", 0.3e-15, 0.1e-15, 1e-15, "F")
TRANSISTOR_RESISTANCE = Constant("access transistor, open", 5e3, 1e3, 20e3, "Ω")
GATE_CHARGE = Constant("capacitance of a cell's gate", 1e-15, 0.1e-15, 10e-15, "F")
SET_ENERGY = Constant("SET pulse of a phase-change cell", 2e-12, 0.2e-12, 10e-12, "J")
RESET_ENERGY = Constant("RESET pulse of a phase-change cell", 10e-12, 1e-12, 30e-12, "J")
MAC_ENERGY = Constant(
    "8-bit digital multiply-add", 0.23e-12, 0.1e-12, 0.23e-12, "J", "Horowitz2014"
)
MEMORY_ENERGY = Constant("SRAM, 8 bytes", 10e-12, 5e-12, 100e-12, "J", "Horowitz2014")

READING = READ_TIME, AMPLIFIER_TIME, CIRCUIT_TIME
"""How long rows are driven: until the amplifiers have settled and the rectified value is held."""

READ = Price(
    "array", "driven rows", (SUPPLY,), (READ_TIME,), unit="1 A from the supply", on=READING
)
AMPLIFIER = Price(
    "amplifiers",
    "column amplifier",
    (LOOP_GAIN, BIAS_VOLTAGE, SUPPLY),
    (AMPLIFIER_TIME,),
    unit="1 S on its column",
    on=READING,
    before=(READ_TIME,),
)
SUMMING = Price(
    "amplifiers",
    "sum of tiles",
    (LOOP_GAIN, BIAS_VOLTAGE, SUPPLY),
    unit="1 S of its resistors",
    on=(AMPLIFIER_TIME, CIRCUIT_TIME),
    before=(AMPLIFIER_TIME,),
)
RECTIFIER = Price(
    "amplifiers", "rectifier", (RECTIFIER_BIAS, SUPPLY), (CIRCUIT_TIME,), on=(CIRCUIT_TIME,)
)
SQUARER = Price("goodness", "squarer", (SQUARER_BIAS, SUPPLY), (CIRCUIT_TIME,), on=(CIRCUIT_TIME,))
ADDER = Price("goodness", "adder", (ADDER_ENERGY,))
GATE = Price("goodness", "logistic gate", (GATE_BIAS, SUPPLY), (CIRCUIT_TIME,), on=(CIRCUIT_TIME,))
GAIN_CONTROL = Price(
    "normaliser",
    "gain control",
    (GAIN_BIAS, SUPPLY),
    (CIRCUIT_TIME,),
    on=(CIRCUIT_TIME, *READING),
)
GAIN_CONTROL_ADC = replace(
    GAIN_CONTROL, operation="gain control before an ADC", on=(CIRCUIT_TIME, ADC_TIME)
)
HOLD = Price("normaliser", "sample and hold", (HOLD_ENERGY,))
EXCESS = Price(
    "normaliser", "excess of a goodness", (GAIN_BIAS, SUPPLY), (CIRCUIT_TIME,), on=(CIRCUIT_TIME,)
)
WINNER = Price(
    "decision", "winner-take-all", (COMPARATOR_ENERGY,), (COMPARATOR_TIME,), "comparator"
)
COMPARATOR = Price("decision", "comparator", (COMPARATOR_ENERGY,), (COMPARATOR_TIME,), "comparator")
SAMPLING = Price(
    "update", "one-bit sampling", (COMPARATOR_ENERGY,), (COMPARATOR_TIME,), "comparator"
)
PEAK = Price("update", "peak detector", (PEAK_BIAS, SUPPLY), (CIRCUIT_TIME,), on=(CIRCUIT_TIME,))
WAITING = Price(
    "update",
    "held lines",
    (HOLD_BIAS, SUPPLY),
    unit="a line through a pulse",
    on=(WRITE_TIME,),
)
MULTIPLIER = Price(
    "update",
    "multiplier",
    (MULTIPLIER_BIAS, SUPPLY),
    unit="a column through a pulse",
    on=(WRITE_TIME,),
)
DRIVER = Price(
    "update",
    "line driver",
    (LINE_CAPACITANCE, WRITE_VOLTAGE, WRITE_VOLTAGE),
    unit="a crossing of a charged line",
)
WRITE = Price(
    "update",
    "write pulse",
    (WRITE_VOLTAGE, WRITE_VOLTAGE, WRITE_TIME),
    (WRITE_TIME,),
    "pulse",
    "1 S under a pulse",
)
HALF_SELECTED = Price(
    "update",
    "half-selected cells",
    (WRITE_VOLTAGE, WRITE_VOLTAGE, WRITE_TIME),
    unit="4 S at half the voltage",
)
THIRD_SELECTED = Price(
    "update",
    "cells at a third of the voltage",
    (WRITE_VOLTAGE, WRITE_VOLTAGE, WRITE_TIME),
    unit="9 S at a third of the voltage",
)
GATE_LINE = Price(
    "update",
    "gate line",
    (LINE_CAPACITANCE, GATE_VOLTAGE, GATE_VOLTAGE),
    unit="a crossing of a charged gate line",
)
ACCESS_GATE = Price(
    "update",
    "transistor gates",
    (GATE_CAPACITANCE, GATE_VOLTAGE, GATE_VOLTAGE),
    unit="a charged gate",
)
SERIES = Price(
    "update",
    "access transistor",
    (WRITE_VOLTAGE, WRITE_VOLTAGE, WRITE_TIME, TRANSISTOR_RESISTANCE),
    unit="1 S² under a pulse",
)
GATED = Price(
    "update", "gate charge", (GATE_CHARGE, WRITE_VOLTAGE, WRITE_VOLTAGE), (WRITE_TIME,), "pulse"
)
SET = Price("update", "SET pulse", (SET_ENERGY,), (WRITE_TIME,), "pulse")
RESET = Price("update", "RESET pulse", (RESET_ENERGY,), (WRITE_TIME,), "pulse")
REFRESH = replace(WRITE, block="refresh", operation="pulse")
(
    REFRESH_HALF_SELECTED,
    REFRESH_THIRD_SELECTED,
    REFRESH_DRIVER,
    REFRESH_GATE_LINE,
    REFRESH_ACCESS_GATE,
    REFRESH_SERIES,
    REFRESH_GATED,
    REFRESH_SET,
    REFRESH_RESET,
) = (
    replace(price, block="refresh")
    for price in (
        *(HALF_SELECTED, THIRD_SELECTED, DRIVER, GATE_LINE, ACCESS_GATE, SERIES),
        *(GATED, SET, RESET),
    )
)
FIRST = "first weights"
"""The block of what is paid for once, before the first image."""

FIRST_WEIGHTS = tuple(
    replace(price, block=FIRST, kind="analog")
    for price in (
        *(WRITE, GATED, SET, RESET, HALF_SELECTED, THIRD_SELECTED),
        *(DRIVER, GATE_LINE, ACCESS_GATE, SERIES),
    )
)
ROW_READ = replace(
    AMPLIFIER,
    block="refresh",
    operation="rows read to be compared",
    times=(READ_TIME, AMPLIFIER_TIME),
    before=(),
)
VERIFY = Price("refresh", "comparator", (COMPARATOR_ENERGY,), (COMPARATOR_TIME,), "comparator")
CLIPPED = Price("update", "clipped firing probability", (), (), "note")
DAC = Price("converters", "DAC", (DAC_ENERGY,), (CIRCUIT_TIME,), "dac")
ADC = Price("converters", "ADC", (ADC_ENERGY,), (ADC_TIME,), "adc")
DIGITAL_MAC = Price("digital", "multiply-add", (MAC_ENERGY,), (), "digital")
MEMORY = Price("digital", "memory", (MEMORY_ENERGY,), (), "digital", "8 bytes moved")
PROBE = Price("instruments", "probe", (), (), "probe")

EVERY = [price for price in list(vars().values()) if isinstance(price, Price)]
EVERY += FIRST_WEIGHTS

ADC_BY_BITS = {4: 0.79, 8: 1.67, 10: 2.38}  # pJ. Source: [Shafiee2016]


def relative_adc_energy(bits: int) -> float:
    """Return the energy of a conversion relative to one of 8 bits: piecewise linear in the bits.

    Below 4 bits and above 10 bits the end slopes go on. Source: [Shafiee2016].

    Examples
    --------
    >>> relative_adc_energy(8)
    1.0
    """
    below, above = (4, 8) if bits <= 8 else (8, 10)
    start, end = ADC_BY_BITS[below], ADC_BY_BITS[above]
    return (start + (end - start) * (bits - below) / (above - below)) / ADC_BY_BITS[8]


@cache
def adc(bits: int) -> Price:
    """Return the price of a conversion of so many bits; for 8 bits it is `ADC`.

    Examples
    --------
    >>> adc(8) is ADC, adc(6).operation
    (True, '6-bit ADC')
    """
    if bits == 8:
        return ADC
    ratio = relative_adc_energy(bits)
    factor = Constant(f"{bits}-bit ADC, relative", ratio, ratio, ratio, "", "Shafiee2016")
    return Price("converters", f"{bits}-bit ADC", (ADC_ENERGY, factor), (ADC_TIME,), "adc")


BY_NAME = {(p.block, p.operation): p for p in (*EVERY, *map(adc, range(1, 33)))}
"""Every price, ADCs of up to 32 bits included, by the block and operation of its ledger line."""
