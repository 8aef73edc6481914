# %% [markdown]
# # Looking costs a chip more than writing
#
# Does a chip that learns without converters need little energy? We let one learn, count all that it
# does, and multiply by prices. Then we do the same for backpropagation on the same arrays. Read
# [learning on the chip](15_learning_on_the_chip.py) first. It runs in half a minute.
#
# ## Power times time, and charges
#
# A circuit costs its bias current times the supply voltage times the time for which it is on. Take
# the amplifier that holds a column of 785 pairs of cells at 0 V. Each pair conducts 90 nS, so the
# column $\Sigma G$ = 70.7 µS. The amplifier needs a transconductance A times as large, with a loop
# gain A of 10, and a transistor gives its current over $n k T/q$, 34 mV:
#
# $$E_\text{look} = A\, \Sigma G\, \frac{n k T}{q} \cdot V_{DD} \cdot t
#   = 24\,\text{µA} \cdot 1\,\text{V} \cdot 100\,\text{ns} = 2.4\,\text{pJ}.$$
#
# A pulse of 2 V on one cell of 45 nS for 10 ns costs $V^2 G\, t$ = 1.8 fJ. But +1 V is put on a row
# and −1 V on a column, and every other cell on these two lines sees one half: it does not move, yet
# it conducts and costs a quarter of that. It is *half-selected*. A line is charged with $C V^2$.
# A `Timeline` is a ledger that also keeps when everything happened. Here is one update of a layer:

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import load
from ffnumpy.cases import OneHot
from ffnumpy.plotting import keep
from hardware_sim import learning
from hardware_sim.chip.manufacture import manufacture
from hardware_sim.circuits.converters import Dac
from hardware_sim.energy import Timeline
from hardware_sim.learning import made_of
from hardware_sim.plotting.timeline import schedule

plt.style.use("ffnumpy.plotting.house")
data, plan = load("strokes"), learning.Plan(hidden=(200, 100), rate=0.01, passes=1)
rng, timeline, design = np.random.default_rng(0), Timeline(), made_of.usual_design(plan)
layer, _ = manufacture(design, made_of.DEVICE, rng, timeline, plan.rate)
image = OneHot().labelled(OneHot().features(data.train_images[:1]), data.train_labels[:1])
layer.learn(Dac(timeline, design.scale.volt, dtype=design.dtype).learn(image, 1.0), 1.0)
figure, ax = plt.subplots(figsize=(9, 4))
schedule(ax, timeline).set_ylabel("what is on")
keep(figure, "16_the_energy_bill_1")

# %% [markdown]
# ## The bill of a training
#
# The chip is that of the last tutorial. Each part enters what it does in the `Ledger`. Every
# constant has a low, a nominal and a high value, because most are *assumed*.

# %%
from dataclasses import replace

from matplotlib.ticker import EngFormatter

from hardware_sim.plotting import ACCENT as TEAL
from hardware_sim.plotting import DARK
from hardware_sim.plotting.energy import energy_blocks
from hardware_sim.studies.text.comparison import turning_points
from hardware_sim.studies.trials import cost_on

seen, unseen = (data.train_images, data.train_labels), (data.test_images, data.test_labels)


def learned(run, name):
    """Train, and say how far it is."""
    for shown in run.steps():
        if shown % 2500 == 0:
            print(f"{name}: {shown:,} images")
    return run.network


def billed(network, test, *encoding):
    """Return what training on an image cost, what naming one costs, and the test error."""
    training = network.ledger.copy()
    error = test(network, *unseen, *encoding)
    used, training = network.ledger.since(training), training.without("first weights")  # paid once
    costs = (training, len(seen[1])), (used, len(unseen[1]))
    return *(cost_on(made_of.DEVICE, *cost) for cost in costs), error


chip = learned(learning.single_run(made_of.cells(plan, len(seen[1])), *seen, plan), "chip")
training, use, error = billed(chip, learning.error_rate)

ENDS = (lambda c: c.low, lambda c: c.nominal, lambda c: c.high)
lines = {
    f"{entry.price.block}: {entry.price.operation}": np.array([entry.joules(end) for end in ENDS])
    for entry in sorted(training.ledger.entries, key=lambda entry: entry.joules())
    if entry.joules() > 1e-3 * training.ledger.joules()
}
values = 1e9 * np.array(list(lines.values())) / training.of  # [nJ] an image: low, nominal, high
low, total, high = (1e9 * joules for joules in training.joules)
largest = list(lines)[-1]
part = lines[largest][1] / training.ledger.joules()
figure, ax = plt.subplots(figsize=(8, 4))
ax.hlines(list(lines), values[:, 0], values[:, 2], color=DARK, linewidth=2)
ax.scatter(values[:, 1], list(lines), [60], [TEAL if "update" in name else DARK for name in lines])
ax.set(xscale="log", ylabel="what is paid for")
ax.set_xlabel("energy of training on one image [nJ]: all constants low … nominal … high")
ax.set_title(f"{100 * part:.0f} % of {total:.1f} nJ an image go into {largest.split(': ')[1]}s")
keep(figure, "16_the_energy_bill_2")

# %% [markdown]
# ## What moves the total most
#
# The range is wide, more than four orders of magnitude, so we move one constant at a time.

# %%
moved = sorted(training.ledger.sensitivity(), key=lambda line: line[1] - line[2])[:5]
ranges = 1e9 * np.array([ends for _, *ends in moved]) / training.of
shown = [(c, EngFormatter(c.unit, places=1)) for c, *_ in moved]
names = [f"{c.name}, {in_unit(c.low)} … {in_unit(c.high)}" for c, in_unit in shown]
figure, ax = plt.subplots(figsize=(8, 3.2))
ax.barh(names, ranges[:, 1] - ranges[:, 0], left=ranges[:, 0], color=TEAL)
ax.axvline(total, color=DARK, linestyle="--")
ax.invert_yaxis()
ax.set(xlabel="training on one image [nJ]; dashed: all nominal", ylabel="one constant, low … high")
ax.set_title(f"The {moved[0][0].name} alone: {ranges[0, 0]:.0f} … {ranges[0, 1]:.0f} nJ an image")
keep(figure, "16_the_energy_bill_3")

# %% [markdown]
# ## Beside backpropagation
#
# The rival has the same cells and is written by the same trains. It needs what the chip does
# without: an A-to-D conversion of every activity and every error, a read of the transposed arrays,
# and a memory that keeps the activities until the errors come back. But it looks at an image once
# where the chip looks five times: at three wrong labels to choose from, then at two cases to learn.
# (Other labels change one of the seven tiles of layer 1; the sums of the others are held.)

# %%
run = learning.backprop_run(replace(plan, rate=0.003), design, made_of.DEVICE, seen)
rival = learned(run, "backprop")
training_2, use_2, error_2 = billed(rival, learning.backprop_error, OneHot())
print(f"test error {100 * error:.1f} % on the chip, {100 * error_2:.1f} % by backpropagation")

(figure, axes), ratios = plt.subplots(2, 1, figsize=(8, 4.6)), {}
bills = zip(axes, ("training", "use"), (training, use), (training_2, use_2), strict=True)
for ax, what, one, other in bills:
    ratios[what] = one.joules[1] / other.joules[1]
    print(f"{what}: the order is reversed by {turning_points(one, other) or 'no constant'}")
    energy_blocks(ax, {"chip": one.blocks(), "backprop": other.blocks()}, what)
    ax.set_ylabel("who")
    ax.set_title(f"{what.capitalize()}: the chip needs {ratios[what]:.1f} times as much")
keep(figure, "16_the_energy_bill_4")

# %% [markdown]
# In use the chip asks with every label, ten looks where its rival needs one.
#
# ## What this does not show
#
# Two small arrays on drawn digits, one seed, and a device whose nanosiemens nobody has made: with
# the microsiemens of memristors amplifiers and writing cost a hundred times as much
# ([the chip](../docs/chip.md)). Control logic, leakage and clocks have no price, wires no
# resistance. All constants high at once is a bound and no forecast.
#
# ## Exercises
#
# 1. With a pencil: express the ratio of both energies, half-selected over pulsed, by the firing
#    probabilities a/n and b/m, if a row leads to 2 m cells, both of each pair, and a column to n
#    moving ones. What is it at 12 % and 5.5 %? What if every line fires?
# 2. In code: let the chip look less, with `candidates=1`. What does that save, what does it cost in
#    error, and who needs less energy for training now, if the first weights are left out?
# 3. Open: which constant would you measure first, and how? What does it tell about the others?
#
# ## Checks

# %%
siemens = 785 * made_of.DEVICE.conductance.both
assert np.isclose(siemens * 10 * 0.034 * 1.0 * 100e-9, 2.4e-12, rtol=0.01)
assert np.isclose(sum(event.joules for event in timeline.events), timeline.joules())
assert largest == "amplifiers: column amplifier"
assert [c.name for c, *_ in moved[:2]] == [
    "conductance, relative",
    "loop gain of a column amplifier",
]
assert 1 < ratios["training"] < 1.5 < 2 < ratios["use"] < 3.5
assert chip.ledger.count("adc") == 0 < rival.ledger.count("adc")
assert error_2 < error < 0.2
