# %% [markdown]
# # Answers: a poor device learns
#
# The exercises of [19_a_poor_device_learns.py](../../tutorials/19_a_poor_device_learns.py). All of
# it runs in about a minute.

# %%
import numpy as np

from ffnumpy import load
from ffnumpy.cases import OneHot
from hardware_sim.chip.design import Design
from hardware_sim.devices import FastSlow, Several, preset
from hardware_sim.learning import Plan, error_rate, single_run
from hardware_sim.learning.backprop import backprop_run
from hardware_sim.scale import Scale
from hardware_sim.studies.training import cancellation
from hardware_sim.studies.trials import Trial

# %% [markdown]
# ## 1. With a pencil
#
# *A weight of 0.3 is learned by pulses of which 1 in 40 counts, as above. How many times as wide as
# ±1 would the bounds of a soft cell have to be?*
#
# A cell stands at $w^* = b\,(n_\uparrow - n_\downarrow)/(n_\uparrow + n_\downarrow) = b/40$ once it
# has had many pulses. For $w^* = 0.3$ the bounds are at b = 12: twelve times as wide. With the same
# step Δ that is twelve times as many states.

# %%
rng, step = np.random.default_rng(0), 0.02
held = {}
for bound in (1, 12):
    w, path = 0.0, []
    for up in rng.random(300_000) < (1 + 1 / 40) / 2:
        w += step * (1 - w / bound) if up else -step * (1 + w / bound)
        path.append(w)
    held[bound] = np.mean(path[-250_000:])
    print(f"bounds of ±{bound}: the cell is at {held[bound]:.2f} on average")

# %% [markdown]
# ## 2. In code
#
# *Change sides every refresh, every second, every fourth, never. Is one of them the best, and
# what would make it so?*
#
# Each change empties the fast cells, in bursts of noisy pulses: changing often adds noise. In
# between, uneven cells drift: changing rarely lets the drift build up. In so short a training there
# are only a handful of refreshes, one every 500 images, and the four differ little. Two chips of
# one kind would differ, too: repeat it with other seeds before you call one of them the best. Over
# all of MNIST, cells drift for longer ([RESULTS](../../RESULTS.md#chips-that-learn)).

# %%
data, IMAGES = load("strokes"), 2500
rows, labels = data.train_images[:IMAGES], data.train_labels[:IMAGES]
unseen = data.test_images[:500], data.test_labels[:500]
design, plan = Design((784, 48), Scale(weight=0.4).at(26.0)), Plan((48,), rate=0.012, passes=1)
poor, capacitor = preset("reram-soft-bounds").device, preset("capacitor").device
errors = {}
for chop in (1, 2, 4, 0):
    device = FastSlow.of(Several.of(poor, 4), capacitor, chop=chop)
    chip = Trial(plan, design, device).learner(IMAGES, OneHot())
    for _ in single_run(chip, rows, labels, plan).steps():
        pass
    errors[chop] = 100 * error_rate(chip, *unseen)
    print(f"changes after {chop or 'no'} refreshes: error {errors[chop]:.1f} %")

# %% [markdown]
# ## 3. Open
#
# *Would backpropagation need the same tools? What of its pulses cancels?*
#
# A good answer says that backpropagation writes one signed error per image where Forward-Forward
# writes two phases, so that less of it cancels at first; that near the end of a training its errors
# change sign as well, and the more the noise; and that its transposed read sees the same uneven
# cells. One measurement: count pulses on a capacitor chip by both rules.

# %%
backprop = backprop_run(Plan((48,), rate=0.006, passes=1), design, capacitor, (rows, labels))
for _ in backprop.steps():
    pass
chip = Trial(plan, design, capacitor).learner(IMAGES, OneHot())
for _ in single_run(chip, rows, labels, plan).steps():
    pass
cancelled = {
    "Forward-Forward": cancellation(chip.chip[0].array.cells),
    "backpropagation": cancellation(backprop.network.layers[0].array.cells),
}
for rule, ratio in cancelled.items():
    print(f"{rule}: of {ratio:.1f} pulses one counts")

# %% [markdown]
# ## Checks

# %%
assert abs(held[1] - 1 / 40) < 0.02
assert abs(held[12] - 0.3) < 0.1
assert max(errors.values()) < 75
assert all(ratio > 1 for ratio in cancelled.values())
assert cancelled["Forward-Forward"] > cancelled["backpropagation"]
