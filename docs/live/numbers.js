"use strict";
/*
 * Numbers to be typed or dragged, and numbers to be read.
 */
globalThis.FF ??= {};

FF.numbers = (() => {
  const PLACES = 4; // after the point, at most

  /** Return a number as people read it: four places at most, and a real minus sign. */
  const text = (value) => {
    const short = Number(value.toFixed(PLACES)) || 0;
    return `${short}`.replace("-", "−");
  };

  /** Return a row of numbers, each at least so many letters wide. */
  const row = (values, width) => `[${values.map((v) => text(v).padStart(width)).join("  ")}]`;

  /**
   * Return a number, a row of numbers or a matrix as text, a matrix in lines of equal length.
   * @param {number|number[]|number[][]|null} value
   */
  function shown(value) {
    if (value === null) return "none";
    if (!Array.isArray(value)) return text(value);
    if (!Array.isArray(value[0])) return row(value, 0);
    const width = Math.max(...value.flat().map((v) => text(v).length));
    return value.map((values) => row(values, width)).join("\n");
  }

  /**
   * Make a field in which a number is typed, above a slider that drags it.
   * @param {HTMLElement} parent
   * @param {{symbol: string, name: string, low: number, high: number, step: number}} about - the symbol
   *   is HTML, the name is spoken; the range is the slider's, and that of what may be typed if `least`
   *   is given
   * @param {function(number): void} changed
   * @returns {function(number): void} shows a number; one with more places is kept as it is elsewhere
   */
  function field(parent, { symbol, name, low, high, step, least }, changed) {
    const [box, label] = [document.createElement("div"), document.createElement("label")];
    box.className = "number-field";
    label.innerHTML = `${symbol}<span class="hidden">, ${name}</span>`;
    const [typed, slider] = ["number", "range"].map((type) => {
      const input = Object.assign(document.createElement("input"), { type, step });
      input.addEventListener("input", () => take(input));
      return input;
    });
    typed.step = "any";
    typed.inputMode = "decimal";
    if (least !== undefined) typed.min = least;
    Object.assign(slider, { min: low, max: high, tabIndex: -1 });
    slider.setAttribute("aria-label", `${name}, slider`);
    label.append(typed);
    box.append(label, slider);
    parent.append(box);

    typed.addEventListener("keydown", (event) => {
      const sign = { ArrowUp: 1, ArrowDown: -1 }[event.key];
      if (!sign) return;
      event.preventDefault();
      typed.value = Number((typed.valueAsNumber + sign * step).toFixed(PLACES));
      take(typed);
    });

    function take(input) {
      const good = input.value !== "" && input.checkValidity();
      typed.setAttribute("aria-invalid", `${!good}`);
      if (!good) return;
      const value = input.valueAsNumber;
      if (input === slider) typed.value = value;
      else slider.value = value;
      changed(value);
    }

    return (value) => {
      typed.setAttribute("aria-invalid", "false");
      if (document.activeElement !== typed || typed.valueAsNumber !== value) {
        typed.value = Number(value.toFixed(PLACES));
      }
      slider.value = value;
    };
  }

  return { field, shown, text };
})();
