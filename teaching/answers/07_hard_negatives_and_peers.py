# %% [markdown]
# # Answers to "Hard negatives are worth a point; peers keep every unit in use"
#
# The exercises are those of `tutorials/07_hard_negatives_and_peers.py`. All of it runs in about 8
# seconds.

# %%
import numpy as np

from ffnumpy import load, predict, train
from ffnumpy.cases import LabelledCases, OneHot, UniformWrong
from ffnumpy.inference import neutral_activities
from ffnumpy.layers import Layer, PeerNormalisation, Readout, softmax
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.proofs.differences import complex_step
from ffnumpy.weights import Dense, normal

WIDTH, EPOCHS = 200, 6
data, encoding = load("strokes"), OneHot(classes=10)
test_labels = data.test_labels.astype(int)

# %% [markdown]
# ## 1. The push on three units
#
# The mean of m = (0.9, 0.6, 0) is 0.5. The push is 0.06 · (0.5 − m) = (−0.024, −0.006, 0.03). Its
# sum is 0 for any m, because the deviations from a mean add up to 0: what one unit is given, others
# lose.
#
# The bias is the weight of an input that is always 1, so one step moves it by ε · 0.03 = 0.0006, if
# all cases are positive, and 0.1 takes 167 steps. In a batch of as many negative cases, which get
# no push, the mean is half of that and it takes 334. But the push moves all weights of a unit: one
# step raises z on a positive case x by ε · 0.015 times the mean of x · x′ + 1 over the positive
# cases x′ of its batch. That mean is about 310, so z rises by 0.09. Peers act within a few steps.

# %%
m = np.array([0.9, 0.6, 0.0])
push = 0.06 * (m.mean() - m)
steps = 0.1 / (0.02 * push[2])
print(f"push {push.round(3)}, sum {abs(push.sum()):.0e}; {np.ceil(steps):.0f} steps")

# %% [markdown]
# ## 2. How strong may the push be
#
# The rule's slopes are of the order of 1 − p times 2 y. Without peers the units' m have a
# spread of 0.5, so a push of 0.06 · (mean − m) is weak beside the cases that still teach. It brings
# the units together, up to a strength of 0.2. At 0.6 the error is a point larger and the units are
# further apart again: the push follows a mean that lags by ten steps, and it overshoots.


# %%
def found(strength):
    """Return the test error [%] of one layer, and the spread of its units' mean activities."""
    rng = np.random.default_rng(0)
    weights = Dense(normal(784, WIDTH, rng), Schedule(0.02, EPOCHS, 100), Smoothed())
    layer = Layer(weights, peer=PeerNormalisation(WIDTH, strength))
    negatives = UniformWrong(10, rng)
    cases = LabelledCases(data.train_images, data.train_labels, encoding, negatives)
    for _epoch in range(EPOCHS):
        for _ in train([layer], cases):
            pass
    error = 100 * np.mean(predict([layer], encoding, data.test_images) != test_labels)
    return error, float(layer.peer.mean.std() / layer.peer.mean.mean()), layer


by_strength = {}
for strength in (0.0, 0.02, 0.06, 0.2, 0.6):
    error, spread, layer = found(strength)
    by_strength[strength] = error, spread
    print(f"strength {strength}: error {error:.1f} %, relative spread of activities {spread:.2f}")

# %% [markdown]
# ## 3. Is it still learning without backprop
#
# A good answer says what backprop means: a slope that is carried *through* a layer, from its output
# to its input, by the transposed weights. The readout has a slope with respect to its own weights
# only. It is one layer deep, its error is computed where its weights are, and the layers below
# never receive it. By that meaning the whole is without backprop. But labels reach the layers in a
# second way, by the choice of negatives, and someone may object that the network needs a teacher
# who solves the task. Acceptable substitutes are the layers' own goodness (as in
# `04_where_negatives_come_from.py`), a few labels drawn at random of which the strongest is kept,
# or a table of past confusions.
#
# What can be checked: the readout's slope is that of log q with respect to its own weights, and its
# step changes no weight of a layer.

# %%
x = neutral_activities([layer], encoding, encoding.features(data.test_images[:5]))
before = layer.weights.values.copy()
rng = np.random.default_rng(1)
V = rng.standard_normal((WIDTH + 1, 10)) / 10
labels = test_labels[:5]


def log_q(V):
    """Return the log probability of the true digits."""
    a = x[0].astype(float) @ V[:-1] + V[-1]
    a = a - a.real.max(axis=1, keepdims=True)
    return (a - np.log(np.exp(a).sum(axis=1, keepdims=True)))[np.arange(5), labels]


readout = Readout(Dense(V.copy(), 1.0))
readout.learn([x[0].astype(float)], labels)
step = 5 * (readout.weights.values - V)  # the mean over five cases, times 5
slope_is_right = np.abs(step - complex_step(log_q, V)).max() / np.abs(step).max()
q = softmax(readout.forward(x))
print(
    f"the readout's step is its own slope, to {slope_is_right:.0e}; the layer is as it was:",
    end=" ",
)
print(np.array_equal(before, layer.weights.values))

# %%
assert np.allclose(push, [-0.024, -0.006, 0.03])
assert abs(push.sum()) < 1e-15
assert np.ceil(steps) == 167
assert by_strength[0.06][1] < 0.5 * by_strength[0.0][1]  # the units are closer together
assert by_strength[0.6][0] > by_strength[0.06][0]
assert by_strength[0.6][1] > by_strength[0.2][1]
assert slope_is_right < 1e-9
assert np.allclose(q.sum(axis=1), 1)
assert np.array_equal(before, layer.weights.values)
