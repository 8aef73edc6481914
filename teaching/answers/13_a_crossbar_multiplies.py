# %% [markdown]
# # Answers: a crossbar multiplies
#
# The exercises of [13_a_crossbar_multiplies.py](../../tutorials/13_a_crossbar_multiplies.py). All
# of it runs in about two seconds.

# %%
import numpy as np

from hardware_sim.arrays.crossbar import Crossbar
from hardware_sim.arrays.noise import ArrayNoise
from hardware_sim.circuits.converters import Dac, Probe
from hardware_sim.constants import BOLTZMANN, READ_TIME, ROOM
from hardware_sim.devices.presets import IDEAL
from hardware_sim.energy.ledger import Ledger

MICRO = 1e-6

# %% [markdown]
# ## 1. With a pencil
#
# *Rows at 0.1 V and 0.2 V; G⁺ = (8, 4) µS and G⁻ = 6 µS twice. Find the current of the pair, the
# heat, and the energy of a read of 10 ns.*
#
# I = 0.1 V · (8 − 6) µS + 0.2 V · (4 − 6) µS = 0.2 µA − 0.4 µA = −0.2 µA.
#
# In the heat the conductances are added: P = 0.01 V² · 14 µS + 0.04 V² · 10 µS = 0.14 µW + 0.40 µW
# = 0.54 µW. In 10 ns that is 5.4 fJ. The second row has the smaller conductances and takes nearly
# three times as much, because the voltage enters as its square.

# %%
V = np.array([0.1, 0.2])
G_plus, G_minus = np.array([8.0, 4.0]) * MICRO, np.array([6.0, 6.0]) * MICRO
current = V @ (G_plus - G_minus)
power = V**2 @ (G_plus + G_minus)
print(f"{current / MICRO:.1f} µA, {power / MICRO:.2f} µW, {power * 10e-9 / 1e-15:.1f} fJ")

# %% [markdown]
# ## 2. In code
#
# *Give a column of 64 cells of 6.25 µS a wire of 1 Ω between neighbours, drive all rows with 0.1 V,
# and solve for the voltages along it. What part of the current is lost?*
#
# The wire has a node at every cell, with the voltage v. What flows in through the cell and from
# both neighbours must be zero in all (Kirchhoff):
#
# $$G (V - v_k) + (v_{k-1} - v_k)/r + (v_{k+1} - v_k)/r = 0,$$
#
# without the second term at the far end, and with 0 V, the amplifier, for $v_{k+1}$ at the near
# one. The current at the amplifier is $v_n / r$.
#
# With 64 cells it is less than 1 % short; with 784, as many as an image has pixels, about half.
# While the loss is small it is about $G r n^2 / 3$: the cell k steps away sees its voltage lowered
# by the sum of all the drops on the way.


# %%
def lost(n, G=6.25 * MICRO, r=1.0, V=0.1):
    """Return the part of a column's current that its wire costs."""
    at_nodes = np.full(n, G + 2 / r)
    at_nodes[0] -= 1 / r  # the far end has one neighbour
    laplacian = np.diag(at_nodes) - np.eye(n, k=1) / r - np.eye(n, k=-1) / r
    v = np.linalg.solve(laplacian, np.full(n, G * V))
    return 1 - v[-1] / r / (n * G * V)


losses = {n: lost(n) for n in (16, 64, 256, 784)}
for n, part in losses.items():
    print(f"{n:4d} cells: {100 * part:5.2f} % lost; G r n²/3 = {100 * 6.25e-6 * n**2 / 3:.2f} %")

# %% [markdown]
# ## 3. Open
#
# *The energy of a weight and a read is 2 V² G t. Which of V, G and t would you make smaller, and
# what stops you?*
#
# A good answer names what each of them buys. The voltages must stay far above the offsets of the
# amplifiers; the conductances come with the device; a short read needs fast amplifiers. All three
# meet the same limit, thermal noise, which the [next
# tutorial](../../tutorials/14_noise_bits_and_pulses.py) measures. With n rows of mean square V² and
# states of mean square w², the squared signal of a column is $n V^2 G_\text{unit}^2 w^2$, and the
# squared noise is $4 k T B \cdot 2 n G_\text{ref}$ with $B = 1/(2t)$. So
#
# $$\frac{\text{signal}^2}{\text{noise}^2}
#   = \frac{V^2 G_\text{unit}^2 w^2\, t}{4 k T\, G_\text{ref}}
#   = \frac{E}{8 k T} \left( \frac{w\, G_\text{unit}}{G_\text{ref}} \right)^2,
#   \qquad E = 2 V^2 G_\text{ref}\, t.$$
#
# The three appear in this ratio only through E. Whichever you lower, you pay with the same noise.
# What helps at the same energy is another factor: larger weights w for the same references.
#
# An experiment: halve V and make all conductances four times as large. E stays, and so should the
# ratio; halve V alone, and the noise should count twice as much.


# %%
def ratio(volt, siemens, n=256, columns=64, reads=500):
    """Return signal over noise, measured, and the energy of a weight and a read [J]."""
    rng, ledger = np.random.default_rng(0), Ledger()
    cells = IDEAL.manufacture((n + 1, columns), rng)
    w = 0.1 * rng.standard_normal((n, columns))
    cells.set(np.vstack([w, np.zeros(columns)]))
    array = Crossbar(cells, 0.6 * siemens, siemens, volt, ArrayNoise(temperature=ROOM))
    x = np.repeat(rng.standard_normal((1, n)) ** 2, reads, axis=0)
    x /= np.sqrt(np.mean(x**2))
    currents = Probe(ledger).read(array.currents(Dac(ledger, volt).forward(x)[0], rng, ledger))
    energy = 2 * volt**2 * siemens * READ_TIME.nominal
    return np.sqrt(np.mean(currents.mean(axis=0) ** 2) / currents.var(axis=0).mean()), energy


measured = {pair: ratio(*pair) for pair in ((0.05, 6.25e-6), (0.025, 25e-6), (0.025, 6.25e-6))}
for (volt, siemens), (found, energy) in measured.items():
    wanted = np.sqrt(energy / (8 * BOLTZMANN * ROOM)) * 0.1 * 0.6
    print(
        f"{1e3 * volt:.0f} mV, {siemens / MICRO:5.2f} µS: {energy / 1e-15:.3f} fJ, "
        f"signal/noise {found:.2f}, from the formula {wanted:.2f}"
    )

# %%
assert np.isclose(current, -0.2 * MICRO)
assert np.isclose(power, 0.54 * MICRO)
assert np.isclose(losses[64], 6.25e-6 * 64**2 / 3, rtol=0.05)
assert 0.3 < losses[784] < 0.6
one, same, half = (found for found, _ in measured.values())
assert np.isclose(one, same, rtol=0.05)  # noise of 500 × 64 readings: 0.4 % on its deviation
assert np.isclose(one, 2 * half, rtol=0.05)
