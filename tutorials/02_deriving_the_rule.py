# %% [markdown]
# # Deriving the rule and checking it with a pencil
#
# In `01_one_layer.py` a layer learned by a rule that fell from the sky. Here we derive the rule with
# the chain rule and work it out once with small integers. Then we ask the computer whether it is
# the derivative that we claim it is.
#
# As before, a *unit* j of the layer computes a weighted sum $z_j$ of the inputs and the *activity*
# $y_j = \max(z_j, 0)$. The *goodness* of a case is $S = \sum_j y_j^2$. The layer's verdict is
# $p = \sigma(S - \theta)$ with $\sigma(t) = 1/(1 + e^{-t})$: the probability, in its judgement,
# that the case is *positive*, which means that the image and its label agree.

# %%
import os

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.activations import relu
from ffnumpy.data.paths import from_environment
from ffnumpy.goodness import sum_of_squares
from ffnumpy.layers.layer import Layer
from ffnumpy.layers.one_step import one_step
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.proofs.differences import check_slope
from ffnumpy.rule import delta, one_step_rate, outer_product
from ffnumpy.weights.dense import Dense, normal

ORANGE, GREY, DARK = "C1", "0.7", "0.25"  # orange is for findings
EPS = np.finfo(float).eps  # 2e-16: the relative rounding error of a number

# %% [markdown]
# ## What we raise
#
# If a case is positive, p should be high. If it is negative, 1 − p should be high. In both cases we
# raise the *logarithm* of the probability of a correct verdict:
#
# $$\log p \ \text{(positive case)}, \qquad \log(1 - p) \ \text{(negative case)}.$$
#
# Why the logarithm? With $t = S - \theta$, its slope for a positive case is
#
# $$\frac{d \log \sigma(t)}{dt} = -\frac{d}{dt} \log(1 + e^{-t}) = \frac{e^{-t}}{1 + e^{-t}}
#   = 1 - \sigma(t) = 1 - p,$$
#
# whereas the slope of p itself is $p\,(1 - p)$. Both vanish where the layer is right. Where it is
# badly wrong, with p near 0, the first is near 1 but the second is near 0. A rule that raises p
# would learn nothing from the worst mistakes.

# %%
t = np.linspace(-10, 10, 401)  # S − θ
p = sigmoid(t)
slope_of_log_p = 1 - p  # d log p / dS
slope_of_p = p * (1 - p)  # dp / dS
at = np.argmin(np.abs(t + 6))  # S = θ − 6: a positive case, badly misjudged
times = slope_of_log_p[at] / slope_of_p[at]

figure, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
ax.plot(t, slope_of_log_p, color=ORANGE, label="slope of log p:  1 − p")
ax.plot(t, slope_of_p, color=DARK, linestyle="--", label="slope of p:  p (1 − p)")
ax.axvline(t[at], color=GREY, label="S = θ − 6")
ax.set(
    title=f"At S = θ − 6, log p pulls {times:.0f} times as hard as p",
    xlabel="S − θ of a positive case",
    ylabel="slope by S",
)
ax.legend(frameon=False)

# %% [markdown]
# For a negative case $1 - \sigma(t) = \sigma(-t)$, so the slope of $\log \sigma(-t)$ is
# $-(1 - \sigma(-t)) = -p$. Let s be +1 for a positive case and −1 for a negative one. Then both
# slopes are one formula, $s\,\sigma(-s\,t)$. `Logistic` holds the function and this slope.
#
# ## The chain rule, link by link
#
# From a weight to log p there are four steps:
#
# $$w_{ij} \;\to\; z_j = \sum_i x_i w_{ij} \;\to\; y_j = \max(z_j, 0) \;\to\; S = \sum_j y_j^2
#   \;\to\; \log p.$$
#
# Each step has a short slope:
#
# $$\frac{\partial z_j}{\partial w_{ij}} = x_i, \qquad
#   \frac{dy_j}{dz_j} = \begin{cases} 1 & z_j > 0 \\ 0 & z_j < 0 \end{cases}, \qquad
#   \frac{\partial S}{\partial y_j} = 2 y_j, \qquad
#   \frac{\partial \log p}{\partial S} = \begin{cases} 1 - p & \text{positive case} \\
#   -p & \text{negative case} \end{cases}.$$
#
# The chain rule multiplies them. Where $z_j < 0$ the activity $y_j$ is already 0, so we can leave
# out the second slope:
#
# $$\frac{\partial \log p}{\partial w_{ij}} = x_i \cdot 2 y_j \cdot
#   \frac{\partial \log p}{\partial S}, \qquad
#   \Delta w_{ij} = \varepsilon\, \frac{\partial \log p}{\partial w_{ij}}.$$
#
# This is the learning rule of the Forward-Forward algorithm (Hinton, 2022, Eq. 3). The *rate* ε
# sets the length of the step. No other layer occurs in the rule, so nothing needs to be sent
# between layers except the activities on their way up.
#
# ## With a pencil
#
# Take a layer with three units, one real input, and a second input that is always 1. The weights of
# the constant input are called *biases*; treated this way, they need no rule of their own. Rows are
# inputs and columns are units:
#
# $$x = (2,\ 1), \qquad W = \begin{pmatrix} 1 & 0 & -1 \\ -1 & 2 & 1 \end{pmatrix}, \qquad
#   \theta = 5.$$
#
# | step | by hand |
# |---|---|
# | $z = xW$ | (2·1 − 1, 2·0 + 2, −2·1 + 1) = (1, 2, −1) |
# | $y = \max(z, 0)$ | (1, 2, 0) |
# | $S = \sum_j y_j^2$ | 1 + 4 + 0 = 5 |
# | $p = \sigma(S - \theta)$ | σ(0) = ½ |
# | $\delta_j = (1 - p) \cdot 2 y_j$ | ½ · 2 · (1, 2, 0) = (1, 2, 0) |
# | $\partial \log p / \partial w_{ij} = x_i\, \delta_j$ | rows 2 · (1, 2, 0) and 1 · (1, 2, 0) |
#
# Now the same in the words of the library. The first axis of an array counts cases; here there is
# one.

# %%
x = np.array([[2.0, 1.0]])  # one case; the second input is always 1
W = np.array([[1.0, 0.0, -1.0], [-1.0, 2.0, 1.0]])
positive = np.array([1.0])  # the sign s of a positive case
loss = Logistic(threshold=5.0)

z = x @ W
y = relu.value(z)  # y_j = max(z_j, 0)
S = sum_of_squares.value(y)  # S = Σ_j y_j²
p = sigmoid(S - 5.0)  # p = σ(S − θ)
dlogp_dS = loss.slope(S, positive)  # 1 − p
# δ_j = (1 − p) · 2 y_j · [z_j > 0]
d = delta(dlogp_dS[:, np.newaxis] * sum_of_squares.slope(y), relu.slope(z))
gradient = outer_product(x, d)  # x_i δ_j

for name, value in (("z", z), ("y", y), ("S", S), ("p", p), ("δ", d), ("x δ", gradient)):
    print(f"{name:>3} =", str(value.tolist()))

# %% [markdown]
# With ε = 0.1 each weight moves by a tenth of its slope. The new sums are $z' = z + \varepsilon
# \lVert x \rVert^2 \delta$, because $x$ meets its own image in $\Delta W$; with $\lVert x \rVert^2
# = 4 + 1 = 5$ that is $(1, 2, -1) + \tfrac12 (1, 2, 0) = (1.5, 3, -1)$. The goodness goes from 5 to
# 2.25 + 9 = 11.25.
#
# `Layer` does all this in one call. It adds the constant input by itself: `Dense` holds the biases
# as the last row of its weights. If the case had been negative, δ would be $-p \cdot 2 y_j$, which
# is $-(1, 2, 0)$, and the goodness would fall to 0.25 + 1 = 1.25.

# %%
goodness_after = {}
for kind, sign in (("positive", 1.0), ("negative", -1.0)):
    layer = Layer(Dense(W.copy(), 0.1), loss=loss)
    layer.learn(x[:, :1], np.array([sign]))  # the real input alone
    goodness_after[kind] = float(layer.forward(x[:, :1])[1][0])
    print(f"{kind} case: the goodness goes from 5 to {goodness_after[kind]:.4f}")

# %% [markdown]
# ## With a difference quotient
#
# A pencil checks one number. To check a formula, we compare it with the definition of the
# derivative. We move one weight by a small h and see how log p changes:
#
# $$\frac{f(w + h) - f(w)}{h} \approx f'(w), \qquad
#   \frac{f(w + h) - f(w - h)}{2h} \approx f'(w).$$
#
# The error of the first quotient shrinks like h. The error of the second, *central* quotient
# shrinks like h². But neither can be exact: for small h we subtract two numbers that are almost
# equal, and only their rounding errors remain.
#
# There is a way without subtraction. We move the weight by an *imaginary* amount $ih$. Then $f(w +
# ih) = f(w) + i h f'(w) - \tfrac12 h^2 f''(w) - \cdots$, and the imaginary part, divided by h, is
# the slope. With $h = 10^{-20}$ the rest is far below rounding. This is the *complex step*.


# %%
def log_p(W):
    """Return log p of the pencil's case with other weights."""
    return loss.value(sum_of_squares.value(relu.value(x @ W)), positive)[0]


weight = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])  # picks w_12, whose slope is 4 by hand
steps = 10.0 ** np.arange(-20, 0.0)
one_sided = np.array([(log_p(W + h * weight) - log_p(W)) / h for h in steps])
central = np.array([(log_p(W + h * weight) - log_p(W - h * weight)) / (2 * h) for h in steps])
complex_step = np.array([log_p(W + 1j * h * weight).imag / h for h in steps])

quotients = {"one-sided": one_sided, "central": central, "complex step": complex_step}
error_of = {name: np.maximum(np.abs(slope / 4 - 1), EPS) for name, slope in quotients.items()}

figure, ax = plt.subplots(figsize=(7.5, 4.6), layout="constrained")
for (name, error), style in zip(error_of.items(), ("s--", "^-", "o-"), strict=True):
    colour = {"one-sided": GREY, "central": DARK, "complex step": ORANGE}[name]
    ax.loglog(steps, error, style, color=colour, label=name)
ax.set(
    title=f"The complex step is right to {error_of['complex step'][0]:.0e}, "
    f"the central difference at best to {error_of['central'].min():.0e}",
    xlabel="step h",
    ylabel="relative error of ∂log p/∂w₁₂",
)
ax.legend(frameon=False)

# %% [markdown]
# `check_slope` does this for every element of an array, by the complex step and by the central
# quotient. It reports the largest error relative to the largest slope. First we check every link of
# the chain at random places:

# %%
rng = np.random.default_rng(0)
sign = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
some_S = 3 * rng.standard_normal(6)
some_z = rng.standard_normal((6, 4))

links = {
    "∂log p/∂S": check_slope(lambda S: loss.value(S, sign), lambda S: loss.slope(S, sign), some_S),
    "∂S/∂y": check_slope(sum_of_squares.value, sum_of_squares.slope, some_z),
    "dy/dz": check_slope(relu.value, relu.slope, some_z),
}
for name, check in links.items():
    print(f"{name:10s} complex step {check.complex_step:.0e}, central {check.central:.0e}")

# %% [markdown]
# Then we check the whole: what `Layer.learn` really adds to its weights, for six cases at once,
# three positive and three negative. The layer steps along the *mean* over the cases; six times that
# is the sum that we differentiate. (At $z = 0$ the activity has a kink and no slope. Random numbers
# do not come near enough to it to matter here.)

# %%
inputs = rng.standard_normal((6, 5))
weights = normal(5, 4, rng, float)  # five rows of weights and the row of biases


def sum_of_log_p(W):
    """Return the log probabilities of six correct verdicts."""
    return loss.value(Layer(Dense(W)).forward(inputs)[1], sign)


def what_learn_adds(W):
    """Return six times what one step with rate 1 adds to the weights."""
    layer = Layer(Dense(W.copy(), 1.0), loss=loss)
    layer.learn(inputs, sign)
    return 6 * (layer.weights.values - W)


rule = check_slope(sum_of_log_p, what_learn_adds, weights)
print(f"the learning rule: complex step {rule.complex_step:.0e}, central {rule.central:.0e}")

# %% [markdown]
# A check that cannot fail proves nothing. So here are two mistakes that are easy to make:
# forgetting the factor 2, and raising p in place of log p.


# %%
def wrong_factor(W):
    """Return an update without the 2."""
    return what_learn_adds(W) / 2


def raises_p(W):
    """Return the slope of p, or of 1 − p, in place of that of its logarithm."""
    z = inputs @ W[:-1] + W[-1]
    y = relu.value(z)
    p = np.exp(loss.value(sum_of_squares.value(y), sign))  # of a correct verdict
    d = delta(sum_of_squares.pull_back(y, sign * p * (1 - p)), relu.slope(z))
    return np.vstack([outer_product(inputs, d), d.sum(axis=0)])


mistakes = {
    "no factor 2": check_slope(sum_of_log_p, wrong_factor, weights),
    "raises p": check_slope(sum_of_log_p, raises_p, weights),
}
for name, check in mistakes.items():
    print(f"{name}: relative error {check.complex_step:.2f}")

# %% [markdown]
# ## The rule is local
#
# What happens above a layer does not change what it learns. We put two very different second layers
# on the same first layer, show both networks the same cases, and compare the first layers bit by
# bit.

# %%
first_layers = []
for above in (normal(4, 3, rng, float), 100 * normal(4, 7, rng, float)):
    layers = [Layer(Dense(weights.copy(), 0.1)), Layer(Dense(above, 0.1))]
    hidden = inputs
    for layer in layers:
        hidden = layer.learn(hidden, sign)
    first_layers.append(layers[0].weights.values)
bits_equal = first_layers[0].tobytes() == first_layers[1].tobytes()
print("the first layer is the same to the last bit:", bits_equal)

# %% [markdown]
# ## The output keeps its direction
#
# How can all layers learn at the same time if the input of each comes from a layer that is being
# changed? For a single case there is a neat answer. All active units have the same factor in front
# of their $y_j$, so a step multiplies them all by the same number:
#
# $$y_j' = y_j + \varepsilon \lVert x \rVert^2 \cdot 2 \frac{\partial \log p}{\partial S}\, y_j
#   = (1 + c)\, y_j.$$
#
# Only the length of y changes, and a layer takes the length out before it hands y on: the next
# layer gets $\sqrt{N}\, y / \lVert y \rVert$. So the next layer's input stays as it is. In the
# pencil's example 1 + c is 1.5.

# %%
layer = Layer(Dense(W.copy(), 0.1), loss=loss)
y_before = relu.value(layer.weights.forward(x[:, :1]))[0]
out_before = layer.forward(x[:, :1])[0][0]
layer.learn(x[:, :1], positive)
y_after = relu.value(layer.weights.forward(x[:, :1]))[0]
out_after = layer.forward(x[:, :1])[0][0]
change = np.abs(out_after - out_before).max()

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
for ax, before, after, name in (
    (left, y_before, y_after, "activity y"),
    (right, out_before, out_after, "normalised activity √N y/‖y‖"),
):
    ax.bar(np.arange(3) - 0.2, before, 0.4, color=GREY, label="before the step")
    ax.bar(np.arange(3) + 0.2, after, 0.4, color=ORANGE, label="after the step")
    ax.set(xlabel="unit", ylabel=name, xticks=range(3), xticklabels=(1, 2, 3))
left.set_title(f"y grows by the factor {y_after[0] / y_before[0]:.1f} …")
right.set_title(f"… what is handed on changes by {max(change, EPS):.0e}")
left.legend(frameon=False)

# %% [markdown]
# With several cases in one step, or with the averaged steps of `Smoothed`, this holds only
# approximately, because the weights are also moved by the other cases.
#
# ## One step to any goodness
#
# Since a step scales y, we can choose the scale. Take $\Delta w_{ij} = \varepsilon\, x_i\, y_j$.
# Then $y' = (1 + \varepsilon \lVert x \rVert^2)\, y$ and $S' = (1 + \varepsilon \lVert x
# \rVert^2)^2 S$. To arrive at a desired goodness S*, solve for ε:
#
# $$\varepsilon = \frac{\sqrt{S^*/S} - 1}{\lVert x \rVert^2}.$$
#
# For an input of length 1 this is $\varepsilon = \sqrt{S^*/S} - 1$, as in Hinton's paper. The
# pencil's example, with S = 5, $\lVert x \rVert^2 = 5$ and S* = 20, gives ε = (2 − 1)/5 = 0.2.

# %%
rate = one_step_rate(S=5.0, target=20.0, x_square=5.0)  # ε = (√(S*/S) − 1)/‖x‖²
S_stepped = sum_of_squares.value(relu.value(x @ (W + rate * outer_product(x, y))))[0]
print(f"ε = {rate:.3f} takes the goodness from 5 to {S_stepped:.6f}")

# %% [markdown]
# Because the normalised output does not change, every layer of a deep network can take such a step
# at once, without waiting for the layers below. `one_step` does this. Each layer gets its own
# target, and the biases count as an input of 1 in ‖x‖².

# %%
widths = (20, 50, 40, 30)
deep = [
    Layer(Dense(normal(n_in, n_out, rng, float)))
    for n_in, n_out in zip(widths[:-1], widths[1:], strict=True)
]
one_case = rng.standard_normal((1, 20))
targets = np.array([60.0, 10.0, 30.0])
S_first = np.array(one_step(deep, one_case, targets))  # returns the goodness from before

S_reached, hidden = [], one_case
for layer in deep:
    hidden, goodness = layer.forward(hidden)
    S_reached.append(goodness[0])
miss = np.abs(np.array(S_reached) / targets - 1).max()

figure, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
ax.bar(np.arange(3) - 0.2, S_first, 0.4, color=GREY, label="before")
ax.bar(np.arange(3) + 0.2, S_reached, 0.4, color=ORANGE, label="after one step")
ax.hlines(targets, np.arange(3) - 0.45, np.arange(3) + 0.45, color=DARK, label="target S*")
ax.set(
    title=f"One step takes all three layers to their targets, to {max(miss, EPS):.0e}",
    xlabel="layer",
    ylabel="goodness S",
    xticks=range(3),
    xticklabels=(1, 2, 3),
)
ax.legend(frameon=False)

# %% [markdown]
# This is exact, but only for one case: the next case's step undoes part of it. To learn from many
# cases we take many small steps, as in `01_one_layer.py` and `05_deep_without_backprop.py`.
#
# ## Checks
#
# These are the numbers that the text promises.

# %%
assert z.tolist() == [[1, 2, -1]]
assert y.tolist() == [[1, 2, 0]]
assert S.tolist() == [5]
assert p.tolist() == [0.5]
assert gradient.tolist() == [[2, 4, 0], [1, 2, 0]]
assert np.isclose(goodness_after["positive"], 11.25, rtol=1e-12)
assert np.isclose(goodness_after["negative"], 1.25, rtol=1e-12)
assert 400 < times < 410
assert error_of["complex step"][0] < 1e-15
assert 1e-14 < error_of["central"].min() < 1e-8
assert error_of["central"].min() < error_of["one-sided"].min()
for check in (*links.values(), rule):
    assert check.complex_step < 1e-12
    assert check.central < 1e-7
for check in mistakes.values():
    assert check.complex_step > 0.1
assert bits_equal
assert np.isclose(y_after[0] / y_before[0], 1.5, rtol=1e-12)
assert change < 1e-14
assert np.isclose(rate, 0.2, rtol=1e-12)
assert np.isclose(S_stepped, 20, rtol=1e-12)
assert miss < 1e-13
assert not np.isclose(S_first, targets, rtol=0.05).any()

# %% [markdown]
# If the environment variable FFNUMPY_FIGURES names a folder, the figures are written there.
# Otherwise they are shown.

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        plt.figure(number).savefig(os.path.join(folder, f"02_deriving_the_rule_{number}.png"), dpi=120)
else:
    plt.show()
