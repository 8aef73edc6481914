# %% [markdown]
# # Answers to "Deriving the rule, with a pencil"
#
# The exercises are those of `tutorials/02_deriving_the_rule.py`. All of it runs in about 4 seconds.

# %%
import numpy as np

from ffnumpy import check_slope, load, predict, train
from ffnumpy.activations import Activation
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.layers import Layer
from ffnumpy.losses import Logistic, log_sigmoid, sigmoid
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.weights import Dense, normal

rng = np.random.default_rng(0)

# %% [markdown]
# ## 1. The table for a negative case
#
# S is 5 and p is ½ as before. Only the factor changes: δ = −p · 2y = −(1, 2, 0). The new sums are
# $z' = z + \varepsilon \lVert x \rVert^2 \delta$ = (1, 2, −1) − 5ε (1, 2, 0), so the two active
# units are multiplied by 1 − 5ε.
#
# - ε = 0.1: z' = (0.5, 1, −1), and S' = 0.25 + 1 = 1.25.
# - S' = 0 needs 1 − 5ε ≤ 0, that is ε = 0.2 or more.
# - From then on no unit is active on this case. Its δ is 0, whether it is shown as a negative or as
#   a positive case, so it never moves a weight again. Only other inputs can wake the units.
#
# With many inputs ‖x‖² is large (784 for an image of mean square 1), and ε has to be that much
# smaller. A rate that is too large silences a layer in this way.

# %%
x, W = np.array([[2.0]]), np.array([[1.0, 0.0, -1.0], [-1.0, 2.0, 1.0]])  # the bias input is added
reached, moved_later = {}, {}
for rate in (0.1, 0.2, 0.3):
    layer = Layer(Dense(W.copy(), rate), loss=Logistic(5.0))
    layer.learn(x, np.array([-1.0]))
    reached[rate] = float(layer.forward(x)[1][0])
    before = layer.weights.values.copy()
    layer.learn(x, np.array([1.0]))  # now as a positive case
    moved_later[rate] = float(np.abs(layer.weights.values - before).max())
    print(f"ε = {rate}: S = {reached[rate]:.2f}; the next step moves {moved_later[rate]:.2f}")

# %% [markdown]
# ## 2. A soft cut-off
#
# The slope of $y = \log(1 + e^z)$ is $e^z/(1 + e^z) = \sigma(z)$. It takes the place of the second
# link: $\delta_j = \frac{\partial \log p}{\partial S} \cdot 2 y_j \cdot \sigma(z_j)$. With the hard
# cut-off the link could be left out, because y is 0 wherever the link is. Here y is never 0, and
# leaving it out is a mistake that the check finds.

# %%
softplus = Activation(
    "softplus", lambda z: np.log1p(np.exp(z)), lambda z: 1 / (1 + np.exp(-z)), has_kink=False
)
no_link = Activation("no second link", softplus.value, np.ones_like, has_kink=False)
inputs, weights = rng.standard_normal((6, 5)), normal(5, 4, rng, float)
sign = np.array([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])


def log_p(W):
    """Return log p of a correct verdict, θ = 4, for complex weights too."""
    y = softplus.value(inputs @ W[:-1] + W[-1])
    return log_sigmoid(sign * (np.sum(y**2, axis=1) - 4))


def rule_with(activation):
    """Return what `learn` adds with this activation, as a function of the weights."""

    def added(W):
        layer = Layer(Dense(W.copy(), 1.0), activation)
        layer.learn(inputs, sign)
        return 6 * (layer.weights.values - W)

    return added


right = check_slope(log_p, rule_with(softplus), weights)
wrong = check_slope(log_p, rule_with(no_link), weights)
print(f"relative error: {right.complex_step:.0e}; without the link {wrong.complex_step:.2f}")

# %% [markdown]
# ## 3. Another function to raise
#
# A good answer names the slope of its function, since that is all that the rule uses, and says
# which cases it moves. With t = s (S − θ), positive where the verdict is right:
#
# - the logistic rule raises log σ(t), whose slope σ(−t) is near 1 where the verdict is badly wrong
#   and fades over a few units of goodness where it is right;
# - a *hinge* raises min(t − m, 0): slope 1 up to the margin m, and exactly 0 beyond it;
# - raising −(t − m)² also pulls back cases that are better than m asks for, which serves nothing;
# - raising p itself has the slope p (1 − p) and gives up on badly wrong cases, which is fatal at
#   the start, when S is 50 below θ for every positive case.
#
# The experiment trains one layer of 100 units with three of them. Raising p hardly moves the
# weights. The hinge is about as good as the logistic rule.

# %%
digits, encoding = load("strokes"), OneHot(classes=10)


class Raised:
    """A loss that is given by its slope as a function of t = s (S − θ), with θ = 100."""

    def __init__(self, slope):
        self.of_t = slope

    def slope(self, S, sign):
        """Return the slope by S."""
        return sign * self.of_t(sign * (S - 100))


def learned(loss):
    """Return the test error [%] after four epochs, and how far a weight has moved at most."""
    rng = np.random.default_rng(1)
    W = normal(784, 100, rng)
    layer = Layer(Dense(W.copy(), Schedule(0.02, 4, 100), Smoothed()), loss=loss)
    negatives = UniformWrong(10, rng)
    cases = LabelledCases(digits.train_images, digits.train_labels, encoding, negatives)
    for _epoch in range(4):
        for _ in train([layer], cases):
            pass
    error = 100 * np.mean(predict([layer], encoding, digits.test_images) != digits.test_labels)
    return error, np.abs(layer.weights.values - W).max()


raised = {
    "log p": Raised(lambda t: sigmoid(-t)),
    "hinge, m = 3": Raised(lambda t: (t < 3).astype(float)),
    "p itself": Raised(lambda t: sigmoid(t) * sigmoid(-t)),
}
errors, moved = {}, {}
for name, loss in raised.items():
    errors[name], moved[name] = learned(loss)
    print(f"{name}: error {errors[name]:.1f} %, largest change of a weight {moved[name]:.0e}")

# %%
assert np.isclose(reached[0.1], 1.25)
assert reached[0.2] < 1e-30
assert reached[0.3] == 0
assert moved_later[0.1] > 0.1
assert moved_later[0.3] == 0
assert right.complex_step < 1e-12 < 0.1 < wrong.complex_step
assert abs(errors["log p"] - errors["hinge, m = 3"]) < 4
assert moved["p itself"] < 0.1 * moved["log p"]
