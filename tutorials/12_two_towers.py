# %% [markdown]
# # Two towers: an image meets its label inside the first layer
#
# Forward-Forward names a digit by trying every label and taking the one with the largest goodness.
# That sounds like ten times the work. It is not, and the reason is worth a picture: up to the ReLU,
# the first layer is linear.
#
# You should have read the tutorial on [one layer](01_one_layer.py). All of it runs in about
# 15 seconds.

# %%
import os
import time
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases import TwoTowers
from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.experiments import two_towers
from ffnumpy.inference import predict
from ffnumpy.layers import Layer
from ffnumpy.weights import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for the towers and for findings
rng = np.random.default_rng(0)
data = load("strokes")
images = data.test_images[:500]

# %% [markdown]
# ## A sum of two products
#
# Put image and label beside each other as one input. Then
#
# $$z = x W = x_\text{image}\, W_\text{image} + x_\text{label}\, W_\text{label}.$$
#
# The first product does not depend on the label. Compute it once, then add, for each of ten labels,
# one row of $W_\text{label}$. Two matrices whose outputs are added before the ReLU are called *two
# towers*. The learning rule stays what it is: the goodness is that of the sum, and each tower's
# update is its own input times the common slope.

# %%
encoding = TwoTowers(classes=10, strength=10.0)
layer = Layer(Dense(normal(encoding.inputs(784), 500, rng)))
W_label, W_image = np.split(layer.weights.matrix, [10])

features = encoding.features(images)
x = encoding.every_label(features)  # 5000 rows: all images with label 0, then with label 1, …
plain = x.toarray() @ layer.weights.matrix
once = features.rows @ W_image
towers = np.concatenate([once + 10.0 * W_label[label] for label in range(10)])
difference = np.abs(plain - towers).max()


def seconds(work, repeats=5):
    """Return the best time of a few."""
    times = []
    for _ in range(repeats):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


inputs = x.toarray()
slow = seconds(lambda: inputs @ layer.weights.matrix)
fast = seconds(lambda: x @ layer.weights.matrix)
operations = {"plain": 10 * 794 * 500, "cached": 784 * 500 + 10 * 10 * 500}
print(f"largest difference {difference:.1e}; {slow / fast:.1f} times as fast")

figure, ax = plt.subplots(figsize=(7, 2), layout="constrained")
bars = ax.barh(list(operations), [n / 1e6 for n in operations.values()], color=[GREY, ORANGE])
ax.bar_label(bars, fmt="%.2f", padding=3)
ax.margins(x=0.12)
ax.set(xlabel="multiplications an image, layer 1, ten labels [millions]", ylabel="first layer")
saving = operations["plain"] / operations["cached"]
ax.set_title(f"The image's product is shared: {saving:.1f} times fewer multiplications")

# %% [markdown]
# `x @ W` does this by itself: `x` is no array but keeps image and label apart. The same holds for a
# label that overwrites the first ten pixels, so the saving is no privilege of two towers. Layers
# above the first have no such luck, for the ReLU is not linear: they see ten different activities.
#
# ## Does it matter where the label goes?
#
# A label in the picture overwrites ten pixels and is normalised together with the image. A tower of
# its own leaves the picture whole. How loud a label is, we say by its length as a share of the
# image's; in the picture it is a quarter too.

# %%
errors = {}
for name, changes in {
    "label in the picture": {"towers": False},
    "towers, a tenth as long as the image": {"strength": 0.1},
    "towers, a quarter": {"strength": 0.25},
    "towers, as long as the image": {"strength": 1.0},
}.items():
    setting = replace(two_towers.QUICK, **changes)
    run = two_towers.start(setting, data, seed=0)
    while not run.finished:
        for _ in run.steps():
            pass
    network = run.network
    named = predict(network.layers, network.encoding, data.test_images, network.voters)
    errors[name] = 100 * np.mean(named != data.test_labels)

figure, ax = plt.subplots(figsize=(7, 2.4), layout="constrained")
bars = ax.barh(list(errors), list(errors.values()), color=[GREY, ORANGE, ORANGE, ORANGE])
ax.bar_label(bars, fmt="%.1f %%", padding=3)
ax.invert_yaxis()
ax.margins(x=0.15)
ax.set(xlabel="test error [%]", ylabel="where the label goes")
best = min(errors, key=errors.__getitem__)
ax.set_title(f"{best}: {errors[best]:.1f} %, one seed")

# %% [markdown]
# ## What the numbers say, and what they do not
#
# - **Ten labels cost little more than one** in the first layer, and the result is the same to the
#   last digits of float32.
# - **How loud the label is matters.** Too quiet, and positive and negative cases hardly differ; too
#   loud, and the label drowns the image.
# - **Where it goes hardly does**, if it is as loud in both places: with one seed, the difference is
#   too small to mean anything.
# - One seed, small layers, drawn digits. `ffnumpy experiment run two_towers` has three seeds, and
#   times answers for 10 and for 100 classes.
#
# ## Exercises
#
# 1. How many multiplications does a network of 784-2000-2000 need for ten labels, cached and plain?
#    What would it take to make a hundred labels cheap?
# 2. Train with one-hot labels of length 10 and ask with labels of length 5. What happens, and why?
# 3. Write the two updates of the first layer by hand, from the slope `post` of a batch.
#
# ## Checks

# %%
assert difference < 1e-4
assert saving > 8
assert errors[best] < 14
assert errors["towers, a tenth as long as the image"] > errors["towers, a quarter"] + 2
assert abs(errors["label in the picture"] - errors["towers, a quarter"]) < 2

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        path = os.path.join(folder, f"12_two_towers_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
else:
    plt.show()
