"use strict";
/*
 * A pad to draw on by mouse, finger or keyboard, and pictures of arrays of numbers.
 */
globalThis.FF ??= {};

FF.drawing = (() => {
  const PEN = 0.075; // width of the pen on the pad [sides of the pad]
  const STEP = 0.02; // of the pen for one press of an arrow key [sides of the pad]
  const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

  /** Return the value of a colour of the style sheet, such as `--ink`, at an element. */
  const colour = (element, name) => getComputedStyle(element).getPropertyValue(name).trim();

  /** Call a function when the colours change between light and dark. */
  const onColours = (redraw) =>
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

  /**
   * Make a pad of a canvas.
   * @param {HTMLCanvasElement} canvas
   * @param {function(number[][][]): void} changed - called with the strokes after every change
   * @returns {{strokes: function(): number[][][], show: function(number[][][]): void, clear: Function,
   *   undo: Function}} `show` puts an example there, which the first stroke of one's own replaces
   */
  function pad(canvas, changed) {
    const context = canvas.getContext("2d");
    const pen = { at: [0.5, 0.5], down: false, shown: false };
    let strokes = [];
    let lent = false; // an example, which the first stroke of one's own replaces

    function redraw() {
      const side = canvas.width;
      context.clearRect(0, 0, side, side);
      context.lineCap = context.lineJoin = "round";
      context.strokeStyle = context.fillStyle = colour(canvas, "--ink");
      context.lineWidth = PEN * side;
      context.beginPath();
      for (const [ax, ay, bx, by] of FF.picture.segments(strokes)) {
        context.moveTo(ax * side, ay * side);
        context.lineTo(bx * side, by * side);
      }
      context.stroke();
      if (pen.shown) cross(side);
    }

    /** Show where the keyboard's pen is; a filled ring says that it is down. */
    function cross(side) {
      context.strokeStyle = context.fillStyle = colour(canvas, "--accent");
      context.lineWidth = side / 100;
      context.beginPath();
      context.arc(pen.at[0] * side, pen.at[1] * side, (PEN * side) / 2, 0, 2 * Math.PI);
      context.stroke();
      if (pen.down) context.fill();
    }

    function update() {
      redraw();
      changed(strokes);
    }

    /** Return where an event is, in sides of the pad. */
    function place(event) {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      return [(event.clientX - left) / width, (event.clientY - top) / height];
    }

    function begin(point) {
      strokes = [...(lent ? [] : strokes), [point]];
      lent = false;
    }

    // A second finger, or the palm beside a pen, draws nothing: only the first pointer is primary.
    canvas.addEventListener("pointerdown", (event) => {
      if (!event.isPrimary) return;
      canvas.setPointerCapture(event.pointerId);
      pen.shown = pen.down = false;
      begin(place(event));
      update();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!canvas.hasPointerCapture(event.pointerId)) return;
      const passed = event.getCoalescedEvents();
      strokes[strokes.length - 1].push(...(passed.length ? passed : [event]).map(place));
      update();
    });

    canvas.addEventListener("keydown", (event) => {
      if (event.key in ARROWS) {
        const inside = (at) => Math.min(Math.max(at, 0), 1);
        pen.at = pen.at.map((at, axis) => inside(at + STEP * ARROWS[event.key][axis]));
        if (pen.down) strokes[strokes.length - 1].push(pen.at);
      } else if (event.key === " ") {
        pen.down = !pen.down;
        if (pen.down) begin(pen.at);
      } else {
        return;
      }
      event.preventDefault();
      pen.shown = true;
      update();
    });
    canvas.addEventListener("blur", () => {
      pen.shown = pen.down = false;
      redraw();
    });
    onColours(redraw);

    function put(others, isLent) {
      pen.down = false;
      strokes = others;
      lent = isLent;
      update();
    }

    return {
      strokes: () => strokes,
      show: (others) => put(others, true),
      clear: () => put([], false),
      undo: () => put(strokes.slice(0, -1), false),
    };
  }

  /**
   * Show numbers as grey pixels: 0 is the paper, `most` is the ink.
   * @param {HTMLCanvasElement} canvas - as many pixels wide and high as there are numbers
   * @param {ArrayLike<number>} values - row by row
   * @param {number} most
   */
  function pixels(canvas, values, most) {
    const context = canvas.getContext("2d");
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = colour(canvas, "--ink");
    Array.from(values).forEach((value, at) => {
      context.globalAlpha = Math.min(Math.max(value / most, 0), 1) || 0;
      context.fillRect(at % canvas.width, Math.floor(at / canvas.width), 1, 1);
    });
  }

  return { onColours, pad, pixels };
})();
