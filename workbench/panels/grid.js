// A table to edit: a cell at a time, each kept as soon as it is written. Arrow keys walk, Enter or typing writes, Escape
// leaves a cell as it was, Delete empties it, Ctrl+Z takes back; a heading sorts, a box searches, Ctrl+C and Ctrl+V go to
// and from a spreadsheet.
let count = 0;

function render({ model, el }) {
  const id = `wbg${Date.now().toString(36)}${(count += 1)}`;
  const box = document.createElement("div");
  box.className = "wb-grid";
  const tools = document.createElement("div");
  tools.className = "wb-bar";
  const search = Object.assign(document.createElement("input"), { type: "search", placeholder: "Search" });
  const said = Object.assign(document.createElement("span"), { className: "wb-help" });
  said.setAttribute("role", "status");
  const fault = Object.assign(document.createElement("p"), { className: "wb-fault", hidden: true, id: `${id}-fault` });
  fault.setAttribute("role", "alert");
  const scroll = Object.assign(document.createElement("div"), { className: "wb-grid-box" });
  const table = document.createElement("table");
  table.setAttribute("role", "grid");
  scroll.append(table);
  box.append(tools, fault, scroll, said);
  el.append(box);
  let at = { row: 0, column: 0 };
  let order = { column: null, down: false };
  let editing = null;

  const columns = () => model.get("columns");
  const as = (row, column) => (row?.as?.[column.key] ? { ...column, ...row.as[column.key] } : column); // a row may have its own kind
  const text = (value) => (value === null || value === undefined ? "" : Array.isArray(value) ? value.join(", ") : value === true ? "yes" : value === false ? "no" : String(value));
  const seen = () => {
    const asked = search.value.trim().toLowerCase();
    let found = model.get("rows").filter((row) => !asked || columns().some((one) => text(row.cells[one.key]).toLowerCase().includes(asked)));
    if (order.column) {
      const worth = (row) => { const value = row.cells[order.column]; return Array.isArray(value) ? value[Math.floor(value.length / 2)] : value; };
      const compare = (a, b) => {
        const [x, y] = [worth(a), worth(b)];
        if (x === y) return 0;
        if (x === null || x === undefined || x === "") return 1;
        if (y === null || y === undefined || y === "") return -1;
        const sign = typeof x === "number" && typeof y === "number" ? x - y : text(x).localeCompare(text(y), undefined, { numeric: true });
        return order.down ? -sign : sign;
      };
      found = [...found].sort(compare);
    }
    return found;
  };
  const ask = (message) => model.send(message);
  const cellAt = (row, column) => table.tBodies[0]?.rows[row]?.cells[column];

  const focus = (row, column) => {
    const rows = seen();
    at = { row: Math.max(0, Math.min(row, rows.length - 1)), column: Math.max(0, Math.min(column, columns().length - 1)) };
    table.querySelectorAll("tbody td[tabindex='0']").forEach((one) => (one.tabIndex = -1));
    const cell = cellAt(at.row, at.column);
    if (cell) {
      cell.tabIndex = 0;
      cell.focus();
      cell.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  };

  const field = (column, value) => {
    if (column.kind === "choice") {
      const made = document.createElement("select");
      const options = column.optional ? ["", ...column.options] : column.options;
      made.append(...[...new Set([...options, ...(value ? [value] : [])])].map((one) => new Option(column.names?.[one] || one || "–", one)));
      made.value = value ?? "";
      return made;
    }
    const made = document.createElement(column.kind === "words" ? "textarea" : "input");
    if (column.kind === "date") made.type = "date";
    if (column.kind === "words") made.rows = 3;
    if (column.options && column.kind !== "choice") {
      const list = document.createElement("datalist");
      list.id = `${id}-${column.key}`;
      list.append(...column.options.map((one) => new Option(one, one)));
      made.setAttribute("list", list.id);
      made.list_ = list;
    }
    made.value = text(value);
    return made;
  };
  const parsed = (column, words) => {
    const plain = words.trim();
    if (column.kind === "number") {
      if (!plain) return { value: null };
      const value = Number(plain.replace("−", "-").replace(/(?<=\d)[,\s](?=\d{3}\b)/g, ""));
      return Number.isFinite(value) ? { value } : { wrong: `“${plain}” is no number` };
    }
    if (column.kind === "range") {
      if (!plain) return { value: null };
      const parts = plain.split(/[;,]\s*|\s+(?=[-−\d])/).filter(Boolean).map((one) => Number(one.replace("−", "-")));
      if (parts.length !== 3 || parts.some((one) => !Number.isFinite(one))) return { wrong: `“${plain}”: write low, likely, high, as in 2, 5, 9` };
      return { value: parts };
    }
    if (column.kind === "list") return { value: plain ? plain.split(",").map((one) => one.trim()).filter(Boolean) : [] };
    return { value: words };
  };
  const complain = (words) => {
    fault.textContent = words;
    fault.hidden = !words;
  };
  const write = (row, column, words) => {
    const { value, wrong } = parsed(column, words);
    if (wrong) return complain(wrong), false;
    const was = row.cells[column.key] ?? null;
    complain("");
    if (text(was) !== text(value)) ask({ do: "set", id: row.id, key: column.key, value, was });
    return true;
  };
  const edit = (row, column, begun) => {
    const one = seen()[row];
    const what = as(one, columns()[column]);
    if (!one || what.kind === "fixed" || model.get("locked")) return;
    if (what.kind === "bool") return ask({ do: "set", id: one.id, key: what.key, value: !one.cells[what.key], was: one.cells[what.key] ?? null });
    const cell = cellAt(row, column);
    const made = field(what, one.cells[what.key]);
    if (begun !== undefined) made.value = begun;
    made.setAttribute("aria-label", `${what.label}, ${one.name || one.id}`);
    made.setAttribute("aria-describedby", fault.id);
    editing = { id: one.id, key: what.key };
    cell.replaceChildren(made, ...(made.list_ ? [made.list_] : []));
    made.focus();
    if (begun === undefined) made.select?.();
    let over = false;
    const end = (keep, step) => {
      if (over) return;
      if (keep && !write(one, what, made.value)) return made.focus();
      over = true;
      editing = null;
      draw();
      if (step) focus(row + step[0], column + step[1]);
    };
    made.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.key === "Escape") complain(""), end(false, [0, 0]);
      else if (event.key === "Enter" && !(what.kind === "words" && event.shiftKey)) event.preventDefault(), end(true, [1, 0]);
      else if (event.key === "Tab") event.preventDefault(), end(true, [0, event.shiftKey ? -1 : 1]);
    });
    made.addEventListener("change", () => what.kind === "choice" && end(true, [0, 0]));
    made.addEventListener("blur", () => setTimeout(() => end(true), 0));
  };

  const draw = () => {
    if (editing) return; // what somebody is typing stays; it is drawn when they are done
    const held = table.contains(document.activeElement);
    const [rows, faults, told, marked] = [seen(), model.get("faults"), columns(), model.get("chosen")];
    const head = document.createElement("thead");
    const names = head.insertRow();
    told.forEach((one) => {
      const th = Object.assign(document.createElement("th"), { scope: "col", title: one.help || "" });
      const sort = Object.assign(document.createElement("button"), { type: "button", textContent: one.label });
      th.setAttribute("aria-sort", order.column === one.key ? (order.down ? "descending" : "ascending") : "none");
      sort.addEventListener("click", () => ((order = { column: one.key, down: order.column === one.key && !order.down }), draw()));
      th.append(sort);
      if (one.width) th.style.minWidth = `${one.width}px`;
      names.append(th);
    });
    const body = document.createElement("tbody");
    rows.forEach((row, r) => {
      const line = body.insertRow();
      line.dataset.id = row.id;
      if (row.mark) line.classList.add(`wb-${row.mark}`);
      if (marked === row.id) line.setAttribute("aria-selected", "true");
      told.forEach((column, c) => {
        const one = as(row, column);
        const cell = line.insertCell();
        cell.setAttribute("role", "gridcell");
        cell.tabIndex = r === at.row && c === at.column ? 0 : -1;
        cell.textContent = one.names?.[row.cells[one.key]] || text(row.cells[one.key]) || (one.kind === "fixed" ? "" : "–");
        if (one.kind === "bool") cell.textContent = row.cells[one.key] ? "☑" : "☐", cell.setAttribute("aria-label", `${one.label}, ${row.name || row.id}: ${row.cells[one.key] ? "yes" : "no"}`);
        if (["number", "range"].includes(one.kind) || typeof row.cells[one.key] === "number") cell.classList.add("number");
        if (one.kind === "fixed") cell.classList.add("wb-fixed"), cell.setAttribute("aria-readonly", "true");
        const wrong = faults[row.id]?.[one.key];
        if (wrong) {
          cell.classList.add("wb-wrong");
          cell.title = wrong;
          const words = Object.assign(document.createElement("small"), { textContent: wrong });
          cell.append(words);
        }
        cell.addEventListener("mousedown", () => ((at = { row: r, column: c }), model.get("chosen") !== row.id && choose(row.id)));
        cell.addEventListener("focus", () => (at = { row: r, column: c })); // however it came to be focused
        cell.addEventListener("dblclick", () => edit(r, c));
        cell.addEventListener("click", () => (one.kind === "bool" ? (focus(r, c), edit(r, c)) : document.activeElement === cell && cell.dataset.ready ? edit(r, c) : (focus(r, c), (cell.dataset.ready = "1"))));
        cell.addEventListener("blur", () => delete cell.dataset.ready);
      });
    });
    table.setAttribute("aria-label", model.get("label"));
    table.replaceChildren(head, body);
    undo.disabled = !model.get("can_undo");
    redo.disabled = !model.get("can_redo");
    for (const one of [undo, redo, add, remove]) one.hidden = model.get("locked");
    add.hidden ||= !model.get("can_add");
    remove.hidden ||= !model.get("can_remove");
    remove.disabled = !marked;
    search.hidden = model.get("rows").length < 6;
    if (held) focus(at.row, at.column);
  };
  const choose = (row) => {
    model.set("chosen", row);
    model.save_changes();
  };
  const mark = () => {
    const marked = model.get("chosen");
    for (const line of table.tBodies[0]?.rows || []) line.dataset.id === marked ? line.setAttribute("aria-selected", "true") : line.removeAttribute("aria-selected");
    remove.disabled = !marked;
  };
  const make = (words, help, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", textContent: words, title: help });
    made.addEventListener("click", act);
    return made;
  };
  const sheet = () => {
    const lines = seen().map((row) => columns().map((one) => text(row.cells[one.key]).replace(/[\t\n\r]+/g, " ")).join("\t"));
    return [columns().map((one) => one.label).join("\t"), ...lines].join("\n");
  };
  const add = make("Add", "A new row", () => ask({ do: "add" }));
  const remove = make("Remove", "Take out the chosen row; Undo brings it back", () => ask({ do: "remove", id: model.get("chosen") }));
  const undo = make("Undo", "Take back the last change made here (Ctrl+Z)", () => ask({ do: "undo" }));
  const redo = make("Redo", "Do it again (Ctrl+Y)", () => ask({ do: "redo" }));
  const copy = make("Copy", "Copy the table, for a spreadsheet", async () => {
    await navigator.clipboard.writeText(sheet());
    said.textContent = "Copied: paste it into a spreadsheet.";
  });
  search.setAttribute("aria-label", "Search the table");
  search.addEventListener("input", draw);
  search.addEventListener("keydown", (event) => event.stopPropagation());
  tools.append(add, remove, undo, redo, copy, search);

  table.addEventListener("keydown", (event) => {
    if (editing) return;
    event.stopPropagation();
    const step = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[event.key];
    const meant = event.ctrlKey || event.metaKey;
    if (event.target.closest("thead")) return;
    if (step) {
      event.preventDefault();
      focus(at.row + step[0], at.column + step[1]);
      const here = seen()[at.row]?.id;
      if (here !== undefined && here !== model.get("chosen")) choose(here); // the row that is walked to is the chosen one
    }
    else if (event.key === "Home") event.preventDefault(), focus(at.row, 0);
    else if (event.key === "End") event.preventDefault(), focus(at.row, columns().length - 1);
    else if (meant && event.key === "z") event.preventDefault(), ask({ do: "undo" });
    else if (meant && event.key === "y") event.preventDefault(), ask({ do: "redo" });
    else if (meant && event.key === "c") event.preventDefault(), navigator.clipboard.writeText(text(seen()[at.row]?.cells[columns()[at.column].key])).then(() => (said.textContent = "Copied."));
    else if (event.key === "Enter" || event.key === "F2") event.preventDefault(), edit(at.row, at.column);
    else if (event.key === "Delete") { const one = seen()[at.row]; const what = as(one, columns()[at.column]); if (one && !model.get("locked") && !["fixed", "bool"].includes(what.kind)) write(one, what, ""); }
    else if (event.key === " " && as(seen()[at.row], columns()[at.column]).kind === "bool") event.preventDefault(), edit(at.row, at.column);
    else if (event.key.length === 1 && !meant && !event.altKey) {
      if (as(seen()[at.row], columns()[at.column]).kind === "choice") edit(at.row, at.column);
      else event.preventDefault(), edit(at.row, at.column, event.key);
    }
  });
  table.addEventListener("paste", (event) => {
    if (editing || model.get("locked")) return;
    event.preventDefault();
    const rows = seen();
    const lines = event.clipboardData.getData("text/plain").replace(/\r?\n$/, "").split(/\r?\n/);
    let many = 0;
    lines.forEach((line, r) => line.split("\t").forEach((words, c) => {
      const row = rows[at.row + r];
      const column = columns()[at.column + c] && as(row, columns()[at.column + c]);
      if (row && column && !["fixed", "bool"].includes(column.kind) && write(row, column, words)) many += 1;
    }));
    said.textContent = `${many} ${many === 1 ? "cell" : "cells"} pasted.`;
  });
  for (const name of ["rows", "columns", "faults", "label", "can_undo", "can_redo", "can_add", "can_remove", "locked"]) model.on(`change:${name}`, draw);
  model.on("change:chosen", mark);
  model.on("msg:custom", (message) => {
    if (message.fault !== undefined) complain(message.fault);
    if (message.said !== undefined) said.textContent = message.said;
    if (message.go) {
      const row = seen().findIndex((one) => one.id === message.go);
      if (row >= 0) setTimeout(() => focus(row, 0), 50);
    }
  });
  draw();
  return () => model.off(null, draw);
}
export default { render };
