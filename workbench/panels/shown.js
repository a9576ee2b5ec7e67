// A finding on the live screen: sentence, picture, the table behind it, base and method. A click on a point or a row says
// which group it is. The files that it can be had as (PNG, SVG, CSV, text for a spreadsheet) are those of the report's page.
const pause = () => new Promise((go) => setTimeout(go, 50));

function render({ model, el }) {
  const box = document.createElement("section");
  box.className = "wb-shown";
  const sentence = document.createElement("p");
  sentence.className = "wb-sentence";
  sentence.setAttribute("role", "status");
  const picture = document.createElement("div");
  picture.className = "wb-picture";
  const plot = document.createElement("div");
  picture.append(plot);
  const page = document.createElement("div");
  page.className = "wb-page";
  const table = document.createElement("div");
  table.className = "wb-behind";
  const note = document.createElement("div");
  const fold = document.createElement("details");
  fold.className = "wb-fold";
  fold.append(Object.assign(document.createElement("summary"), { textContent: "Table" }), table);
  const folded = model.get("folded");
  box.append(sentence, picture, page, folded ? fold : table, note);
  el.append(box);
  let drawn = false;
  let turn = 0;

  const choose = (label) => model.send({ do: "choose", label });

  const show = async () => {
    const mine = (turn += 1);
    const shown = model.get("shown") || {};
    sentence.textContent = model.get("busy") || shown.sentence || "";
    box.setAttribute("aria-busy", String(Boolean(model.get("busy"))));
    box.hidden = !sentence.textContent && !shown.table_html;
    if (model.get("busy")) return;
    page.innerHTML = shown.html || "";
    fold.hidden = !shown.table_html || Boolean(shown.html);
    table.innerHTML = shown.table_html && !shown.html ? shown.table_html : "";
    note.innerHTML = shown.note_html || "";
    if (!shown.private) enhanceTables(box);
    if (model.get("choosable"))
      table.querySelectorAll("tbody tr").forEach((row) => {
        const label = [...row.cells].slice(0, shown.by).map((cell) => cell.textContent).join(", ");
        row.classList.add("wb-choosable");
        const name = row.cells[Math.max(0, shown.by - 1)];
        const keep = Object.assign(document.createElement("button"), { type: "button", className: "wb-choose" });
        keep.textContent = name.textContent;
        keep.title = `Keep only ${label}`;
        name.replaceChildren(keep);
        row.addEventListener("click", () => choose(label));
      });
    picture.hidden = !shown.figure;
    if (!shown.figure) return;
    plot.setAttribute("role", "img");
    plot.setAttribute("aria-label", shown.alt || shown.sentence || "");
    while (mine === turn && !(window.Plotly && plot.isConnected)) await pause(); // both may come a moment later
    if (mine !== turn) return;
    const Plotly = window.Plotly;
    plot.style.height = shown.figure.layout.height ? `${shown.figure.layout.height}px` : ""; // kept when the page is resized
    await Plotly.react(plot, shown.figure.data, shown.figure.layout, { displaylogo: false, displayModeBar: false, responsive: true });
    plot.dataset.drawn = String(turn);
    if (!shown.private) enhanceTables(box, { plotly: Plotly });
    if (!drawn) {
      plot.on("plotly_click", (event) => {
        const point = event.points[0];
        const label = String(point.hovertext || point.label || point.y || "").split("<br>")[0];
        if (model.get("choosable")) choose(label);
      });
      drawn = true;
    }
  };
  for (const name of ["shown", "busy", "choosable"]) model.on(`change:${name}`, show);
  show();
  return () => {
    turn += 1; // what is still on its way is drawn no more
    model.off(null, show);
  };
}
export default { render };
