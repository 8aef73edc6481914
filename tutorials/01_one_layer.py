# %% [markdown]
# # One layer tells a digit from its contradiction
#
# A picture of a 3 and the label "3" agree. The same picture and the label "5" contradict each
# other. Can a single layer learn to tell the two apart, without any output from which something
# could be sent back? It computes one number, its *goodness*, which becomes high when picture and
# label agree and low when they do not. This is the building block of the Forward-Forward algorithm
# (Geoffrey Hinton, 2022).
#
# You need NumPy and a little calculus; nothing has to be read before. It runs in about 3 seconds.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import load, predict, train
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.layers import Layer
from ffnumpy.losses import sigmoid
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.plotting import ACCENT, DARK, GREY, keep
from ffnumpy.weights import Dense, normal

plt.style.use("ffnumpy.plotting.house")
rng = np.random.default_rng(0)
data = load("strokes")  # digits that the library draws with a shaky pen
test_labels = data.test_labels.astype(int)
print(f"{len(data.train_images)} training images; {len(test_labels)} test images, kept apart")

# %% [markdown]
# ## Two cases
#
# A *case* is one input x to the layer: an image with a label written into it. An image has 28 × 28
# = 784 pixels, each a grey level from 0 (paper) to 255 (ink). The first ten are blank in every
# image, so they can carry the label: pixel number k is set to 1 if the label is k. A *positive*
# case carries the true label, a *negative* case a wrong one. Each input is then scaled so that the
# mean of its squares is 1, and a thick digit is no "louder" than a thin one.

# %%
true, wrong = test_labels[0], (test_labels[0] + 5) % 10
x = data.test_images[[0, 0]] / 255  # the same image twice
x[0, true] = x[1, wrong] = 1
x /= np.sqrt(np.mean(x**2, axis=1, keepdims=True))
sign = np.array([1, -1])  # +1 marks a positive case, −1 a negative one
differ = np.count_nonzero(x[0] != x[1])

figure, axes = plt.subplots(1, 2, figsize=(7, 4))
titles = (f'positive case: the label "{true}"', f'negative case: the label "{wrong}"')
for ax, case, title in zip(axes, x, titles, strict=True):
    ax.imshow(case.reshape(28, 28))
    ax.add_patch(plt.Rectangle((-0.4, -0.4), 9.8, 0.9, fill=False, color=ACCENT, linewidth=2))
    ax.text(10, 0.4, "the label's ten pixels", color=ACCENT)
    ax.set(title=title, xticks=[], yticks=[])
figure.suptitle(f"The two cases differ in {differ} of {x.shape[1]} inputs")
keep(figure, "01_one_layer_1")

# %% [markdown]
# ## The layer, and the three lines of its rule
#
# The layer has 100 *units*. Unit j has a *weight* $w_{ij}$ for every input i. It adds up its inputs
# times these weights and cuts the sum off at zero; the result is its *activity* $y_j$. The goodness
# S of a case is the sum of the squared activities. The layer's verdict is p, the probability that
# the case is positive. It compares S with a threshold θ, for which we take the number of units:
#
# $$y_j = \max\left(\sum_i x_i w_{ij},\, 0\right), \qquad S = \sum_j y_j^2, \qquad
#   p = \sigma(S - \theta), \qquad \sigma(t) = \frac{1}{1 + e^{-t}}.$$
#
# A positive case should get a high p and a negative case a low one. So we raise log p for the first
# and log(1 − p) for the second. Every weight takes a small step ε along the slope, which [the next
# tutorial](02_deriving_the_rule.py) derives:
#
# $$\Delta w_{ij} = \varepsilon\, x_i \cdot 2 (1 - p)\, y_j \quad \text{(positive)}, \qquad
#   \Delta w_{ij} = -\varepsilon\, x_i \cdot 2 p\, y_j \quad \text{(negative)}.$$
#
# A unit that is active on a positive case strengthens its weights, and one that is active on a
# negative case weakens them. The more wrong the verdict, the nearer to 1 is its factor, 1 − p or p.
# A weight needs its own input, its own unit's activity, and p. It needs nothing from elsewhere.

# %%
WIDTH = THETA = 100
W = W_start = rng.standard_normal((784, WIDTH)) / np.sqrt(784)
for step in range(41):
    y = np.maximum(x @ W, 0)  # y_j = max(Σ_i x_i w_ij, 0)
    S = (y**2).sum(axis=1)  # S = Σ_j y_j²
    p = sigmoid(S - THETA)  # p = σ(S − θ)
    if step in (0, 1, 2, 5, 10, 20, 40):
        print(f"step {step:2d}: S = {S[0]:5.1f} and {S[1]:5.1f}, p = {p[0]:.3f} and {p[1]:.3f}")
    dlogp_dS = np.where(sign > 0, 1 - p, -p)
    W = W + 0.0003 * x.T @ (2 * dlogp_dS[:, np.newaxis] * y) / 2  # the mean over two cases

# %% [markdown]
# `Layer` does the same, and gives each unit a *bias*, the weight of one more input that is always
# on. Its `learn` takes one such step. Its `forward` returns the goodness and, for a layer above,
# the activity. We start both from the same weights and compare one step.

# %%
by_library = Layer(Dense(np.vstack([W_start, np.zeros(WIDTH)]), 0.0003))
S_of_layer = by_library.forward(x)[1]
by_library.learn(x, sign)
y = np.maximum(x @ W_start, 0)
factor = np.where(sign > 0, 1, -1) * sigmoid(-sign * (S_of_layer - THETA))  # 1 − p, or −p
by_hand = W_start + 0.0003 * x.T @ (2 * factor[:, np.newaxis] * y) / 2
print(f"largest difference of a weight: {np.abs(by_library.weights.matrix - by_hand).max():.0e}")

# %% [markdown]
# ## Learning from ten thousand images
#
# `OneHot` writes labels into images, and `UniformWrong` draws the wrong labels, each of the nine
# equally often. In every step 100 images are shown with their true label and with a wrong one.
# `Smoothed` averages about the last ten steps. `Schedule` keeps the rate ε constant for half of the
# training and then lets it fall. One *epoch* is one run through all training images.

# %%
encoding = OneHot(classes=10)
wrong_labels = (test_labels + rng.integers(1, 10, len(test_labels))) % 10
tests = encoding.labelled(encoding.features(data.test_images), test_labels, wrong_labels)
sign = np.repeat([1, -1], len(test_labels))
layer = Layer(Dense(normal(784, WIDTH, rng), Schedule(0.02, 8, 100), Smoothed()))
negatives = UniformWrong(10, rng)
cases = LabelledCases(data.train_images, data.train_labels, encoding, negatives, batch=100, seed=0)

S_before, right = layer.forward(tests)[1], []
for epoch in range(1, 9):
    for _ in train([layer], cases):  # calls layer.learn for every batch
        pass
    S_after = layer.forward(tests)[1]
    right.append(np.mean((S_after > THETA) == (sign > 0)))
    print(f"epoch {epoch}: {100 * right[-1]:.1f} % of the test cases are on their side of θ")

# %%
figure, axes = plt.subplots(2, 1, figsize=(7.5, 4.6), sharex=True)
for ax, S, when in zip(axes, (S_before, S_after), ("Before", "After"), strict=True):
    bins = np.linspace(0, S_after.max(), 70)
    ax.hist(S[sign < 0], bins, color=GREY, label="wrong label")
    ax.hist(S[sign > 0], bins, color=ACCENT, histtype="step", linewidth=1.6, label="true label")
    ax.axvline(THETA, color=DARK, linestyle="--", label="threshold θ")
    share = 100 * np.mean((S > THETA) == (sign > 0))
    ax.set(ylabel="test cases", title=f"{when} training: {share:.1f} % are on their side of θ")
axes[0].legend()
axes[1].set_xlabel("goodness S = Σ y²")
keep(figure, "01_one_layer_2")

# %% [markdown]
# Before training, nearly all cases lie below θ: the layer calls everything a contradiction, and is
# right in half of the cases. After it, the two kinds have moved apart.
#
# If we can compare two labels, we can compare ten. Show the image with each of the ten labels, and
# name the label with the highest goodness: that is a classifier. `predict` does this.

# %%
pairs_right = np.mean(S_after[sign > 0] > S_after[sign < 0])
error = np.mean(predict([layer], encoding, data.test_images) != test_labels)
print(f"true label above one wrong label: {100 * pairs_right:.1f} %; ten compared: ", end="")
print(f"{100 * error:.1f} % of the test images are misnamed")

# %% [markdown]
# ## What this does not show
#
# A program drew these digits, and real handwriting is harder. This is one random start. And it is
# only one layer: [a deep network](05_deep_without_backprop.py) stacks several, each with this rule.
#
# ## Exercises
#
# 1. With a pencil: a weight starts with mean 0 and variance 1/784, and the mean of $x_i^2$ is 1.
#    What are the mean and the standard deviation of S over random starts, and so which of 1 − p and
#    p moves the weights in the first step?
# 2. In code: let the layer learn from positive cases only. What happens to the goodness of negative
#    cases, and why does the layer stop learning?
# 3. Open: replace max(z, 0) by z itself. What can the layer still learn? What is the cut-off for?
#
# ## Checks

# %%
assert differ == 2
assert not data.train_images[:, :10].any()
assert p[0] > 0.99 > 0.01 > p[1]  # after 40 steps by hand
assert np.allclose(by_library.weights.matrix, by_hand, rtol=0, atol=1e-12)
assert np.mean(S_before > THETA) < 0.02
assert right[-1] > 0.85  # over seven random starts it was 0.93 to 0.95
assert error < 0.15
