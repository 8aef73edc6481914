"""No way leads from a signal to a number, except an Adc, which is counted, and a Probe."""

from __future__ import annotations

import copy
import math
import operator
import pickle
from collections.abc import Callable
from contextvars import Context
from dataclasses import replace
from threading import Thread
from typing import Any

import numpy as np
import pytest

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.chip.decision import label_goodness
from hardware_sim.chip.design import EXACT, UNLIMITED, Design
from hardware_sim.chip.layer import AnalogLayer
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Converted, Dac, Probe
from hardware_sim.circuits.decision import Comparator, SampleHold, WinnerTakeAll
from hardware_sim.circuits.goodness import LogisticGate, Squarer, add
from hardware_sim.circuits.normaliser import AutomaticGain
from hardware_sim.circuits.rectifiers import DiodeRectifier
from hardware_sim.circuits.switches import PolaritySwitches
from hardware_sim.constants import Constant
from hardware_sim.devices.presets import IDEAL, preset
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import Current, DomainError, Signal, Voltage, readings
from hardware_sim.updates.coincidence import Coincidence
from hardware_sim.updates.engine import Drive, Engine
from hardware_sim.updates.shaped_pulse import WidthTimesAmplitude
from hardware_sim.updates.single_pulse import SinglePulse

LINES = (12, 8, 6)


def chip(name: str = "idealised") -> tuple[Dac, list[AnalogLayer], Ledger]:
    ledger, rng = Ledger(), np.random.default_rng(0)
    layers = manufacture(Design(LINES), preset(name).device, rng, ledger)
    return Dac(ledger), layers, ledger


def row(seed: int = 1) -> Any:
    return np.random.default_rng(seed).random((1, LINES[0]))


def signals() -> list[Signal]:
    dac, layers, ledger = chip()
    voltage = dac.forward(row())[0]
    activity, goodness = layers[0].forward(voltage)
    current = layers[0].array.currents(voltage, np.random.default_rng(0), ledger)
    return [voltage, activity, goodness, current, layers[0].learn(voltage, 1.0)]


WAYS: dict[str, Callable[[Any], Any]] = {
    "float": float,
    "int": int,
    "complex": complex,
    "bool": bool,
    "round": round,
    "floor": math.floor,
    "ceil": math.ceil,
    "trunc": math.trunc,
    "sqrt": math.sqrt,
    "index": operator.index,
    "iter": iter,
    "list": list,
    "len": len,
    "sum": sum,
    "max": max,
    "sorted": sorted,
    "first": lambda s: s[0],
    "corner": lambda s: s[0, 0],
    "contains": lambda s: 0.0 in s,
    "asarray": np.asarray,
    "array": np.array,
    "as objects": lambda s: np.asarray(s, dtype=object),
    "frombuffer": np.frombuffer,
    "memoryview": memoryview,
    "bytes": bytes,
    "fromiter": lambda s: np.fromiter(s, float),
    "from_dlpack": np.from_dlpack,
    "ufunc": np.negative,
    "ufunc with out": lambda s: np.add(s, 0.0, out=np.zeros(s.shape)),
    "mean": np.mean,
    "copyto": lambda s: np.copyto(np.zeros(s.shape), s),
    "assign": lambda s: np.zeros(s.shape).__setitem__(..., s),
    "full": lambda s: np.full(s.shape, s),
    "interp": lambda s: np.interp(0.5, [0, 1], s),
    "matmul": lambda s: s @ np.ones((s.shape[1], 1)),
    "from the left": lambda s: np.ones((1, s.shape[0])) @ s,
    "add": lambda s: s + 0.0,
    "add from the left": lambda s: np.zeros(s.shape) + s,
    "multiply": lambda s: 2.0 * s,
    "negate": lambda s: -s,
    "absolute": abs,
    "power": lambda s: s**2,
    "equal": lambda s: s == 0.0,
    "equal from the left": lambda s: np.zeros(s.shape) == s,
    "less": lambda s: s < 0.0,
    "greater": lambda s: s > 0.0,
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": pickle.dumps,
    "pickle 0": lambda s: pickle.dumps(s, 0),
    "reduce": lambda s: s.__reduce__(),
    "state": lambda s: s.__getstate__(),
    "array interface": lambda s: s.__array_interface__["data"],
    "vars": vars,
    "format": lambda s: format(s, ".3f"),
    "constructor": lambda s: type(s)(s),
    "constant": lambda s: Constant("c", s, s, s, "V"),
}


@pytest.mark.parametrize("way", WAYS, ids=str)
def test_no_way_makes_a_number_of_a_signal(way: str) -> None:
    for signal in signals():
        with pytest.raises((DomainError, TypeError, AttributeError, ValueError)):
            WAYS[way](signal)


@pytest.mark.parametrize(
    "way", ["float", "asarray", "first", "greater", "add", "pickle", "deepcopy"]
)
def test_the_error_names_the_way_out(way: str) -> None:
    for signal in signals():
        with pytest.raises(DomainError, match=r"Adc.*Probe.*Comparator.*WinnerTakeAll"):
            WAYS[way](signal)


def test_numbers_become_signals_by_a_dac_alone() -> None:
    for kind in (Voltage, Current):
        with pytest.raises(DomainError, match="Dac"):
            kind(np.ones((1, 2)))


@pytest.mark.parametrize("number", [0.3, np.float64(0.3), np.array([[0.3]])], ids=repr)
def test_no_circuit_takes_a_number_for_a_voltage(number: Any) -> None:
    """Whatever the number says would otherwise come out as a voltage, without a Dac."""
    dac, layers, ledger = chip()
    voltage = dac.forward(row())[0]
    goodness = layers[0].forward(voltage)[1]
    gain = layers[0].neurons.gain
    for circuit in (
        lambda: gain.excess(goodness, number, ledger),
        lambda: Comparator().above(goodness, number, ledger),
        lambda: layers[0].reach(voltage, number),
        lambda: layers[0].neurons.gate.share(number, True, ledger),
    ):
        with pytest.raises(DomainError, match=r"Bring numbers onto the chip by .*Dac"):
            circuit()


def test_a_signal_shows_its_shape_and_unit_and_no_value() -> None:
    voltage = Dac(Ledger(), volt=0.123456).forward(np.ones((2, 3)))[0]
    assert repr(voltage) == str(voltage) == f"{voltage}" == "<Voltage in V, 2 × 3>"
    assert voltage.shape == (2, 3)
    public = [name for name in dir(voltage) if not name.startswith("_")]
    assert public == ["shape", "unit"]


def test_training_converts_nothing() -> None:
    dac, layers, ledger = chip()
    for n in range(20):
        x = row(n)
        for layer in [dac, *layers]:
            x = layer.learn(x, 1.0 if n % 2 == 0 else -1.0)
    assert ledger.count("adc") == 0
    assert ledger.count("probe") == 0
    assert ledger.count("dac") == 20 * LINES[0]
    assert ledger.joules() > 0


def test_one_adc_in_the_path_is_counted_conversion_by_conversion() -> None:
    dac, layers, ledger = chip()
    between = Converted(Adc(ledger, 0.1, 8, 4.0), Dac(ledger))
    for n in range(5):
        x = row(n)
        for layer in [dac, layers[0], between, layers[1]]:
            x = layer.learn(x, 1.0)
    assert ledger.count("adc") == 5 * LINES[1]


class Deaf(Ledger):
    """A ledger that enters nothing."""

    def charge(self, *_: Any, **__: Any) -> None:
        """Forget it."""


def unbilled(layer: AnalogLayer, adc: Adc, goodness: Voltage) -> None:
    with adc.ledger.unbilled():
        adc.convert(goodness)


HIDDEN: dict[str, Callable[[AnalogLayer, Adc, Voltage], Any]] = {
    "a ledger of its own": lambda layer, adc, s: adc.convert(s),
    "forgotten": unbilled,
    "a ledger that enters nothing": lambda layer, adc, s: replace(adc, ledger=Deaf()).convert(s),
    "in another thread": lambda layer, adc, s: run_in_thread(lambda: adc.convert(s)),
    "in another context": lambda layer, adc, s: Context().run(adc.convert, s),
}


def run_in_thread(what: Callable[[], Any]) -> None:
    thread = Thread(target=what)
    thread.start()
    thread.join()


@pytest.mark.parametrize("way", HIDDEN)
def test_the_process_counts_a_conversion_that_no_ledger_of_the_chip_knows(way: str) -> None:
    adc = Adc(Ledger(), 0.1, 8, 4.0)
    dac, layer = spied(lambda layer, goodness: HIDDEN[way](layer, adc, goodness))
    before = readings("adc")
    layer.learn(dac.forward(row())[0], 1.0)
    assert layer.ledger.count("adc") == 0
    assert readings("adc") - before == 1


def test_the_process_counts_no_conversion_of_a_training() -> None:
    before = readings("adc"), readings("probe")
    test_training_converts_nothing()
    assert (readings("adc"), readings("probe")) == before


HEARD: list[Any] = []


class Listener(np.ndarray):
    """An array that keeps whatever it is combined with."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        HEARD.extend(np.asarray(i) for i in inputs if not isinstance(i, Listener))
        plain = [np.asarray(i) for i in inputs]
        options.pop("out", None)
        return getattr(ufunc, method)(*plain, **options)


def listener(value: Any) -> Any:
    return np.asarray(value, float).view(Listener)


LISTENING: dict[str, Callable[[Voltage, Current], Any]] = {
    "amplifier": lambda v, i: TransimpedanceAmplifier(
        listener(1.0), listener([[1.0]]), listener([[0.0]]), listener(1.0), listener(0.0)
    ).read(i, np.random.default_rng(0), Ledger()),
    "diode": lambda v, i: DiodeRectifier(listener(0.1)).pass_on(v, Ledger()),
    "squarer": lambda v, i: Squarer(listener(1.0), listener([[1.0]])).goodness(v, Ledger()),
    "gate": lambda v, i: LogisticGate(listener(0.1), offset=listener(0.0)).share(v, True, Ledger()),
    "gain control": lambda v, i: AutomaticGain(
        listener(1.0), listener(9.0), listener([[1.0]]), listener(1.0)
    ).normalise(v, v, Ledger()),
    "excess": lambda v, i: AutomaticGain(listener(1.0)).excess(v, v, Ledger()),
    "sample and hold": lambda v, i: SampleHold(attenuation=listener(2.0)).hold(
        v, np.random.default_rng(0), Ledger()
    ),
    "comparator": lambda v, i: Comparator(listener(0.1)).above(v, v, Ledger()),
    "winner-take-all": lambda v, i: WinnerTakeAll(listener([0.1])).pick(v, Ledger()),
    "crossbar": lambda v, i: crossbar(listener(1e-6), listener(1e-5), listener(0.1)).currents(
        v, np.random.default_rng(0), Ledger()
    ),
    "engine": lambda v, i: SinglePulse(Scale(), listener(0.1), listener(0.1)).write(
        crossbar(1e-6, 1e-5, 0.1), Drive(v, v, True), 0.1, np.random.default_rng(0), Ledger()
    ),
    "rate": lambda v, i: WidthTimesAmplitude(Scale()).write(
        crossbar(1e-6, 1e-5, 0.1),
        Drive(v, v, True),
        listener(0.1),
        np.random.default_rng(0),
        Ledger(),
    ),
}


def crossbar(*numbers: Any) -> Crossbar:
    cells = IDEAL.manufacture((2, 1), np.random.default_rng(0))
    return Crossbar(cells, *numbers, ArrayNoise(0.0))


@pytest.mark.parametrize("part", LISTENING)
def test_no_number_of_a_part_listens(part: str) -> None:
    voltage = Dac(Ledger(), volt=0.1).forward([[0.7]])[0]
    current = crossbar(1e-6, 1e-5, 0.1).currents(voltage, np.random.default_rng(0), Ledger())
    HEARD.clear()
    LISTENING[part](voltage, current)
    assert HEARD == []


def test_what_is_no_number_is_refused_as_one() -> None:
    class Word:
        def __mul__(self, other: Any) -> Any:
            return HEARD.append(other)

    with pytest.raises(TypeError, match="Comparator: offset: expected a number"):
        Comparator(Word())  # type: ignore[arg-type]


def test_no_circuit_takes_a_current_for_a_voltage_nor_a_voltage_for_a_current() -> None:
    dac, layers, ledger = chip()
    rng, neurons = np.random.default_rng(0), layers[0].neurons
    voltage = dac.forward(row())[0]
    current: Any = layers[0].array.currents(voltage, rng, ledger)
    goodness = layers[0].forward(voltage)[1]
    for circuit in (
        lambda: neurons.amplifier.read(voltage, rng, ledger),  # type: ignore[arg-type]
        lambda: neurons.rectifier.pass_on(current, ledger),
        lambda: neurons.squarer.goodness(current, ledger),
        lambda: neurons.gain.normalise(current, goodness, ledger),
        lambda: neurons.gain.normalise(voltage, current, ledger),
        lambda: SampleHold().hold(current, rng, ledger),
        lambda: PolaritySwitches().pass_on(current, [1]),
        lambda: Adc(ledger, 0.1, 8, 4.0).convert(current),
        lambda: add([current], ledger),
        lambda: layers[1].forward(current),
    ):
        with pytest.raises(DomainError, match=r"a (Voltage|Current); got"):
            circuit()


def test_a_line_below_zero_never_fires_and_no_error_tells_its_sign() -> None:
    rng = np.random.default_rng(0)
    below, above = (Dac(Ledger(), volt=0.1).forward([[x]])[0] for x in (-0.7, 0.7))
    for engine in (Coincidence(Scale()), SinglePulse(Scale(), 0.1), WidthTimesAmplitude(Scale())):
        for rows, columns in ((below, below), (above, below), (below, above)):
            array = crossbar(1e-6, 1e-5, 0.1)
            before = array.cells.w.copy()
            engine.write(array, Drive(rows, columns, True), 0.1, rng, Ledger())
            moved = array.cells.w != before
            assert not moved[0].any()  # the row of the input; the last is that of the bias
            assert moved[1].any() == (columns is above)


def test_a_line_below_zero_costs_no_more_than_one_at_zero() -> None:
    def joules(engine: Engine, x: float, y: float) -> float:
        rows, columns = (Dac(Ledger(), volt=0.1).forward([[v]])[0] for v in (x, y))
        ledger = Ledger()
        drive = Drive(rows, columns, True)
        engine.write(crossbar(1e-6, 1e-5, 0.1), drive, 0.1, np.random.default_rng(0), ledger)
        return ledger.joules()

    for engine in (Coincidence(Scale()), SinglePulse(Scale(), 0.1), WidthTimesAmplitude(Scale())):
        assert joules(engine, -0.7, 0.7) == joules(engine, 0.0, 0.7)
        assert joules(engine, 0.7, -0.7) == joules(engine, 0.7, 0.0)


def test_a_trap_for_floating_point_errors_tells_nothing_of_a_layer() -> None:
    # The square of 1e-25 V underflows in float32: a trap would tell that an input is that small.
    design = Design(LINES, tolerances=EXACT, limits=UNLIMITED)
    layer, _ = manufacture(design, IDEAL, np.random.default_rng(0), Ledger())
    tiny = Dac(Ledger(), volt=1e-25, dtype=np.float32).forward(row())[0]
    layer.array.bias = 0.0
    with np.errstate(all="raise"):
        with pytest.raises(FloatingPointError):
            layer.neurons.squarer.goodness(tiny, Ledger())
        assert layer.forward(tiny)[0].shape == (1, LINES[1])
        assert layer.learn(tiny, 1.0).shape == (1, LINES[1])
        assert layer.reach(tiny, layer.goal(1.0)).shape == (1, LINES[1])


def test_a_probe_reads_beside_the_chip_and_is_listed_apart() -> None:
    ledger = chip()[-1]
    before = ledger.joules()
    voltage = Dac(Ledger(), volt=0.1).forward(row())[0]
    assert np.array_equal(Probe(ledger).read(voltage), row() * 0.1)
    assert ledger.count("probe") == LINES[0]
    assert ledger.joules() == before
    assert "instruments" not in ledger.blocks()


def test_what_a_probe_returns_is_a_copy() -> None:
    ledger = Ledger()
    voltage = Dac(ledger).forward(row())[0]
    first = Probe(ledger).read(voltage)
    first[:] = 7.0
    assert np.array_equal(Probe(ledger).read(voltage), row() * Scale().volt)


class Spy:
    """A gate with a wire to the outside."""

    def __init__(self, gate: Any, look: Callable[[Voltage], Any]) -> None:
        self.gate, self.look = gate, look
        self.width, self.design_width = gate.width, gate.design_width

    def share(self, goodness: Voltage, positive: bool, ledger: Ledger) -> Voltage:
        self.look(goodness)
        return self.gate.share(goodness, positive, ledger)


def spied(look: Callable[[AnalogLayer, Voltage], Any]) -> tuple[Dac, AnalogLayer]:
    dac, layers, _ = chip()
    neurons = layers[0].neurons
    spy = Spy(neurons.gate, lambda goodness: look(layers[0], goodness))
    layers[0].neurons = type(neurons)(
        neurons.amplifier, neurons.rectifier, neurons.squarer, spy, neurons.gain
    )
    return dac, layers[0]


@pytest.mark.parametrize(
    "look",
    [
        lambda layer, goodness: Probe(layer.ledger).read(goodness),
        lambda layer, goodness: Probe(Ledger()).read(goodness),
        lambda layer, goodness: Context().run(Probe(Ledger()).read, goodness),
        lambda layer, goodness: layer.array.survey(),
        lambda layer, goodness: layer.array.dissipation(
            Dac(Ledger()).forward(row())[0], layer.ledger
        ),
    ],
    ids=["probe", "probe with another ledger", "probe in another context", "survey", "dissipation"],
)
def test_no_instrument_works_while_a_layer_learns(look: Callable[..., Any]) -> None:
    dac, layer = spied(look)
    voltage = dac.forward(row())[0]
    layer.array.dissipation(voltage, Ledger())
    with pytest.raises(DomainError, match="instruments do not work while a layer learns"):
        layer.learn(voltage, 1.0)
    assert Probe(layer.ledger).read(voltage).shape == (1, LINES[0])


def test_a_batch_is_refused_with_the_reason() -> None:
    dac, layers, _ = chip()
    two = dac.forward(np.ones((2, LINES[0])))[0]
    with pytest.raises(ValueError, match="keeps no batch"):
        layers[0].learn(two, np.ones(2))


def test_the_labels_goodness_stays_analog() -> None:
    dac, layers, ledger = chip()
    held = label_goodness(dac, layers, np.random.default_rng(0).random((10, LINES[0])))
    assert isinstance(held, Voltage)
    assert held.shape == (10, 1)
    assert ledger.count("adc") == 0
