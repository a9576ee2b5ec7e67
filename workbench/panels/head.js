// The head of a panel: what the researcher answers here; while it is in sight it asks now and then whether others saved.
const OFTEN = 5000; // milliseconds

function render({ model, el }) {
  const question = document.createElement("h3");
  question.className = "wb-question";
  const show = () => (question.textContent = model.get("question"));
  model.on("change:question", show);
  show();
  el.append(question);
  const look = () => {
    if (document.visibilityState === "visible" && question.getClientRects().length) model.send({ do: "look" });
  };
  const beat = setInterval(look, OFTEN);
  return () => {
    clearInterval(beat);
    model.off("change:question", show);
  };
}
export default { render };
