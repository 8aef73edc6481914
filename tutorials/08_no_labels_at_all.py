# %% [markdown]
# # Layers learn what helps to name digits without seeing a label
#
# A layer of the Forward-Forward algorithm learns from two kinds of input: positive ones, which it
# should like, and negative ones, which it should not. In [one layer](01_one_layer.py) a wrong label
# made an input negative; read that first. What can be wrong with an input that has no label? And
# does learning to tell such inputs apart teach anything about digits? This takes 20 seconds.

# %%
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.data import load
from ffnumpy.experiments import hybrid_images, local_fields
from ffnumpy.layers import untrained as untrained_readout
from ffnumpy.plotting import ACCENT, DARK, GREY, keep

plt.style.use("ffnumpy.plotting.house")
rng = np.random.default_rng(0)
data = load("strokes")  # digits that the library draws, 28 × 28 grey levels from 0 to 255
train_labels, test_labels = data.train_labels.astype(int), data.test_labels.astype(int)

# %% [markdown]
# ## A hybrid
#
# Hinton (2022, Section 3.2) makes a negative input of two digits. Draw a random bit for every
# pixel, blur the bits several times with [¼, ½, ¼] down and across, and ask where the result
# exceeds ½. That is a mask with blots. The *hybrid* has the first digit's pixels inside the mask
# and the second one's outside. A few neighbouring pixels look like a digit; the whole does not.
# A blur of a column of pixels is a matrix B. It blurs a picture M down and across as
# $B M B^\mathsf{T}$, and six blurs are the single matrix $B^6$.

# %%
once = np.diag(np.full(28, 0.5)) + 0.25 * (np.eye(28, k=1) + np.eye(28, k=-1))
once[0, 0] = once[-1, -1] = 0.75  # what would leave the picture stays at its edge
B = np.linalg.matrix_power(once, 6)


def inputs(rows):
    """Return rows scaled to a mean square of 1, so that no picture is louder than another."""
    return rows / np.sqrt(np.mean(rows**2, axis=1, keepdims=True))


def hybrids(digits):
    """Return a hybrid of each row and the row before it, and the masks."""
    bits = rng.integers(0, 2, (len(digits), 28, 28))
    masks = B @ bits @ B.T > 0.5
    mixed = np.where(masks.reshape(len(digits), -1), digits, np.roll(digits, 1, axis=0))
    return inputs(mixed), masks


pair = inputs(data.test_images[:2].astype(float))
mixed, masks = hybrids(pair)
figure, axes = plt.subplots(1, 4, figsize=(8, 2.6))
named = {"digit a": pair[0], "mask": masks[0], "digit b": pair[1], "hybrid, negative": mixed[0]}
for ax, (name, picture) in zip(axes, named.items(), strict=True):
    ax.imshow(picture.reshape(28, 28))
    ax.contour(masks[0], [0.5], colors=ACCENT, linewidths=1)
    ax.set(title=name, xticks=[], yticks=[])
share = 100 * masks[0].mean()
figure.suptitle(f"The mask takes {share:.0f} % of the hybrid's pixels from digit a")
keep(figure, "08_no_labels_at_all_1")

# %% [markdown]
# ## One layer, by the same rule as before
#
# The layer computes $z = xW$, $y = \max(z, 0)$ and its *goodness* $S = \sum_j y_j^2$, and calls an
# input positive with the probability $p = \sigma(S - \theta)$, where θ is the number of units. Its
# step raises log p for digits and log(1 − p) for hybrids, averaged over the rows of a batch:
#
# $$\Delta w_{ij} = \varepsilon\, x_i \,\delta_j, \qquad \delta_j = 2\,(1 - p)\, y_j
# \text{ for digits}, \quad \delta_j = -2\, p\, y_j \text{ for hybrids}.$$

# %%
N, ε = 300, 0.01
θ, W, ascent = N, rng.standard_normal((784, N)) / np.sqrt(784), np.zeros((784, N))
for epoch in range(1, 4):
    for index in np.split(rng.permutation(len(data.train_images)), 100):
        x = inputs(data.train_images[index].astype(float))
        x = np.vstack([x, hybrids(x)[0]])
        y = np.maximum(x @ W, 0)
        S = np.sum(y**2, axis=1)
        p = 1 / (1 + np.exp(θ - S))
        dlogp_dS = np.concatenate([1 - p[:100], -p[100:]])  # the first 100 rows are digits
        δ = 2 * dlogp_dS[:, np.newaxis] * y
        ascent = 0.9 * ascent + 0.1 * x.T @ δ / len(x)  # a mean over about ten batches
        W += ε * ascent
    print(f"epoch {epoch}: mean p of the last digits {p[:100].mean():.2f}", end=", ")
    print(f"of the last hybrids {p[100:].mean():.2f}")

unseen = inputs(data.test_images.astype(float))
S_digits, S_hybrids = (
    np.sum(np.maximum(x @ W, 0) ** 2, axis=1) for x in (unseen, hybrids(unseen)[0])
)
told_apart = (np.mean(S_digits > θ) + np.mean(S_hybrids < θ)) / 2

figure, ax = plt.subplots(figsize=(7, 3))
bins = np.linspace(S_hybrids.min(), S_digits.max(), 50)
ax.hist(S_digits, bins, color=ACCENT, alpha=0.7, label="digits (positive), filled")
ax.hist(S_hybrids, bins, histtype="step", color=DARK, label="hybrids (negative), outline")
ax.axvline(θ, color=DARK, linestyle="--", label="threshold θ")
ax.set(xlabel="goodness S of an unseen input", ylabel="inputs")
ax.set_title(f"{100 * told_apart:.0f} % of {2 * len(unseen)} are on their own side of θ")
ax.legend()
keep(figure, "08_no_labels_at_all_2")

# %% [markdown]
# ## What was that good for?
#
# To find out, we name the digits by a *linear readout*: ten weighted sums of the activities, whose
# largest is the answer. It alone sees labels, and it sends nothing back. The controls are the
# same readout on bare pixels and on layers that keep their random weights (`epochs=0`).
#
# "Full layers" are three stacked layers like the one above; each gets the activity of the one below
# with its length taken out. In "local fields" a unit sees only a small window of the layer below.
# We draw each network three times.


# %%
def test_error(experiment, epochs, seed):
    """Return the test error of an experiment's small network, in percent."""
    run = experiment.start(replace(experiment.QUICK, epochs=epochs), data, seed=seed)
    while not run.finished:
        for _ in run.steps():
            pass
    return 100 * run.measure()["error"]


readout = untrained_readout(784, 10, epochs=6, updates=100)
for _ in range(6):
    for index in np.split(rng.permutation(len(data.train_images)), 100):
        readout.learn([inputs(data.train_images[index].astype(float))], train_labels[index])
errors = {"pixels": [100 * np.mean(readout.forward([unseen]).argmax(axis=1) != test_labels)]}
for name, experiment in (("full layers", hybrid_images), ("local fields", local_fields)):
    for kind, epochs in (("untrained", 0), ("trained", 5)):
        errors[f"{name}, {kind}"] = [test_error(experiment, epochs, seed) for seed in range(3)]
        print(f"{name}, {kind}: {np.round(errors[f'{name}, {kind}'], 1)} %")
mean = {name: np.mean(values) for name, values in errors.items()}

figure, ax = plt.subplots(figsize=(7, 2.8))
colours = [ACCENT if name.endswith(", trained") else GREY for name in errors]
ax.barh(list(mean), list(mean.values()), color=colours)
for row, (name, values) in enumerate(errors.items()):
    ax.plot(values, [row] * len(values), "o", color=DARK, markersize=3)
    ax.text(max(values) + 0.15, row, f"{mean[name]:.1f} %", va="center")
ax.set(xlabel="test error of a linear readout [%]; dots: the networks", ylabel="what it reads")
ax.invert_yaxis()
untrained, trained = mean["full layers, untrained"], mean["full layers, trained"]
ax.set_title(f"Learning without labels takes full layers from {untrained:.1f} % to {trained:.1f} %")
keep(figure, "08_no_labels_at_all_3")

# %% [markdown]
# ## What this does not show
#
# A program drew these digits. With 2,000 test images an error of 5 % has a standard error of 0.5
# points, so full layers and local fields cannot be told apart here. Their errors on MNIST stand in
# [RESULTS.md](../RESULTS.md). Nor are hybrids shown to be the best negatives, only to work.
#
# ## Exercises
#
# 1. With a pencil: a bit has mean ½ and variance ¼. What is the variance of a pixel in the middle
#    of the picture after one blur down and across, and after six? How wide are the blots?
# 2. In code: train the single layer with hybrids of 0, 1, 6 and 20 blurs and a linear readout on
#    each. Are the hybrids that are told apart most easily also the most useful ones?
# 3. Open: think of another negative that needs no label. What would a layer have to notice to
#    tell it from a digit, and how would you find out whether that helps?
#
# ## Checks

# %%
assert np.allclose(B.sum(axis=1), 1)  # a blur keeps the mean
assert told_apart > 0.7
assert trained < untrained - 1
assert mean["local fields, trained"] < mean["local fields, untrained"] - 1
assert max(trained, mean["local fields, trained"]) < mean["pixels"]
