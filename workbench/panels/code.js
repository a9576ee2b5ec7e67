// The same in Python: the lines that do what was done by hand, to copy into a cell.
function render({ model, el }) {
  const box = document.createElement("details");
  box.className = "wb-code";
  const head = document.createElement("summary");
  head.textContent = "The same in Python";
  const words = document.createElement("pre");
  words.tabIndex = 0;
  const copy = document.createElement("button");
  copy.type = "button";
  copy.textContent = "Copy as code";
  const said = document.createElement("span");
  said.setAttribute("role", "status");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(words.textContent);
      said.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(words);
      said.textContent = "The browser does not let it be copied: it is selected, press Ctrl or ⌘ and C.";
    }
  });
  box.append(head, words, copy, " ", said);
  const show = () => {
    words.textContent = model.get("code");
    box.hidden = !model.get("code");
    said.textContent = "";
  };
  model.on("change:code", show);
  show();
  el.append(box);
  return () => model.off("change:code", show);
}
export default { render };
