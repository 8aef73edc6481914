"""The pages of docs/live in a real browser: their arithmetic against NumPy, who can use them."""

from __future__ import annotations

import json
import re
import shutil
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose

from ffnumpy.__main__ import main
from ffnumpy.cases import OneHot
from ffnumpy.data import load
from ffnumpy.data.glyphs import FORMS, pen_way
from ffnumpy.data.ink import ink
from ffnumpy.experiments.saved import load_network
from ffnumpy.inference import goodness_by_label, neutral_activities
from ffnumpy.layers import Layer
from ffnumpy.layers.readout import Readout, softmax
from ffnumpy.losses import Logistic, sigmoid
from ffnumpy.normalisation import normalise
from ffnumpy.optimisers import Plain
from ffnumpy.rule import delta, one_step_rate, outer_product
from ffnumpy.weights import Dense

selenium = pytest.importorskip("selenium", reason="no selenium to drive a browser with")

from selenium import webdriver  # noqa: E402
from selenium.webdriver.chrome.service import Service  # noqa: E402
from selenium.webdriver.common.action_chains import ActionChains  # noqa: E402
from selenium.webdriver.common.actions.action_builder import ActionBuilder  # noqa: E402
from selenium.webdriver.common.actions.pointer_input import PointerInput  # noqa: E402
from selenium.webdriver.common.by import By  # noqa: E402
from selenium.webdriver.common.keys import Keys  # noqa: E402
from selenium.webdriver.support.ui import WebDriverWait  # noqa: E402

ROOT = Path(__file__).parents[1]
LIVE = ROOT / "docs" / "live"
PAGES = ("draw_a_digit.html", "take_a_step.html")
CONTROLS = "button, input, select, summary, a[href], canvas[tabindex]"
EMPTY = (Keys.CONTROL + "a" + Keys.NULL, Keys.DELETE)
CLOSE = 1e-5  # relative to the largest value
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")


def found(*names: str) -> str:
    """Return the path of the first of some programs; skip if there is none."""
    paths = [path for name in names if (path := shutil.which(name))]
    if not paths:
        pytest.skip(f"no {names[0]} on the path to show the live pages in")
    return paths[0]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    options = webdriver.ChromeOptions()
    options.binary_location = found(*BROWSERS)
    for switch in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(found("chromedriver")))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


class Page:
    """A page that is open, and what a test does to it."""

    def __init__(self, driver: Any, name: str, width: int = 1200, dark: bool = False) -> None:
        self.driver = driver
        feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        driver.get((LIVE / name).as_uri())

    def run(self, script: str, *arguments: Any) -> Any:
        return self.driver.execute_script(script, *arguments)

    def one(self, selector: str) -> Any:
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def text(self, selector: str) -> str:
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def click(self, selector: str) -> None:
        self.run("arguments[0].scrollIntoView({block: 'center'})", self.one(selector))
        self.one(selector).click()
        self.settle()

    def set(self, selector: str, value: float | str) -> None:
        moved = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input'))"
        self.run(moved, self.one(selector), value)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has drawn what was asked of it."""
        twice = "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))"
        self.driver.execute_async_script(twice)

    def until(self, condition: Any) -> None:
        WebDriverWait(self.driver, 5).until(lambda _: condition())


@pytest.fixture
def digit(browser: Any) -> Page:
    return Page(browser, "draw_a_digit.html")


@pytest.fixture
def step(browser: Any) -> Page:
    return Page(browser, "take_a_step.html")


def assert_close(found: Any, wanted: Any) -> None:
    wanted = np.asarray(wanted, float)
    assert_allclose(np.asarray(found, float), wanted, rtol=0, atol=CLOSE * np.abs(wanted).max())


# The network in the page, as the library has it


def exported(path: Path = LIVE / "web_network.js") -> dict[str, Any]:
    """Return the constant that `ffnumpy export-web` wrote."""
    (content,) = re.findall(r"^const \w+ = ({.*});$", path.read_text(), re.MULTILINE | re.DOTALL)
    return dict(json.loads(content))


def dense(matrix: dict[str, Any]) -> Dense:
    values = np.frombuffer(b64decode(matrix["float32"]), "<f4")
    return Dense(values.reshape(matrix["inputs"] + 1, matrix["units"]).copy())


class Network(NamedTuple):
    layers: list[Layer]
    readout: Readout
    encoding: OneHot


def network(file: dict[str, Any]) -> Network:
    losses = [Logistic(own["threshold"], own["temperature"]) for own in file["layers"]]
    layers = [
        Layer(dense(own), loss=loss) for own, loss in zip(file["layers"], losses, strict=True)
    ]
    return Network(
        layers, Readout(dense(file["readout"])), OneHot(file["classes"], file["strength"])
    )


ASK = """
const [pictures, strength, file] = arguments;
const network = file ? FF.network.loaded(file) : FF.digitPage.network;
return pictures.map((bytes, n) => {
  const picture = Float64Array.from(bytes, (byte) => byte / 255);
  const { passes, neutral, votes, probabilities } = FF.network.asked(network, picture, strength);
  return {
    goodness: neutral.map((_, k) => passes.map((seen) => seen[k].goodness)),
    labelled: passes[n % 10].map((seen) => [...seen.output]),
    neutral: neutral.map((seen) => [...seen.output]),
    votes, probabilities: [...probabilities],
  };
});
"""


def assert_same(
    told: list[dict[str, Any]], net: Network, rows: np.ndarray, voters: list[int]
) -> None:
    """Check all that the page has told of some pictures against the library."""
    features = net.encoding.features(rows)
    goodness = goodness_by_label(net.layers, net.encoding, features)
    for k, of_layer in enumerate(goodness):
        assert_close([image["goodness"][k] for image in told], of_layer)
    assert_close([image["votes"] for image in told], goodness[voters].sum(axis=0))
    read = neutral_activities(net.layers, net.encoding, features)
    assert_close([image["probabilities"] for image in told], softmax(net.readout.forward(read)))
    labelled: Any = net.encoding.labelled(features, np.arange(len(rows)) % 10)
    neutral: Any = net.encoding.neutral(features)
    for k, layer in enumerate(net.layers):
        labelled, neutral = layer.forward(labelled)[0], layer.forward(neutral)[0]
        assert_close([image["labelled"][k] for image in told], labelled)
        assert_close([image["neutral"][k] for image in told], neutral)


@pytest.mark.parametrize("strength", [1.0, 0.4, 3.0])
def test_the_page_computes_what_numpy_does(digit: Page, strength: float) -> None:
    file, rows = exported(), load("strokes").test_images[:100]
    told = digit.run(ASK, rows.tolist(), strength)
    assert_same(told, network({**file, "strength": strength}), rows, file["voters"])


@pytest.mark.parametrize("hidden", ["20", "12,9,11"])
def test_it_does_so_for_any_network_that_was_exported(
    digit: Page, hidden: str, tmp_path: Path
) -> None:
    model, script = tmp_path / "m.npz", tmp_path / "m.js"
    small = ("--train-images", "300", "--epochs", "1", "--strength", "2", "--hidden", hidden)
    assert main(["train", *small, "--save", str(model)]) == 0
    assert main(["export-web", str(model), "--out", str(script)]) == 0
    file, rows, (net, _) = exported(script), load("strokes").test_images[:20], load_network(model)
    told = digit.run(ASK, rows.tolist(), file["strength"], file)
    assert_same(told, Network(net.layers, net.readout, net.encoding), rows, net.voters)


def test_the_page_says_the_error_that_the_record_has(digit: Page) -> None:
    file, record = exported(), json.loads((ROOT / "results" / "web-network.json").read_text())
    assert file["measuredOn"] == "test images"
    assert (file["error"], file["errorSoftmax"]) == (
        record["test_error"],
        record["test_error_softmax"],
    )
    assert [own["units"] for own in file["layers"]] == record["setting"]["hidden"]
    assert file["trainedBy"] == record["command"]
    said = digit.text("#network-said")
    assert f"{100 * record['test_error']:.2f} %" in said
    assert f"{100 * record['test_error_softmax']:.2f} %" in said
    assert (LIVE / "web_network.js").stat().st_size < 700_000


# What is drawn


def picture(page: Page, strokes: list[list[list[float]]]) -> np.ndarray:
    return np.reshape(page.run("return [...FF.picture.drawn(arguments[0])]", strokes), (28, 28))


def is_centred(ink: np.ndarray) -> bool:
    """Return whether the centre of mass is within half a pixel of (14, 14)."""
    places = np.arange(28)
    centre = np.array([ink.sum(axis=1) @ places, ink.sum(axis=0) @ places]) / ink.sum()
    return bool(np.abs(centre - 14).max() <= 0.5 + 1e-5)


def test_strokes_fill_the_box_and_have_their_mass_in_the_middle(digit: Page) -> None:
    rng = np.random.default_rng(0)
    for _ in range(20):
        size, corner = rng.uniform(0.1, 0.5), rng.uniform(0, 0.5, 2)
        points = (corner + size * rng.random((6, 2))).tolist()
        ink = picture(digit, [points[:4], points[4:]])
        rows, columns = np.nonzero(ink)
        sides = np.ptp(rows) + 1, np.ptp(columns) + 1
        assert 19 <= max(sides) <= 20
        at_edge = {0, 27} & {rows.min(), rows.max(), columns.min(), columns.max()}
        assert is_centred(ink) or at_edge
        assert_allclose(255 * ink, np.rint(255 * ink), atol=1e-9)


def test_a_dot_stays_a_dot_and_no_stroke_is_blank(digit: Page) -> None:
    dot = picture(digit, [[[0.9, 0.1]]])
    assert 0 < np.count_nonzero(dot) < 20
    assert is_centred(dot)
    assert not picture(digit, []).any()


def alike(one: np.ndarray, other: np.ndarray) -> Iterator[float]:
    """Return the correlations of two pictures that may be a pixel apart."""
    for move in np.ndindex(3, 3):
        moved = np.roll(one, np.subtract(move, 1), axis=(0, 1))
        yield float(np.corrcoef(moved.ravel(), other.ravel())[0, 1])


def test_the_examples_are_the_librarys_digits_inked_as_it_inks_them(digit: Page) -> None:
    forms = {(form.digit, form.strokes): form for form in FORMS}
    for k, strokes in enumerate(digit.run("return FF.examples.FORMS")):
        pen = pen_way(forms[k, tuple(strokes)], 200)
        way = (pen.spline @ pen.control).astype(np.float32)[np.newaxis]
        start, end = way[:, :-1][:, pen.down], way[:, 1:][:, pen.down]
        (library,) = ink(start, end, np.array([1.2], np.float32)) / 255
        page = picture(digit, digit.run(f"return FF.examples.strokes({k})"))
        assert max(alike(page, library)) > 0.9


@pytest.mark.parametrize("k", range(10))
def test_every_example_is_recognised(digit: Page, k: int) -> None:
    digit.click(f"#examples button:nth-of-type({k + 1})")
    assert digit.text("#by-goodness") == f"{k}"
    assert digit.text("#by-readout").startswith(f"{k} ")
    assert (
        digit.one(f"#probabilities tbody tr:nth-child({k + 1})").get_attribute("class") == "largest"
    )
    digit.until(lambda: f"{k} by goodness, {k} by the readout" in digit.text("#spoken"))


def lines_drawn(page: Page) -> int:
    return int(page.run("return FF.digitPage.pad.strokes().length"))


def drag(page: Page, kind: str) -> None:
    """Draw a line downwards."""
    pad = page.one("#pad")
    page.run("arguments[0].scrollIntoView({block: 'center'})", pad)
    pointer = PointerInput(kind, f"{kind} pen")
    builder = ActionBuilder(page.driver, mouse=pointer, duration=20)
    move = builder.pointer_action
    move.move_to(pad, 4, -90).pointer_down()
    for y in range(-80, 100, 20):
        move.move_to(pad, 4, y)
    move.pointer_up()
    builder.perform()
    page.settle()


@pytest.mark.parametrize("kind", ["mouse", "touch"])
def test_a_pointer_draws(digit: Page, kind: str) -> None:
    before = digit.text("#probabilities")
    drag(digit, kind)
    assert lines_drawn(digit) == 1
    assert digit.text("#probabilities") != before
    assert digit.text("#by-readout").startswith("1 ")
    drag(digit, kind)
    assert lines_drawn(digit) == 2
    digit.click("#undo")
    assert lines_drawn(digit) == 1
    digit.click("#clear")
    assert digit.one("#blank").is_displayed()
    assert not digit.one("#layers").is_displayed()


def test_a_second_finger_draws_nothing(digit: Page) -> None:
    drag(digit, "mouse")
    digit.run(
        """const pad = document.querySelector('#pad');
        const at = { clientX: 40, clientY: 40, pointerId: 9, isPrimary: false, bubbles: true };
        pad.dispatchEvent(new PointerEvent('pointerdown', at));
        pad.dispatchEvent(new PointerEvent('pointermove', at));"""
    )
    assert lines_drawn(digit) == 1


def test_the_keyboard_draws(digit: Page) -> None:
    digit.click("#clear")
    pad = digit.one("#pad")
    pad.send_keys(Keys.ARROW_UP * 15 + " " + Keys.ARROW_DOWN * 30 + " " + Keys.ARROW_RIGHT * 5)
    digit.settle()
    assert lines_drawn(digit) == 1
    assert digit.text("#by-readout").startswith("1 ")


def test_without_a_label_the_passes_are_alike(digit: Page) -> None:
    digit.set("#strength", 0)
    assert digit.text("#by-goodness") == "–"
    for table in digit.all("#layers table.bars")[:-1]:
        assert len({cell.text for cell in table.find_elements(By.CSS_SELECTOR, ".number")}) == 1
        assert table.find_elements(By.CSS_SELECTOR, ".largest") == []


def test_the_pass_that_is_shown_carries_the_label_that_was_chosen(digit: Page) -> None:
    ink = """const context = document.getElementById('seen').getContext('2d');
        return [...context.getImageData(0, 0, 10, 1).data].filter((_, k) => k % 4 === 3)"""
    digit.set("#look", "7")
    assert np.flatnonzero(digit.run(ink)).tolist() == [7]
    digit.set("#look", "neutral")
    assert len(set(digit.run(ink))) == 1


# The chip

WRITE = """
const [faults, seed] = arguments;
const bits = faults.bits === null ? Infinity : faults.bits;
const network = FF.digitPage.network;
const chip = FF.chip.manufactured(network, { ...faults, bits }, seed, FF.chip.uniform(1));
return { range: chip.layers[0].range, values: [...chip.layers[0].values] };
"""


def chip(page: Page, seed: int = 1, **faults: float | None) -> tuple[float, np.ndarray]:
    told = page.run(WRITE, {"noise": 0, "bits": None, "stuck": 0, **faults}, seed)
    return told["range"], np.array(told["values"])


def test_cells_hold_weights_within_their_range_on_so_many_levels(digit: Page) -> None:
    weights = dense(exported()["layers"][0]).values.ravel().astype(float)
    r, values = chip(digit)
    assert np.mean(np.abs(weights) > r) == pytest.approx(0.001, abs=2e-5)
    assert_allclose(values, np.clip(weights, -r, r))
    for bits in (2, 5):
        step = r / (2 ** (bits - 1) - 1)
        _, rounded = chip(digit, bits=bits)
        assert_allclose(rounded, np.rint(values / step) * step, atol=step * 1e-6)
        assert len(np.unique(rounded)) <= 2**bits - 1


def test_stuck_cells_are_so_many_anywhere_in_the_range_and_the_same_in_a_chip(digit: Page) -> None:
    r, free = chip(digit)
    _, few = chip(digit, stuck=0.1)
    _, more = chip(digit, stuck=0.3)
    _, other = chip(digit, seed=2, stuck=0.1)
    n, (a, b) = free.size, (few != free, more != free)
    assert a.mean() == pytest.approx(0.1, abs=5 * np.sqrt(0.1 * 0.9 / n))
    assert b.mean() == pytest.approx(0.3, abs=5 * np.sqrt(0.3 * 0.7 / n))
    assert b[a].all()
    assert_allclose(more[a], few[a])
    assert np.mean(a & (other != free)) == pytest.approx(0.01, abs=0.002)
    uniform = np.sort(few[a] / r)
    expected = np.linspace(-1, 1, uniform.size)
    assert np.abs(uniform - expected).max() < 2 * 2 / np.sqrt(uniform.size)


def test_read_noise_is_that_of_all_cells_of_a_column(digit: Page) -> None:
    read = """
    const noise = 0.05, layer = FF.digitPage.network.layers[1];
    const [random, whole] = [FF.chip.uniform(7), { bits: Infinity, stuck: 0 }];
    const cells = FF.chip.written(layer, { ...whole, noise }, 1, random);
    const still = FF.chip.written(layer, { ...whole, noise: 0 }, 1, random);
    const x = new Float64Array(layer.inputs).map((_, i) => (i % 4) / 2);
    const z = still.times(x);
    const off = Array.from({ length: 100 }, () => cells.times(x).map((value, j) => value - z[j]));
    return { range: cells.range, off: off.map((row) => [...row]) };
    """
    told = digit.run(read)
    off, inputs = np.array(told["off"]), exported()["layers"][1]["inputs"]
    squares = np.sum((np.arange(inputs) % 4 / 2) ** 2) + 1
    deviation = 2 * told["range"] * 0.05 * np.sqrt(squares)
    assert off.std() == pytest.approx(deviation, rel=5 / np.sqrt(2 * off.size))
    assert abs(off.mean()) < 5 * deviation / np.sqrt(off.size)
    assert np.abs(np.corrcoef(off.T) - np.eye(off.shape[1])).max() < 0.6


def test_a_knob_of_the_chip_switches_it_on_and_its_bars_beside_those_before(digit: Page) -> None:
    assert digit.run("return document.body.className") == ""
    digit.set("#stuck", 30)
    assert digit.one("#on-chip").is_selected()
    assert digit.run("return document.body.className") == "on-chip"
    assert all(mark.is_displayed() for mark in digit.all("#layers .before"))
    shown = digit.text("#layers")
    digit.click("#again")
    assert digit.text("#layers") != shown
    digit.click("#another")
    assert digit.text("#chip-number") == "2"
    digit.until(lambda: digit.text("#spoken").startswith("On the chip"))
    digit.click("#on-chip")
    assert not any(mark.is_displayed() for mark in digit.all("#layers .before"))


# Taking a step


def numbers(page: Page) -> dict[str, Any]:
    """Return what the page has worked out, by name."""
    cells = page.run(
        "return [...document.querySelectorAll('#worked dd')].map((d) => ({...d.dataset}))"
    )
    return {cell["name"]: json.loads(cell["value"]) for cell in cells}


def draw_case(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, float]:
    """Draw an input, weights that turn a unit on, and a threshold near the goodness."""
    while True:
        x, W = rng.normal(0, 1.5, 3), rng.normal(0, 1, (3, 3))
        S = float(np.sum(np.maximum(x @ W, 0) ** 2))
        if S > 0.1:
            return x, W, S + rng.uniform(-2, 2)


def choose(page: Page, rule: str, sign: int, case: tuple[np.ndarray, np.ndarray, float]) -> None:
    x, W, theta = case
    begin = "FF.stepPage.begin({ x: arguments[0], W: arguments[1], theta: arguments[2] })"
    page.run(begin, x.tolist(), W.tolist(), theta)
    page.click(f"[name=rule][value={rule}]")
    page.click(f"[name=sign][value='{sign}']")


def looked(x: np.ndarray, W: np.ndarray) -> tuple[np.ndarray, np.ndarray, float, np.ndarray]:
    z = (x @ W)[np.newaxis]
    y = np.maximum(z, 0)
    return z[0], y[0], float(np.sum(y**2)), normalise(y)[0]


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("rule", ["eq3", "one-step"])
@pytest.mark.parametrize("seed", range(5))
def test_a_step_is_the_librarys(step: Page, rule: str, sign: int, seed: int) -> None:
    case = x, W, theta = draw_case(np.random.default_rng(seed))
    choose(step, rule, sign, case)
    told = numbers(step)
    z, y, S, seen = looked(x, W)
    loss, square = Logistic(theta), float(x @ x)
    slope = loss.slope(np.array([S]), np.array([sign]))
    if rule == "eq3":
        rate = 0.01
        factor = delta((slope * 2)[:, np.newaxis] * y[np.newaxis], (z > 0)[np.newaxis])
        assert_close(told["dlogp"], slope[0])
    else:
        rate = one_step_rate(S, 4 * S if sign > 0 else S / 4, square)
        factor = y[np.newaxis]
    change = rate * outer_product(x[np.newaxis], factor)
    z2, y2, S2, seen2 = looked(x, W + change)
    wanted = {"z": z, "y": y, "S": S, "p": sigmoid(np.array(S - theta)), "delta": factor[0],
        "square": square, "rate": rate, "change": change, "moved": W + change, "z2": z2, "y2": y2,
        "S2": S2, "seen": seen, "seen2": seen2}  # fmt: skip
    for name, value in wanted.items():
        assert_close(told[name], value)
    assert np.sign(S2 - S) == sign
    step.click("#take")
    after = numbers(step)
    assert_close(after["z"], z2)
    assert_close(after["S"], S2)
    assert_close(after["seen"], seen)
    assert f"S {'rose' if sign > 0 else 'fell'} from" in step.text("#told")
    if rule == "one-step":
        assert_close(after["S"], 4 * S if sign > 0 else S / 4)
    else:
        layer = Layer(Dense(np.vstack([W, np.zeros(3)]), rate, Plain()), loss=loss)
        layer.learn(x[np.newaxis], np.array([sign]))
        assert_close(step.run("return FF.stepPage.state.W"), layer.weights.matrix)
    step.click("#back")
    assert_close(numbers(step)["S"], S)


def test_the_first_sheet_is_the_worksheets(step: Page, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["worksheet", "--topic", "rule", "--seed", "1"]) == 0
    sheet = capsys.readouterr().out
    given = step.run("return FF.stepPage.state")
    for values in (given["x"], *given["W"]):
        assert re.search(r"\[ *" + " +".join(f"{v:g}" for v in values) + r"\]", sheet)
    assert f"θ        = {given['theta']:g}" in sheet
    assert step.text("[data-name=S2]") == "15.4453"


def test_a_number_that_is_typed_or_dragged_is_taken_and_one_that_is_none_is_not(step: Page) -> None:
    typed, slider = step.all("#matrix input")[2:4]
    typed.send_keys(*EMPTY)
    assert typed.get_attribute("aria-invalid") == "true"
    assert numbers(step)["z"][0] == -3
    typed.send_keys("1.25")
    assert numbers(step)["z"][0] == 2 * 1.25 + 1
    assert typed.get_attribute("aria-invalid") == "false"
    typed.send_keys(Keys.ARROW_UP)
    assert numbers(step)["z"][0] == pytest.approx(2 * 1.35 + 1)
    step.run("arguments[0].value = -1; arguments[0].dispatchEvent(new Event('input'))", slider)
    assert numbers(step)["z"][0] == -1
    assert typed.get_attribute("value") == "-1"


def test_a_silent_layer_has_no_step_to_a_goodness_and_says_why(step: Page) -> None:
    silent = np.ones(3), -np.ones((3, 3)), 1.0
    choose(step, "one-step", 1, silent)
    assert not step.one("#take").is_enabled()
    assert "no unit is active" in step.text("#rule-note")
    assert numbers(step)["rate"] is None
    choose(step, "eq3", 1, silent)
    assert step.one("#take").is_enabled()
    assert not np.any(numbers(step)["change"])


def test_a_step_too_long_for_a_negative_case_turns_all_units_off(step: Page) -> None:
    choose(step, "eq3", -1, (np.array([2.0, 2, 1]), np.eye(3), 0.0))
    typed = step.one("#rate-field input")
    typed.send_keys(*EMPTY, "0.5")
    assert numbers(step)["S2"] == 0
    assert "switches every unit off" in step.text("#direction-note")


def test_another_sheet_has_two_units_on_and_small_numbers(step: Page) -> None:
    for _ in range(5):
        step.click("#sheet")
        told = numbers(step)
        assert np.count_nonzero(told["y"]) == 2
        assert 0 < told["S"] <= 25
        assert abs(step.run("return FF.stepPage.state.theta") - told["S"]) <= 1
    step.click("#restart")
    assert numbers(step)["S"] == told["S"]


# Who can use them


@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_loaded_from_elsewhere_and_the_console_is_silent(
    browser: Any, name: str
) -> None:
    browser.get_log("browser")
    page = Page(browser, name)
    for button in page.all("button"):
        if button.is_enabled():
            page.run("arguments[0].click()", button)
            page.settle()
    assert browser.get_log("browser") == []
    loaded = page.run("return performance.getEntriesByType('resource').map((e) => e.name)")
    assert all(address.startswith("file:") for address in loaded)
    for path in (LIVE / name, *LIVE.glob("*.js"), LIVE / "live.css"):
        outside = re.findall(r"https?://[^\s\"']+", path.read_text())
        assert set(outside) <= {"http://www.w3.org/2000/svg"}


RIGHT = """
return Math.max(
  ...[...document.querySelectorAll('main *')].map((e) => e.getBoundingClientRect().right));
"""


@pytest.mark.parametrize("width", [320, 375, 768, 1200])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_wider_than_the_screen(browser: Any, name: str, width: int) -> None:
    page = Page(browser, name, width)
    page.run("document.querySelectorAll('details').forEach((d) => { d.open = true; })")
    for selector in ("#stuck", "[name=sign][value='-1']", "#take"):
        for control in page.all(selector):
            page.run("arguments[0].click()", control)
    page.settle()
    assert page.run("return document.documentElement.scrollWidth") <= width
    assert page.run(RIGHT) <= width


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_and_every_id_is_there_once(browser: Any, name: str) -> None:
    page = Page(browser, name)
    controls = [control for control in page.all(CONTROLS) if control.is_displayed()]
    assert len(controls) > 15
    assert [c.get_attribute("outerHTML") for c in controls if not c.accessible_name.strip()] == []
    pictures = page.all("canvas[role=img], svg[role=img]")
    assert all(picture.get_attribute("aria-label") for picture in pictures)
    ids = page.run("return [...document.querySelectorAll('[id]')].map((e) => e.id)")
    assert len(set(ids)) == len(ids)
    for attribute in ("for", "aria-labelledby", "aria-describedby"):
        named = [e.get_attribute(attribute) for e in page.all(f"[{attribute}]")]
        assert set(named) <= set(ids)
    assert len(page.all("h1")) == 1
    assert page.all("[aria-live=polite]") != []


@pytest.mark.parametrize("name", PAGES)
def test_the_keyboard_reaches_every_control_and_shows_where_it_is(browser: Any, name: str) -> None:
    page = Page(browser, name)
    controls = page.run(
        "return [...document.querySelectorAll(arguments[0])].filter((e) => e.offsetParent && "
        "!e.disabled && e.tabIndex >= 0).map((e, n) => { e.dataset.test = n; return e.type; })",
        CONTROLS,
    )
    seen: list[str] = []
    for _ in range(len(controls) + 2):
        ActionChains(browser).send_keys(Keys.TAB).perform()
        focus = page.run("""const e = document.activeElement, style = getComputedStyle(e);
            return [e.dataset.test ?? '', style.outlineStyle, parseFloat(style.outlineWidth)]""")
        if focus[0] and focus[0] not in seen:
            seen.append(focus[0])
            assert focus[1] != "none"
            assert focus[2] >= 2
    radios = [n for n, kind in enumerate(controls) if kind == "radio"]
    missing = {str(n) for n in range(len(controls))} - set(seen)
    assert missing <= {str(n) for n in radios}  # one tab stop for a group, arrows within it
    assert len(missing) == len(radios) // 2
    sliders = page.all("input[type=range][tabindex='-1']")
    typed = page.all("input[type=number]")
    assert len(sliders) == len(typed)  # a slider without a tab stop has its number beside it


CONTRAST = """
const parts = (text) => text.match(/[\\d.]+/g).map(Number);
const luminance = (text) => {
  const [r, g, b] = parts(text).slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const paper = (e) => {
  for (; e; e = e.parentElement) {
    const colour = getComputedStyle(e).backgroundColor;
    if ((parts(colour)[3] ?? 1) > 0) return colour;
  }
};
return [...document.querySelectorAll('body *')]
  .filter((e) => e.checkVisibility() && !e.disabled && e.tagName !== 'OPTION')
  .filter((e) => [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim()))
  .map((e) => {
    const ink = getComputedStyle(e)[e.namespaceURI.endsWith('svg') ? 'fill' : 'color'];
    const [a, b] = [luminance(ink), luminance(paper(e))].sort((x, y) => y - x);
    return [(a + 0.05) / (b + 0.05), e.tagName, e.textContent.trim().slice(0, 40)];
  })
  .sort((x, y) => x[0] - y[0]).slice(0, 3);
"""


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_text_stands_out_from_its_paper(browser: Any, name: str, dark: bool) -> None:
    page = Page(browser, name, dark=dark)
    for chip_switch in page.all("#on-chip"):
        page.run("arguments[0].click()", chip_switch)
        page.settle()
    paper = page.run("return getComputedStyle(document.body).backgroundColor")
    assert (int(re.findall(r"\d+", paper)[0]) < 60) == dark
    weakest = page.run(CONTRAST)
    assert weakest[0][0] >= 4.5, weakest
