# %% [markdown]
# # A crossbar multiplies
#
# To multiply a vector by a matrix, a computer fetches every weight from a memory and does thousands
# of multiplications. A grid of resistors does them all at once, in the place where the weights are
# stored: Ohm's law multiplies, Kirchhoff's law adds. Such a grid is called a *crossbar*.
#
# We build one, starting from a single resistor, and count in microsiemens and microamperes: what it
# computes, how much heat it makes, how noisy it is, and what it costs to look at the result. You
# need NumPy and the physics of a resistor. Everything here is a simulation, in SI units throughout.

# %%
import os
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

from ffnumpy.cases.encoding import OneHot
from ffnumpy.data import load
from ffnumpy.data.paths import from_environment
from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.amplifiers import TransimpedanceAmplifier
from hardware_sim.circuits.converters import Adc, Dac, Probe
from hardware_sim.constants import BOLTZMANN, READ_TIME, ROOM
from hardware_sim.devices.noise import Noise
from hardware_sim.devices.presets import preset
from hardware_sim.devices.variation import Spread
from hardware_sim.energy.ledger import Ledger
from hardware_sim.scale import Scale
from hardware_sim.signals import DomainError

TEAL, GREY, DARK = "#0b7285", "0.7", "0.25"  # teal is for what the simulated chip does
MICRO, NANO = 1e-6, 1e-9
rng = np.random.default_rng(0)

# %% [markdown]
# ## One resistor multiplies
#
# A resistor of *conductance* G, the reciprocal of its resistance, passes a current $I = G V$. The
# voltage is one factor, the conductance is the other, and the current is their product.
# Conductance is measured in siemens: 5 µS is a resistor of 200 kΩ.

# %%
G, V = 5 * MICRO, 0.1  # [S], [V]
current = G * V  # [A]
print(f"{G / MICRO:.0f} µS × {V} V = {current / MICRO:.1f} µA, ", end="")
print(f"and {V * current / NANO:.0f} nW of heat")

# %% [markdown]
# ## A column adds
#
# Let several such resistors end on one common wire, which an amplifier holds at 0 V. Each passes
# its own current, as if the others were not there. By Kirchhoff's law, what flows into the wire
# must flow out of it. So the current at the end of the wire is a weighted sum,
#
# $$I = \sum_i V_i G_i .$$

# %%
V = np.array([0.10, 0.05, 0.00, 0.20])  # four rows [V]
G_column = np.array([5.0, 8.0, 3.0, 4.0]) * MICRO  # [S]
I_column = V @ G_column
products = " + ".join(f"{i / MICRO:.1f}" for i in V * G_column)
print(f"{products} = {I_column / MICRO:.1f} µA")

# %% [markdown]
# ## A pair has a sign
#
# A conductance is never negative, but a weight often is. So each weight is a *pair* of cells: the
# currents of $G^+$ are added, and those of $G^-$ are subtracted,
#
# $$I_j = \sum_i V_i \, (G^+_{ij} - G^-_{ij}).$$
#
# In our chip only $G^+$ can be changed. $G^-$ is the same for all pairs, a *reference* in the
# middle of the range, so that $G^+$ has as much room above it as below.
#
# ## From weights to conductances
#
# Two conventions connect a weight W with microsiemens.
#
# - The **device** says how its state w, a number between −1 and 1, is stored:
#   $G^+ = G_\text{ref} + G_\text{unit} \, w$. Here the range is 2.5 … 10 µS. Both ends are
#   assumed, because the paper that specifies the device states no conductances.
# - The **scale** says what weight a state of 1 stands for, here 0.6, so $w = W / 0.6$. A larger
#   number makes room for larger weights, but then every pulse that changes a cell is a coarser
#   step. The scale also says which voltage stands for an input of 1, here 0.1 V.
#
# The published device also varies from cell to cell. `Spread()` and `Noise()` leave that out: all
# cells are alike, and what is left is physics.

# %%
scale = Scale(volt=0.1, weight=0.6)
device = replace(preset("gokmen-vlasov").device, spread=Spread(), noise=Noise())
print(f"reference {device.reference / MICRO:.2f} µS, one unit of w {device.unit / MICRO:.2f} µS")

W = np.array([[0.3, -0.6, 0.1], [-0.2, 0.5, 0.0], [0.6, 0.1, -0.4], [0.0, -0.3, 0.2]])
G_plus = device.reference + device.unit * W / scale.weight
G_minus = np.full_like(G_plus, device.reference)
I_pairs = V @ (G_plus - G_minus)

# %% [markdown]
# ## The whole array
#
# `Crossbar` is that array. It has one more row than there are inputs. That row is driven by a
# constant voltage and carries the biases, which are 0 here. `ArrayNoise(temperature=0)` means no
# noise.
#
# Numbers enter through a `Dac`, a digital-to-analog converter. It returns a `Voltage`, and the
# crossbar returns a `Current`. Everything that happens is written into a `Ledger`. The instrument
# that reads the currents for us, the `Probe`, is explained further below.

# %%
ledger = Ledger()
dac = Dac(ledger, scale.volt)
probe = Probe(ledger)


def crossbar(weights, temperature=0.0):
    """Return an array that holds some weights, with a row of zero biases."""
    cells = device.manufacture((len(weights) + 1, weights.shape[1]), rng)
    cells.set(np.vstack([weights, np.zeros(weights.shape[1])]) / scale.weight)
    noise = ArrayNoise(temperature=temperature)
    return Crossbar(cells, device.unit, device.reference, scale.volt, noise)


small = crossbar(W)
x = V / scale.volt  # the numbers 1, 0.5, 0, 2
voltage = dac.forward(x)[0]
I_chip = probe.read(small.currents(voltage, rng, ledger))[0]
print("by hand [µA]:", np.round(I_pairs / MICRO, 4))
print("crossbar [µA]:", np.round(I_chip / MICRO, 4))

# %% [markdown]
# An amplifier with a feedback resistor $R_f$ turns each current into a voltage: $V = R_f I$. With
# $R_f = 0.6 / G_\text{unit}$ the result is in the same units as the input: 0.1 V stands for 1, and
# the array has computed $x W$. Here is the same for 200 images and an array of 784 rows and 64
# columns, whose weights are drawn at random.

# %%
data = load("strokes")
images = OneHot().neutral(OneHot().features(data.test_images[:200])).toarray().astype(float)
weights = rng.standard_normal((784, 64)) / 28  # 1/√784
R_f = scale.weight / device.unit  # [Ω]
amplifier = TransimpedanceAmplifier(R_f)


def computed(array, x):
    """Return what comes out behind the amplifiers, as numbers, (reads, columns)."""
    currents = array.currents(dac.forward(x)[0], rng, ledger)
    return probe.read(amplifier.read(currents, rng, ledger)) / scale.volt


large = crossbar(weights)
exact = images @ weights
difference = np.abs(computed(large, images) - exact).max()
unit_current = scale.volt / R_f  # the current that stands for 1 [A]
print(f"R_f = {R_f / 1e3:.0f} kΩ; a result of 1 is a current of {unit_current / MICRO:.3f} µA")
print(f"largest difference from NumPy's matrix product: {difference:.1e}")

# %%
figure, ax = plt.subplots(figsize=(7.4, 4.6), layout="constrained")
low, high = device.conductance.minimum.nominal, device.conductance.maximum.nominal
picture = ax.imshow(G_plus / MICRO, cmap="BrBG", vmin=low / MICRO, vmax=high / MICRO, aspect="auto")
for (i, j), conductance in np.ndenumerate(G_plus):
    ax.text(
        j,
        i,
        f"W = {W[i, j]:g}\n{conductance / MICRO:.2f} µS",
        ha="center",
        va="center",
        color="w" if abs(W[i, j]) > 0.35 else DARK,
    )
ax.set(
    title="12 pairs of cells compute 12 products and 3 sums at once; an array of 784 × 64\n"
    f"differs from NumPy by {difference:.0e} at most",
    xticks=range(3),
    xticklabels=[f"I = {i / MICRO:+.3f} µA" for i in I_chip],
    yticks=range(4),
    yticklabels=[f"V = {v:.2f} V" for v in V],
)
figure.colorbar(picture, label=f"G⁺ [µS]; G⁻ is {device.reference / MICRO:.2f} µS everywhere")

# %% [markdown]
# ## Heat
#
# Each cell turns $V^2 G$ into heat. So do the reference cells, and so do the cells of a column
# whose result is zero. A weight of 0 is not free: both of its cells conduct, and their currents
# cancel only behind the array.
#
# The heat must equal what the row drivers deliver, $\sum_i V_i I_i$, where $I_i$ is all the current
# that row i sends into its cells. This is a case of Tellegen's theorem. A read takes 10 ns, which
# is also assumed. The currents below include those of the bias row.

# %%
rows = np.append(images[0], 1.0) * scale.volt  # [V], the bias row last
cells_plus = device.reference + device.unit * large.cells.w
cells_minus = np.full_like(cells_plus, device.reference)
into_rows = (rows[:, np.newaxis] * (cells_plus + cells_minus)).sum(axis=1)  # [A]
delivered = rows @ into_rows
heat = large.dissipation(dac.forward(images[0])[0], ledger)[0]
at_rest = (rows**2).sum() * 2 * device.reference * 64  # what all weights at 0 would take
energy_per_weight = heat * READ_TIME.nominal / weights.size
print(f"heat {heat * 1e3:.2f} mW, delivered {delivered * 1e3:.2f} mW; all weights 0: ", end="")
print(f"{at_rest * 1e3:.2f} mW")
print(f"a read of {READ_TIME.nominal / NANO:.0f} ns: {heat * READ_TIME.nominal / 1e-12:.0f} pJ,")
print(f"that is {energy_per_weight / 1e-15:.1f} fJ for each multiplication and addition")

# %% [markdown]
# Amplifiers and converters are not in this number, and they matter more. The tutorial
# `15_learning_on_the_chip.py` shows the whole bill.
#
# ## Noise
#
# In a warm resistor the electrons jostle, and a small random current flows even at 0 V. Its
# variance is $4 k T B G$, with Boltzmann's constant k, the temperature T, the bandwidth B and the
# conductance G. Averaging over a time t gives a bandwidth of $B = 1/(2t)$. The variances of
# independent cells add. So the noise of a column does not depend on the differences $G^+ - G^-$,
# which carry the result, but on the sum of *all* conductances:
#
# $$\sigma_I^2 = \frac{4 k T}{2 t} \sum_i \left( G^+_{ij} + G^-_{ij} \right).$$
#
# We predict it with this line and then measure it: 2,000 reads of the same image at 300 K.

# %%
sums = (cells_plus + cells_minus).sum(axis=0)  # [S], of each column
predicted = np.sqrt(4 * BOLTZMANN * ROOM / (2 * READ_TIME.nominal) * sums)  # [A]
warm = crossbar(weights, temperature=ROOM)
reads = np.repeat(images[:1], 2000, axis=0)
measured = probe.read(warm.currents(dac.forward(reads)[0], rng, ledger)).std(axis=0)  # [A]
ratio = np.sqrt(np.mean(measured**2) / np.mean(predicted**2))
noise = predicted.mean() / unit_current  # as a number
signal = exact.std()
print(f"all conductances of a column: {sums.mean() * 1e3:.2f} mS")
print(f"noise: {predicted.mean() / NANO:.0f} nA predicted, {measured.mean() / NANO:.0f} nA found")
print(f"a typical result is {signal:.2f}, or {signal * unit_current / NANO:.0f} nA; ", end="")
print(f"the noise is {noise:.2f}, {100 * noise / signal:.0f} % of it")

# %% [markdown]
# That is a lot: a single read knows a result to about one part in six. Two things help, and both
# cost energy: a longer read (a hundred times as long for a tenth of the noise) or a higher voltage.
# Or we can live with it, as learning does: noise that is new in every case averages out over many.
#
# ## Bits
#
# A converter rounds. With b bits it has $2^b$ codes, so every bit halves the distance between two
# codes, and with it the error. This holds at both ends: for the Dac, which makes voltages of the
# inputs, and for an *Adc*, an analog-to-digital converter, which makes numbers of the results. We
# vary the bits of one while the other is exact.

# %%
bits = np.arange(2, 13)


def rms(error):
    """Return the root of the mean square."""
    return np.sqrt(np.mean(error**2))


def with_dac(b):
    """Return the error of inputs of b bits."""
    rounded = Dac(ledger, scale.volt, b, full_scale=np.abs(images).max())
    currents = large.currents(rounded.forward(images)[0], rng, ledger)
    return rms(probe.read(currents) / unit_current - exact)


def with_adc(b, array):
    """Return the error of results of b bits."""
    adc = Adc(ledger, scale.volt, int(b), full_scale=np.abs(exact).max(), signed=True)
    currents = array.currents(dac.forward(images)[0], rng, ledger)
    return rms(adc.convert(amplifier.read(currents, rng, ledger)) - exact)


dac_errors = np.array([with_dac(b) for b in bits])
adc_errors = np.array([with_adc(b, large) for b in bits])
warm_errors = np.array([with_adc(b, warm) for b in bits])
halving = (adc_errors[-1] / adc_errors[0]) ** (1 / (bits[-1] - bits[0]))
halving_dac = (dac_errors[-1] / dac_errors[0]) ** (1 / (bits[-1] - bits[0]))
enough = int(bits[np.argmax(adc_errors < noise / 2)])
print(f"each bit multiplies the error by {halving:.2f} (Adc) and {halving_dac:.2f} (Dac)")
print(f"from {enough} bits on, the Adc rounds by less than half of the thermal noise")

# %%
figure, ax = plt.subplots(figsize=(7.6, 4.6), layout="constrained")
ax.semilogy(bits, dac_errors, "o--", color=GREY, label="inputs rounded (Dac), no noise")
ax.semilogy(bits, adc_errors, "s-", color=GREY, label="results rounded (Adc), no noise")
ax.semilogy(bits, warm_errors, "o-", color=TEAL, label=f"results rounded (Adc), {ROOM:.0f} K")
ax.axhline(noise, color=DARK, linestyle=":", label="thermal noise, from 4kTB ΣG")
ax.set(
    title=f"Every bit halves the error, but after {enough} bits the array's own noise is what is\n"
    f"left: {noise:.2f} in a read of {READ_TIME.nominal / NANO:.0f} ns",
    xlabel="bits",
    ylabel=f"error of x W (root mean square; the results: {signal:.2f})",
    xticks=bits,
)
ax.legend(frameon=False)

# %% [markdown]
# ## A voltage that cannot be printed
#
# In a program it would be easy to look at a voltage. On a chip it is not. A voltage becomes a
# number only in an Adc, which takes area, time and energy; in many such chips the Adcs consume the
# most. The point of Forward-Forward on a chip is to learn without any. So here a `Voltage` keeps
# its values to itself. Its shape is known, because that is geometry:

# %%
print(voltage)
try:
    np.asarray(voltage)
except DomainError as error:
    refusal = str(error)
print("DomainError:", refusal)

# %% [markdown]
# The message names the ways out: an Adc, which the ledger counts and charges for, or a `Probe`,
# an instrument on the bench. The probe is exact, belongs to us and not to the chip, and has its own
# line in the ledger. It does not work while a layer learns, so nothing that it shows can influence
# the learning.

# %%
conversions, readings = ledger.count("adc"), ledger.count("probe")
print(f"the probe shows {probe.read(voltage)[0]} V")
print(f"so far {conversions:,} conversions by the Adc, and {readings:,} values read by the probe")

# %% [markdown]
# ## What this does not show
#
# - The wires have no resistance. In a large array they can cost tens of percent of the current;
#   real chips divide theirs into smaller ones.
# - The cells are alike and keep their state. `hardware-sim characterise` draws what real ones do.
# - The range of the conductances and the read time are assumed. With another range, the currents,
#   the heat and the noise change, but the laws do not.
#
# ## Checks
#
# These are the numbers that the text promises, with room for other machines.

# %%
assert np.isclose(current, 0.5 * MICRO)
assert np.isclose(I_column, V[0] * 5e-6 + V[1] * 8e-6 + V[3] * 4e-6)
assert np.isclose(device.reference, 6.25 * MICRO)
assert np.abs(I_chip - I_pairs).max() < 1e-12 * np.abs(I_pairs).max()
assert np.abs(I_chip / unit_current - x @ W).max() < 1e-12
assert np.abs(weights).max() < scale.weight  # nothing was clipped
assert difference < 1e-12
assert abs(heat / delivered - 1) < 1e-12
assert abs(heat / at_rest - 1) < 0.05  # the heat hardly depends on the weights
assert 1e-15 < energy_per_weight < 2e-15
# 2,000 reads of 64 columns: the relative standard error of σ is 1/√(2 · 128,000) = 0.2 %
assert abs(ratio - 1) < 5 / np.sqrt(2 * 2000 * 64)
assert 5.5 < signal / noise < 7.5
assert 0.46 < halving < 0.52
assert 0.46 < halving_dac < 0.52
assert warm_errors[-1] > 0.95 * noise
assert (warm_errors[bits >= enough] < 1.2 * noise).all()
assert "Adc" in refusal
assert "Probe" in refusal
assert conversions == 2 * len(bits) * exact.size

# %% [markdown]
# If the environment variable FFNUMPY_FIGURES names a folder, the figures are written there.
# Otherwise they are shown.

# %%
if folder := from_environment("FFNUMPY_FIGURES"):
    os.makedirs(folder, exist_ok=True)
    for number in plt.get_fignums():
        path = os.path.join(folder, f"13_a_crossbar_multiplies_{number}.png")
        plt.figure(number).savefig(path, dpi=120)
else:
    plt.show()
