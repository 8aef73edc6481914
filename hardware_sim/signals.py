"""Voltages and currents inside the chip: values that no program can read.

A `Dac` makes a signal from numbers. An `Adc`, which the ledger counts, makes numbers from a signal.
So does a `Probe`, an instrument beside the chip, but never while a layer learns. Nothing else does:
whatever else Python or NumPy offers to look at the value raises an error that names the way out.
That a chip learns without A-to-D conversion is therefore more than a claim: the types allow nothing
else.

Only `circuits`, `arrays` and `updates`, which stand for circuits, touch the value behind a signal.
That is a convention, like every private name in Python. The garbage collector shows the value, and
the joules of a read, or the state of the cells before and after an update, tell as much about a
voltage as a meter would.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import local
from typing import Any, NoReturn, Self

from numpy.typing import NDArray

__all__ = ["Current", "DomainError", "Signal", "Voltage", "learning"]


class _Thread(local):
    learns = False


_THREAD = _Thread()


class DomainError(TypeError):
    """Something tried to carry a value into or out of the analog domain without a converter."""


@contextmanager
def learning() -> Iterator[None]:
    """Mark the time in which a layer learns: no `Probe` works then."""
    before, _THREAD.learns = _THREAD.learns, True
    try:
        yield
    finally:
        _THREAD.learns = before


def refuse_while_learning(what: str) -> None:
    """Raise a DomainError if a layer is learning at this moment."""
    if _THREAD.learns:
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


def _check_signal(what: str, signal: Any) -> None:
    if not isinstance(signal, Signal):
        raise DomainError(
            f"{what} takes a signal on its lines, a Voltage; got {type(signal).__name__}. Bring "
            f"numbers onto the chip by hardware_sim.circuits.converters.Dac."
        )


def same_lines(what: str, signal: Signal, lines: int) -> None:
    """Raise a ValueError unless a signal has so many lines, a DomainError if it is none."""
    _check_signal(what, signal)
    if signal.shape[1] != lines:
        raise ValueError(f"{what}: expected {lines} lines; got {signal.shape[1]}")


def one_voltage(what: str, signal: Signal) -> None:
    """Raise a ValueError unless a signal is one line in one read, a DomainError if it is none."""
    _check_signal(what, signal)
    if signal.shape != (1, 1):
        raise ValueError(f"{what} takes one voltage; got {signal.shape}")


def one_read(what: str, signal: Signal) -> None:
    """Raise a ValueError unless a signal is a single case, a DomainError if it is none."""
    _check_signal(what, signal)
    if signal.shape[0] != 1:
        raise ValueError(
            f"{what} takes one case at a time; got {signal.shape[0]}. A chip keeps no batch: its "
            f"lines carry one case, and to add up the updates of several it would need an analog "
            f"memory as large as the array."
        )
