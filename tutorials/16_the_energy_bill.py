# %% [markdown]
# # Most of the energy of learning goes into cells that nobody meant to write
#
# A chip that learns without converters should need little energy. Does it? We let one learn, count
# everything that it does, and multiply by prices. Then we do the same for its rival,
# backpropagation on the same arrays, which needs converters. The chip loses, and the bill says why.
#
# Read [learning on the chip](15_learning_on_the_chip.py) first. It runs in half a minute.
#
# ## Counts times prices
#
# A bill is a sum of counts times prices, and a price is a product of constants. A pulse of 2 V on a
# cell of 6.25 µS for 10 ns costs
#
# $$E_\text{pulse} = V^2 G\, t = 4\,\text{V}^2 \cdot 6.25\,\text{µS} \cdot 10\,\text{ns}
#   = 0.25\,\text{pJ}.$$
#
# But the voltage is put on half by half: +1 V on a row, −1 V on a column. Every other cell on these
# two lines sees one half. It does not move, yet it conducts and costs a quarter of that. It is
# *half-selected*. If in a slot a of n rows and b of m columns fire, a b cells get a pulse. A row
# leads to the two cells of each pair, a column to n moving cells, so that $2 a m + b n - 2 a b$
# cells are half-selected. Here are trains of one update, with lines that fire as in our layer 1:

# %%
import numpy as np

rng = np.random.default_rng(0)
n, m, slots = 785, 200, 6
p = np.where(rng.random(n) < 0.2, 0.6, 0.0)  # four pixels in five are blank
q = np.where(rng.random(m) < 0.5, 0.11, 0.0)  # half of the units are silent
a = (rng.random((slots, n)) < p).sum(axis=1)  # rows that fire in each slot
b = (rng.random((slots, m)) < q).sum(axis=1)
pulses, halves = np.sum(a * b), np.sum(2 * a * m + b * n - 2 * a * b)
E_pulse = 2.0**2 * 6.25e-6 * 10e-9  # [J]
print(f"{pulses:,} pulses, {1e9 * pulses * E_pulse:.2f} nJ")
print(f"{halves:,} half-selected cells, {1e9 * halves * E_pulse / 4:.2f} nJ")

# %% [markdown]
# ## The bill of a training
#
# The chip is that of the last tutorial. Each part enters what it does in the `Ledger`. Afterwards
# every constant can be moved: all have a low, a nominal and a high value, because most are
# *assumed*. No publication states them for such a chip, and no chip was measured.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
from matplotlib.ticker import EngFormatter

from ffnumpy import load
from ffnumpy.cases import OneHot
from ffnumpy.plotting import keep
from hardware_sim import learning
from hardware_sim.learning import made_of
from hardware_sim.plotting import ACCENT as TEAL
from hardware_sim.plotting import DARK
from hardware_sim.plotting.energy import energy_blocks
from hardware_sim.studies.text.comparison import turning_points
from hardware_sim.studies.trials import cost_on

plt.style.use("ffnumpy.plotting.house")
data, plan = load("strokes"), learning.Plan(hidden=(200, 100), rate=0.01, passes=1)
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
    costs = (training, len(seen[1])), (network.ledger.since(training), len(unseen[1]))
    return *(cost_on(made_of.DEVICE, *cost) for cost in costs), error


chip = learned(learning.single_run(made_of.cells(plan, len(seen[1])), *seen, plan), "chip")
training, use, error = billed(chip, learning.error_rate)

ENDS = (lambda c: c.low, lambda c: c.nominal, lambda c: c.high)
lines = {
    f"{entry.price.block}: {entry.price.operation}": np.array([entry.joules(end) for end in ENDS])
    for entry in training.ledger.entries
    if entry.joules() > 1e-3 * training.ledger.joules()
}
lines = dict(sorted(lines.items(), key=lambda line: line[1][1]))
values = 1e9 * np.array(list(lines.values())) / training.of  # [nJ] an image: low, nominal, high
low, total, high = (1e9 * joules for joules in training.joules)
beside = lines["update: half-selected cells"][1] / training.ledger.joules()
figure, ax = plt.subplots(figsize=(8, 4))
ax.hlines(list(lines), values[:, 0], values[:, 2], color=DARK, linewidth=2)
ax.scatter(values[:, 1], list(lines), [60], [TEAL if "update" in name else DARK for name in lines])
ax.set(xscale="log", ylabel="what is paid for")
ax.set_xlabel("energy of training on one image [nJ]: all constants low … nominal … high")
ax.set_title(f"Half-selected cells take {100 * beside:.0f} % of {total:.1f} nJ an image")
keep(figure, "16_the_energy_bill_1")

# %% [markdown]
# ## What moves the total most
#
# The range is wide: more than three orders of magnitude. So we move one constant at a time.

# %%
moved = sorted(training.ledger.sensitivity(), key=lambda line: line[1] - line[2])[:6]
ranges = 1e9 * np.array([ends for _, *ends in moved]) / training.of
both = [map(EngFormatter(c.unit) if c.unit else str, (c.low, c.high)) for c, *_ in moved]
names = [f"{c.name}, {' … '.join(ends)}" for (c, *_), ends in zip(moved, both, strict=True)]
figure, ax = plt.subplots(figsize=(8, 3.2))
ax.barh(names, ranges[:, 1] - ranges[:, 0], left=ranges[:, 0], color=TEAL)
ax.axvline(total, color=DARK, linestyle="--")
ax.invert_yaxis()
ax.set(xlabel="training on one image [nJ]; dashed: all nominal", ylabel="one constant, low … high")
ax.set_title(f"The {moved[0][0].name} alone: {ranges[0, 0]:.0f} … {ranges[0, 1]:.0f} nJ an image")
keep(figure, "16_the_energy_bill_2")
sources = [c.source for c in training.ledger.constants()]
print(f"{sources.count('assumed')} of {len(sources)} constants are assumed")

# %% [markdown]
# ## Beside backpropagation
#
# The rival has the same cells and is written by the same trains. It needs what the chip does
# without: an A-to-D conversion of every activity and every error, a read of the transposed arrays,
# and a memory that keeps the activities until the errors come back. It looks at an image once where
# the chip looks five times: three wrong labels to choose from, then two cases to learn.

# %%
design, rate = made_of.usual_design(plan), 0.003
run = learning.backprop_run(replace(plan, rate=rate), design, made_of.DEVICE, seen)
rival = learned(run, "backprop")
training_2, use_2, error_2 = billed(rival, learning.backprop_error, OneHot())
print(f"test error {100 * error:.1f} % on the chip, {100 * error_2:.1f} % by backpropagation")

(figure, axes), ratios = plt.subplots(2, 1, figsize=(8, 4.6)), {}
bills = zip(axes, ("training", "use"), (training, use), (training_2, use_2), strict=True)
for ax, what, one, other in bills:
    ratios[what] = one.joules[1] / other.joules[1]
    print(f"{what}: {1e9 * one.joules[1]:.2f} nJ beside {1e9 * other.joules[1]:.2f} nJ an image; ")
    print(f"    the order is reversed by {turning_points(one, other) or 'no constant'}")
    energy_blocks(ax, {"chip": one.blocks(), "backprop": other.blocks()}, what)
    ax.set_ylabel("who")
    ax.set_title(f"{what.capitalize()}: the chip needs {ratios[what]:.1f} times as much")
keep(figure, "16_the_energy_bill_3")

# %% [markdown]
# In use the chip asks with every label, ten reads where its rival needs one.
#
# ## What this does not show
#
# Two small arrays on drawn digits, and one seed. Control logic, leakage and clocks have no price,
# wires no resistance, and an amplifier costs the same for 785 rows as for one. The rival too writes
# by trains; with rarer writes its bill would be another one. All constants high at once is a
# bound and no forecast: a short pulse needs a high voltage.
#
# ## Exercises
#
# 1. With a pencil: express the ratio of both energies, half-selected over pulsed, by the firing
#    probabilities a/n and b/m. What is it at 12 % and 5.5 %? What if every line fires?
# 2. In code: a transistor in each cell leaves no cell half-selected: `replace(made_of.usual_design(
#    plan), access=Transistor())`. Who wins, and what takes the place of the half-selected cells?
# 3. Open: which constant would you measure first, and how? What does it tell about the others?
#
# ## Checks

# %%
assert abs(halves / 4 / pulses - (n / (4 * a.mean()) + m / (2 * b.mean()) - 0.5)) < 1.5
assert next(reversed(lines)) == "update: half-selected cells"
assert beside > 0.6
assert 1e3 * low < high
assert {c.name for c, *_ in moved[:3]} == {"write pulse", "conductance, relative", "write voltage"}
assert sources.count("assumed") > len(sources) / 2
assert ratios["training"] > 2
assert turning_points(training, training_2) == []
assert chip.ledger.count("adc") == 0 < rival.ledger.count("adc")
assert error_2 < error < 0.2
