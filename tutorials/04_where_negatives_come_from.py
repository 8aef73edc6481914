# %% [markdown]
# # A layer learns only what its negatives force it to learn
#
# Positive cases come with the data; negative ones have to be made. What does a layer learn from any
# wrong label, from one that it finds likely itself, or, without labels, from an image that is no
# digit? You should have read [one layer](01_one_layer.py) and [the
# temperature](03_goodness_threshold_temperature.py). It runs in about 15 seconds.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import load, predict
from ffnumpy.cases import OneHot, hard_wrong
from ffnumpy.cases.hybrid import hybrids, pixels_as_inputs
from ffnumpy.inference import goodness_by_label
from ffnumpy.layers import Layer
from ffnumpy.losses import sigmoid
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.plotting import ACCENT, GREY, keep
from ffnumpy.weights import Dense, normal

plt.style.use("ffnumpy.plotting.house")
data, encoding = load("strokes"), OneHot(classes=10)
train_labels, test_labels = data.train_labels.astype(int), data.test_labels.astype(int)
rng = np.random.default_rng(0)

# %% [markdown]
# ## The easiest negative, by hand
#
# Let the negatives be noise, with a random grey level in every pixel. We take a hundred digits and
# a hundred of these, without labels, and follow the plain rule for a hundred steps.

# %%
noise = rng.integers(0, 256, (100, 784))
x = np.vstack([pixels_as_inputs(data.train_images[:100]), pixels_as_inputs(noise)])
sign = np.repeat([1, -1], 100)  # +1 marks a positive case, −1 a negative one
W = rng.standard_normal((784, 100)) / np.sqrt(784)
for step in range(101):
    y = np.maximum(x @ W, 0)
    t = sign * (np.sum(y**2, axis=1) - 100)  # S − θ, or θ − S for a negative case
    factor = sigmoid(-t)  # 1 − p, or p: how hard a case pulls
    W = W + 0.0003 * x.T @ (2 * (sign * factor)[:, np.newaxis] * y) / len(x)
    if step % 25 == 0:
        told = 100 * np.mean(t > 0)
        print(f"step {step}: {told:.0f} % told apart, mean factor {factor.mean():.3f}")

# %% [markdown]
# The layer soon tells the two apart. Then nothing moves, and it never had to look at a shape.
#
# ## Five ways to make a negative case
#
# - **Noise image**: random pixels with the true label.
# - **Next label**: the image with the label after the true one, 5 for a 4.
# - **Uniform**: the image with any of the nine wrong labels, drawn evenly.
# - **Hard**: a wrong label that the layer itself finds likely, drawn with a probability in
#   proportion to $e^{S_k}$, where $S_k$ is the goodness of the image with the label k.
# - **Hybrid**, without any label: one digit inside a random mask, another one outside.


# %%
def with_label(images, labels):
    """Return images with labels in their first ten pixels, as inputs of mean square 1."""
    return encoding.labelled(encoding.features(images), labels).toarray()


def hard(images, labels, layer):
    """Return wrong labels, drawn by the goodness that a layer gives to each."""
    S = goodness_by_label([layer], encoding, encoding.features(images))[0]  # (images, 10)
    return hard_wrong(S, labels, rng)


NEGATIVES = {
    "noise image": lambda images, k, _: with_label(rng.integers(0, 256, images.shape), k),
    "next label": lambda images, k, _: with_label(images, (k + 1) % 10),
    "uniform": lambda images, k, _: with_label(images, (k + rng.integers(1, 10, len(k))) % 10),
    "hard": lambda images, k, layer: with_label(images, hard(images, k, layer)),
    "noise": lambda images, k, _: pixels_as_inputs(rng.integers(0, 256, images.shape)),
    "hybrid": lambda images, k, _: pixels_as_inputs(
        hybrids(images, np.roll(images, 1, axis=0), (28, 28), 2, rng)
    ),
}


def trained(kind, positive=with_label, width=100):
    """Return a layer after six epochs; print what became of its task in the last one."""
    layer = Layer(Dense(normal(784, width, rng), Schedule(0.02, 6, 100), Smoothed()))
    for _epoch in range(6):
        t = []
        for index in np.split(rng.permutation(len(train_labels)), 100):
            images, labels = data.train_images[index], train_labels[index]
            x = np.vstack([positive(images, labels), NEGATIVES[kind](images, labels, layer)])
            t.append(sign * (layer.forward(x)[1] - width))
            layer.learn(x, sign)
    told, moving = np.mean(np.array(t) > 0), np.mean(sigmoid(-np.array(t)) > 0.01)
    print(f"{kind}: {100 * told:.0f} % told apart, {100 * moving:.0f} % have a factor above 0.01")
    return layer


errors = {}
for kind in ("noise image", "next label", "uniform", "hard"):
    layers = [trained(kind) for _start in range(3)]
    named = np.array([predict([layer], encoding, data.test_images) for layer in layers])
    errors[kind] = 100 * np.mean(named != test_labels, axis=1)
    print(f"{kind}: if ten labels are compared, errors of {errors[kind].round(1)} %")

# %% [markdown]
# With noise images the layer never has to look at the label, and with the next label it meets one
# wrong name of nine. Each time it does its task well and names digits badly: what you will ask
# later has to be among the negatives. Hard labels leave more cases that move weights.

# %%
fours = data.test_images[test_labels == 4]
share = np.bincount(hard(fours, np.full(len(fours), 4), layers[0])) / len(fours)
figure, axes = plt.subplots(1, 5, figsize=(10, 2.5))
for ax, name in zip(axes, ("noise image", "next label", "uniform", "hard", "hybrid"), strict=True):
    x = NEGATIVES[name](fours[:2], np.array([4, 4]), layers[0])[0]
    label = f": label {x[:10].argmax()}" if x[:10].any() else ""
    ax.imshow(x.reshape(28, 28))
    ax.set(title=name + label, xticks=[], yticks=[])
favourite = f"{share.argmax()} in {100 * share.max():.0f} % of the cases, drawn evenly 11 %"
figure.suptitle(f"Hard labels for a four are drawn unevenly: {favourite}")
keep(figure, "04_where_negatives_come_from_1")

# %% [markdown]
# ## Without labels
#
# Now positive cases are bare digits, and negative ones noise or hybrids. To see what the layer has
# learned, we fit ten weighted sums of its output to the labels by ridge regression.


# %%
def error_read(layer):
    """Return the test error [%] of a linear fit to what a layer makes of the images."""
    sets = [layer.forward(pixels_as_inputs(i))[0] for i in (data.train_images, data.test_images)]
    A, B = (np.hstack([y, np.ones((len(y), 1))]) for y in sets)
    V = np.linalg.solve(A.T @ A + 10 * np.eye(201), A.T @ np.eye(10)[train_labels])
    return 100 * np.mean((B @ V).argmax(axis=1) != test_labels)


layers = {"untrained": Layer(Dense(normal(784, 200, rng)))}
for kind in ("noise", "hybrid"):
    layers[kind] = trained(kind, lambda images, _: pixels_as_inputs(images), 200)
read = {kind: error_read(layer) for kind, layer in layers.items()}

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 2.8))
ends = {kind: error.mean() for kind, error in errors.items()}
for ax, found in zip(axes, (ends, read), strict=True):
    colours = [ACCENT if kind in ("hard", "hybrid") else GREY for kind in found]
    ax.bar_label(ax.barh(list(found), list(found.values()), color=colours), fmt="%.1f", padding=3)
    ax.invert_yaxis()
    ax.margins(x=0.12)
axes[0].set(xlabel="test error, ten labels compared [%]", ylabel="negatives")
axes[0].set_title(f"Hard instead of uniform labels: {ends['hard'] - ends['uniform']:+.1f} points")
axes[1].set(xlabel="test error of a linear fit [%]", ylabel="layer")
axes[1].set_title(f"Hybrids instead of noise: {read['hybrid'] - read['noise']:+.1f} points")
keep(figure, "04_where_negatives_come_from_2")

# %% [markdown]
# ## What this does not show
#
# One layer, easy digits, and for hybrids one seed. Negatives can also be too hard: a "wrong" label
# that is true, or a hybrid that is nearly a digit, teaches a falsehood.
#
# ## Exercises
#
# 1. With a pencil: an epoch shows an image one of nine wrong labels, drawn evenly. After how many
#    epochs has it met a given one with 90 % probability? And if that one comes with probability ½?
# 2. In code: draw a wrong label for every image once and keep it. Compare the errors.
# 3. Open: a chip cannot easily draw from probabilities. Propose a cheap way to hard negatives.
#
# ## Checks

# %%
assert ends["hard"] < ends["uniform"] - 0.5
assert min(ends["noise image"], ends["next label"]) > 25
assert read["hybrid"] < read["noise"] - 1.5
assert abs(read["noise"] - read["untrained"]) < 1.5
