# %% [markdown]
# # Answers: the energy bill
#
# The exercises of [16_the_energy_bill.py](../../tutorials/16_the_energy_bill.py). All of it runs in
# about a minute.

# %%
from dataclasses import replace

import numpy as np

from ffnumpy import load
from hardware_sim import learning
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
# *Let the chip look less, with `candidates=1`. What does that save, what does it cost in error, and
# who needs less energy for training now, if the first weights are left out?*
#
# The chip need not look at wrong labels to choose one of them, so it looks twice, no more. That
# saves a third, and without the first weights, which each way writes once, it needs less than its
# rival now. But a random wrong label teaches less than the most tempting of three: the error of the
# same training is higher by three points.

# %%
data = load("strokes")
seen, unseen = (data.train_images, data.train_labels), (data.test_images, data.test_labels)


def trained(run):
    """Train; return the network, and the energy of an image without the first weights [nJ]."""
    for _ in run.steps():
        pass
    blocks = run.network.ledger.blocks()
    spent = sum(joules for name, joules in blocks.items() if name != "first weights")
    return run.network, 1e9 * spent / len(seen[1])


energies, errors = {}, {}
for candidates in (3, 1):
    plan = learning.Plan(hidden=(200, 100), rate=0.01, passes=1, candidates=candidates)
    chip = made_of.cells(plan, len(seen[1]))
    chip, energies[candidates] = trained(learning.single_run(chip, *seen, plan))
    errors[candidates] = learning.error_rate(chip, *unseen)
    print(f"{candidates} candidates: {energies[candidates]:.2f} nJ an image, ", end="")
    print(f"test error {100 * errors[candidates]:.1f} %")
slow, design = replace(plan, rate=0.003), made_of.usual_design(plan)
_, rival = trained(learning.backprop_run(slow, design, made_of.DEVICE, seen))
print(f"backprop: {rival:.2f} nJ an image")

# %% [markdown]
# ## 3. Open
#
# *Which constant would you measure first, and how? What does it tell about the others?*
#
# A good answer takes the first bar of the third figure, the conductance, and notices what hangs on
# it: the bias of the amplifiers, the current of the rows and of the pulses, and the noise, which
# says how long a read has to take. One measures it with a source meter on single cells, at the
# voltage of a read. The write pulse is not one constant but a curve: for most cells the logarithm
# of the time that a step takes falls about linearly with the voltage. So duration and voltage are
# measured together, and the range of the total is narrower than independent ranges suggest.
#
# As an example, let a tenfold shorter pulse need 0.5 V more:

# %%
for decades in range(3):
    duration, voltage = 10e-9 / 10**decades, 2.0 + 0.5 * decades
    energy = voltage**2 * 45e-9 * duration
    print(f"{1e9 * duration:5.1f} ns at {voltage:.1f} V: {1e15 * energy:6.3f} fJ a pulse")

# %%
assert np.isclose(ratio(0.12, 0.055), 10.7, atol=0.05)
assert np.isclose(ratio(a / n, b / m), counted)
assert ratio(1, 1) == 0.25
assert energies[1] < rival < energies[3]
assert errors[3] < errors[1]
