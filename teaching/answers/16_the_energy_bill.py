# %% [markdown]
# # Answers: the energy bill
#
# The exercises of [16_the_energy_bill.py](../../tutorials/16_the_energy_bill.py). All of it runs in
# about ten seconds.

# %%
from dataclasses import replace

import numpy as np

from ffnumpy import load
from hardware_sim import learning
from hardware_sim.arrays import HalfVoltage, Transistor
from hardware_sim.learning import made_of

# %% [markdown]
# ## 1. With a pencil
#
# *Express the ratio of both energies, half-selected over pulsed, by the firing probabilities a/n
# and b/m. What is it at 12 % and 5.5 %? What if every line fires?*
#
# A half-selected cell costs a quarter of a pulse, so the ratio is
#
# $$\frac{2 a m + b n - 2 a b}{4 a b} = \frac{1}{2\, b/m} + \frac{1}{4\, a/n} - \frac12.$$
#
# The size of the array has dropped out. At 12 % and 5.5 % it is 9.09 + 2.08 − 0.5 = 10.7. If every
# line fires, it is ½ + ¼ − ½ = ¼: every moving cell gets a pulse, and only the fixed partners,
# which share their rows, are half-selected. So the rarer the firing, the more each pulse costs. The
# length of the train does not matter.


# %%
def ratio(rows, columns):
    """Return half-selected energy over pulsed energy at two firing probabilities."""
    return 1 / (2 * columns) + 1 / (4 * rows) - 0.5


n, m, a, b = 785, 200, 94, 11
counted = (2 * a * m + b * n - 2 * a * b) / (4 * a * b)
print(f"formula {ratio(a / n, b / m):.2f}, counted {counted:.2f}")
print(f"every line fires: {ratio(1, 1):.2f}")

# %% [markdown]
# ## 2. In code
#
# *A transistor in each cell leaves no cell half-selected. Who wins, and what takes the place of the
# half-selected cells?*
#
# The chip's bill is cut to a quarter, its rival's to three fifths. The rival still wins, but by a
# factor of less than two instead of nearly five. In the place of the half-selected cells, 45 nJ an
# image on the chip, gates and the lines of gates are charged, 4 nJ: once for every row that fires,
# and for all rows between reading and writing. The rest of the chip's bill is mostly the pulses
# themselves, about eight times as many as the rival's: it writes twice for an image, and its ε is
# three times as large, so that its trains are longer.

# %%
data, plan = load("strokes"), learning.Plan(hidden=(200, 100), rate=0.01, passes=1)
IMAGES = 2000
seen = data.train_images[:IMAGES], data.train_labels[:IMAGES]


def costs(run):
    """Train, and return the energy of an image by operation [nJ]."""
    for _ in run.steps():
        pass
    entries = run.network.ledger.entries
    return {entry.price.operation: 1e9 * entry.joules() / IMAGES for entry in entries}


def both(access):
    """Return the bills of the chip and of backpropagation."""
    design = replace(made_of.usual_design(plan), access=access)
    chip = learning.ChipLearner(plan, design, made_of.DEVICE, IMAGES)
    slow = replace(plan, rate=0.003)
    rival = learning.backprop_run(slow, design, made_of.DEVICE, seen)
    return costs(learning.single_run(chip, *seen, plan)), costs(rival)


bare, gated = both(HalfVoltage()), both(Transistor())
for number, name in enumerate(("chip", "backprop")):
    before, after = sum(bare[number].values()), sum(gated[number].values())
    print(f"{name}: {before:.1f} nJ an image bare, {after:.1f} nJ with transistors, of which")
    for line in ("write pulse", "access transistor", "transistor gates", "gate line"):
        print(f"    {line}: {gated[number][line]:.2f} nJ")

# %% [markdown]
# ## 3. Open
#
# *Which constant would you measure first, and how? What does it tell about the others?*
#
# A good answer takes the first bar of the second figure, the duration of a write pulse, and notices
# that it cannot be measured alone. For most cells the logarithm of the time that a step takes falls
# about linearly with the voltage, so duration and voltage are one curve of the device. One measures
# the step of conductance against the duration at several voltages, on a single cell with a pulse
# generator and a source meter, and takes the pair with the least V² G t for the same step. The
# conductance is measured in the same experiment. So the three largest bars are one measurement, and
# the range of the total is narrower than three independent ranges suggest.
#
# As an example, let a tenfold shorter pulse need 0.5 V more:

# %%
for decades in range(3):
    duration, voltage = 10e-9 / 10**decades, 2.0 + 0.5 * decades
    energy = voltage**2 * 6.25e-6 * duration
    print(f"{1e9 * duration:5.1f} ns at {voltage:.1f} V: {1e15 * energy:6.1f} fJ a pulse")

# %%
assert np.isclose(ratio(0.12, 0.055), 10.7, atol=0.05)
assert np.isclose(ratio(a / n, b / m), counted)
assert ratio(1, 1) == 0.25
assert "half-selected cells" not in gated[0]
assert sum(gated[0].values()) < sum(bare[0].values()) / 3
assert sum(gated[1].values()) < sum(bare[1].values())
assert 1 < sum(gated[0].values()) / sum(gated[1].values()) < 3
assert gated[0]["write pulse"] > 4 * gated[1]["write pulse"]
