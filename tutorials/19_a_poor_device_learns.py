# %% [markdown]
# # A cell that forgets learns for one that cannot
#
# Cells of ReRAM keep what they hold for years, but their steps are coarse, noisy and uneven. On a
# chip of them Forward-Forward guesses. Capacitors move finely and forget. Can two bad cells make
# one good weight, without a converter between them? Read [noise, bits and
# pulses](14_noise_bits_and_pulses.py) and [learning on the chip](15_learning_on_the_chip.py)
# first. It runs in two minutes.
#
# ## Every pulse pulls
#
# A cell with soft bounds moves by less the nearer it is to a bound b,
#
# $$w \to w + \Delta\,(1 - w/b) \;\text{ up}, \qquad w \to w - \Delta\,(1 + w/b) \;\text{ down}.$$
#
# One pulse up and one down leave about $-2\Delta w/b$: the cell is pulled towards 0. After
# $n_\uparrow$ pulses up and $n_\downarrow$ down, many of both and well mixed, it stands where the
# two balance,
#
# $$w^* = b\,\frac{n_\uparrow - n_\downarrow}{n_\uparrow + n_\downarrow}.$$
#
# Forward-Forward writes its two phases one after the other: what a weight learns is the difference
# of many pulses up and nearly as many down.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.plotting import GREY, keep
from hardware_sim.plotting import ACCENT as TEAL
from hardware_sim.plotting import DARK

plt.style.use("ffnumpy.plotting.house")
rng, step, bound = np.random.default_rng(0), 0.002, 1.0
figure, ax = plt.subplots(figsize=(7, 3.4))
ends = {}
for share, colour in ((0.9, DARK), (0.6, TEAL), (0.52, GREY)):
    w, path = 0.0, []
    for up in rng.random(6000) < share:
        w += step * (1 - w / bound) if up else -step * (1 + w / bound)
        path.append(w)
    ends[share], balance = np.mean(path[-3000:]), bound * (2 * share - 1)
    ax.plot(path, color=colour, label=f"{100 * share:.0f} % of pulses up")
    ax.axhline(balance, color=colour, linestyle=":")
ax.set(xlabel="pulses; dotted: where they balance", ylabel="w")
ax.set_title(f"Of 52 % up and 48 % down, a cell keeps {ends[0.52]:.2f} of its range")
ax.legend()
keep(figure, "19_a_poor_device_learns_1")

# %% [markdown]
# ## Two cells for a weight
#
# So each weight gets two cells: $w = w_\text{slow} + w_\text{fast}$. Updates go into the fast one,
# a capacitor, whose steps are nearly alike everywhere. Now and then its voltage v is compared with
# a random reference between 0 and $v_\text{max}$. If v is above it, the slow cell gets a burst of
# pulses, and what they should have added, g, is taken out of the fast cell. The mean of the weight
# stays, and slow cells are given more the more there is to keep:
#
# $$\operatorname{E}[\Delta w_\text{slow}] = g\,\frac{|v|}{v_\text{max}}\,\operatorname{sign} v =
# -\operatorname{E}[\Delta w_\text{fast}].$$
#
# A comparator gives one bit. Nothing is converted, and what a burst did wrong is an error that the
# fast cell goes on to correct.
#
# ## A fast cell is uneven, too
#
# Its pulses up are a few percent larger or smaller than those down, in each cell by another amount.
# So it drifts, and always the same way. *Choppers* turn that round: from time to time the fast
# cells are emptied into the slow ones, and from then on they count on the other side of the
# weight. We give 200 cells as many pulses up as down, with choppers and without.

# %%
uneven = 1 + 0.06 * rng.standard_normal(200)  # how large a pulse up is, against one down
drift = {}
for name, every in (("always on one side", 1000), ("changing sides", 50)):
    slow, fast, side, course = np.zeros(200), np.zeros(200), 1, []
    for pair in range(1000):
        fast += step * (uneven - 1)  # one pulse up and one down, wherever the cell counts
        if (pair + 1) % every == 0:
            slow, fast, side = slow + side * fast, np.zeros(200), -side
        course.append(np.std(slow + side * fast))
    drift[name] = course
figure, ax = plt.subplots(figsize=(7, 3.4))
for (name, course), colour in zip(drift.items(), (DARK, TEAL), strict=True):
    ax.plot(course, color=colour, label=name)
ax.set(xlabel="pulses up and down", ylabel="deviation of 200 weights")
ratio = drift["always on one side"][-1] / max(drift["changing sides"])
ax.set_title(f"Changing sides keeps the drift {ratio:.0f} times smaller")
ax.legend()
keep(figure, "19_a_poor_device_learns_2")

# %% [markdown]
# ## Four chips
#
# One layer of 64 neurons learns 4,000 drawn digits, each shown once: on ReRAM alone, with a
# capacitor beside each cell, with eight ReRAM cells in parallel, of which a pulse moves one, and
# with capacitors that change sides. `cancellation` is Σ|pulses| / |Σ pulses| of a layer.

# %%
from ffnumpy import load
from ffnumpy.cases import OneHot
from hardware_sim.chip.design import Design
from hardware_sim.devices import FastSlow, Several, preset
from hardware_sim.learning import Plan, error_rate, single_run
from hardware_sim.scale import Scale
from hardware_sim.studies.training import cancellation
from hardware_sim.studies.trials import Trial

data, IMAGES = load("strokes"), 4000
design = Design((784, 64), Scale(weight=0.4).at(26.0))
poor, capacitor = preset("reram-soft-bounds").device, preset("capacitor").device
weights = {
    "one ReRAM cell": poor,
    "one, and a capacitor": FastSlow.of(poor, capacitor),
    "eight, and a capacitor": FastSlow.of(Several.of(poor, 8), capacitor),
    "… that changes sides": FastSlow.of(Several.of(poor, 8), capacitor, chop=1),
}
errors, microjoules, converted = [], [], 0
for name, device in weights.items():
    plan = Plan(hidden=(64,), rate=0.008 if device is poor else 0.012, passes=1)
    chip = Trial(plan, design, device).learner(IMAGES, OneHot())
    rows, labels = data.train_images[:IMAGES], data.train_labels[:IMAGES]
    for _ in single_run(chip, rows, labels, plan).steps():
        pass
    microjoules.append(1e6 * chip.ledger.without("first weights").joules() / IMAGES)
    converted += chip.ledger.count("adc")
    errors.append(100 * error_rate(chip, data.test_images[:1000], data.test_labels[:1000]))
    cancelled = cancellation(chip.chip[0].array.cells)
    print(
        f"{name:<22} error {errors[-1]:4.1f} %   Σ|pulses|/|Σ pulses| {cancelled:3.0f}   "
        f"{microjoules[-1]:.2f} µJ an image"
    )
print(f"A-to-D conversions: {converted}")

# %%
figure, ax = plt.subplots(figsize=(7, 2.8))
ax.barh(list(weights), errors, color=[GREY, DARK, DARK, TEAL])
ax.axvline(90, color=GREY, linestyle=":")
ax.invert_yaxis()
ax.set(xlabel="test error [%] after 4,000 images; dotted: guessing", ylabel="cells of a weight")
ax.set_title(f"From {errors[0]:.0f} to {errors[-1]:.0f} %, without a converter")
keep(figure, "19_a_poor_device_learns_3")

# %% [markdown]
# Of twenty to fifty pulses all but one cancel, on the poor cells and on the good ones. So the
# number alone does not tell which device fails: it fails if its pull, or its noise, is large as
# well.
#
# ## What this does not show
#
# One chip of each, few images, one layer. [RESULTS](../RESULTS.md#chips-that-learn) has chips of
# two layers on all of MNIST, and [what each tool is worth](../RESULTS.md#what-each-tool-is-worth)
# to backpropagation. Energy is the price: eight cells of ReRAM conduct much, and amplifiers pay
# for all that is on their columns. Emptying a capacitor costs nothing here, and the read that
# compares it has no noise.
#
# ## Exercises
#
# 1. With a pencil: a weight of 0.3 is learned by pulses of which 1 in 40 counts, as above. How many
#    times as wide as ±1 would the bounds of a soft cell have to be?
# 2. In code: change sides every refresh, every second, every fourth, never. Is one of them the
#    best, and what would make it so?
# 3. Open: would backpropagation need the same tools? What of its pulses cancels?
#
# ## Checks

# %%
assert all(abs(ends[share] - (2 * share - 1)) < 0.05 for share in ends)
assert ratio > 10
assert converted == 0
assert errors[0] > 80  # no better than a guess
assert errors[1] < 60  # a forgetful cell teaches it
assert errors[3] < errors[1] - 3
assert microjoules[3] > microjoules[0]  # which is paid for
