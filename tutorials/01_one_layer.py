# %% [markdown]
# # One layer tells a digit from its contradiction
#
# A picture of a 3 and the label "3" agree. The same picture and the label "5" contradict each
# other. Here a single layer learns to tell the two apart. It computes one number, its *goodness*,
# which becomes high when picture and label agree and low when they do not.
#
# This is the building block of the Forward-Forward algorithm (Geoffrey Hinton, 2022). There is no
# output from which anything could be sent back. The layer judges by itself and learns from its own
# judgement.
#
# You need NumPy and a little calculus. Every other term is explained where it first appears.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.negatives import UniformWrong
from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.inference import predict
from ffnumpy.layers.layer import Layer
from ffnumpy.losses import sigmoid
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for true labels and for findings
rng = np.random.default_rng(0)

# %% [markdown]
# ## The data
#
# The data set "strokes" holds digits that the library draws with a shaky pen, so nothing has to be
# downloaded. An image has 28 × 28 = 784 pixels, each a grey level from 0 (paper) to 255 (ink). The
# layer learns from the *training* images. The *test* images are kept apart, and every number below
# is measured on them.

# %%
data = load("strokes")
train_images, train_labels = data.train_images, data.train_labels
test_images, test_labels = data.test_images, data.test_labels.astype(int)
print(f"{len(train_images)} training images, {len(test_images)} test images")

# %% [markdown]
# ## What goes into a case
#
# A *case* is one input to the layer: an image with a label written into it. The first ten pixels
# of every image are blank, so they can carry the label: pixel number k is set to 1 and the other
# nine to 0 if the label is k.
#
# - A *positive* case carries the true label.
# - A *negative* case carries a wrong one. Only the label makes it wrong; the image is the same.
#
# Each input is then scaled so that the mean of its squares is 1. So all cases have the same length,
# and a thick digit is no "louder" than a thin one.
#
# `encoding.labelled` writes the true labels and the wrong ones into the same images and stacks the
# cases, positive ones first. Its result is not a plain array: it keeps image and label apart. A
# product with a matrix is computed in the same two parts,
#
# $$x W = x_\text{label}\, W_\text{label} + x_\text{image}\, W_\text{image},$$
#
# so the second, expensive part is computed only once although the image is used twice. In every
# other respect, read it as the array that `x.toarray()` returns.

# %%
encoding = OneHot(classes=10)
wrong_labels = (test_labels + rng.integers(1, 10, len(test_labels))) % 10
features = encoding.features(test_images)  # grey levels 0…255 become 0…1

x = encoding.labelled(features, test_labels, wrong_labels)
sign = np.repeat([1, -1], len(test_labels))  # +1 marks a positive case, −1 a negative one
cases_as_array = x.toarray()
inputs_that_differ = int(np.sum(cases_as_array[0] != cases_as_array[len(test_labels)]))
print(f"{x.shape[0]} cases of {x.shape[1]} inputs")

# %%
figure, axes = plt.subplots(1, 2, figsize=(8, 4.9), layout="constrained")
titles = (f'positive case: label "{test_labels[0]}"', f'negative case: label "{wrong_labels[0]}"')
for ax, case, title in zip(axes, (0, len(test_labels)), titles, strict=True):
    ax.imshow(cases_as_array[case].reshape(28, 28), cmap="gray_r")
    ax.add_patch(plt.Rectangle((-0.4, -0.4), 9.8, 0.9, fill=False, color=ORANGE, linewidth=2))
    ax.text(9.9, 0.35, "← the label's ten pixels", color=ORANGE)
    ax.set(title=title, xticks=range(10), yticks=[])
    ax.tick_params(top=True, labeltop=True, bottom=False, labelbottom=False, colors=ORANGE)
figure.suptitle(f"The two cases differ in {inputs_that_differ} of {x.shape[1]} inputs")

# %% [markdown]
# ## What the layer computes
#
# The layer has 100 *units*. Unit j has a *weight* $w_{ij}$ for every input i, and one more number,
# its *bias* $b_j$. It computes a weighted sum of the inputs and cuts it off at zero. The result is
# called its *activity*:
#
# $$z_j = \sum_i x_i w_{ij} + b_j, \qquad y_j = \max(z_j, 0).$$
#
# The goodness of a case is the sum of the squared activities,
#
# $$S = \sum_j y_j^2,$$
#
# and the layer's verdict is a probability that the case is positive. It comes from comparing the
# goodness with a threshold θ:
#
# $$p = \sigma(S - \theta), \qquad \sigma(t) = \frac{1}{1 + e^{-t}}.$$
#
# The *sigmoid* σ turns any number into a probability: ½ at $S = \theta$, near 1 above, near 0
# below. We let θ be the number of units, so that the layer is undecided when a unit's squared
# activity is 1 on average.

# %%
WIDTH = 100  # units
THETA = WIDTH  # the threshold
W_start = normal(784, WIDTH, rng)  # random weights; the last row holds the biases, all 0

z = x @ W_start[:-1] + W_start[-1]  # z_j = Σ_i x_i w_ij + b_j
y = np.maximum(z, 0)  # y_j = max(z_j, 0)
S_before = (y**2).sum(axis=1)  # S = Σ_j y_j²
p_before = sigmoid(S_before - THETA)  # p = σ(S − θ)

# %% [markdown]
# `Layer` does the same. Its `forward` returns two things: the activity with its length taken out,
# which a second layer would receive as input, and the goodness. Here we need only the goodness.

# %%
EPOCHS = 8  # how often the training images are gone through
BATCH = 100  # images shown before the weights move; each is shown twice, as + and as −
schedule = Schedule(rate=0.02, epochs=EPOCHS, updates_per_epoch=len(train_images) // BATCH)
layer = Layer(Dense(W_start.copy(), schedule, Smoothed()))

S_of_layer = layer.forward(x)[1]
print(f"largest difference from the lines above: {np.abs(S_of_layer - S_before).max():.1e}")

# %% [markdown]
# ## How it learns
#
# A positive case should get a high p, and a negative case a low p. So we move each weight a little
# in the direction in which log p grows (positive case) or log (1 − p) grows (negative case). The
# step, derived in `02_deriving_the_rule.py`, is
#
# $$\Delta w_{ij} = \varepsilon \, x_i \cdot 2 (1 - p) \, y_j \quad \text{(positive)}, \qquad
#   \Delta w_{ij} = -\varepsilon \, x_i \cdot 2 p \, y_j \quad \text{(negative)}.$$
#
# In words: a unit that is active on a positive case strengthens its weights from that input. A unit
# that is active on a negative case weakens them. The more wrong the verdict was, the bigger the
# change. To change, a weight needs its own input, its own unit's activity, and p. It needs nothing
# from anywhere else.
#
# The rate ε is the size of the step. `Schedule` keeps it constant for half of the training and then
# lets it fall, so that the weights settle. `Smoothed` averages about the last ten steps, which
# calms their jitter. `UniformWrong` draws the wrong labels, each of the nine equally often. One
# *epoch* is one run through all training images.

# %%
cases = LabelledCases(
    train_images, train_labels, encoding, UniformWrong(10, rng), batch=BATCH, seed=0
)


def share_judged_right(S):
    """Return the share of test cases on their own side of the threshold."""
    return np.mean((S > THETA) == (sign > 0))


right = [share_judged_right(S_before)]
for epoch in range(1, EPOCHS + 1):
    for _ in train([layer], cases):  # one epoch; after each batch we could look inside
        pass
    right.append(share_judged_right(layer.forward(x)[1]))
    print(f"epoch {epoch}: {100 * right[-1]:.1f} % of the test cases are classified correctly")

S_after = layer.forward(x)[1]
p_after = sigmoid(S_after - THETA)
firm = np.mean((p_after < 0.01) | (p_after > 0.99))
print(f"verdicts with p below 0.01 or above 0.99: {100 * firm:.1f} %")

# %% [markdown]
# ## What has changed
#
# Before training, nearly all cases lie below the threshold. The layer calls almost everything a
# contradiction, and is right in half of the cases. After training, the two kinds have moved apart,
# and more than 85 % of the cases are on their own side of θ.
#
# The upper curve is p. It climbs from 0.01 to 0.99 within about nine units of goodness. That is a
# narrow step compared with the histograms, so most verdicts are firm. This matters for learning. If
# a case is classified correctly and firmly, its factor 1 − p (or p) is close to 0, and it moves no
# weight. The layer learns from the cases it has not settled yet.

# %%
figure, axes = plt.subplots(
    3, 1, figsize=(8, 7.2), sharex=True, layout="constrained", height_ratios=(1, 1.6, 1.6)
)
goodness = np.linspace(0, S_after.max(), 500)
axes[0].plot(goodness, sigmoid(goodness - THETA), color=DARK)
axes[0].set(ylabel="p(positive)", title="The verdict p = σ(S − θ) is a step at θ")
for ax, S, when in ((axes[1], S_before, "Before"), (axes[2], S_after, "After")):
    bins = np.linspace(0, S_after.max(), 70)
    ax.hist(S[sign < 0], bins, color=GREY, label="wrong label (negative)")
    ax.hist(S[sign > 0], bins, color=ORANGE, alpha=0.7, label="true label (positive)")
    percent = 100 * share_judged_right(S)
    ax.set(ylabel="test cases", title=f"{when} training: {percent:.1f} % classified correctly")
for ax in axes:
    ax.axvline(THETA, color=DARK, linestyle="--", label="threshold θ")
axes[1].legend(frameon=False)
axes[2].set_xlabel("goodness S = Σ y²")

# %% [markdown]
# ## Pairs and ten labels
#
# We can also do without the threshold and ask which of two labels gives the same image the higher
# goodness. The true label wins against one wrong label in more than 95 % of the pairs.
#
# If we can compare two labels, we can compare ten. Show the layer the image with each of the ten
# labels, and choose the label with the highest goodness: that is a classifier. `predict` does this.

# %%
positive, negative = S_after[sign > 0], S_after[sign < 0]
pairs_right = np.mean(positive > negative)
error = np.mean(predict([layer], encoding, test_images) != test_labels)
print(f"true label above one wrong label: {100 * pairs_right:.1f} % of the pairs")
print(f"ten labels compared: {100 * error:.1f} % of the test images are misclassified")

# %% [markdown]
# ## What a receptive field looks like
#
# The weights of one unit, drawn at the pixels they belong to, are its *receptive field*. It shows
# where ink drives the unit and where ink holds it back. The weights began as noise, and much of
# that noise is still there. So we draw what training has *added* to them.
#
# The first ten weights belong to the label. For each label we pick the unit whose weight from that
# label grew most. We measure its mean activity on test cases of three kinds: its label on its
# digit, its label on another digit, and another label on its digit.

# %%
learned = layer.weights.matrix - W_start[:-1]
units = [int(np.argmax(learned[label])) for label in range(10)]

activity = np.maximum(layer.weights.forward(x), 0)  # of every unit on every test case
label_shown = np.concatenate([test_labels, wrong_labels])
digit_shown = np.concatenate([test_labels, test_labels])
means = []
for k, unit in enumerate(units):
    label_suits, digit_suits = label_shown == k, digit_shown == k
    kinds = (label_suits & digit_suits, label_suits & ~digit_suits, ~label_suits & digit_suits)
    means.append([activity[kind, unit].mean() for kind in kinds])
both, label_only, digit_only = np.mean(means, axis=0)
ratio = both / max(label_only, digit_only)
print(f"mean activity: {both:.1f} label and digit, {label_only:.1f} label alone, ", end="")
print(f"{digit_only:.1f} digit alone")

# %%
figure, axes = plt.subplots(2, 5, figsize=(9, 4.6), layout="constrained")
for label, (ax, unit) in enumerate(zip(axes.flat, units, strict=True)):
    field = learned[:, unit].copy()
    field[:10] = 0  # the label's weights are not part of the picture
    field /= np.abs(field).max()
    shown = ax.imshow(field.reshape(28, 28), cmap="PuOr_r", vmin=-1, vmax=1)
    ax.contour(
        train_images[train_labels == label].mean(axis=0).reshape(28, 28),
        levels=[80],
        colors=DARK,
        linewidths=0.8,
    )
    ax.set(title=f'label "{label}", unit {unit}', xticks=[], yticks=[])
figure.colorbar(shown, ax=axes, shrink=0.8, label="weight added ÷ the unit's largest")
figure.suptitle(
    f"Its label on its digit makes a unit {ratio:.1f} times as active as either of them alone\n"
    "(orange: ink here raises the activity; purple: ink here lowers it; line: the average digit)"
)

# %% [markdown]
# Label and digit together make such a unit at least 1.5 times as active as either of them without
# the other. Each pushes the weighted sum up. The cut-off at zero hides a push that is too weak, and
# squaring favours a strong one. Together they act as a soft "and". That is how a sum of squared
# activities can tell agreement from contradiction.
#
# ## What this does not show
#
# These are clean digits that a program drew. Real handwriting is harder. And this is only one
# layer: `05_deep_without_backprop.py` stacks three and trains them at the same time, each by the same rule.
#
# ## Checks
#
# These are the numbers that the text promises, with room for other machines.

# %%
assert inputs_that_differ == 2
assert np.allclose(np.mean(cases_as_array**2, axis=1), 1)
assert np.allclose(x @ W_start[:-1], cases_as_array @ W_start[:-1], atol=1e-4)
assert np.allclose(S_of_layer, S_before, rtol=1e-4)
assert not test_images[:, :10].any()
assert not train_images[:, :10].any()
assert np.mean(p_before > 0.5) < 0.02
assert abs(right[0] - 0.5) < 0.02
assert right[-1] > 0.85
assert firm > 0.5
assert sigmoid(4.5) < 0.99 < sigmoid(4.6)
assert pairs_right > 0.95
assert error < 0.15
assert ratio > 1.5

# %% [markdown]
# If the environment variable FFNUMPY_FIGURES names a folder, the figures are written there.
# Otherwise they are shown.

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        plt.figure(number).savefig(os.path.join(folder, f"01_one_layer_{number}.png"), dpi=120)
else:
    plt.show()
