# %% [markdown]
# # Deriving the rule, with a pencil
#
# In [one layer](01_one_layer.py) a layer learned by a rule that fell from the sky. Where does it
# come from, and is it the derivative that we claim it is? We derive it with the chain rule, work it
# out once with small integers, and let the computer check it in a way that could fail. You should
# have read the tutorial on one layer. It runs in about 2 seconds.

# %%
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import check_slope
from ffnumpy.layers import Layer
from ffnumpy.losses import Logistic, log_sigmoid, sigmoid
from ffnumpy.plotting import ACCENT, DARK, keep
from ffnumpy.weights import Dense, normal

plt.style.use("ffnumpy.plotting.house")
rng, EPS = np.random.default_rng(0), np.finfo(float).eps  # 2e-16: a number's rounding error

# %% [markdown]
# ## What we raise
#
# Unit j computes $z_j = \sum_i x_i w_{ij}$ and $y_j = \max(z_j, 0)$, and the layer's goodness is $S
# = \sum_j y_j^2$. In its judgement, a case is positive with the probability $p = \sigma(S -
# \theta)$. We raise the *logarithm* of the probability of a correct verdict, which is p for a
# positive case and 1 − p for a negative one. With $t = S - \theta$ its slope for a positive case is
#
# $$\frac{d \log \sigma(t)}{dt} = -\frac{d}{dt} \log(1 + e^{-t}) = \frac{e^{-t}}{1 + e^{-t}}
#   = 1 - \sigma(t) = 1 - p,$$
#
# whereas the slope of p itself is $p\,(1 - p)$. Both vanish where the layer is right. Where it is
# badly wrong, say at S = θ − 6, the first is near 1, but the second is 400 times smaller: a rule
# that raises p would learn nothing from the worst mistakes. For a negative case $1 - \sigma(t) =
# \sigma(-t)$, and the slope of $\log \sigma(-t)$ is −p.
#
# ## The chain rule, link by link
#
# Each of the four steps $w_{ij} \to z_j \to y_j \to S \to \log p$ has a short slope:
#
# $$\frac{\partial z_j}{\partial w_{ij}} = x_i, \qquad
#   \frac{dy_j}{dz_j} = \begin{cases} 1 & z_j > 0 \\ 0 & z_j < 0 \end{cases}, \qquad
#   \frac{\partial S}{\partial y_j} = 2 y_j, \qquad
#   \frac{\partial \log p}{\partial S} = \begin{cases} 1 - p & \text{positive case} \\
#   -p & \text{negative case} \end{cases}.$$
#
# The chain rule multiplies them. Where $z_j < 0$ the activity $y_j$ is already 0, so we can leave
# out the second slope. With $\delta_j = \frac{\partial \log p}{\partial S} \cdot 2 y_j$ for what
# unit j knows and a *rate* ε for the length of the step, the learning rule of the Forward-Forward
# algorithm (Hinton, 2022, Eq. 3) is $\Delta w_{ij} = \varepsilon\, x_i\, \delta_j$.
#
# ## With a pencil
#
# Take three units, one real input, and a second input that is always 1; the weights of the latter
# are the *biases*. Rows are inputs and columns are units:
#
# $$x = (2,\ 1), \qquad W = \begin{pmatrix} 1 & 0 & -1 \\ -1 & 2 & 1 \end{pmatrix}, \qquad
#   \theta = 5.$$
#
# | step | by hand |
# |---|---|
# | $z = xW$ | (2·1 − 1, 2·0 + 2, −2·1 + 1) = (1, 2, −1) |
# | $y = \max(z, 0)$ and $S = \sum_j y_j^2$ | (1, 2, 0) and 1 + 4 + 0 = 5 |
# | $p = \sigma(S - \theta)$ and $\delta_j = (1 - p) \cdot 2 y_j$ | σ(0) = ½ and ½ · 2 · (1, 2, 0) |
# | $\partial \log p / \partial w_{ij} = x_i\, \delta_j$ | rows 2 · (1, 2, 0) and 1 · (1, 2, 0) |
#
# With ε = 0.1 the new sums are $z' = z + \varepsilon \lVert x \rVert^2 \delta$, because
# $x \Delta W = \varepsilon\, x x^\mathsf{T} \delta$. With $\lVert x \rVert^2 = 4 + 1 = 5$ that is
# (1, 2, −1) + ½ (1, 2, 0) = (1.5, 3, −1), and S goes from 5 to 2.25 + 9 = 11.25. `Layer` does this
# in one call and adds the constant input by itself: the last row of `Dense` holds the biases.

# %%
x = np.array([[2.0, 1.0]])  # one case; the second input is always 1
W = np.array([[1.0, 0.0, -1.0], [-1.0, 2.0, 1.0]])
y = np.maximum(x @ W, 0)
p = sigmoid(np.sum(y**2, axis=1) - 5)
gradient = x.T @ (2 * (1 - p)[:, np.newaxis] * y)  # x_i δ_j
print("x δ =", gradient.tolist())
layer = Layer(Dense(W.copy(), 0.1), loss=Logistic(threshold=5.0))
layer.learn(x[:, :1], np.array([1.0]))  # the real input alone, and the sign of a positive case
goodness_after = float(layer.forward(x[:, :1])[1][0])
print(f"the goodness goes from 5 to {goodness_after:.4f}")

# %% [markdown]
# ## With a difference quotient
#
# A pencil checks one number. To check a formula, we move a weight by a small h and see how log p
# changes. The central quotient $(f(w + h) - f(w - h))/2h$ cannot be exact: for small h it subtracts
# two nearly equal numbers, and their rounding errors remain. An *imaginary* step subtracts nothing:
# $f(w + ih) = f(w) + i h f'(w) - \tfrac12 h^2 f''(w) - \cdots$, and its imaginary part divided by h
# is the slope. With $h = 10^{-20}$ what this *complex step* leaves out is far below rounding.


# %%
def log_p(W, x=x, sign=1, theta=5):
    """Return log p of a correct verdict; the clip is max(z, 0), for complex z too."""
    return log_sigmoid(sign * (np.sum((x @ W).clip(0, np.inf) ** 2, axis=1) - theta))


weight = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 0.0]])  # picks w_12, whose slope is 4 by hand
h = 10.0 ** np.arange(-20, 0)
central = np.array([log_p(W + k * weight) - log_p(W - k * weight) for k in h])[:, 0] / (2 * h)
complex_step = np.array([log_p(W + 1j * k * weight).imag for k in h])[:, 0] / h
wrong = [np.maximum(np.abs(slope / 4 - 1), EPS) for slope in (central, complex_step)]

figure, ax = plt.subplots(figsize=(7, 3.4))
ax.loglog(h, wrong[0], "^--", color=DARK, label="central quotient")
ax.loglog(h, wrong[1], "o-", color=ACCENT, label="complex step")
ax.set(xlabel="step h", ylabel="relative error of ∂log p/∂w₁₂")
best = [f"{relative.min():.0e}" for relative in wrong]
ax.set_title(f"The complex step is right to {best[1]}, the central quotient at best to {best[0]}")
ax.legend()
keep(figure, "02_deriving_the_rule_1")

# %% [markdown]
# `check_slope` does this for every weight and reports the largest error relative to the largest
# slope. We check what `Layer.learn` really adds for three positive and three negative cases. As a
# check that cannot fail proves nothing, we also forget the 2, and raise p in place of log p.

# %%
inputs, weights = rng.standard_normal((6, 5)), normal(5, 4, rng, float)  # the last row: biases
sign = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
with_one = np.hstack([inputs, np.ones((6, 1))])
raises_p = SimpleNamespace(slope=lambda S, sign: sign * sigmoid(S - 4) * sigmoid(4 - S))


def added(W, loss=None):
    """Return what `learn` adds at rate 1, six times the mean over the cases; here θ = 4."""
    layer = Layer(Dense(W.copy(), 1.0), loss=loss)
    layer.learn(inputs, sign)
    return 6 * (layer.weights.values - W)


rules = {"the rule": added, "without the 2": lambda W: added(W) / 2}
misses = {}
for name, rule in (rules | {"raises p": lambda W: added(W, raises_p)}).items():
    misses[name] = check_slope(lambda W: log_p(W, with_one, sign, 4), rule, weights).complex_step
    print(f"{name}: relative error {misses[name]:.0e}")

# %% [markdown]
# ## The rule is local
#
# No other layer occurs in the rule: `lower.learn` is finished before `upper` is called. We put two
# very different layers on the same first layer, and compare the first layers after one step.

# %%
first = []
for above in (normal(4, 3, rng, float), 100 * normal(4, 7, rng, float)):
    lower, upper = Layer(Dense(weights.copy(), 0.1)), Layer(Dense(above, 0.1))
    upper.learn(lower.learn(inputs, sign), sign)
    first.append(lower.weights.values.tobytes())
print("the first layer is the same to the last bit:", first[0] == first[1])

# %% [markdown]
# ## What this does not show
#
# A slope holds for small steps and for the cases shown; what a layer makes of it has to be
# measured. At z = 0 the activity has a kink and no slope at all.
#
# ## Exercises
#
# 1. With a pencil: let the case of the table be negative. Where does a step of ε = 0.1 take the
#    goodness? Which ε takes it to 0, and what can the layer learn from this case after that?
# 2. In code: replace max(z, 0) by $\log(1 + e^z)$, derive its slope, and let `check_slope` judge a
#    rule with it. What does it say if you go on leaving out the second link of the chain?
# 3. Open: must the verdict be a logistic function? Propose another function of S − θ to raise.
#    Which cases would move the weights, and how far?
#
# ## Checks

# %%
assert gradient.tolist() == [[2, 4, 0], [1, 2, 0]]
assert np.isclose(goodness_after, 11.25, rtol=1e-12)
assert 400 < 1 / sigmoid(-6.0) < 410
assert wrong[1][0] < 1e-15 < wrong[0].min() < 1e-8
assert misses["the rule"] < 1e-12 < 0.1 < min(misses["without the 2"], misses["raises p"])
assert first[0] == first[1]
