// Files to drop or choose. Each goes to the kernel in pieces, one after the other, so that no message is larger than a
// server takes; how far it is stands beside it.
const PIECE = 2_000_000;

function render({ model, el }) {
  const box = document.createElement("div");
  box.className = "wb-drop";
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "file", multiple: true });
  const words = Object.assign(document.createElement("span"), { className: "wb-help" });
  const said = Object.assign(document.createElement("p"), { className: "wb-help" });
  said.setAttribute("role", "status");
  label.append(document.createElement("b"), input);
  box.append(label, words, said);
  el.append(box);
  let busy = false;
  let waiting = null;

  const draw = () => {
    label.firstChild.textContent = model.get("description");
    words.textContent = model.get("help");
    input.disabled = busy || model.get("locked");
  };
  const ask = (message, buffers) =>
    new Promise((answer) => {
      waiting = answer;
      model.send(message, undefined, buffers);
    });
  const send = async (files) => {
    const most = model.get("largest");
    const large = files.filter((one) => one.size > most);
    const fit = files.filter((one) => one.size <= most);
    const told = large.map((one) => `${one.name} has ${Math.ceil(one.size / 1e6)} MB: put it into the study's folder sources/ yourself, and it is offered here.`);
    if (busy || model.get("locked")) return;
    busy = true;
    draw();
    try {
      for (const [number, file] of fit.entries()) {
        let at = 0;
        await ask({ do: "begin", number, name: file.name, size: file.size });
        while (at < file.size) {
          said.textContent = `${file.name}: ${Math.floor((100 * at) / file.size)} %`;
          const piece = await file.slice(at, at + PIECE).arrayBuffer();
          await ask({ do: "piece", number }, [piece]);
          at += PIECE;
        }
      }
      said.textContent = told.join(" ");
      if (fit.length) await ask({ do: "done", files: fit.length });
    } catch (problem) {
      said.textContent = `The file could not be sent (${problem.message || problem}): drop it again.`;
    }
    busy = false;
    input.value = "";
    draw();
  };
  input.addEventListener("change", () => input.files.length && send([...input.files]));
  for (const name of ["dragover", "drop", "dragleave"])
    box.addEventListener(name, (event) => {
      event.preventDefault();
      event.stopPropagation();
      box.classList.toggle("wb-over", name === "dragover");
      if (name === "drop") send([...event.dataTransfer.files]);
    });
  const heard = (message) => {
    if (message.next && waiting) {
      const answer = waiting;
      waiting = null;
      answer();
    }
  };
  model.on("msg:custom", heard);
  for (const name of ["description", "help", "locked"]) model.on(`change:${name}`, draw);
  draw();
  return () => {
    model.off("msg:custom", heard);
    model.off(null, draw);
  };
}
export default { render };
