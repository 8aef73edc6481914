# %% [markdown]
# # Answers: learning on the chip
#
# The exercises of [15_learning_on_the_chip.py](../../tutorials/15_learning_on_the_chip.py). All of
# it runs in about 25 seconds.

# %%
from dataclasses import replace

import numpy as np

from ffnumpy import load
from ffnumpy.cases import LabelledCases, OneHot, StrongestWrong, single_rows
from ffnumpy.training import train
from hardware_sim.chip.design import EXACT
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.variation import Spread
from hardware_sim.learning import ChipLearner, Plan, error_on_the_bench, made_of

data, encoding = load("strokes"), OneHot()
plan = Plan(hidden=(200, 100), rate=0.01, passes=1)
IMAGES = 3000


def trained(design, device):
    """Return a chip that has seen the first images, with its ledger, and its test error."""
    chip = ChipLearner(plan, design, device, len(data.train_images))
    negatives = StrongestWrong(encoding, chip.strongest, plan.candidates, plan.generator(1))
    rows = data.train_images, data.train_labels
    cases = LabelledCases(*rows, encoding, negatives, batch=1, seed=plan.seed)
    for shown in train(chip.layers, single_rows(cases)):
        if shown == 2 * IMAGES:
            break
    return chip, error_on_the_bench(chip, data.test_images, data.test_labels)


# %% [markdown]
# ## 1. With a pencil
#
# *In a slot every row and every column decides, the bias rows too, and one more comparator in each
# array ends the train. At most how many comparisons does writing take for an image? What does the
# number that was counted say about the length of a train?*
#
# The first array has 784 + 1 rows and 200 columns, with the last comparator 986 decisions a slot.
# The second has 200 + 1 rows and 100 columns, 302 decisions. A train has 31 slots at most, and an
# image makes two updates: (986 + 302) · 31 · 2 = 79,856 comparisons at most.
#
# The tutorial counted about 16,000, a fifth of that. So a train has 6 slots on average, not 31: it
# is only as long as the most active cell needs, ⌈ε x_max δ_max / Δ⌉. In the first 3,000 images, as
# here, it has twice as many: ε, which falls to 0, is still 1.7 times its mean, and δ is large.

# %%
usual_chip, usual = trained(made_of.usual_design(plan), made_of.DEVICE)
in_a_slot = sum(rows + 1 + columns + 1 for rows, columns in ((784, 200), (200, 100)))
writing = [e for e in usual_chip.ledger.entries if e.price.operation == "one-bit sampling"]
counted = writing[0].operations / IMAGES
print(f"{in_a_slot} decisions in a slot, at most {in_a_slot * 31 * 2:,} for an image")
print(f"counted {counted:,.0f}: {counted / in_a_slot / 2:.1f} slots in a train")

# %% [markdown]
# ## 2. In code
#
# *What costs the chip more in its first 3,000 images, its cells or its amplifiers? Make a chip with
# perfect amplifiers (`EXACT`) and one with cells that are all alike.*
#
# The amplifiers, by far. `EXACT` takes away their noise and offsets, and with them the mismatch of
# squarers, gain control and comparators. That the steps differ by 30 % from cell to cell and from
# pulse to pulse costs less than chips differ: with equal cells the error of seeds 0 to 2 changes by
# a few points either way.

# %%
alike = replace(made_of.DEVICE, spread=Spread(), noise=Noise())
_, exact = trained(replace(made_of.usual_design(plan), tolerances=EXACT), made_of.DEVICE)
_, equal = trained(made_of.usual_design(plan), alike)
print(f"as manufactured {100 * usual:.1f} %, perfect amplifiers {100 * exact:.1f} %, ", end="")
print(f"equal cells {100 * equal:.1f} %")

# %% [markdown]
# ## 3. Open
#
# *With enough comparisons one can measure a voltage. Where does one-bit sampling end and A-to-D
# conversion begin, and what should a ledger show so that nobody can cheat?*
#
# A good answer gives a criterion that a stranger could check. Two candidates:
#
# - **Where the bits go.** In a train a bit opens a switch on its own line and is gone after the
#   slot. In a converter the bits are kept together as a code that arithmetic can use. By this
#   criterion the trains are no conversion, however many slots they have.
# - **How much the bits tell.** n decisions against random references let an observer estimate the
#   firing probability p with a standard error of √(p(1 − p)/n). A converter of b bits has an rms
#   error of 2⁻ᵇ/√12. At p = ½ and n = 31 they are equal for b = 1.7. A binary search, whose next
#   reference depends on the last bit, would have known 31 bits.
#
# So the ledger has to show decisions beside conversions, with their purpose, per voltage. A circuit
# that hides a converter in comparators shows up as several decisions on one voltage whose
# references depend on one another. An experiment: let an observer see all firings of a train,
# estimate the activities from them, and name the digit. If he errs little more than the chip, the
# trains say about as much as a converter would, and the zero deserves a footnote.

# %%
n = 31
standard_error = np.sqrt(0.25 / n)
bits = -np.log2(standard_error * np.sqrt(12))
print(f"{n} random decisions: ± {standard_error:.2f}, as a converter of {bits:.1f} bits")

# %%
assert in_a_slot * 31 * 2 == 79_856
assert 3 < 16_000 / in_a_slot / 2 < counted / in_a_slot / 2 < 31
assert exact < usual - 0.05
assert usual - exact > abs(usual - equal)
assert 1.5 < bits < 2
