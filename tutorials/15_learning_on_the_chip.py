# %% [markdown]
# # With one line changed, the same program learns on a chip
#
# In [the label in the picture](06_label_in_the_picture.py) two layers of numbers learned digits.
# Now the layers are crossbars, their activities are voltages, and their weights are conductances of
# memory cells. How much of the program has to change, what does the chip lose, and does a voltage
# ever become a number on the way?
#
# Read that tutorial first, then [a crossbar multiplies](13_a_crossbar_multiplies.py) and
# [noise, bits and pulses](14_noise_bits_and_pulses.py). This one runs in about half a minute.
#
# ## One line
#
# We read the text of that tutorial, which lies beside this one, and change the line that says what
# the layers are made of.

# %%
import contextlib
import difflib
import re
from pathlib import Path

here = Path(__file__).parent if "__file__" in globals() else Path.cwd()  # a notebook has no file
text = (here / "06_label_in_the_picture.py").read_text(encoding="utf-8")
changed = text.replace("learner = made_of.numbers(plan", "learner = made_of.cells(plan")
both = text.splitlines(), changed.splitlines()
diff = list(difflib.unified_diff(*both, "numbers", "cells", n=1, lineterm=""))
print("\n".join(diff))


def program(text):
    """Return those cells of a tutorial that are called "program", with their first lines."""
    return "".join(re.findall(r"^# %% program.*?(?=^# %%)", text, re.MULTILINE | re.DOTALL))


# %% [markdown]
# ## What a chip cannot do
#
# That one line is enough because the program asks for nothing that a chip cannot do.
#
# - **No batch.** The lines of a chip carry one image at a time. To add up the updates of a hundred
#   images it would need an analog memory as large as the weights.
# - **No readout.** This chip has no array for a softmax, nor circuits for its signed errors. The
#   goodness of each label is held on a capacitor, and a circuit, the *winner-take-all*, says which
#   is the largest. So the chip answers, and so it chooses a tempting wrong label.
# - **No look inside.** A `Voltage` keeps its values to itself. An `Adc` makes numbers of it, and
#   the ledger counts that; a `Probe` on the bench does too, but never while a layer learns.

# %%
import numpy as np

from hardware_sim.learning import Plan, made_of

spare, refused = made_of.cells(Plan(hidden=(5,)), images=1), []
two = spare.dac.forward(np.zeros((2, 784)))[0]  # the voltages of two images
attempts = {
    "a batch": lambda: spare.chip[0].learn(two, np.array([1.0, 1.0])),
    "a look": lambda: float(two),
}
for what, attempt in attempts.items():
    try:
        attempt()
    except (ValueError, TypeError) as error:
        refused.append(what)
        print(f"{what}: {error}")

# %% [markdown]
# ## Both learn
#
# `made_of.cells` draws one individual, as a factory would make it: every cell has its own step and
# range, every amplifier its own error, and each use adds noise. The verdict is that of two bipolar
# transistors, which share a current as $\sigma(\Delta V / V_T)$, with the thermal voltage $V_T$ of
# 26 mV at 300 K. A goodness of 1 is 1 mV there; that is why T in the loss is 26, for the twin too.
#
# First the program as it was, quietly, for comparison (ten seconds); then the changed one.

# %%
with contextlib.redirect_stdout(None):
    exec(program(text), in_numbers := {})

# %%
exec(program(changed), on_chip := {})

# %%
import matplotlib.pyplot as plt

from ffnumpy.plotting import keep
from hardware_sim.plotting import ACCENT as TEAL
from hardware_sim.plotting import DARK, GREY

plt.style.use("ffnumpy.plotting.house")
seen, chip = on_chip["seen"], on_chip["learner"]
images, n = len(on_chip["images"]), len(on_chip["test_images"])
error, twin_error = on_chip["errors"][-1], in_numbers["errors"][-1]
bar = np.sqrt(error * (1 - error) / n)  # standard error
figure, ax = plt.subplots(figsize=(7, 3.6))
ax.plot(seen, 100 * np.array(on_chip["errors"]), "o-", color=TEAL, label="cells of a chip")
ax.plot(seen, 100 * np.array(in_numbers["errors"]), "s--", color=GREY, label="numbers, its twin")
ax.set(xlabel="images seen, each once", ylabel="test error [%]", ylim=0)
wrong, twin_wrong = f"{100 * error:.1f} ± {100 * bar:.1f} %", f"{100 * twin_error:.1f} %"
ax.set_title(f"After {images:,} images the chip errs on {wrong}, its twin on {twin_wrong}")
ax.legend()
keep(figure, "15_learning_on_the_chip_1")
for name, run in (("numbers", in_numbers), ("cells", on_chip)):
    print(f"{name:8s}", [type(layer).__name__ for layer in run["learner"].layers])

# %% [markdown]
# The chip's list begins with a `Dac`, which makes voltages of the pixels. From there on only
# voltages go up: `learn` of an `AnalogLayer` takes one and returns one. The loop never looks at x,
# so it does not notice.
#
# ## The counter that stays at zero
#
# Every part enters what it does in the ledger. (The tests on the bench are left out.) These are the
# means over all images of the training:

# %%
ledger = chip.ledger
kinds = {
    "adc": "voltages made numbers",
    "dac": "numbers made voltages",
    "comparator": "comparisons, one bit each",
    "pulse": "pulses on single cells",
}
counts = {kind: ledger.count(kind) / images for kind in kinds}
figure, ax = plt.subplots(figsize=(7, 2.6))
bars = ax.barh(list(kinds.values()), list(counts.values()), color=[DARK, GREY, TEAL, TEAL])
ax.bar_label(bars, [f"{count:,.0f}" for count in counts.values()], padding=4)
ax.invert_yaxis()
ax.margins(x=0.15)
ax.set(xlabel="operations for an image of the training", ylabel="what is counted")
ax.set_title(f"{counts['adc']:.0f} A-to-D conversions, {counts['comparator']:,.0f} comparisons")
keep(figure, "15_learning_on_the_chip_2")

# %% [markdown]
# The zero is what the types allow: nothing in the library hands out the value of a voltage but the
# converter and the probe, both of which are counted. (Python keeps no secrets; code that reaches
# behind an underscore could cheat.)
#
# It does not say that nothing is sampled. In the trains that write the cells, each row and each
# column decides in every slot by a comparator and a random reference whether it fires. These
# **comparisons** take one bit of a voltage, on the spot. No number leaves the array, but the
# sampling has its price: [the energy bill](16_the_energy_bill.py) has a line for it.

# %% [markdown]
# ## What this does not show
#
# The cells follow a specification that no material meets; published ReRAM and phase-change cells
# stay near chance on MNIST ([the chip](../docs/chip.md)). Wires have no resistance, and nothing
# ages. Drawn digits are easier than handwriting. One seed is one chip, and rounding differs
# between machines: seeds 0 to 3 gave 11 to 14 %.
#
# ## Exercises
#
# 1. With a pencil: in a slot every row and every column decides, the bias rows too, and one more
#    comparator in each array ends the train. At most how many comparisons does writing take for an
#    image? What does the number that was counted say about the length of a train?
# 2. In code: what costs the chip more in its first 3,000 images, its cells or its amplifiers? Make
#    a chip with perfect amplifiers (`EXACT`) and one with cells that are all alike.
# 3. Open: with enough comparisons one can measure a voltage. Where does one-bit sampling end and
#    A-to-D conversion begin, and what should a ledger show so that nobody can cheat?
#
# ## Checks

# %%
lines = [line for line in diff if line[0] in "+-" and line[:3] not in ("+++", "---")]
assert [line[0] for line in lines] == ["-", "+"]  # one line out, one line in
assert "error_on_the_bench" in program(changed)
assert "keep(" not in program(changed)
assert counts["adc"] == 0 == ledger.count("probe")
assert counts["comparator"] > 1000
assert in_numbers["learner"].ledger.joules() == 0
assert twin_error < 0.12
assert twin_error - 0.02 < error < 0.2
assert refused == ["a batch", "a look"]
