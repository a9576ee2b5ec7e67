// Long work: what is done, how far it is, for how long, and a button that stops it.
function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "wb-work";
  const bar = document.createElement("progress");
  const said = document.createElement("span");
  const since = document.createElement("span");
  const stop = document.createElement("button");
  stop.type = "button";
  stop.textContent = "Stop";
  stop.addEventListener("click", () => {
    stop.disabled = true;
    model.send({ do: "stop" });
  });
  const live = document.createElement("span");
  live.className = "wb-away";
  live.setAttribute("role", "status");
  box.append(bar, said, since, stop);
  let began = 0;
  let running = false;
  const show = () => {
    const now = model.get("running");
    if (now && !running) [began, stop.disabled] = [Date.now(), false];
    if (now !== running) live.textContent = now ? model.get("words") : "";
    running = now;
    box.hidden = !running;
    said.textContent = ` ${model.get("words")} `;
    bar.setAttribute("aria-label", model.get("words"));
    const part = model.get("part");
    if (part < 0) bar.removeAttribute("value");
    else bar.value = part;
    tick();
  };
  const tick = () => (since.textContent = running ? `${Math.round((Date.now() - began) / 1000)} s ` : "");
  const clock = setInterval(tick, 1000);
  for (const name of ["running", "words", "part"]) model.on(`change:${name}`, show);
  show();
  el.append(box, live);
  return () => {
    clearInterval(clock);
    model.off(null, show);
  };
}
export default { render };
