"""Voltages and currents inside the chip: values that no program can read.

A `Dac` makes a signal from numbers. An `Adc`, which the ledger counts, makes numbers from a signal.
So does a `Probe`, an instrument beside the chip, but never while a layer learns. Nothing else does:
whatever else Python or NumPy offers to look at the value raises an error that names the way out.
That a chip learns without A-to-D conversion is therefore more than a claim: the types allow nothing
else.

Each ledger counts the conversions of its own parts. `readings` counts those of the whole process,
whatever ledger an `Adc` has and whatever becomes of the ledger. Circuits keep plain copies of the
numbers that they are made with, so that none of them can listen.

What Python cannot prevent, all in one place:

- Only `circuits`, `arrays` and `updates`, which stand for circuits, touch the value behind a
  signal. That is a convention, like every private name. The garbage collector shows the value.
- A part of one's own (a rectifier, an engine, cells, an update rule) has to see values to work.
- What a circuit does depends on values: the joules of a read, the pulses and clipped lines of an
  update, the state of the cells before and after it, the time that a computer takes.
- Floating-point errors are silent in a layer, but not in a circuit that is used without one.
- A `Comparator` tells one bit and a `WinnerTakeAll` an index. The ledger counts both, and enough of
  them measure a voltage.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from typing import Any, Literal, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

__all__ = ["Current", "DomainError", "Signal", "Voltage", "learning", "readings"]

_LOCK = Lock()
_COUNTS: Counter[str] = Counter()
LEARNING = "layers that learn"


class DomainError(TypeError):
    """Something tried to carry a value into or out of the analog domain without a converter."""


def count(what: str, number: int = 1) -> None:
    """Add to a count of the process."""
    with _LOCK:
        _COUNTS[what] += number


def readings(kind: Literal["adc", "probe"]) -> int:
    """Return how many values converters or probes have read since the process began.

    No ledger has to know of them, and nothing sets it back.
    """
    with _LOCK:
        return _COUNTS[kind]


@contextmanager
def learning() -> Iterator[None]:
    """Mark the time in which a layer learns: no `Probe` works then, in any thread."""
    count(LEARNING)
    try:
        yield
    finally:
        count(LEARNING, -1)


untrapped = np.errstate(all="ignore")
"""Decorates what works on signals: a trap for floating-point errors would tell of their values."""


def refuse_while_learning(what: str) -> None:
    """Raise a DomainError if a layer of this process is learning at this moment."""
    if _COUNTS[LEARNING]:
        raise DomainError(
            f"{what}: instruments do not work while a layer learns. Read before or after, or put "
            f"an Adc into the path, which the ledger counts."
        )


class Signal:
    """Values on the lines of a chip, (reads, lines).

    Several reads follow one another in time. A `Dac` and the circuits behind it make signals; the
    constructor refuses to.

    Raises
    ------
    DomainError
        At every attempt to see the values as numbers: conversion, indexing, iteration, comparison,
        arithmetic, copying, pickling.
    """

    __slots__ = ("_si",)
    _si: NDArray
    unit = ""

    def __init__(self, *_: Any) -> None:
        raise DomainError(
            f"a {type(self).__name__} is not made from numbers by its constructor; use "
            f"hardware_sim.circuits.converters.Dac"
        )

    @classmethod
    def _of(cls, si: NDArray) -> Self:
        signal = object.__new__(cls)
        signal._si = si
        return signal

    @property
    def shape(self) -> tuple[int, int]:
        """(reads, lines): geometry, not a measurement."""
        return self._si.shape

    def __repr__(self) -> str:
        reads, lines = self.shape
        return f"<{type(self).__name__} in {self.unit}, {reads} × {lines}>"


def _refused(name: str) -> Any:
    def refuse(self: Signal, *_: Any, **__: Any) -> NoReturn:
        """Raise the error that names the way out."""
        kind = type(self).__name__
        raise DomainError(
            f"{name} would read a {kind} as numbers, which needs an A-to-D conversion. Use an "
            f"Adc, which the ledger counts, or outside of learning a Probe; to compare, a "
            f"Comparator; to choose the largest, a WinnerTakeAll."
        )

    return refuse


_LOOKS = """array buffer float int complex bool index len iter reversed
    next contains getitem setitem delitem round trunc floor ceil eq ne lt le gt ge add radd iadd sub
    rsub isub mul rmul imul matmul rmatmul imatmul truediv rtruediv itruediv floordiv rfloordiv mod
    rmod divmod rdivmod pow rpow neg pos abs and or xor invert reduce reduce_ex getstate setstate
    getnewargs getnewargs_ex copy deepcopy dlpack dlpack_device array_function array_namespace
    bytes"""

for _name in _LOOKS.split():
    setattr(Signal, f"__{_name}__", _refused(f"__{_name}__"))
for _name in ("__array_interface__", "__array_struct__"):
    setattr(Signal, _name, property(_refused(_name)))
setattr(Signal, "__hash__", object.__hash__)  # noqa: B010
setattr(Signal, "__array_ufunc__", None)  # noqa: B010  NumPy then leaves operators to the signal


class Voltage(Signal):
    """Volts on the lines of a chip."""

    __slots__ = ()
    unit = "V"


class Current(Signal):
    """Amperes in the lines of a chip."""

    __slots__ = ()
    unit = "A"


def check_kind(what: str, signal: Any, kind: type[Signal] = Voltage) -> None:
    """Raise a DomainError unless a signal is of a kind, by default a voltage."""
    if not isinstance(signal, kind):
        raise DomainError(
            f"{what} takes a signal on its lines, a {kind.__name__}; got "
            f"{type(signal).__name__}. Bring numbers onto the chip by "
            f"hardware_sim.circuits.converters.Dac; an amplifier makes voltages of currents."
        )


def same_lines(what: str, signal: Signal, lines: int) -> None:
    """Raise a ValueError unless a signal has so many lines, a DomainError if it is none."""
    check_kind(what, signal)
    if signal.shape[1] != lines:
        raise ValueError(f"{what}: expected {lines} lines; got {signal.shape[1]}")


def one_voltage(what: str, signal: Signal) -> None:
    """Raise a ValueError unless a signal is one line in one read, a DomainError if it is none."""
    check_kind(what, signal)
    if signal.shape != (1, 1):
        raise ValueError(f"{what} takes one voltage; got {signal.shape}")


def one_read(what: str, signal: Signal) -> None:
    """Raise a ValueError unless a signal is a single case, a DomainError if it is none."""
    check_kind(what, signal)
    if signal.shape[0] != 1:
        raise ValueError(
            f"{what} takes one case at a time; got {signal.shape[0]}. A chip keeps no batch: its "
            f"lines carry one case, and to add up the updates of several it would need an analog "
            f"memory as large as the array."
        )
