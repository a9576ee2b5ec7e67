"""A slider with its name and its number: the browser's own, so that keyboard and screen reader know it.

(The one of ipywidgets has no name that a screen reader could say.) Knows anywidget and nothing else.
"""

from __future__ import annotations

import anywidget
from traitlets import Bool, Float, Unicode

SCRIPT = """
function render({ model, el }) {
  const label = document.createElement("label");
  const name = document.createElement("span");
  const shown = document.createElement("span");
  const range = document.createElement("input");
  range.type = "range";
  label.append(name, shown, range);
  const show = () => {
    name.textContent = model.get("description");
    range.setAttribute("aria-label", name.textContent);
    range.min = model.get("min");
    range.max = model.get("max");
    range.step = "any";
    range.value = model.get("value");
    range.disabled = model.get("disabled");
    number();
  };
  const number = () => {
    const value = Math.round(Number(range.value));
    shown.textContent = range.disabled ? "none" : (value > 0 ? "+" : "") + value;
    range.setAttribute("aria-valuetext", shown.textContent);
  };
  const keep = () => {
    model.set("value", Math.round(Number(range.value)));
    model.save_changes();
  };
  const move = (by) => {
    range.value = Math.round(Number(range.value)) + by;
    number();
    keep();
  };
  const keys = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10 };
  range.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key in keys) {
      event.preventDefault();
      move(keys[event.key]);
    }
  });
  range.addEventListener("input", number);
  range.addEventListener("change", keep);
  model.on("change", show);
  show();
  el.append(label);
  return () => model.off("change", show);
}
export default { render };
"""


class Slider(anywidget.AnyWidget):
    """A level from -100 to 100."""

    _esm = SCRIPT
    description = Unicode().tag(sync=True)
    min = Float(-100).tag(sync=True)
    max = Float(100).tag(sync=True)
    value = Float(0).tag(sync=True)
    disabled = Bool(False).tag(sync=True)
