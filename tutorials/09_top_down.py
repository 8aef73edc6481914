# %% [markdown]
# # A recurrent net: image below, label on top, and time between them
#
# In a stack of layers each one learns greedily, and what a later layer finds out can never change
# an earlier one. Hinton's remedy (2022, Section 3.4) is to look at a still image as if it were a
# video. Every hidden layer is driven, again and again, by the layer below *and* by the layer above,
# both as they were a moment ago. The image is held at the bottom, the label at the top.
#
# You should have read the tutorial on [a deep network](05_deep_without_backprop.py). All of it runs in about
# half a minute.

# %%
import os
from dataclasses import replace
from itertools import islice

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases import TwoTowers
from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.experiments import top_down
from ffnumpy.layers import Driven, Recurrent
from ffnumpy.weights import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for true labels and for findings
rng = np.random.default_rng(0)
data = load("strokes")
test_labels = data.test_labels.astype(int)

# %% [markdown]
# ## One iteration
#
# With norm for "length removed", a hidden layer with state s does
#
# $$z = \mathrm{norm}(s_\text{below})\,U + \mathrm{norm}(s_\text{above})\,V + b, \qquad
# s \leftarrow 0.3\,s + 0.7\,\max(z, 0).$$
#
# All layers take the step at the same time. So a label cannot be everywhere at once: it comes down
# one layer an iteration. Three untrained layers show it. We compare their states under label 0 and
# under label 1; the first states come from one pass upwards, which sees no label at all.

# %%
encoding = TwoTowers(classes=10, strength=10.0)
sizes = (784, 100, 100, 100, 10)
layers = [
    Driven(Dense(normal(below, n, rng)), Dense(normal(above, n, rng)))
    for below, n, above in zip(sizes, sizes[1:], sizes[2:], strict=False)
]
features = encoding.features(data.test_images[:50])
untrained = Recurrent(layers)
runs = [untrained.iterate(encoding.labelled(features, np.full(50, label))) for label in (0, 1)]
reached = np.zeros((3, 5))
for iteration, (zero, one) in enumerate(islice(zip(*runs, strict=False), 5)):
    for layer, (a, b) in enumerate(zip(zero, one, strict=True)):
        reached[layer, iteration] = np.linalg.norm(a.state - b.state) / np.linalg.norm(a.state)

figure, ax = plt.subplots(figsize=(6, 2.6), layout="constrained")
image = ax.imshow(
    reached, cmap="Oranges", origin="lower", extent=(0.5, 5.5, 0.5, 3.5), aspect="auto"
)
for (layer, iteration), value in np.ndenumerate(reached):
    colour = "w" if value > 0.6 else DARK
    ax.text(iteration + 1, layer + 1, f"{value:.2f}", ha="center", va="center", color=colour)
ax.set(xlabel="iteration", ylabel="hidden layer", yticks=(1, 2, 3))
first = 1 + int(np.flatnonzero(reached[0])[0])
ax.set_title(f"The label reaches the lowest of three layers in iteration {first}")
figure.colorbar(image, label="change of the state")

# %% [markdown]
# ## Learning
#
# At each iteration each layer has a goodness, the sum of its squared states, which should be high
# if image and label agree. Its neighbours' states and its own old one are taken as given. Then only
# 0.7 of the state depends on z, and the slope of the state by z is 0.7 where z > 0:
#
# $$\frac{\partial \log p}{\partial z_j} = \frac{\partial \log p}{\partial S}\; 2\, s_j \cdot 0.7\,
# [z_j > 0].$$
#
# Nothing is sent back, neither through layers nor through time. Here the slopes of iterations 3 to
# 5 are averaged, the weights move once a case, and peer normalisation keeps every unit alive. The
# first iteration must not teach: the label has not come down to layer 1 yet, so that its positive
# and negative cases are the same, and whatever it learned from them would be noise.


# %%
def trained(**changes):
    """Return a small net after five epochs, and its test error in percent."""
    setting = replace(top_down.QUICK, epochs=5, **changes)
    run = top_down.start(setting, data, seed=0)
    while not run.finished:
        for _ in run.steps():
            pass
    return run.network, 100 * run.measure()["error"]


network, error = trained()
ways = {"as described": error}
ways["weights move at each of 3 to 5"] = trained(at_every_iteration=True)[1]
ways["no connection from layer 2 to layer 1"] = trained(downward=False)[1]

# %% [markdown]
# ## What an iteration adds
#
# For every label, iterate and look at the goodness. The paper counts iterations 3 to 5. Earlier,
# the label has not come down; later, each layer hears more and more of what it said itself.

# %%
few = 200
features = network.encoding.features(data.test_images[:few])
goodness = []
for moments in islice(network.layer.iterate(network.encoding.every_label(features)), 12):
    total = sum(np.mean(moment.state**2, axis=1) for moment in moments)
    goodness.append(total.reshape(10, few).T)
goodness = np.array(goodness)  # (iterations, images, labels)
true = goodness[:, np.arange(few), test_labels[:few]]
wrong = (goodness.sum(axis=2) - true) / 9
errors = 100 * np.mean(goodness.argmax(axis=2) != test_labels[:few], axis=1)

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
iterations = np.arange(1, 13)
left.plot(iterations, true.mean(axis=1), "o-", color=ORANGE, label="true label")
left.plot(iterations, wrong.mean(axis=1), "o-", color=GREY, label="wrong labels, mean")
left.set(xlabel="iteration", ylabel="goodness, both layers", title="Goodness of 200 test images")
left.legend()
right.plot(iterations, errors, "o-", color=DARK)
right.axvspan(2.5, 5.5, color=ORANGE, alpha=0.2)
right.set(xlabel="iteration", ylabel="error by that iteration alone [%]")
right.set_title(f"3 to 5 counted together: {error:.1f} %")

# %%
figure, ax = plt.subplots(figsize=(7.5, 2.2), layout="constrained")
bars = ax.barh(list(ways), list(ways.values()), color=[ORANGE, GREY, GREY])
ax.bar_label(bars, fmt="%.1f %%", padding=3)
ax.invert_yaxis()
ax.margins(x=0.15)
ax.set(xlabel="test error [%]", ylabel="the net")
ax.set_title(f"As described: {error:.1f} %")

# %% [markdown]
# ## What the numbers say, and what they do not
#
# - **Goodness needs a few iterations.** The first one alone knows less, because the lower layer has
#   not heard of the label yet.
# - **The way down matters.** Cut it, and layer 1 never hears of the label. What it then learns is
#   of no use for telling labels apart.
# - **This is slow.** Five iterations with two products a layer cost some ten passes of a plain
#   stack.
# - One seed, small layers, drawn digits: differences of a point or two mean nothing.
#
# ## Exercises
#
# 1. Count other iterations, or only the last. What is the best choice, and is it one for all nets?
# 2. Hold two labels at once, each with half the strength. What does the goodness say?
# 3. Start from the trained net, hold *no* label, and let the top layer's state name the digit
#    through $V$ of the layer below it, transposed. Does it work? What would make it work?
#
# ## Checks

# %%
assert [np.count_nonzero(row) for row in reached] == [3, 4, 5]
assert error < 15
assert error < ways["no connection from layer 2 to layer 1"] - 3
assert errors[2:5].max() < errors[0]
assert np.all(true.mean(axis=1)[2:5] > wrong.mean(axis=1)[2:5])

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        path = os.path.join(folder, f"09_top_down_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
else:
    plt.show()
