# %% [markdown]
# # A grid of resistors multiplies a vector by a matrix
#
# To multiply a vector by a matrix, a computer fetches every weight from a memory. A grid of
# resistors, a *crossbar*, does it in the place where the weights are stored: Ohm's law multiplies
# and Kirchhoff's law adds. How exactly does it agree with NumPy, and how much heat does it make?
#
# You need NumPy, the physics of a resistor, and the word "layer" from
# [one layer](01_one_layer.py). Everything here is a simulation in SI units. It runs in about two
# seconds.
#
# ## Ohm multiplies, Kirchhoff adds
#
# A resistor of *conductance* G, the reciprocal of its resistance, passes the current $I = G V$.
# Conductance is measured in siemens; 50 nS are 20 MΩ. Let resistors lead from n rows to one column,
# whose end an amplifier holds at 0 V. Each passes its own current, as if the others were not there,
# and by Kirchhoff's law the column carries their sum. A conductance is never negative but a weight
# may be, so a weight is a *pair* of cells on two columns, and the amplifier subtracts:
#
# $$I_j = \sum_i V_i \, (G^+_{ij} - G^-_{ij}).$$
#
# Here only $G^+$ can be changed. $G^-$ is the same everywhere, a *reference* in the middle of the
# range, so that $G^+$ has as much room above it as below. Two conventions make siemens of weights:
#
# - The **device** has a state w between −1 and 1, stored as $G^+ = G_\text{ref} + G_\text{unit} w$.
#   Its range is taken to be 10 … 80 nS. That is assumed: nobody has made this device.
# - The **scale** says that w = 1 is a weight W of 0.4, hence $w = W / 0.4$, and that a row voltage
#   of 0.1 V is an input x of 1. The designer chooses both.

# %%
import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.plotting import keep

plt.style.use("ffnumpy.plotting.house")
NANO = 1e-9
VOLT, WEIGHT = 0.1, 0.4  # the scale: the voltage of x = 1, the weight of w = 1
G_REF, G_UNIT = 45 * NANO, 35 * NANO  # [S]

x = np.array([2.0, 1.0, 0.0, 3.0])
W = np.array([[0.2, -0.4], [-0.1, 0.3], [0.3, 0.1], [0.0, -0.2]])
V = VOLT * x  # [V]
G_plus = G_REF + G_UNIT * W / WEIGHT  # [S]
G_minus = np.full_like(G_plus, G_REF)
I = V @ (G_plus - G_minus)  # noqa: E741  [A]
I_unit = VOLT * G_UNIT / WEIGHT  # the current that stands for 1 [A]
print(f"currents {np.round(I / NANO, 4)} nA; a result of 1 is {I_unit / NANO:.3f} nA")
print(f"read as numbers: {I / I_unit}; NumPy: {x @ W}")

# %%
from hardware_sim.plotting.drawings import crossbar_drawing

figure, ax = plt.subplots(figsize=(7, 5))
crossbar_drawing(ax, V, G_plus, G_minus, I)
ax.set_title(
    f"{G_plus.size} pairs of cells compute x W: {I[0] / I_unit:.1f} and {I[1] / I_unit:.1f}"
)
keep(figure, "13_a_crossbar_multiplies_1")

# %% [markdown]
# ## An array of the size of a layer
#
# The library's `Crossbar` is the same array with one more row, which carries a constant voltage for
# the biases. A `Dac`, a digital-to-analog converter, makes voltages of numbers. What is inside the
# chip cannot be printed: the currents are read by a `Probe`, an instrument on the bench that is no
# part of the chip. Whatever happens is entered in a `Ledger`. `Spread()` and `Noise()` say that all
# cells are alike and noiseless; what is left is Ohm and Kirchhoff.

# %%
from dataclasses import replace

from ffnumpy import load
from ffnumpy.cases import OneHot
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.constants import READ_TIME
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.presets import preset
from hardware_sim.devices.variation import Spread
from hardware_sim.energy.ledger import Ledger
from hardware_sim.signals import DomainError

rng = np.random.default_rng(0)
device = replace(preset("gokmen-vlasov").device, spread=Spread(), noise=Noise())
# inputs x of mean square 1, with no label
images = OneHot().neutral(OneHot().features(load("strokes").test_images[:200])).toarray()
weights = rng.standard_normal((784, 64)) / 28  # 1/√784, as a layer begins

cells = device.manufacture((785, 64), rng)
cells.set(np.vstack([weights, np.zeros(64)]) / WEIGHT)
array = Crossbar(cells, device.unit, device.reference, VOLT, ArrayNoise(temperature=0))
ledger = Ledger()
dac, probe = Dac(ledger, VOLT), Probe(ledger)
currents = array.currents(dac.forward(images)[0], rng, ledger)
try:
    np.asarray(currents)
except DomainError as error:
    print("DomainError:", error)
computed, exact = probe.read(currents) / I_unit, images @ cells.w[:-1] * WEIGHT
apart = np.abs(computed - exact).max()
print(f"200 images × 784 × 64: the largest difference from NumPy is {apart:.0e}")

# %% [markdown]
# ## The heat is what the drivers deliver
#
# A cell turns $V^2 G$ into heat, and so does its reference. A weight of 0 is not free: both cells
# conduct, and their currents cancel only in the amplifier. It holds the columns at 0 V and so puts
# no power into them: by conservation of energy (Tellegen's theorem) all the heat comes from the row
# drivers. Each delivers its voltage times the current that it sends into its row:
#
# $$P = \sum_{ij} V_i^2 \, (G^+_{ij} + G^-_{ij}) = \sum_i V_i I_i, \qquad
#   I_i = \sum_j V_i \, (G^+_{ij} + G^-_{ij}).$$

# %%
rows = np.append(images[0], 1.0) * VOLT  # of one image [V], the bias row last


def watts(weights):
    """Return the heat of a read of the image, and what the drivers deliver, for these weights."""
    cells.set(np.vstack([weights, np.zeros(64)]) / WEIGHT)
    plus, minus = array.cell_conductances()  # (785, 64) each [S]
    into_row = rows * (plus + minus).sum(axis=1)  # I_i [A]
    return array.dissipation(dac.forward(images[0])[0], ledger)[0], rows @ into_row


choices = {"all −0.4": -0.4, "all 0": 0.0, "as drawn": weights, "all +0.4": 0.4}
power = {name: watts(np.broadcast_to(W, weights.shape)) for name, W in choices.items()}
heat, delivered = np.array(list(power.values())).T
off = np.abs(heat / delivered - 1).max()
femto = heat[2] * READ_TIME.nominal / weights.size / 1e-15
print(f"as drawn {heat[2] * 1e6:.0f} µW; all weights 0: {heat[1] * 1e6:.0f} µW; off by {off:.0e}")
print(f"a read of {READ_TIME.nominal * 1e9:.0f} ns: {femto:.2f} fJ for each weight")

# %%
from hardware_sim.plotting import ACCENT as TEAL
from hardware_sim.plotting import GREY

figure, ax = plt.subplots(figsize=(6.4, 3.4))
places = np.arange(4)
ax.bar(places - 0.2, 1e6 * delivered, 0.36, color=GREY, label="delivered by the row drivers")
ax.bar(places + 0.2, 1e6 * heat, 0.36, color=TEAL, label="heat in the cells")
ax.set(xlabel="weights W", ylabel="power of a read [µW]", xticks=places, xticklabels=list(power))
ax.set_ylim(top=1.35 * 1e6 * heat.max())
ax.set_title(f"Weights of 0 take {1e6 * heat[1]:.0f} µW, those of a layer {1e6 * heat[2]:.0f} µW")
ax.legend()
keep(figure, "13_a_crossbar_multiplies_2")

# %% [markdown]
# ## What this does not show
#
# The cells are alike, keep their state and make no noise; the
# [next tutorial](14_noise_bits_and_pulses.py) has noise. The wires have no resistance: in a large
# array they can cost tens of percent of the current, and real chips divide theirs into tiles. The
# range of conductances and the read time of 80 ns are assumed. The drivers take more from their
# supply than they deliver; that, amplifiers and converters are in
# [the energy bill](16_the_energy_bill.py).
#
# ## Exercises
#
# 1. With a pencil: rows at 0.1 V and 0.2 V; $G^+$ = (8, 4) µS and $G^-$ = 6 µS twice. Find the
#    current of the pair, the heat, and the energy of a read of 10 ns.
# 2. In code: give a column of 64 cells of 6.25 µS a wire of 1 Ω between neighbours, drive all rows
#    with 0.1 V, and solve for the voltages along it. What part of the current is lost?
# 3. Open: the energy of a weight and a read is $2 V^2 G\, t$. Which of V, G and t would you make
#    smaller, and what stops you?
#
# ## Checks

# %%
assert np.allclose(I / I_unit, x @ W)
assert np.isclose(device.reference, G_REF)
assert np.isclose(device.unit, G_UNIT)
assert np.abs(weights).max() < WEIGHT  # nothing was clipped
assert apart < 1e-11
assert off < 1e-12
assert abs(heat[2] / heat[1] - 1) < 0.02  # a weight of 0 is not free
assert 0.05 < femto < 0.1
assert ledger.count("adc") == 0
