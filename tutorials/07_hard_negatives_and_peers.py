# %% [markdown]
# # Hard negatives are worth a point; peers keep every unit in use
#
# Two parts of Hinton's program are not in the rule itself. A *readout* proposes wrong labels that
# are hard to tell from the true one, and *peer normalisation* pushes units that are seldom active.
# What is each of them worth? You should have read [where negatives come
# from](04_where_negatives_come_from.py) and [depth](05_deep_without_backprop.py). It runs in about
# 15 seconds.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy import load, train
from ffnumpy.cases import HardWrong, LabelledCases, OneHot, UniformWrong
from ffnumpy.inference import EveryLabel, OnePass, answers, neutral_activities
from ffnumpy.layers import Layer, PeerNormalisation, Readout, ReadoutLayer, softmax
from ffnumpy.optimisers import Schedule, Smoothed
from ffnumpy.plotting import ACCENT, COUNTS, GREY, keep
from ffnumpy.weights import Dense, normal

plt.style.use("ffnumpy.plotting.house")
WIDTH, EPOCHS, SEEDS = 200, 6, (0, 1, 2)
data, encoding = load("strokes"), OneHot(classes=10)
test_labels = data.test_labels.astype(int)
features = encoding.features(data.test_images)

# %% [markdown]
# ## Peers, by hand
#
# The rule moves $w_{ij}$ by $\varepsilon\, x_i \delta_j$ with $\delta_j = 2 (1 - p)\, y_j$. A unit
# with y = 0 does not move. If no input makes it active, it is lost. So every unit keeps a running
# mean $m_j$ of its activity on positive cases, and each of these cases gets an extra push, also
# where the unit is silent:
#
# $$m_j \leftarrow 0.9\, m_j + 0.1\, \overline{y_j}, \qquad
#   \delta_j \leftarrow \delta_j + 0.06\, (\overline{m} - m_j).$$
#
# Here the third unit is silent in both cases, until the push lifts it. The bar over y is a mean
# over the positive cases of the batch, that over m a mean over the units.

# %%
x = np.array([[1.0, 1.0], [1.0, -1.0]])  # two positive cases
W = np.array([[2.0, 1.0, -1.0], [0.5, 0.0, 0.5]])
m = np.full(3, 0.5)
for step in range(101):
    y = np.maximum(x @ W, 0)
    m = 0.9 * m + 0.1 * y.mean(axis=0)
    push = 0.06 * (m.mean() - m)  # the rule's own part left out, as if p were 1
    W = W + 0.5 * x.T @ np.tile(push, (2, 1)) / 2
    if step % 25 == 0:
        print(f"step {step:3d}: mean activities {y.mean(axis=0).round(2)}")

# %% [markdown]
# ## The readout
#
# To find tempting labels, the image goes up with a *neutral* label, all ten label pixels at 0.1,
# which says nothing. The readout takes the output x' of the second layer and forms ten weighted
# sums $a_k$, one for each digit. The *softmax* makes probabilities of them, and the slope of the
# logarithm of the true digit's probability is short:
#
# $$q_k = \frac{e^{a_k}}{\sum_m e^{a_m}}, \qquad
#   \frac{\partial \log q_\text{true}}{\partial a_k} = [k = \text{true}] - q_k.$$
#
# The bracket is 1 for the true digit and 0 for the others. A hard negative is a label drawn from q,
# leaving out the true one. The readout stands first in the list of layers, learns by its slope, and
# hands every case on; nothing goes from it back into the layers but the choice of labels. It is
# also a second way to ask: one pass with the neutral label and the largest $q_k$, in place of ten
# passes and the largest goodness.


# %%
def trained(hard, peers, seed):
    """Return two layers and the readout of the second one."""
    rng, schedule = np.random.default_rng(seed), Schedule(0.02, EPOCHS, 100)
    weights = [Dense(normal(n, WIDTH, rng), schedule, Smoothed()) for n in (784, WIDTH)]
    layers = [Layer(W, peer=PeerNormalisation(WIDTH) if peers else None) for W in weights]
    V = np.zeros((WIDTH + 1, 10), np.float32)  # no opinion at first; a decay keeps it small
    readout = Readout(Dense(V, Schedule(0.1, EPOCHS, 100), Smoothed(), decay=0.003))
    reader = ReadoutLayer(readout, lambda shown: neutral_activities(layers, encoding, shown))
    negatives = HardWrong(reader.logits, rng) if hard else UniformWrong(10, rng)
    cases = LabelledCases(data.train_images, data.train_labels, encoding, negatives, seed=seed)
    for _epoch in range(EPOCHS):
        for _ in train([reader, *layers], cases):
            pass
    return layers, readout


def measured(layers, readout):
    """Return errors by goodness and by readout, and how often each unit of layer 1 is on, in %."""
    ways = EveryLabel(layers, encoding, [1]), OnePass(layers, encoding, readout)
    named = [answers(way, encoding, data.test_images)[0] for way in ways]
    on = layers[0].weights.forward(encoding.labelled(features, test_labels)) > 0
    return [100 * np.mean(n != test_labels) for n in named], 100 * on.mean(axis=0)


errors = np.zeros((2, 2, len(SEEDS), 2))  # [%]: with hard negatives or not, peers or not, seed, way
on = np.zeros((2, 2, len(SEEDS), WIDTH))
for hard, peers in np.ndindex(2, 2):
    for seed in SEEDS:
        layers, readout = trained(hard, peers, seed)
        errors[hard, peers, seed], on[hard, peers, seed] = measured(layers, readout)
    goodness, read = errors[hard, peers].mean(axis=0)
    name = f"{'hard' if hard else 'uniform'} negatives, {'peers' if peers else 'no peers'}"
    print(f"{name}: error {goodness:.1f} % by goodness, {read:.1f} % by the readout")

# %% [markdown]
# ## What each is worth
#
# We average the differences of six pairs that differ in one part alone, ± their standard error.

# %%
gains = {"hard negatives": errors[1] - errors[0], "peers": errors[:, 1] - errors[:, 0]}
gains = {name: gain.reshape(-1, 2) for name, gain in gains.items()}  # (pairs, ways)
for name, gain in gains.items():
    mean, error = gain.mean(axis=0), gain.std(axis=0, ddof=1) / np.sqrt(len(gain))
    print(f"{name}: {mean[0]:+.1f} ± {error[0]:.1f} points by goodness, ", end="")
    print(f"{mean[1]:+.1f} ± {error[1]:.1f} points by the readout")

figure, axes = plt.subplots(1, 3, figsize=(12, 3.6))
names = ["neither", "peers", "hard", "both"]
for way, ax in enumerate(axes[:2]):
    found = errors[..., way].reshape(4, -1)
    ax.plot(names, found, "o", color=GREY)
    ax.plot(names, found.mean(axis=1), "_", color=ACCENT, markersize=24, markeredgewidth=3)
    ax.set(xlabel="what is added", ylabel=f"error by {('goodness', 'readout')[way]} [%]")
    ax.set(ylim=(0, 12), xlim=(-0.5, 3.5))
    ax.set_title(f"Hard negatives: {gains['hard negatives'][:, way].mean():+.1f} points")
rare = np.sum(on[1] < 1, axis=(1, 2))
for peers, label in enumerate(("no peers", "peers")):
    style = {"color": (GREY, ACCENT)[peers], "linestyle": ("--", "-")[peers], "label": label}
    axes[2].hist(on[1, peers].ravel(), np.linspace(0, 100, 26), histtype="step", **style)
axes[2].set(xlabel="images on which a unit is active [%]", ylabel="units of layer 1, all seeds")
axes[2].set_title(f"On in < 1 % of images: {rare[0]} units, {rare[1]} with peers")
axes[2].legend()
keep(figure, "07_hard_negatives_and_peers_1")

# %% [markdown]
# ## What the readout offers
#
# These are the wrong labels that the trained readout would offer; a uniform choice would offer each
# in 11 % of the cases.

# %%
q = softmax(readout.forward(neutral_activities(layers, encoding, features)))
q[np.arange(len(q)), test_labels] = 0  # the true digit is left out
q /= q.sum(axis=1, keepdims=True)
offered = 100 * np.array([q[test_labels == digit].mean(axis=0) for digit in range(10)])
digit, label = np.unravel_index(offered.argmax(), offered.shape)

figure, ax = plt.subplots(figsize=(5.4, 4.4))
image = ax.imshow(offered, cmap=COUNTS, vmin=0)
ax.set(
    xlabel="wrong label that is offered", ylabel="true digit", xticks=range(10), yticks=range(10)
)
ax.set_title(f"The trained readout offers {label} for {offered.max():.0f} % of the {digit}s")
figure.colorbar(image, label="share of the digit's negative cases [%]")
keep(figure, "07_hard_negatives_and_peers_2")

# %% [markdown]
# ## What this does not show
#
# Three seeds of small layers on drawn digits. That the readout errs less than the goodness is no
# law. Peers push against slopes that go with 1/T, so another T wants another strength.
#
# ## Exercises
#
# 1. With a pencil: m = (0.9, 0.6, 0), a strength of 0.06. What is the push on each unit, and their
#    sum? How many steps of ε = 0.02 move the bias of the third unit by 0.1, if m stayed as it is?
# 2. In code: how large must the strength be to do harm? Try 0.02, 0.06, 0.2 and 0.6.
# 3. Open: the readout sees labels and follows a slope of its own. Is that still without backprop?
#
# ## Checks

# %%
assert y.mean(axis=0).min() > 0  # by hand, the third unit too
assert gains["hard negatives"].mean(axis=0).max() < 0  # points, both ways
assert gains["peers"][:, 0].mean() < 0.5
assert rare[0] > 5 > rare[1]
assert offered.max() > 22
