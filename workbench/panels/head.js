// The head of a panel: what the researcher answers here; while it is in sight it asks now and then whether others saved.
const OFTEN = 5000; // milliseconds

function render({ model, el }) {
  const question = document.createElement("h3");
  question.className = "wb-question";
  const show = () => (question.textContent = model.get("question"));
  model.on("change:question", show);
  show();
  el.append(question);
  let writing = false; // somebody is in the midst of a field: it is not filled anew under their hands
  const typed = (event) => {
    if (question.closest(".wb-panel")?.contains(event.target)) writing = event.type === "input";
  };
  const told = ["input", "change", "focusout"];
  for (const one of told) document.addEventListener(one, typed, true);
  const look = () => {
    if (document.visibilityState !== "visible" || !question.getClientRects().length || writing) return;
    try {
      model.send({ do: "look" });
    } catch {
      // the kernel is away for a moment, or for good: the next beat asks again
    }
  };
  const beat = setInterval(look, OFTEN);
  return () => {
    clearInterval(beat);
    for (const one of told) document.removeEventListener(one, typed, true);
    model.off("change:question", show);
  };
}
export default { render };
