# %% [markdown]
# # A deep network learns digits without backprop
#
# Three layers, one on top of the other, learn to name digits. All three learn at the same time, and
# none learns anything from another's mistakes. Each raises its own *goodness* for images with their
# true label and lowers it for images with a wrong one, as the single layer in `01_one_layer.py` does.
# Read that tutorial first; this one uses its words.
#
# The usual way to train such a network is *backpropagation*, "backprop" for short. It computes one
# error at the top and carries its derivative down through every layer by the chain rule. We also
# train the same network by backprop, and compare.

# %%
import os
import time

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases.batches import LabelledCases
from ffnumpy.cases.encoding import OneHot
from ffnumpy.cases.negatives import HardWrong
from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from ffnumpy.experiments import backprop
from ffnumpy.inference import (
    EveryLabel,
    OnePass,
    answers,
    confusion_matrix,
    goodness_by_label,
    neutral_activities,
    predict,
)
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.readout import Readout, ReadoutLayer, softmax
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.supervised.names import changed
from ffnumpy.training import train
from ffnumpy.weights.dense import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for findings
EPOCHS = 8  # runs through the training images
BATCH = 100  # images shown before the weights move
WIDTH = 200  # units in each layer
SEED = 0

# %%
data = load("strokes")  # digits that the library draws itself
train_images, train_labels = data.train_images, data.train_labels.astype(int)
test_images, test_labels = data.test_images, data.test_labels.astype(int)
n_test = len(test_images)
updates_per_epoch = len(train_images) // BATCH
print(f"{len(train_images)} training images, {n_test} test images that no layer learns from")

# %% [markdown]
# ## The layers
#
# A layer turns its input x into activities $y_j = \max(\sum_i x_i w_{ij} + b_j,\, 0)$ and a
# goodness $S = \sum_j y_j^2$. If the next layer received y as it is, it could read the goodness
# off the length of y and would have nothing to learn. So the length is taken out. The next layer's
# input is
#
# $$x' = \sqrt{N}\; \frac{y}{\lVert y \rVert},$$
#
# where N is the number of units. The mean of its squares is always 1, and only the *direction* of y
# goes on. Each layer has to find its own evidence in the pattern that the layer below left.
#
# The first layer sees 784 pixels, of which the first ten carry the label.

# %%
rng = np.random.default_rng(SEED)
schedule = Schedule(rate=0.02, epochs=EPOCHS, updates_per_epoch=updates_per_epoch)


def layer(n_in, n_out):
    """Return a layer with random weights."""
    return Layer(Dense(normal(n_in, n_out, rng), schedule, Smoothed()))


layers = [layer(784, WIDTH), layer(WIDTH, WIDTH), layer(WIDTH, WIDTH)]
encoding = OneHot(classes=10)

# %%
features = encoding.features(test_images)
x = encoding.labelled(features, test_labels)
activity = np.maximum(layers[0].weights.forward(x), 0)
S = (activity**2).sum(axis=1)
next_x = np.sqrt(WIDTH) * activity / np.sqrt(S)[:, np.newaxis]  # x' = √N y / ‖y‖, and ‖y‖² = S

same = np.allclose(next_x, layers[0].forward(x)[0], atol=1e-4)
mean_square = np.mean(next_x**2, axis=1)
print(f"the goodness varies from {S.min():.0f} to {S.max():.0f}; the next layer cannot see that:")
print(
    f"the mean square of its input varies from {mean_square.min():.4f} to {mean_square.max():.4f}"
)

# %% [markdown]
# ## A readout, and wrong labels that are hard to tell from the true one
#
# A wrong label can be silly (a 1 called "8") or tempting (a 4 called "9"). Once a layer has seen
# through the silly one, that case no longer moves any weight; the tempting one still does. To find
# tempting labels, a *readout* guesses the digit in every image while the network learns:
#
# 1. The image goes up with a *neutral* label: all ten label pixels at 0.1, which says nothing.
# 2. The readout takes the activities of layers 2 and 3 and computes ten weighted sums $a_k$, one
#    for each digit. The *softmax* makes probabilities of them:
#    $q_k = e^{a_k} / \sum_m e^{a_m}$.
# 3. The wrong label is drawn at random from these probabilities, leaving out the true digit. So a
#    label that the readout finds likely is drawn often.
#
# The readout learns too, by raising $\log q$ of the true digit. It stands first in the list of
# layers and hands every case on as it is. It only listens: nothing goes from it back into the
# layers, apart from the choice of wrong labels.

# %%
head = Dense(
    np.zeros((2 * WIDTH + 1, 10), np.float32),  # no opinion at first; the last row holds the biases
    Schedule(rate=0.1, epochs=EPOCHS, updates_per_epoch=updates_per_epoch),
    Smoothed(),
    decay=0.003,  # keeps the weights small
)
readout = Readout(head)
reader = ReadoutLayer(readout, lambda features: neutral_activities(layers, encoding, features))
negatives = HardWrong(reader.logits, rng)
cases = LabelledCases(train_images, train_labels, encoding, negatives, BATCH, SEED)

# %% [markdown]
# ## Training
#
# `train` is one short loop: for every batch, the first layer learns and hands its normalised
# activity to the second, which learns and hands on to the third. Here are its two inner lines:
#
# ```
# for layer in layers:
#     x = layer.learn(x, sign)
# ```
#
# There is no second loop that goes back down. After each epoch we measure the *error*, the share of
# test images that are misclassified, in several ways. Measuring does not touch the training.

# %%


def errors():
    """Return the test errors by goodness, by each layer's goodness alone, and by the readout."""
    every_label = EveryLabel(layers, encoding, voters=[1, 2])
    named, by_layer = answers(every_label, encoding, test_images)
    read, _ = answers(OnePass(layers, encoding, readout), encoding, test_images)
    return (
        np.mean(named != test_labels),
        np.mean(by_layer != test_labels, axis=1),
        np.mean(read != test_labels),
    )


history = []
seconds = 0.0
for epoch in range(1, EPOCHS + 1):
    start = time.perf_counter()
    for _ in train([reader, *layers], cases):
        pass
    seconds += time.perf_counter() - start
    history.append(errors())
    print(
        f"epoch {epoch:2d}: error {100 * history[-1][0]:4.1f} % by goodness, "
        f"{100 * history[-1][2]:4.1f} % by the readout"
    )

# %% [markdown]
# ## Two ways to ask the network
#
# **By goodness.** Show the image with each of the ten labels, add up the goodness of layers 2 and
# 3, and take the label with the largest sum. That is what the network was trained for, but it
# takes ten passes upward. (All ten share the first layer's sum over the image's pixels.)
#
# **By the readout.** Show the image once with the neutral label and take the most likely digit of
# the softmax. This takes one pass, so it is much cheaper. On these data it is also right more
# often.

# %%
predicted = predict(layers, encoding, test_images)  # ten labels, goodness
read = readout.forward(neutral_activities(layers, encoding, features)).argmax(axis=1)  # one pass
error, error_softmax = np.mean(predicted != test_labels), np.mean(read != test_labels)
print(f"error by goodness {100 * error:.1f} %, by the readout {100 * error_softmax:.1f} %")

# %%
shown = int(np.argmax(predicted == test_labels))  # the first image that is classified correctly
one_image = encoding.features(test_images[shown : shown + 1])
summed = goodness_by_label(layers, encoding, one_image)[1:].sum(axis=0)[0]  # over layers 2 and 3
best = int(summed.argmax())
figure, (left, right) = plt.subplots(
    1, 2, figsize=(9, 3.8), layout="constrained", width_ratios=(1, 2.2)
)
left.imshow(test_images[shown].reshape(28, 28), cmap="gray_r")
left.set(title="the image", xticks=[], yticks=[])
right.bar(range(10), summed, color=[ORANGE if k == best else GREY for k in range(10)])
right.axhline(2 * WIDTH, color=DARK, linestyle="--", label="sum of the two thresholds")
right.set(
    title=f'The label "{best}" has the highest goodness: {summed[best]:.0f}',
    xlabel="label shown with the image",
    ylabel="goodness of layers 2 and 3",
    xticks=range(10),
)
right.legend(frameon=False)

# %% [markdown]
# ## What hard negatives are
#
# For every digit, these are the wrong labels that the trained readout would offer: its
# probabilities $q_k$ without the true digit. A uniform choice would offer each of the nine in about
# 11 % of the cases. The readout offers its favourite at least twice as often.

# %%
logits = readout.forward(neutral_activities(layers, encoding, features))  # the ten sums a_k
q = softmax(logits)  # q_k = exp(a_k) / Σ_m exp(a_m)
q[np.arange(n_test), test_labels] = 0  # the true digit is left out
q /= q.sum(axis=1, keepdims=True)
offered = np.array([q[test_labels == digit].mean(axis=0) for digit in range(10)])
favourite = np.unravel_index(offered.argmax(), offered.shape)

figure, ax = plt.subplots(figsize=(6.2, 5.2), layout="constrained")
image = ax.imshow(100 * offered, cmap="Oranges", vmin=0)
ax.set(
    title=f'A "{favourite[0]}" would be called "{favourite[1]}" in '
    f"{100 * offered[favourite]:.0f} % of its negative cases",
    xlabel="wrong label that is offered",
    ylabel="true digit",
    xticks=range(10),
    yticks=range(10),
)
figure.colorbar(image, label="share of the digit's negative cases [%]")

# %% [markdown]
# ## Three comparisons
#
# An error means little by itself. Here are three other ways to use the same training images for the
# same number of epochs.
#
# 1. **Backprop.** The same three layers and a softmax on the third, trained by backprop from
#    weights drawn in the same way. `backprop` is one of the experiments of the library; `changed`
#    sets the choices that differ from its own.
# 2. **A readout on layers that never learn.** This shows how much of the result is due to the
#    readout and to random weights.
# 3. **A readout on the bare pixels**, without any layer.
#
# The rates of Forward-Forward and of backprop were chosen in the same way. Each is the best of
# three (0.01, 0.02, 0.04 and 0.4, 0.8, 1.6) on 2,000 of the training images that were held out for
# this, by the mean of three random starts.

# %%
setting = changed(
    backprop.FULL, hidden=(WIDTH, WIDTH, WIDTH), epochs=EPOCHS, rate=0.8, decay=0.0, batch=BATCH
)
run = backprop.start(setting, data, SEED)
backprop_history, seconds_backprop = [], 0.0
while not run.finished:
    start = time.perf_counter()
    for _ in run.steps():  # one epoch
        pass
    seconds_backprop += time.perf_counter() - start
    backprop_history.append(run.measure()["error"])
error_backprop = backprop_history[-1]


def error_of_readout(activities, width):
    """Train a softmax readout on fixed activities and return its test error."""
    rate = Schedule(rate=0.1, epochs=EPOCHS, updates_per_epoch=updates_per_epoch)
    values = np.zeros((width + 1, 10), np.float32)
    head = Readout(Dense(values, rate, Smoothed(), decay=0.003))
    for epoch in range(EPOCHS):
        order = np.random.default_rng([SEED, epoch]).permutation(len(train_images))
        for index in np.split(order, updates_per_epoch):
            batch = encoding.features(train_images[index])
            head.learn(activities(batch), train_labels[index])
    return np.mean(head.forward(activities(features)).argmax(axis=1) != test_labels)


untrained = [layer(784, WIDTH), layer(WIDTH, WIDTH), layer(WIDTH, WIDTH)]
error_untrained = error_of_readout(
    lambda batch: neutral_activities(untrained, encoding, batch), 2 * WIDTH
)
error_pixels = error_of_readout(lambda batch: [encoding.neutral(batch).toarray()], 784)


def uncertainty(error):
    """Return the standard error of an error that was measured on the test images."""
    return np.sqrt(error * (1 - error) / n_test)


results = {
    "backprop": error_backprop,
    "Forward-Forward, readout": error_softmax,
    "Forward-Forward, goodness": error,
    "readout on pixels": error_pixels,
    "readout on untrained layers": error_untrained,
}
for name, value in results.items():
    print(f"{name:28s} {100 * value:5.1f} ± {100 * uncertainty(value):.1f} %")
print(f"training: {seconds:.1f} s Forward-Forward, {seconds_backprop:.1f} s backprop")

# %%
epochs = range(1, EPOCHS + 1)
by_goodness, by_layer, by_readout = (
    100 * np.array(values) for values in zip(*history, strict=True)
)
figure, ax = plt.subplots(figsize=(8, 4.8), layout="constrained")
for number, style in enumerate((":", "--", "-")):
    label = f"goodness of layer {number + 1} alone"
    ax.plot(epochs, by_layer[:, number], style, color="0.55", label=label)
ax.plot(epochs, by_goodness, "o-", color=ORANGE, label="goodness, 2 + 3")
ax.plot(epochs, by_readout, "s-", color=ORANGE, mfc="w", label="readout")
ax.plot(epochs, 100 * np.array(backprop_history), "^-", color=DARK, label="backprop")
ax.set(
    title=f"Every layer learns, and none of them waits: after {EPOCHS} epochs each one\n"
    f"alone names {int(100 - by_layer[-1].max())} % of the test images or more",
    xlabel="epoch",
    ylabel="test error [%], logarithmic",
    yscale="log",
    xticks=epochs,
    yticks=(3, 5, 10, 20, 50),
    yticklabels=(3, 5, 10, 20, 50),
)
ax.minorticks_off()
ax.legend(frameon=False)

# %%
figure, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
names = list(results)[::-1]
ax.barh(
    names,
    [100 * results[name] for name in names],
    color=[ORANGE if "Forward" in name else GREY for name in names],
    xerr=[100 * uncertainty(results[name]) for name in names],
    error_kw={"ecolor": DARK, "capsize": 3},
)
ax.set(xlabel=f"test error [%], ± its standard error with {n_test} images", ylabel="method")
figure.suptitle(
    f"Learning by goodness cuts the readout's error from {100 * error_untrained:.1f} % to "
    f"{100 * error_softmax:.1f} %; backprop reaches {100 * error_backprop:.1f} %"
)

# %% [markdown]
# ## What the numbers say, and what they do not
#
# - **The layers have learned something useful.** The same readout makes less than half as many
#   mistakes on the trained layers as on untrained ones, and fewer than on the bare pixels.
# - **Backprop is still ahead of the goodness**, and it shows an image once where Forward-Forward
#   shows it three times: neutral, positive, negative. What Forward-Forward saves is of another
#   kind. It does not have to keep the activities of all layers until an error comes back down, and
#   it never multiplies by a weight matrix in the reverse direction.
# - **Depth buys little here.** The three layers, each alone, end up within five points of each
#   other. On digits this easy, even ten weighted sums of the pixels classify nine in ten correctly.
# - **Small differences mean nothing.** With 2,000 test images an error of 4 % has a standard error
#   of 0.4 points, and there is only one random start. Read no meaning into less than a point.
# - **These are not results for handwriting.** The digits are drawn by a program, the network is
#   small, and the training is short.

# %% [markdown]
# ## Which digits it confuses
#
# A *confusion matrix* counts the test images by true digit (row) and by the digit that the network
# named (column). Correct answers are on the diagonal; colour marks the mistakes.

# %%
confusion = confusion_matrix(test_labels, predicted, 10)
mistakes = confusion - np.diag(np.diag(confusion))
true, called = np.unravel_index(mistakes.argmax(), mistakes.shape)
figure, ax = plt.subplots(figsize=(6.2, 5.2), layout="constrained")
image = ax.imshow(mistakes, cmap="Oranges")
for i, j in zip(*np.nonzero(confusion), strict=True):
    dark = mistakes[i, j] > 0.6 * mistakes.max()
    ax.text(j, i, confusion[i, j], ha="center", va="center", color="w" if dark else DARK)
ax.set(
    title=f"{mistakes.sum()} mistakes in {n_test} images, most often a {true} called {called}",
    xlabel="named by the network (goodness)",
    ylabel="true digit",
    xticks=range(10),
    yticks=range(10),
)
figure.colorbar(image, label="mistakes [test images]")

# %% [markdown]
# ## Checks
#
# These are the numbers that the text promises, with room for other machines.

# %%
assert same
assert np.allclose(mean_square, 1, atol=1e-3)
assert S.max() > 1.5 * S.min()
assert error < 0.10
assert error_softmax < error
assert error_softmax < 0.5 * error_untrained
assert error_softmax < error_pixels < 0.10
assert error_backprop < error
assert np.ptp(by_layer[-1]) < 5
assert by_layer[-1].max() < 12
assert offered.max() > 0.22
assert not offered.diagonal().any()
assert best == test_labels[shown]
assert uncertainty(0.04) < 0.005
assert confusion.sum() == n_test
assert mistakes.sum() == np.sum(predicted != test_labels)

# %% [markdown]
# If the environment variable FFNUMPY_FIGURES names a folder, the figures are written there.
# Otherwise they are shown.

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        plt.figure(number).savefig(os.path.join(folder, f"05_deep_without_backprop_{number}.png"), dpi=120)
else:
    plt.show()
