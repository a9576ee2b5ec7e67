// The canvas, part 3 of 5: what is seen. The bars around the map, the grid with its heads and cells, the cursor in it.

const NARROW = 112, BROAD = 280; // pixels of a step

class Grid {
  // -- what stands where ----------------------------------------------------------------------------------------------

  name = (id) => this.state.steps[id]?.name ?? id;
  order = () => (this.state?.stages || []).flatMap((stage) => stage.steps);
  stageOf = (id) => this.state.stages.find((stage) => stage.steps.includes(id));
  run = () => this.state.scenarios.find((one) => one.name === this.scenario);
  active = () => this.root.getRootNode().activeElement;
  get difference() { return this.as === "difference" && Boolean(this.gaps); }

  columns() {
    return this.state.stages
      .filter((stage) => !this.stage || stage.key === this.stage)
      .flatMap((stage) => (stage.steps.length ? stage.steps.map((id) => ({ id, col: id, stage })) : [{ id: "", col: `stage:${stage.key}`, stage }]));
  }

  rows() {
    const lanes = this.state.listed, any = (key) => Object.values(this.evidence).some((one) => one[key] && (!Array.isArray(one[key]) || one[key].length));
    const words = (some) => some.map((lane) => ({ key: rowOf(lane), kind: "words" }));
    const early = lanes.filter((lane) => this.look.early.includes(lane));
    const of = (key, kind = key) => ({ key, kind });
    return [
      ...words(early), ...(any("quotes") ? [of("quotes")] : []), of("emotion", "curve"), of("trust", "curve"),
      ...["nps", "complaints"].filter(any).map((key) => of(key)), of("promise"), of("commitment"),
      ...(any("evidence") ? [of("evidence")] : []),
      ...words(lanes.filter((lane) => !early.includes(lane))), ...this.extra.filter((key) => !NAMES[key]).map((key) => ({ key, kind: "read" })),
    ];
  }

  treatment = (id) => (this.scenario ? this.run()?.steps[id] : null) || null;

  lane(id, lane) {
    const other = own(this.treatment(id)?.lanes, lane);
    return { text: other || own(this.state.steps[id].lanes, lane) || "", other: Boolean(other) };
  }

  level(id, lane) {
    const other = this.treatment(id)?.[lane];
    return other === null || other === undefined ? { value: this.state.steps[id]?.[lane] ?? null, other: false } : { value: other, other: true };
  }

  channelsOf = (id) => (this.treatment(id)?.channel ? [this.treatment(id).channel] : this.state.steps[id].channels);

  points(lane, run = true) {
    return this.columns().map(({ id }, at) => {
      const value = id ? (run ? this.level(id, lane).value : this.state.steps[id][lane]) : null;
      return value === null || value === undefined ? null : [this.column * (at + 0.5), y(lane, value)];
    });
  }

  pair = (id, key) => [this.evidence[id]?.[key] || null, ...(this.second ? [this.second[id]?.[key] || null] : [])];
  gap = (id, key) => (this.difference && this.gaps[id]?.[key]) || null;
  pairWords = (pair, nothing, sign = true, what = "answers") =>
    pair.map((one) => (shown(one) ? estimate(one, sign, what) : one?.hidden ? "hidden: too few" : nothing)).join("; beside: ");

  get mostComplaints() {
    const rates = [this.evidence, this.second || {}].flatMap((all) => Object.values(all).map((one) => one.complaints)).filter(shown);
    return Math.max(1, ...rates.map((one) => one.high ?? one.value));
  }

  notes = (id, lane) => this.state.notes.filter((one) => one.step === id && one.lane === lane).length;

  // -- the frame ------------------------------------------------------------------------------------------------------

  frame() {
    const button = (text, help, onclick, words = {}) => make("button", { type: "button", class: "plain", text, title: help, onclick, ...words });
    const select = (label, onchange) => {
      const box = make("select", { id: `${this.id}-${label.replace(/\W/g, "")}`, onchange: () => onchange(box.value) });
      return { box, all: make("div", { class: "pick" }, make("label", { for: box.id, text: label }), box) };
    };
    this.title = make("input", { class: "title", type: "text", "aria-label": "Title of the map", placeholder: "Title of the map" });
    this.title.addEventListener("change", () => this.ask("title", this.title.value));
    this.undo = button("↶ Undo", "Ctrl+Z", () => this.ask("undo"));
    this.redo = button("↷ Redo", "Ctrl+Shift+Z", () => this.ask("redo"));
    this.picks = {
      stage: select("Zoom to", (value) => this.choose("stage", value)), where: select("Measured", (value) => this.choose("where", value)),
      beside: select("Beside", (value) => this.choose("beside", value)), as: select("Shown", (value) => this.choose("as", value)),
      scenario: select("Scenario", (value) => (value === "+" ? this.pane.open("scenario") : this.choose("scenario", value))),
    };
    const tools = make("div", { class: "tools", role: "group", "aria-label": "Draw" }, this.undo, this.redo,
      button("+ Stage", "A new stage behind this one", () => this.newStage()), button("+ Step", "A new step behind this one (Insert)", () => this.newStep()),
      button("+ Lane", "A new lane", () => this.newLane()),
      button("Details", "Open the step in detail (O)", () => this.details()), button("Walk", "Step by step, in the customer's shoes (W)", () => this.walk()),
      button("Keys", "What the keys do (?)", () => this.pane.open("keys")));
    const picks = make("div", { class: "tools", role: "group", "aria-label": "Show" }, ...Object.values(this.picks).map((one) => one.all));
    this.status = make("p", { class: "status", role: "status" });
    this.alert = make("div", { class: "alert", role: "alert", hidden: true });
    this.clashBox = make("div", { class: "clashes", role: "group", "aria-label": "Clashes", hidden: true });
    this.hint = make("p", { class: "hint" });
    this.sheet = make("div", { class: "sheet" });
    this.box = make("div", { class: "box" }, this.sheet);
    this.line = make("code", { class: "line", "aria-label": "The last change as Python" });
    this.copy = button("Copy as code", "The line of Python that does the last change", () => this.copied(), { hidden: true });
    const legend = make("p", { class: "legend" }, ...[["dash", "what the team assumes"], ["solid", "measured, with its interval"], ["spot pain", "hot spot that hurts"],
      ["spot gain", "hot spot that can delight"], ["dot reactive", "commitment left out: reactive point"]].map(([kind, text]) => make("span", {}, make("i", { class: `key ${kind}` }), text)));
    const foot = make("div", { class: "foot" }, legend, make("div", { class: "as-code" }, this.line, this.copy));
    this.root = make("div", { class: "wbc", role: "group", "aria-label": "Journey map canvas" },
      make("div", { class: "top" }, this.title, tools, picks), this.alert, this.clashBox,
      make("div", { class: "both" }, make("div", { class: "left" }, this.box), this.pane.el), make("div", { class: "told" }, this.status, this.hint), foot);
    this.root.addEventListener("keydown", (event) => this.keys(event));
    for (const [name, act] of [["pointerdown", this.press], ["pointermove", this.moved], ["pointerup", this.released], ["pointercancel", this.dropped], ["click", this.click]])
      this.sheet.addEventListener(name, act.bind(this));
    this.sheet.addEventListener("focusin", (event) => this.focused(event));
    this.sizes = new ResizeObserver(() => this.layout());
    this.sizes.observe(this.box);
    this.host = make("div", { class: "wbc-host", "data-lm-suppress-shortcuts": "true" });
    const shadow = this.host.attachShadow({ mode: "open" }), sheet = new CSSStyleSheet();
    sheet.replaceSync(this.look.style);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(this.root);
    this.el.append(this.host);
  }

  bars() {
    const { state, picks } = this;
    const fill = ({ box }, options, value) => {
      const key = JSON.stringify(options);
      if (box.dataset.key !== key) {
        box.dataset.key = key;
        box.replaceChildren();
        const within = new Map();
        for (const [one, text, group] of options) {
          const option = make("option", { value: one, text });
          if (!group) box.append(option);
          else {
            if (!within.has(group)) box.append(within.set(group, make("optgroup", { label: group })).get(group));
            within.get(group).append(option);
          }
        }
      }
      box.value = String(value);
    };
    const groups = this.groups.map((one, at) => [String(at), one.name, one.kind]);
    fill(picks.stage, [["", "all stages"], ...state.stages.map((one) => [one.key, one.name])], this.stage);
    fill(picks.where, [["", "everybody"], ...groups], this.where);
    fill(picks.beside, [["", "nobody"], ...groups], this.beside);
    fill(picks.as, [["side", "side by side"], ["difference", "as a difference"]], this.as);
    picks.as.all.hidden = !this.gaps;
    fill(picks.scenario, [["", "the map"], ...state.scenarios.map((one) => [one.name, `${one.name} (${one.mood})`]), ["+", "a new one …"]], this.scenario);
    this.undo.disabled = !state.undo;
    this.redo.disabled = !state.redo;
    if (this.title !== this.active()) this.title.value = state.title;
    this.clashBox.hidden = !state.clashes.length;
    const key = JSON.stringify(state.clashes);
    if (this.clashBox.dataset.key !== key) {
      this.clashBox.dataset.key = key;
      this.clashBox.replaceChildren(...state.clashes.map((one, at) => make("div", { class: "clash", role: "alert" },
        make("p", {}, make("b", { text: one.where })),
        make("dl", {}, make("dt", { text: `${one.who || "somebody"} wrote` }), make("dd", { text: one.theirs }), make("dt", { text: "you wrote" }), make("dd", { text: one.mine })),
        make("button", { type: "button", class: "plain", text: "Keep theirs", onclick: () => this.ask("keep", at) }),
        make("button", { type: "button", class: "plain", text: "Write mine", onclick: () => this.ask("mine", at) }))));
    }
  }

  choose(what, value) {
    this[what] = value;
    if (what === "where" || what === "beside") this.again(0);
    if (what === "stage" && value && !this.state.stages.find((one) => one.key === value)?.steps.includes(this.focus.col)) this.focus.col = "";
    if (what === "scenario" && this.pane.mode === "step") this.pane.open("step", this.pane.what, false);
    this.draw();
    const text = this.picks[what]?.box.selectedOptions[0]?.textContent;
    if (text) this.say(`Shown: ${text}`);
  }

  say(text) { this.status.textContent = text; }

  complain(text, lasting = false) {
    this.blamed = lasting ? "look" : "";
    this.alert.hidden = false;
    this.alert.replaceChildren(make("p", { text }), make("button", { type: "button", class: "close", "aria-label": "Put this message away", text: "×", onclick: () => (this.alert.hidden = true) }));
  }

  /** A message goes when something was done well; what is wrong in the file stays until the file can be read. */
  calm(done) {
    if (done === "news" && this.blamed !== "look") return;
    this.alert.hidden = true;
  }

  newsHeard(news, changed) {
    this.say(`Saved by others meanwhile. ${news.join(". ")}`);
    for (const path of changed || []) if (path[0] === "steps") this.fresh.add(path[1]);
    this.draw();
    setTimeout(() => (this.fresh.clear(), this.state && this.draw()), 6000);
  }

  shownAsCode(code) {
    this.line.textContent = cut(code, 300);
    this.code = code;
    this.copy.hidden = false;
  }

  async copied() {
    try {
      await navigator.clipboard.writeText(this.code);
      this.say("The line is in the clipboard.");
    } catch { // no clipboard here: the line is selected, to be copied by hand
      this.line.textContent = this.code;
      getSelection().selectAllChildren(this.line);
      this.say("The line is selected: copy it with Ctrl+C.");
    }
  }

  // -- drawing the grid -----------------------------------------------------------------------------------------------

  layout() {
    if (!this.state) return;
    const room = (this.box.clientWidth || 1000) - HEAD - 2, many = Math.max(1, this.columns().length);
    const column = Math.max(NARROW, Math.min(BROAD, Math.floor(room / many)));
    if (column !== this.column || !this.table) {
      this.column = column;
      this.draw();
    }
  }

  draw() {
    if (!this.state) return;
    if (this.stage && !this.state.stages.some((one) => one.key === this.stage)) this.stage = "";
    if (this.scenario && !this.run()) this.scenario = "";
    const room = (this.box.clientWidth || 1000) - HEAD - 2;
    this.column = Math.max(NARROW, Math.min(BROAD, Math.floor(room / Math.max(1, this.columns().length))));
    this.bars();
    const rows = this.rows(), columns = this.columns();
    const structure = JSON.stringify([rows, columns.map((one) => [one.col, one.stage.key]), this.column]);
    if (structure !== this.structure) this.build(rows, columns, structure);
    this.fill(rows, columns);
    if (this.pane.mode) this.pane.update();
    if (this.editing) this.editing.place();
  }

  build(rows, columns, structure) {
    const held = this.sheet.contains(this.active()) && !this.editing && this.active().closest("[data-row]");
    const before = this.tds;
    this.structure = structure;
    this.tds = new Map();
    this.nothing?.remove();
    const put = (row, col, tag, words) => {
      const key = `${row}\n${col}`, made = before.get(key) || make(tag, { tabindex: "-1", "data-row": row, "data-col": col, ...words });
      if (words.colSpan) made.colSpan = words.colSpan;
      this.tds.set(key, made);
      return made;
    };
    if (!columns.length) {
      this.table?.remove();
      this.table = null;
      this.nothing = make("div", { class: "nothing" }, make("p", { text: "Nothing is drawn yet. Where does the journey begin for the customer?" }),
        make("button", { type: "button", class: "plain", text: "Name the first stage", onclick: () => this.newStage() }));
      this.sheet.append(this.nothing);
      return;
    }
    if (!this.table) {
      this.table = make("table", { role: "grid" }, make("colgroup"), make("thead", { role: "rowgroup" }), make("tbody", { role: "rowgroup" }));
      this.trs = new Map();
      this.sheet.prepend(this.table);
    }
    const line = (key, kind, cells) => {
      if (!this.trs.has(key)) this.trs.set(key, make("tr", { role: "row", class: kind }));
      return inOrder(this.trs.get(key), cells);
    };
    const stages = columns.filter((one, at) => one.stage !== columns[at - 1]?.stage).map((one) => one.stage);
    const span = (stage) => columns.filter((one) => one.stage === stage).length;
    const lead = { class: "lane", role: "rowheader", scope: "row" }, read = ["nps", "complaints", "evidence", "read", "quotes"];
    inOrder(this.table.tHead, [
      line("stages", "stages", [put("stages", "", "th", { class: "corner", role: "columnheader" }),
        ...stages.map((stage) => put("stages", stage.key, "th", { class: "stage", role: "columnheader", colSpan: span(stage), scope: "colgroup" }))]),
      line("steps", "steps", [put("steps", "", "th", lead), ...columns.map((one) => put("steps", one.col, "th", { class: "step", role: "columnheader", scope: "col" }))]),
    ]);
    inOrder(this.table.tBodies[0], rows.map((row) => line(row.key, `in-${row.kind}`, [put(row.key, "", "th", lead),
      ...columns.map((one) => put(row.key, one.col, "td", { role: "gridcell", class: `cell ${row.kind}`, "aria-readonly": read.includes(row.kind) ? "true" : undefined }))])));
    const widths = this.table.querySelector("colgroup"), all = `${this.column} ${columns.length}`;
    if (widths.dataset.all !== all) {
      widths.dataset.all = all;
      widths.replaceChildren(make("col"), ...columns.map(() => make("col")));
      [...widths.children].forEach((one, at) => (one.style.width = `${at ? this.column : HEAD}px`));
      this.table.style.width = `${HEAD + this.column * columns.length}px`;
      this.table.className = this.column < 135 ? "dense" : "";
    }
    this.table.setAttribute("aria-label", `Journey map: ${this.state.title || "no title"}`);
    if (!this.tds.has(`${this.focus.row}\n${this.focus.col}`)) this.focus = { row: "steps", col: columns[0].col };
    if (held) this.focusCell();
  }

  /** Put into each cell what stands there now; cells that did not change are left alone. */
  fill(rows, columns) {
    if (!this.table) return;
    const spots = this.order().filter((id) => this.state.steps[id].hot_spot);
    for (const { stage } of columns) {
      const cell = this.tds.get(`stages\n${stage.key}`), many = stage.steps.length;
      this.paint(cell, `${stage.name}${many}`, `Stage ${stage.name}, ${many} ${many === 1 ? "step" : "steps"}`, () =>
        cell.append(make("span", { class: "stage-name", text: stage.name }), this.small("zoom", "⌕", `Zoom to ${stage.name}`), this.small("add-stage", "+", `New stage after ${stage.name}`)));
    }
    const lead = this.tds.get("steps\n");
    this.paint(lead, "lead", "Step, and how it is met", () => lead.append(make("b", { text: "Step" }), make("small", { text: "and how it is met" })));
    const corner = this.tds.get("stages\n");
    this.paint(corner, "corner", "Stages", () => corner.append(make("span", { class: "away", text: "Stages" })));
    for (const { id, col, stage } of columns) this.stepHead(this.tds.get(`steps\n${col}`), id, stage, spots.indexOf(id) + 1);
    for (const row of rows) {
      this.laneHead(row);
      for (const { id, col } of columns) {
        const cell = this.tds.get(`${row.key}\n${col}`);
        if (!id) { this.paint(cell, "none", "no step yet", () => {}); continue; }
        const [signature, words, fill] = cells[row.kind](this, row, id), notes = this.notes(id, laneOf(row.key)), fresh = this.fresh.has(id);
        const said = `${this.name(id)}, ${(NAMES[row.key] || [laneOf(row.key)])[0].toLowerCase()}: ${cut(words, 300)}${notes ? `; ${notes} ${notes === 1 ? "comment" : "comments"}` : ""}`;
        this.paint(cell, JSON.stringify([signature, notes, fresh, this.scenario]), said, () => {
          cell.classList.remove("other");
          fill(cell);
          cell.classList.toggle("fresh", fresh);
          if (notes) cell.append(this.note(notes));
        });
      }
      if (row.kind === "curve") this.curve(row.key, columns);
    }
    const now = this.tds.get(`${this.focus.row}\n${this.focus.col}`) || lead;
    for (const cell of this.table.querySelectorAll('[tabindex="0"]')) cell.tabIndex = -1;
    now.tabIndex = 0;
  }

  paint(cell, signature, label, fill) {
    if (cell.getAttribute("aria-label") !== label) cell.setAttribute("aria-label", label);
    if (cell.painted === signature || (this.drag?.handle && cell.contains(this.drag.handle))) return;
    const held = cell !== this.active() && cell.contains(this.active()) ? this.active() : null;
    cell.painted = signature;
    cell.replaceChildren();
    fill();
    if (held) (cell.querySelector(held.dataset.act ? `[data-act="${held.dataset.act}"]` : "[data-slider]") || cell).focus({ preventScroll: true });
  }

  small = (what, text, label) => make("button", { type: "button", class: `small-button ${what}`, tabindex: "-1", "data-do": what, text, "aria-label": label, title: label });
  note = (many) => make("button", { type: "button", class: "note", tabindex: "-1", "data-do": "notes", text: String(many), "aria-label": `${many} open ${many === 1 ? "comment" : "comments"}`, title: "Comments" });

  stepHead(cell, id, stage, spot) {
    if (!id) {
      this.paint(cell, "none", `No step in ${stage.name} yet`, () => cell.append(make("button", { type: "button", class: "plain", tabindex: "-1", "data-do": "first-step", text: "+ Step" })));
      return;
    }
    const step = this.state.steps[id], channels = this.channelsOf(id), notes = this.notes(id, ""), fresh = this.fresh.has(id), kind = step.hot_spot;
    const parts = [step.name, channels.length && `met by ${channels.join(", ")}`, step.contact && `${step.contact} contact`, step.started_by && `started by the ${step.started_by}`,
      kind && `hot spot ${spot}: ${HOT[kind]}`, step.outside && "outside our control", step.owner && `owner ${step.owner}`, notes && `${notes} open ${notes === 1 ? "comment" : "comments"}`];
    this.paint(cell, JSON.stringify([parts, this.scenario]), parts.filter(Boolean).join("; "), () => {
      cell.className = `step${kind ? ` hot ${kind}` : ""}${fresh ? " fresh" : ""}`;
      if (kind) cell.append(make("b", { class: `spot ${kind}`, text: String(spot), "aria-hidden": "true", title: HOT[kind] }));
      cell.append(make("span", { class: "step-name", text: cut(step.name, 160) }));
      const met = make("span", { class: `channels${this.treatment(id)?.channel ? " other" : ""}` }, ...channels.map((one) => make("span", { class: "channel" }, icon(this.look, one), cut(one, 40))));
      if (step.contact) met.append(make("span", { class: "contact", text: step.contact }));
      if (!channels.length) met.append(make("span", { class: "contact", text: "no channel" }));
      cell.append(met);
      if (step.outside) cell.append(make("span", { class: "tag", text: "outside our control" }));
      cell.append(this.small("details", "⋯", `Open ${step.name} in detail`), this.small("add-step", "+", `New step after ${step.name}`));
      if (notes) cell.append(this.note(notes));
    });
  }

  laneHead({ key, kind }) {
    const cell = this.tds.get(`${key}\n`), lane = laneOf(key), [name, note] = NAMES[key] || [capital(lane), ""], owner = own(this.state.owners, lane) || "";
    const told = kind === "words" ? `Lane ${lane}${owner ? `, owner ${owner}` : ""}` : kind === "read" ? `${name}, read from the data` : `${name}${note ? `: ${note}` : ""}`;
    this.paint(cell, `${key}${owner}`, told, () => {
      cell.append(make("b", { class: "lane-name", text: cut(name, 90) }));
      if (note) cell.append(make("small", { text: note }));
      if (owner) cell.append(make("small", { text: owner }));
      if (kind === "curve") {
        const ends = key === "emotion" ? ["delighted", "neutral", "furious"] : ["trusts us", "neutral", "distrusts us"];
        [100, 0, -100].forEach((value, at) => {
          const mark = make("span", { class: "end", text: ends[at], "aria-hidden": "true" });
          mark.style.top = `${y(key, value)}px`;
          cell.append(mark);
        });
      }
      if (kind === "words") cell.append(this.small("lane", "⋯", `Open the lane ${lane}`), this.small("add-lane", "+", `New lane after ${lane}`));
      cell.classList.toggle("own", kind === "words");
    });
  }

  curve(lane, columns) {
    const first = this.tds.get(`${lane}\n${columns[0].col}`);
    if (this.drag?.lane === lane) return;
    const { drawn, assumed } = drawCurve(this, lane);
    this[`line_${lane}`] = assumed;
    this[`svg_${lane}`]?.remove();
    this[`svg_${lane}`] = drawn;
    first.prepend(drawn);
  }

  // -- the cursor -----------------------------------------------------------------------------------------------------

  cell = () => this.tds.get(`${this.focus.row}\n${this.focus.col}`);

  focusCell() {
    this.cell()?.focus({ preventScroll: false });
  }

  focused(event) {
    const cell = event.target.closest("[data-row]");
    if (!cell) return;
    this.focus = { row: cell.dataset.row, col: cell.dataset.col };
    for (const one of this.table.querySelectorAll('[tabindex="0"]')) one.tabIndex = -1;
    cell.tabIndex = 0;
  }

  go(row, col, focus = true) {
    const cell = this.tds.get(`${row}\n${col}`);
    if (!cell) return;
    this.focus = { row, col };
    if (focus) cell.focus({ preventScroll: true });
    this.reveal(cell);
  }

  /** Bring a cell into sight, clear of the names that stay. */
  reveal(cell) {
    const { box } = this, left = cell.offsetLeft, top = cell.offsetTop, heads = this.table.tHead.offsetHeight;
    if (cell.dataset.col && left - HEAD < box.scrollLeft) box.scrollLeft = left - HEAD;
    else if (left + cell.offsetWidth > box.scrollLeft + box.clientWidth) box.scrollLeft = left + cell.offsetWidth - box.clientWidth;
    if (cell.closest("thead")) return;
    if (top - heads < box.scrollTop) box.scrollTop = top - heads;
    else if (top + cell.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = Math.min(top - heads, top + cell.offsetHeight - box.clientHeight);
  }

  mark(id) {
    for (const one of this.table?.querySelectorAll(".walked") || []) one.classList.remove("walked");
    this.tds.get(`steps\n${id}`)?.classList.add("walked");
  }

  step(dx, dy) {
    const { row, col } = this.focus, columns = this.columns(), rows = ["stages", "steps", ...this.rows().map((one) => one.key)];
    const at = rows.indexOf(row) + dy, to = rows[Math.max(0, Math.min(rows.length - 1, at))];
    const place = row === "stages" ? columns.findIndex((one) => one.stage.key === col) : columns.findIndex((one) => one.col === col);
    let next = place + dx;
    if (row === "stages" && dx > 0 && place >= 0) {
      const key = columns[place].stage.key;
      next = columns.findLastIndex((one) => one.stage.key === key) + 1;
      if (next >= columns.length) next = place;
    }
    next = Math.max(-1, Math.min(columns.length - 1, next));
    if (Math.abs(dx) > 1) next = dx < 0 ? -1 : columns.length - 1;
    this.go(to, next < 0 ? "" : to === "stages" ? columns[next].stage.key : columns[next].col);
  }
}

/** Put children into a parent in this order with as few moves as a walk takes; what is not among them goes. */
function inOrder(parent, children) {
  let at = parent.firstElementChild;
  for (const child of children) {
    if (child === at) at = at.nextElementSibling;
    else parent.insertBefore(child, at);
  }
  while (at) {
    const next = at.nextElementSibling;
    at.remove();
    at = next;
  }
  return parent;
}
