# %% [markdown]
# # Answers: mortal computation
#
# The exercises of [18_mortal_computation.py](../../tutorials/18_mortal_computation.py). All of it
# runs in about 15 seconds.

# %%
import numpy as np
from scipy.stats import norm

from ffnumpy import load
from ffnumpy.cases import OneHot
from hardware_sim.learning import Plan, error_rate, made_of, single_run
from hardware_sim.studies.mortality import varied
from hardware_sim.studies.trials import Trial

# %% [markdown]
# ## 1. With a pencil
#
# *Bounds of ±1 differ by 30 %, as above. What part of the weights of 0.8 is cut by a copy? What
# part at twice the variation?*
#
# A weight of 0.8 is cut where 1 + 0.3 ξ < 0.8, that is ξ < −0.67: in 25 % of the cells. At twice
# the variation it is where 1 + 0.6 ξ < 0.8, ξ < −0.33: in 37 %. (A bound is |1 + σξ|; that it is
# mirrored at 0 takes away those with 1 + σξ < −0.8, ξ < −3, which hardly occur.) The part does not
# double, but the mean loss of a weight nearly triples, from 0.045 to 0.129. Weights near 0 are
# rarely cut.

# %%
rng = np.random.default_rng(0)
for sigma in (0.3, 0.6):
    bound = np.abs(1 + sigma * rng.standard_normal(200_000))
    cut, lost = np.mean(bound < 0.8), np.mean(np.maximum(0.8 - bound, 0))
    print(f"σ = {sigma}: {100 * cut:.0f} % are cut, by {lost:.3f} on average of all")

# %% [markdown]
# ## 2. In code
#
# *What costs a copied chip more, its other cells or its other circuits? At twice the variation,
# copy the weights of a chip into another. Then exchange the cells of the two.*
#
# After the exchange the first chip has its own circuits and the other's cells, and the other chip
# has the first one's cells in circuits that these weights were not learned for. Both cost: a chip
# has learned what is right for its cells and what is right for its circuits. Which costs more
# depends on the chip. For the first chip here it is the cells, for the second the circuits.

# %%
data, plan, IMAGES = load("strokes"), Plan(hidden=(64,), rate=0.02, passes=1), 5000
rows, labels = data.train_images[:IMAGES], data.train_labels[:IMAGES]
unseen = data.test_images[:1000], data.test_labels[:1000]
specified = Trial(plan, made_of.usual_design(plan), made_of.DEVICE)


def new_chip(number):
    """Return a chip with twice the specified variation."""
    return varied(specified, 2).seeded(number).learner(IMAGES, OneHot())


def exchange_cells(one, other):
    """Exchange the cells of two chips, with all that they have learned."""
    for a, b in zip(one.chip, other.chip, strict=True):
        a.array.cells, b.array.cells = b.array.cells, a.array.cells
        a.array.changed()
        b.array.changed()


def losses(chip):
    """Return by how many points other cells, and other circuits, make a chip's weights err more."""
    own, errors = error_rate(chip, *unseen), []
    for number in range(10, 14):
        other = new_chip(number)
        for a, b in zip(chip.chip, other.chip, strict=True):
            b.array.cells.set(a.array.cells.w)
        exchange_cells(chip, other)
        errors.append([error_rate(chip, *unseen), error_rate(other, *unseen)])
        exchange_cells(chip, other)
    return 100 * (np.mean(errors, axis=0) - own)


lost = []
for number in range(2):
    chip = new_chip(number)
    for _ in single_run(chip, rows, labels, plan).steps():
        pass
    lost.append(losses(chip))
    print("chip {}: other cells {:+.0f} points, other circuits {:+.0f}".format(number, *lost[-1]))

# %% [markdown]
# ## 3. Open
#
# *How could one chip teach another without a converter, and without true labels?*
#
# A good answer finds signals that the teacher has as voltages or as single bits anyway. Its
# winner-take-all names a label, which is an index. Shown with that label, an image is a positive
# case for the student. For negatives there is its runner-up, which is what confuses it; or labels
# drawn at random, which need no teacher. Voltages could also go across: the teacher's factor, one
# voltage, instead of the student's own verdict.
#
# The answer says what could go wrong. The teacher's mistakes become the student's. And a runner-up
# is what confuses the teacher, which need not be what confuses the student; it is also always the
# hardest of nine. `hardware-sim mortality` tries both
# ([results](../../RESULTS.md#mortal-computation)): students of the teacher's labels that find their
# own negatives do much better than those that are given its runner-up.

# %%
assert abs(norm.cdf(-0.2 / 0.3) - 0.25) < 0.01
assert abs(norm.cdf(-0.2 / 0.6) - 0.37) < 0.01
assert np.min(lost) > 3
assert lost[0][0] > lost[0][1]
assert lost[1][0] < lost[1][1]
