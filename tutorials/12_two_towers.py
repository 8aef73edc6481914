# %% [markdown]
# # In the first layer, ten labels cost little more than one
#
# Forward-Forward names a digit by trying every label and taking the one with the largest goodness,
# which sounds like ten times the work. But the first layer is linear up to its ReLU, so the image
# has to be multiplied only once. The same view suggests giving the label inputs of its own. Does it
# matter where the label goes?
#
# Read [one layer](01_one_layer.py) first. This runs in about 15 seconds.

# %%
import time
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases import TwoTowers
from ffnumpy.data import load
from ffnumpy.experiments import two_towers
from ffnumpy.inference import predict
from ffnumpy.plotting import ACCENT, DARK, GREY, keep

plt.style.use("ffnumpy.plotting.house")
rng = np.random.default_rng(0)
data = load("strokes")  # digits that the library draws, 28 × 28 grey levels from 0 to 255

# %% [markdown]
# ## A sum of two products
#
# Put an image of 784 pixels and a label of ten numbers, one of them 10 and nine of them 0, beside
# each other as one input. Then
#
# $$z = x W = x_\text{image}\, W_\text{image} + x_\text{label}\, W_\text{label}.$$
#
# The first product does not depend on the label. Compute it once, then add, for each of ten labels,
# ten times one row of $W_\text{label}$. Two matrices whose outputs are added before the ReLU are
# called *two towers*. The goodness $S = \sum_j \max(z_j, 0)^2$ is that of the sum.

# %%
images, N = data.test_images[:500].astype(np.float32), 500
images /= np.sqrt(np.mean(images**2, axis=1, keepdims=True))
labels = 10 * np.eye(10, dtype=np.float32)
W = rng.standard_normal((794, N), np.float32) / np.float32(np.sqrt(794))
W_label, W_image = W[:10], W[10:]


def plain():
    """Return z for every label, (10, images, units), from all 794 inputs each time."""
    beside = [np.hstack([np.tile(label, (500, 1)), images]) for label in labels]
    return np.stack([x @ W for x in beside])


def shared():
    """Return the same, with one product of the images."""
    return images @ W_image + (labels @ W_label)[:, np.newaxis]


def seconds(work):
    """Return the shortest time of five."""
    times = []
    for _ in range(5):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


difference = np.abs(plain() - shared()).max()
faster = seconds(plain) / seconds(shared)
print(f"largest difference {difference:.1e}; the shared product is {faster:.0f} times as fast")
multiplications = {"plain": 10 * 794 * N, "shared": 784 * N + 10 * 10 * N}  # for an image
saving = multiplications["plain"] / multiplications["shared"]

figure, ax = plt.subplots(figsize=(7, 2))
counts = [n / 1e6 for n in multiplications.values()]
bars = ax.barh(list(multiplications), counts, color=[GREY, ACCENT])
ax.bar_label(bars, fmt="%.2f", padding=3)
ax.set(xlabel="multiplications in layer 1, an image with ten labels [millions]", ylabel="product")
ax.set_title(f"The image's product is shared: {saving:.1f} times fewer multiplications")
keep(figure, "12_two_towers_1")

# %% [markdown]
# ## Both towers learn by the same slope
#
# The rule $\Delta W = \varepsilon\, x^\mathsf{T} \delta$ splits in the same way: each tower's
# update is its own input times the common $\delta_j = \partial \log p / \partial z_j$. The library
# keeps image and label apart in `TwoTowers`, whose `labelled` can be multiplied like an array.

# %%
classes = data.test_labels[:500].astype(int)
z = images @ W_image + labels[classes] @ W_label
y = np.maximum(z, 0)
p = 1 / (1 + np.exp(N - np.sum(y.astype(float) ** 2, axis=1)))
δ = 2 * (1 - p)[:, np.newaxis] * y  # for the true labels
apart = np.vstack([labels[classes].T @ δ, images.T @ δ])
encoding = TwoTowers(classes=10, strength=10.0)
x = encoding.labelled(encoding.features(data.test_images[:500]), classes)
together = x.toarray().T @ δ
miss = np.abs(apart - together).max() / np.abs(together).max()
print(f"the update in two parts differs from that in one by {miss:.0e} of its largest entry")

# %% [markdown]
# ## Does it matter where the label goes?
#
# A label in the picture overwrites ten pixels; a tower of its own leaves the picture whole. How
# loud a label is, we say by its length as a share of the image's. In the picture it is a quarter
# too. Every network of 100-100 units is trained from three random starts.

# %%
ways = {
    "in the picture, a quarter": {"towers": False},
    "tower, a tenth": {"strength": 0.1},
    "tower, a quarter": {"strength": 0.25},
    "tower, as long as the image": {"strength": 1.0},
}
errors = {name: [] for name in ways}
for name, changes in ways.items():
    for seed in range(3):
        run = two_towers.start(replace(two_towers.QUICK, **changes), data, seed=seed)
        while not run.finished:
            for _ in run.steps():
                pass
        network = run.network
        named = predict(network.layers, network.encoding, data.test_images, network.voters)
        errors[name].append(100 * np.mean(named != data.test_labels))
    print(f"{name}: test errors {np.round(errors[name], 1)} %")
mean = {name: np.mean(values) for name, values in errors.items()}

figure, ax = plt.subplots(figsize=(7, 2.6))
ax.barh(list(mean), list(mean.values()), color=[GREY, ACCENT, ACCENT, ACCENT])
for row, values in enumerate(errors.values()):
    ax.plot(values, [row] * 3, "o", color=DARK, markersize=3)
ax.set(xlabel="test error [%]; dots: three random starts", ylabel="where the label goes")
ax.invert_yaxis()
picture, quiet, quarter, _ = mean.values()
ax.set_title(f"Tower, a quarter of the image's length: {quarter:.1f} %, a tenth: {quiet:.1f} %")
keep(figure, "12_two_towers_2")

# %% [markdown]
# How loud the label is matters. If it is too quiet, positive and negative inputs hardly differ.
# Where it goes matters less: at a quarter of the image's length, the two differ by about a point.
#
# ## What this does not show
#
# The saving ends at the first ReLU: the layers above see ten different activities. And it is no
# privilege of two towers, since a label in the picture is multiplied apart just as well. A point is
# little more than the standard error of an error of 11 % on 2,000 images, 0.7 points. On MNIST the
# label in the picture does a little better ([RESULTS.md](../RESULTS.md)). Digits of a program,
# small layers, one learning rate.
#
# ## Exercises
#
# 1. With a pencil: how many multiplications does a network of 784-2000-2000 need for an image with
#    ten labels, plain and shared? What share of the shared ones is in layer 2?
# 2. In code: train with labels as long as a quarter of the image and ask with labels half and twice
#    as long. What happens to the error, and to the goodness?
# 3. Open: for a hundred labels even the layers above the first become expensive. How would you
#    make them cheap, and what would you give up?
#
# ## Checks

# %%
assert difference < 1e-3
assert miss < 1e-4
assert saving > 8
assert min(errors["tower, a tenth"]) > max(errors["tower, a quarter"]) + 1
assert abs(picture - quarter) < 3
