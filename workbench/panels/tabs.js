// Tabs: one of several panels at a time. Arrow keys go from one to the next, as the pattern for tabs has it.
function render({ model, el }) {
  const list = document.createElement("div");
  list.className = "wb-tabs";
  list.setAttribute("role", "tablist");
  const draw = () => {
    list.setAttribute("aria-label", model.get("label"));
    const chosen = model.get("chosen");
    const titles = model.get("titles");
    const notes = model.get("notes");
    const held = list.contains(document.activeElement);
    list.replaceChildren(
      ...titles.map((title, place) => {
        const tab = document.createElement("button");
        tab.type = "button";
        tab.setAttribute("role", "tab");
        tab.setAttribute("aria-selected", String(place === chosen));
        tab.tabIndex = place === chosen ? 0 : -1;
        tab.append(title);
        if (notes[place]) {
          const note = document.createElement("small");
          note.textContent = notes[place];
          tab.append(" ", note);
        }
        tab.addEventListener("click", () => choose(place));
        return tab;
      })
    );
    if (held) list.children[chosen]?.focus();
  };
  const choose = (place) => {
    model.set("chosen", place);
    model.save_changes();
  };
  list.addEventListener("keydown", (event) => {
    const many = model.get("titles").length;
    const to = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const at = { Home: 0, End: many - 1 }[event.key];
    if (to === undefined && at === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    choose(at ?? (model.get("chosen") + to + many) % many);
  });
  for (const name of ["titles", "notes", "chosen", "label"]) model.on(`change:${name}`, draw);
  draw();
  el.append(list);
  return () => model.off(null, draw);
}
export default { render };
