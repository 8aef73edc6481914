# %% [markdown]
# # Learning without labels: a digit against a patchwork
#
# In [one layer](01_one_layer.py) a wrong label made a case negative. Without labels something else has
# to be wrong with it. Hinton's choice (2022, Section 3.2) is a *hybrid*: a patchwork of two digits.
# Its strokes and gaps are as wide as a digit's, but the whole is no digit. A layer that tells the
# two apart must have learned something about the shapes of digits.
#
# You should have read the tutorial on one layer. All of it runs in about 15 seconds.

# %%
import os
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases.hybrid import HybridCases, blurring, pixels_as_inputs
from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.experiments import hybrid_images, local_fields
from ffnumpy.layers import Layer, Readout
from ffnumpy.optimisers import Smoothed
from ffnumpy.training import train
from ffnumpy.weights import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for hybrids and for findings
rng = np.random.default_rng(0)
data = load("strokes")
train_labels, test_labels = data.train_labels.astype(int), data.test_labels.astype(int)

# %% [markdown]
# ## A hybrid
#
# Draw a random bit for every pixel, blur the bits several times with [¼, ½, ¼] in both directions,
# and ask where the result exceeds ½. That gives a mask with large blots. Inside of it take one
# digit, outside another.
#
# A blur is a linear map: $B$ blurs a column, so $B M B^\mathsf{T}$ blurs a picture $M$ down and
# across, and six blurs are $B^6$, a single matrix.

# %%
bits = rng.integers(0, 2, (28, 28))
B = blurring(28, 6)
blurred = B @ bits @ B.T
mask = blurred > 0.5
first, second = data.test_images[:2].reshape(2, 28, 28)
hybrid = np.where(mask, first, second)

figure, axes = plt.subplots(1, 5, figsize=(10, 2.5), layout="constrained")
pictures = {"bits": bits, "blurred": blurred, "digit a": first, "digit b": second, "hybrid": hybrid}
for ax, (name, picture) in zip(axes, pictures.items(), strict=True):
    ax.imshow(picture, cmap="gray_r")
    ax.set(title=name, xticks=[], yticks=[])
    if name != "bits":
        ax.contour(mask, [0.5], colors=ORANGE, linewidths=1)
figure.suptitle(f"The mask takes {100 * mask.mean():.0f} % of the hybrid from digit a")

# %% [markdown]
# ## A layer learns the difference
#
# Positive cases are digits, negative ones hybrids of two digits of the same batch. The rule is the
# one that you know: raise the goodness of positive cases, lower that of negative ones. No label is
# used.

# %%
layer = Layer(Dense(normal(784, 300, rng), 0.02, Smoothed()))
cases = HybridCases(data.train_images, train_labels, data.shape, 3, 6, rng)
for _epoch in range(3):
    for _batch in train([layer], cases):
        pass

shown = HybridCases(data.test_images, test_labels, data.shape, 1, 6, rng, batch=1000)
x, sign = next(iter(shown))
goodness = layer.forward(x)[1]
told_apart = np.mean((goodness > 300) == (sign > 0))

figure, ax = plt.subplots(figsize=(7, 3), layout="constrained")
ax.hist(goodness[sign > 0], 40, color=GREY, label="digits")
ax.hist(goodness[sign < 0], 40, color=ORANGE, alpha=0.7, label="hybrids")
ax.axvline(300, color=DARK, linestyle="--", label="threshold: one for each unit")
ax.set(xlabel="goodness", ylabel="cases")
ax.set_title(f"{100 * told_apart:.0f} % of 2000 unseen cases are on their side of the threshold")
ax.legend()

# %% [markdown]
# ## What was that good for?
#
# To find out, name the digits by a *linear* readout of the normalised activities. It is the only
# part that sees labels, and it sends nothing back. If untrained layers did as well, nothing had
# been learned. `epochs=0` leaves them untrained.
#
# The second network has *local receptive fields*: a unit of its first layer sees a window of
# 10 × 10 pixels, and every window has weights of its own. Nothing is shared, as nothing is between
# the neurons of a brain.


# %%
def test_error(experiment, setting):
    """Return the test error of a network trained by an experiment, in percent."""
    run = experiment.start(setting, data, seed=0)
    while not run.finished:
        for _ in run.steps():
            pass
    return 100 * run.measure()["error"]


pixels = Readout(Dense(np.zeros((785, 10), np.float32), 0.1, Smoothed()))
rows = pixels_as_inputs(data.train_images)
for _epoch in range(6):
    for index in np.split(rng.permutation(len(rows)), 100):
        pixels.learn([rows[index]], train_labels[index])
named = pixels.forward([pixels_as_inputs(data.test_images)]).argmax(axis=1)
errors = {"pixels": 100 * np.mean(named != test_labels)}
for name, experiment in (("full layers", hybrid_images), ("local fields", local_fields)):
    setting = replace(experiment.QUICK, epochs=5)
    errors[f"{name}, untrained"] = test_error(experiment, replace(setting, epochs=0))
    errors[f"{name}, trained"] = test_error(experiment, setting)

figure, ax = plt.subplots(figsize=(7, 2.8), layout="constrained")
colours = [ORANGE if name.endswith(", trained") else GREY for name in errors]
bars = ax.barh(list(errors), list(errors.values()), color=colours)
ax.bar_label(bars, fmt="%.1f %%", padding=3)
ax.invert_yaxis()
ax.margins(x=0.12)
ax.set(xlabel="test error of a linear readout [%]", ylabel="what it reads")
best = min(errors, key=errors.__getitem__)
ax.set_title(f"Best: {best}, {errors[best]:.1f} %")

# %% [markdown]
# ## At full scale
#
# On MNIST, with the paper's widths, `ffnumpy experiment run local_fields --scale full` takes twenty
# minutes on one core. Its error stands in [RESULTS.md](../RESULTS.md), beside the paper's 1.16 %.
#
# ## Exercises
#
# 1. A hybrid without blurs takes every pixel from either digit at random. What does a layer learn
#    to tell it by? Train with 0, 1, 6 and 20 blurs and compare both the share told apart and the
#    readout's error: the easiest task is not the most useful one.
# 2. Both digits of a hybrid can be of one class. How often are they? Does it hurt to leave those
#    out? (That takes labels, so it is an experiment and no method.)
# 3. Give `local_fields.QUICK` a `peer` of 0. How many units of layer 1 are never active?
# 4. Show the rows of `layer.weights.matrix` that belong to one unit as a picture of 28 × 28.

# %% [markdown]
# ## Checks

# %%
assert np.allclose(B.sum(axis=1), 1)  # a blur keeps the amount of ink
assert told_apart > 0.7
assert errors["full layers, trained"] < errors["full layers, untrained"]
assert errors["local fields, trained"] < errors["local fields, untrained"]

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        path = os.path.join(folder, f"08_no_labels_at_all_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
else:
    plt.show()
