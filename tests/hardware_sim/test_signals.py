"""Signals as objects, and the guard that keeps instruments away while a layer learns.

That no way leads from a signal to a number is in `tests/test_domain.py`.
"""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
import pytest

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Probe
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import (
    Current,
    DomainError,
    Signal,
    Voltage,
    learning,
    one_read,
    readings,
    refuse_while_learning,
    same_lines,
)
from instruments import volts


def amperes() -> Current:
    rng = np.random.default_rng(0)
    array = Crossbar(
        IDEAL.manufacture((3, 4), rng), IDEAL.unit, IDEAL.reference, 0.1, ArrayNoise(0.0)
    )
    return array.currents(volts(np.ones((2, 2))), rng, Ledger())


def test_a_signal_has_a_unit_and_a_shape() -> None:
    assert repr(volts(np.ones((2, 3)))) == "<Voltage in V, 2 × 3>"
    assert repr(amperes()) == "<Current in A, 2 × 4>"
    assert (Voltage.unit, Current.unit) == ("V", "A")
    assert not issubclass(Voltage, Current)
    assert not issubclass(Current, Voltage)


def test_signals_are_themselves_and_nothing_else() -> None:
    one, other = volts([[1.0]]), volts([[1.0]])
    assert len({one, other, one}) == 2  # by identity: equal values would be a measurement
    assert one is not other


@pytest.mark.parametrize("name", ["value", "volts", "T", "sum"])
def test_a_signal_takes_no_new_attribute_and_has_no_hidden_reader(name: str) -> None:
    signal = volts([[1.0]])
    assert not hasattr(signal, name)
    with pytest.raises(AttributeError):
        setattr(signal, name, 1.0)


def test_the_shape_cannot_be_set() -> None:
    with pytest.raises(AttributeError):
        volts([[1.0]]).shape = (2, 2)  # type: ignore[misc]


def test_a_domain_error_is_a_type_error() -> None:
    assert issubclass(DomainError, TypeError)
    with pytest.raises(TypeError, match="Dac"):
        Signal()


def test_learning_ends_where_it_began_also_by_an_error_and_nests() -> None:
    signal, probe = volts([[1.0]]), Probe(Ledger())
    refuse_while_learning("a test")
    with learning():
        with learning(), pytest.raises(DomainError, match="Probe: instruments do not work"):
            probe.read(signal)
        with pytest.raises(DomainError, match="a test"):
            refuse_while_learning("a test")
    assert probe.read(signal) == [[1.0]]

    def fail() -> None:
        with learning():
            raise KeyError("x")

    with pytest.raises(KeyError):
        fail()
    assert probe.read(signal) == [[1.0]]


def test_a_refused_reading_is_not_entered() -> None:
    ledger = Ledger()
    with learning(), pytest.raises(DomainError):
        Probe(ledger).read(volts([[1.0]]))
    assert ledger.entries == ()


def test_no_thread_may_measure_while_another_learns() -> None:
    found: list[Any] = []
    signal = volts([[3.0]])

    def look() -> None:
        try:
            found.append(Probe(Ledger()).read(signal))
        except DomainError as error:
            found.append(error)

    with learning():
        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
    look()
    assert isinstance(found[0], DomainError)
    assert np.array_equal(found[1], [[3.0]])


def test_counts_of_the_process_lose_nothing_between_threads() -> None:
    signal, before = volts(np.ones((1, 3))), readings("probe")
    threads = [
        threading.Thread(target=lambda: [Probe(Ledger()).read(signal) for _ in range(500)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert readings("probe") - before == 4 * 500 * 3


def test_geometry_is_checked_with_a_name() -> None:
    signal = volts(np.ones((2, 3)))
    same_lines("it", signal, 3)
    with pytest.raises(ValueError, match="it: expected 4 lines; got 3"):
        same_lines("it", signal, 4)
    with pytest.raises(ValueError, match=r"it takes one case at a time; got 2.*keeps no batch"):
        one_read("it", signal)
    one_read("it", volts(np.ones((1, 3))))
