// The canvas, part 4 of 5: what hands do. Keys, changes, typing in place; press, drag, drop and click.

const FAR = 5; // pixels from which a press is a drag

class Hands extends Grid {
  // -- keys -----------------------------------------------------------------------------------------------------------

  keys(event) {
    event.stopPropagation(); // JupyterLab has keys of its own
    const { key, target } = event, typing = ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName);
    const done = () => event.preventDefault();
    if ((event.ctrlKey || event.metaKey) && !typing) {
      if (key.toLowerCase() === "z") return done(), this.ask(event.shiftKey ? "redo" : "undo");
      if (key.toLowerCase() === "y") return done(), this.ask("redo");
      if (key !== "Home" && key !== "End") return;
    }
    if (typing || !this.sheet.contains(target) || !this.state) return key === "?" && !typing ? this.pane.open("keys") : undefined;
    if (key === "Escape" && this.drag) return done(), this.dropped();
    if (target.dataset.slider) return this.sliderKeys(event);
    if (target.dataset.act) return this.dotKeys(event);
    const cell = target.closest("[data-row]");
    if (!cell || target !== cell) return;
    const { row, col } = this.focus, kind = this.kind(row);
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    if (arrows[key] && event.altKey) return done(), this.moveBy(...arrows[key]);
    if (arrows[key]) return done(), this.step(...arrows[key]);
    if (key === "Home" || key === "End") {
      done();
      if (event.ctrlKey) this.step(0, key === "Home" ? -999 : 999);
      return this.step(key === "Home" ? -999 : 999, 0);
    }
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const one = this.state.steps[col] ? col : "";
    const acts = {
      Enter: () => this.open(cell), F2: () => this.open(cell), Insert: () => this.insert(), "+": () => this.insert(), Delete: () => this.remove(), Backspace: () => this.remove(),
      "?": () => this.pane.open("keys"), o: () => this.details(), h: () => one && this.hot(one), z: () => this.zoom(), w: () => this.walk(),
      c: () => one && this.comments(one),
    };
    const act = acts[key] || acts[key.toLowerCase()];
    if (act) return done(), act();
    if (kind === "commitment" && one && "1234".includes(key)) return done(), this.toggle(one, ACTS[Number(key) - 1]);
    if (key === " ") done();
  }

  kind = (row) => this.rows().find((one) => one.key === row)?.kind || row;

  sliderKeys(event) {
    const { key, target } = event, cell = target.closest("[data-row]"), id = cell.dataset.col, lane = target.dataset.slider;
    const by = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[key];
    const now = this.typed?.id === id && this.typed.lane === lane ? this.typed.value : this.level(id, lane).value ?? 0;
    const value = by ? Math.max(-100, Math.min(100, now + by)) : { Home: -100, End: 100 }[key];
    if (value !== undefined) {
      event.preventDefault();
      if (this.typed && (this.typed.id !== id || this.typed.lane !== lane)) this.keepLevel();
      this.typed = { id, lane, value };
      this.setHandle(target, lane, id, value);
      clearTimeout(this.typed.later);
      clearTimeout(this.later);
      this.later = setTimeout(() => this.keepLevel(), 500);
    } else if (key === "Delete" || key === "Backspace") {
      event.preventDefault();
      clearTimeout(this.later);
      this.typed = null;
      this.setLevel(id, lane, null);
    } else if (key === "Escape" || key === "Enter" || key === "F2") {
      event.preventDefault();
      this.keepLevel();
      cell.focus();
    } else if (key === "Tab") {
      this.keepLevel();
      const columns = this.columns().filter((one) => one.id), to = columns[columns.findIndex((one) => one.id === id) + (event.shiftKey ? -1 : 1)];
      if (!to) return;
      event.preventDefault();
      this.go(lane, to.id);
      this.cell().querySelector(".handle").focus();
    }
  }

  keepLevel() {
    clearTimeout(this.later);
    if (!this.typed) return;
    const { id, lane, value } = this.typed;
    this.typed = null;
    if (this.state.steps[id]) this.setLevel(id, lane, value);
  }

  dotKeys(event) {
    const { key, target } = event, dots = [...target.parentElement.children], at = dots.indexOf(target);
    const to = { ArrowRight: dots[at + 1], ArrowLeft: dots[at - 1] };
    if (key in to || key === "ArrowUp" || key === "ArrowDown") return event.preventDefault(), to[key]?.focus();
    if (key === "Escape") return event.preventDefault(), target.closest("[data-row]").focus();
  }

  // -- changing -------------------------------------------------------------------------------------------------------

  /** Enter on a cell: what there is to edit. */
  open(cell) {
    const { row, col } = cell.dataset, kind = this.kind(row);
    if (row === "stages") return col && this.editName(() => this.tds.get(`stages\n${col}`), this.state.stages.find((one) => one.key === col).name, "Name of the stage", (text) => this.ask("rename_stage", col, text));
    if (row === "steps" && col.startsWith("stage:")) return this.newStep(col.slice(6), "");
    if (row === "steps" && this.state.steps[col]) return this.editStep(col);
    if (!col) return kind === "words" && this.editName(() => this.tds.get(`${row}\n`), laneOf(row), "Name of the lane", (text) => this.ask("rename_lane", laneOf(row), text));
    if (!this.state.steps[col]) return undefined;
    if (kind === "curve") return cell.querySelector(".handle").focus();
    if (kind === "commitment") return cell.querySelector(".dot").focus();
    if (kind === "words") return this.editWords(laneOf(row), col);
    if (kind === "promise") return this.editPromise(col);
    return this.say(`${NAMES[row]?.[0] || capital(row)} is read from the data: it cannot be written here.`);
  }

  editStep(id) {
    const was = this.state.steps[id].name;
    this.editName(() => this.tds.get(`steps\n${id}`), was, "Name of the step", (text) => this.set(id, "name", text, was));
  }

  editName(at, value, label, keep) {
    this.edit({ at, value, label, keep: (text) => (text.trim() ? keep(text.trim()) : { fault: "A name is needed: write one." }) });
  }

  async editWords(lane, id) {
    const scenario = this.scenario, home = scenario ? this.treatment(id) : this.state.steps[id];
    let was = own(home?.lanes, lane) || "";
    if (home?.cut.includes(lane)) was = (await this.ask("whole", id, lane, scenario)).whole;
    this.edit({
      at: () => this.tds.get(`${rowOf(lane)}\n${id}`), value: was, label: `${this.name(id)}, ${lane}`, lines: true, along: true, help: scenario ? this.state.steps[id].lanes[lane] : "",
      keep: (text) => (scenario ? this.treat(id, cellOf(lane), text, was) : this.set(id, cellOf(lane), text, was)),
    });
  }

  editPromise(id) {
    if (this.scenario) return this.onMapOnly();
    const was = this.state.steps[id].promise?.words || "";
    this.edit({ at: () => this.tds.get(`promise\n${id}`), value: was, label: `${this.name(id)}, what was promised`, lines: true, along: true, keep: (text) => this.set(id, "promise.words", text, was) });
  }

  editChannels(id) {
    const list = (text) => text.split(",").map((one) => one.trim()).filter(Boolean), at = () => this.tds.get(`steps\n${id}`);
    if (this.scenario) return this.edit({ at, value: this.treatment(id)?.channel || "", label: `${this.name(id)}, channel in this scenario`, keep: (text) => this.treat(id, "channel", text.trim()) });
    const step = this.state.steps[id], label = `${this.name(id)}, channels, with commas between them`;
    return this.edit({ at, value: step.channels.join(", "), label, list: [...new Set([...this.state.channels, ...Object.values(this.look.words).map((words) => words[0])])], keep: (text) => this.set(id, "channels", list(text), step.channels) });
  }

  onMapOnly = () => this.complain("In a scenario the channel, emotion, trust and the lanes can be otherwise; all else is drawn on the map.");

  set(id, cell, value, was) {
    if (this.scenario && !["name"].includes(cell)) return this.onMapOnly();
    const change = () => {
      const step = { ...this.state.steps[id], lanes: { ...this.state.steps[id].lanes } };
      if (cell.startsWith("promise.")) step.promise = { ...(step.promise || {}), [cell.slice(8)]: value };
      else if (!cell.startsWith("lanes.") && Object.hasOwn(step, cell)) step[cell] = value;
      else step.lanes[cell.replace(/^lanes\./, "")] = value;
      this.state.steps[id] = step;
    };
    return this.sooner(change, { do: "set", with: [id, cell, value], ...(was === undefined ? {} : { was }) });
  }

  treat(id, cell, value, was) {
    return this.send({ do: "treat", with: [this.scenario, id, cell, value], ...(was === undefined ? {} : { was }) });
  }

  setLevel(id, lane, value) {
    if (this.scenario) return this.treat(id, lane, value);
    return this.set(id, lane, value, this.state.steps[id][lane]);
  }

  hot(id) {
    const now = this.state.steps[id].hot_spot;
    return this.set(id, "hot_spot", { "": "pain", pain: "gain", gain: "" }[now], now);
  }

  toggle(id, act) {
    const now = this.state.steps[id].commitment;
    return this.set(id, "commitment", ACTS.filter((one) => (one === act ? !now.includes(one) : now.includes(one))), now);
  }

  insert() {
    const { row, col } = this.focus;
    if (row === "stages") return this.newStage(col || "");
    if (!col) return this.kind(row) === "words" ? this.newLane(laneOf(row)) : this.newLane();
    return this.newStep();
  }

  newStage(after = this.stageAt()?.key) {
    const at = () => this.tds.get(`stages\n${after}`) || this.nothing || this.tds.get("stages\n");
    this.editName(at, "", "Name of the new stage", async (text) => {
      const answer = await this.ask("add_stage", text, ...(after === undefined ? [] : [after]));
      if (answer.made) this.go("steps", `stage:${answer.made}`);
      return answer;
    });
  }

  stageAt() {
    const { row, col } = this.focus, stages = this.state.stages;
    return stages.find((one) => one.steps.includes(col) || `stage:${one.key}` === col || (row === "stages" && one.key === col)) || stages.find((one) => one.key === this.stage) || stages.at(-1);
  }

  newStep(stage = this.stageAt()?.key, after = this.state.steps[this.focus.col] ? this.focus.col : undefined) {
    if (!stage) return this.newStage();
    const at = () => this.tds.get(`steps\n${after || `stage:${stage}`}`) || this.tds.get(`stages\n${stage}`);
    return this.editName(at, "", "Name of the new step", async (text) => {
      const answer = await this.ask("add_step", text, stage, ...(after === undefined ? [] : [after]));
      if (answer.made) this.go("steps", answer.made);
      return answer;
    });
  }

  newLane(after = this.state.listed.at(-1)) {
    if (!this.table) return this.newStage();
    const at = () => this.tds.get(`${after && rowOf(after)}\n`) || this.tds.get("steps\n");
    return this.edit({
      at, value: "", label: "Name of the new lane", list: Object.keys(this.state.known_lanes),
      keep: async (text) => {
        const answer = await this.ask("add_lane", text, ...(after ? [after] : []));
        if (!answer.fault) this.go(rowOf(text.trim()), "");
        return answer;
      },
    });
  }

  async remove() {
    const { row, col } = this.focus, kind = this.kind(row), back = (answer) => !answer?.fault && this.say(`${this.status.textContent} Ctrl+Z brings it back.`);
    if (row === "stages") return col && back(await this.ask("remove_stage", col));
    if (row === "steps") return this.state.steps[col] && back(await this.ask("remove_step", col));
    if (!col) return kind === "words" && back(await this.ask("remove_lane", laneOf(row)));
    if (!this.state.steps[col]) return undefined;
    if (kind === "curve") return this.setLevel(col, row, null);
    if (kind === "words") return this.scenario ? this.treat(col, cellOf(laneOf(row)), "") : this.set(col, cellOf(laneOf(row)), "");
    if (kind === "promise") return this.set(col, "promise.words", "");
    if (kind === "commitment") return this.set(col, "commitment", []);
    return undefined;
  }

  details() {
    const { row, col } = this.focus;
    if (!col && this.kind(row) === "words") return this.pane.open("lane", laneOf(row));
    const id = this.state.steps[col] ? col : this.order()[0];
    return id ? this.pane.open("step", id) : this.say("There is no step to open yet.");
  }

  comments(id) {
    const { row, col } = this.focus;
    this.focus = { row, col: id || col };
    this.pane.open("step", id);
    this.pane.el.querySelector("[data-comment]").focus();
  }

  walk() {
    const steps = this.columns().filter((one) => one.id), at = steps.find((one) => one.id === this.focus.col) || steps[0];
    return at ? this.pane.open("walk", at.id) : this.say("There is no step to walk yet.");
  }

  zoom(key = this.stageAt()?.key) {
    this.choose("stage", this.stage ? "" : key || "");
    this.focusCell();
  }

  moveBy(dx, dy) {
    const { row, col } = this.focus, { stages } = this.state;
    const stay = () => this.say("It cannot go further that way.");
    if (dy) {
      const lane = laneOf(row), block = this.blockOf(lane), at = block.indexOf(lane), to = block[at + dy];
      if (!to || at < 0 || this.kind(row) !== "words") return stay();
      return this.ask("move_lane", lane, dy > 0 ? to : this.before(to, this.state.listed));
    }
    if (row === "stages") {
      const at = stages.findIndex((one) => one.key === col), to = stages[at + dx];
      if (!to || at < 0) return stay();
      return this.moveStage(col, dx > 0 ? to.key : stages[at - 2]?.key || "");
    }
    const home = this.stageOf(col);
    if (!home) return stay();
    const place = home.steps.indexOf(col), at = stages.indexOf(home);
    if (home.steps[place + dx]) return this.moveStep(col, home.key, dx > 0 ? home.steps[place + 1] : home.steps[place - 2] || "");
    const other = stages[at + dx];
    return other ? this.moveStep(col, other.key, dx > 0 ? "" : other.steps.at(-1) || "") : stay();
  }

  blockOf(lane) {
    const early = this.look.early.includes(lane);
    return this.state.listed.includes(lane) ? this.state.listed.filter((one) => this.look.early.includes(one) === early) : [];
  }

  before = (one, list) => list[list.indexOf(one) - 1] || "";

  moveStep(id, stage, after) {
    const change = () => {
      this.state.stages = this.state.stages.map((one) => ({ ...one, steps: one.steps.filter((other) => other !== id) }));
      const { steps } = this.state.stages.find((one) => one.key === stage);
      steps.splice(after ? steps.indexOf(after) + 1 : 0, 0, id);
    };
    return this.sooner(change, { do: "move_step", with: [id, stage, after] });
  }

  moveStage(key, after) {
    const change = () => {
      const all = this.state.stages.filter((one) => one.key !== key);
      all.splice(after ? all.findIndex((one) => one.key === after) + 1 : 0, 0, this.state.stages.find((one) => one.key === key));
      this.state.stages = all;
    };
    return this.sooner(change, { do: "move_stage", with: [key, after] });
  }

  // -- typing in place ------------------------------------------------------------------------------------------------

  edit({ at, value, typed, label, lines, list, along, help, keep, fault }) {
    this.editing?.leave();
    const cell = at();
    if (!cell) return;
    const id = `${this.id}-list`;
    const box = make(lines ? "textarea" : "input", { "aria-label": label, placeholder: help || (value ? "" : label), ...(lines ? {} : { type: "text", autocomplete: "off" }), ...(list ? { list: id } : {}) });
    box.value = typed ?? value;
    const mend = make("p", { class: "mend", text: fault || "", hidden: !fault });
    const editor = make("div", { class: "editor" }, box, mend, list && make("datalist", { id }, ...list.map((one) => make("option", { value: one }))));
    if (fault) box.setAttribute("aria-invalid", "true");
    const place = () => {
      const there = at() || cell, from = this.sheet.getBoundingClientRect(), to = there.getBoundingClientRect();
      if (!there.isConnected) return;
      editor.style.left = `${to.left - from.left}px`;
      editor.style.top = `${to.top - from.top}px`;
      editor.style.width = `${Math.max(to.width, 150)}px`;
      box.style.minHeight = lines ? `${Math.min(Math.max(to.height, 60), 160)}px` : "";
    };
    let open = true;
    const leave = () => {
      if (!open) return false;
      open = false;
      this.editing = null;
      editor.remove();
      return true;
    };
    const done = async (dx) => {
      const text = box.value;
      const here = editor.contains(this.active());
      if (!leave()) return;
      if (dx !== null && here) {
        this.focusCell();
        if (dx) this.step(dx, 0);
      }
      if (text === value) return;
      const answer = (await keep(text)) || {};
      if (answer.fault || answer.failed) this.edit({ at, value, typed: text, label, lines, list, along, help, keep, fault: answer.fault || answer.failed });
    };
    box.addEventListener("keydown", (event) => {
      event.stopPropagation();
      if (event.isComposing) return;
      if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); done(0); }
      if (event.key === "Tab") { event.preventDefault(); done(along ? (event.shiftKey ? -1 : 1) : 0); }
      if (event.key === "Escape") { event.preventDefault(); leave(); this.alert.hidden = true; this.focusCell(); }
    });
    box.addEventListener("blur", () => document.hasFocus() && done(null));
    this.editing = { leave, place };
    this.sheet.append(editor);
    place();
    box.focus({ preventScroll: true });
    box.select();
  }

  // -- pointers: press, drag, drop, click -----------------------------------------------------------------------------

  press(event) {
    this.dragged = false;
    if (event.button !== 0 || !event.isPrimary) return;
    const handle = event.target.closest(".handle"), cell = event.target.closest("[data-row]");
    if (!cell || (event.target.closest("button") && !handle)) return;
    const { row, col } = cell.dataset, kind = this.kind(row);
    if (handle) {
      event.preventDefault();
      handle.focus({ preventScroll: true });
      handle.setPointerCapture(event.pointerId);
      this.drag = { what: "level", handle, lane: row, id: col, cell, started: !handle.classList.contains("empty") };
    } else if (row === "stages" ? col : row === "steps" ? this.state.steps[col] : !col && kind === "words") {
      this.drag = { what: row === "stages" ? "stage" : row === "steps" ? "step" : "lane", row, col, cell, x: event.clientX, y: event.clientY };
    }
  }

  moved(event) {
    const { drag } = this;
    if (!drag) return;
    if (drag.what === "level") {
      const value = level(drag.lane, event.clientY - drag.cell.getBoundingClientRect().top);
      if (value !== drag.value) this.setHandle(drag.handle, drag.lane, drag.id, (drag.value = value));
      return;
    }
    if (!drag.ghost) {
      if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < FAR) return;
      drag.cell.setPointerCapture(event.pointerId);
      drag.ghost = make("div", { class: "ghost", text: cut(drag.cell.querySelector(".step-name, .stage-name, .lane-name").textContent, 60) });
      drag.mark = make("div", { class: "drop", hidden: true });
      this.sheet.append(drag.ghost, drag.mark);
      drag.scroll = setInterval(() => this.scrollTo(drag), 30);
    }
    drag.at = [event.clientX, event.clientY];
    this.over(drag);
  }

  scrollTo(drag) {
    const edge = this.box.getBoundingClientRect(), [px, py] = drag.at || [];
    const by = (value, low, high) => (value < low + 40 ? -14 : value > high - 40 ? 14 : 0);
    if (drag.what !== "lane") this.box.scrollLeft += by(px, edge.left + HEAD, edge.right);
    else this.box.scrollTop += by(py, edge.top + 60, edge.bottom);
    this.over(drag);
  }

  /** Where it would be dropped, and a mark there. */
  over(drag) {
    const from = this.sheet.getBoundingClientRect(), px = drag.at[0] - from.left, py = drag.at[1] - from.top;
    drag.ghost.style.transform = `translate(${px + 8}px, ${py + 6}px)`;
    const columns = this.columns();
    if (drag.what === "lane") {
      const block = this.blockOf(laneOf(drag.row)).map((key) => ({ key, cell: this.tds.get(`${rowOf(key)}\n`) }));
      const after = block.filter(({ cell }) => py > cell.offsetTop + cell.offsetHeight / 2).at(-1);
      const top = after ? after.cell.offsetTop + after.cell.offsetHeight : block[0]?.cell.offsetTop;
      drag.to = block.length ? { after: after ? after.key : this.before(block[0].key, this.state.listed) } : null;
      Object.assign(drag.mark.style, { left: "0", top: `${top - 2}px`, width: `${this.table.offsetWidth}px`, height: "3px" });
    } else {
      const at = Math.max(0, Math.min(columns.length - 1, Math.floor((px - HEAD) / this.column))), { id, stage } = columns[at];
      const right = px - HEAD - at * this.column > this.column / 2;
      let edge = at + (right ? 1 : 0);
      if (drag.what === "step") {
        const { steps } = stage, place = steps.indexOf(id) + (right ? 0 : -1);
        drag.to = { stage: stage.key, after: id ? steps[place] || "" : "" };
        if (drag.to.after === drag.col) drag.to.after = steps[place - 1] || "";
      } else {
        const first = columns.findIndex((one) => one.stage === stage), last = columns.findLastIndex((one) => one.stage === stage), all = this.state.stages;
        const after = (px - HEAD) / this.column > (first + last + 1) / 2 ? stage : all[all.indexOf(stage) - 1];
        edge = after === stage ? last + 1 : first;
        drag.to = { after: after?.key === drag.col ? all[all.indexOf(after) - 1]?.key || "" : after?.key || "" };
      }
      Object.assign(drag.mark.style, { left: `${HEAD + edge * this.column - 2}px`, top: "0", width: "3px", height: `${this.table.offsetHeight}px` });
    }
    drag.mark.hidden = false;
  }

  released() {
    const { drag } = this;
    if (!drag) return;
    this.drag = null;
    if (drag.what === "level") {
      this.dragged = true;
      if (drag.value !== undefined) this.setLevel(drag.id, drag.lane, drag.value);
      return;
    }
    if (!drag.ghost) return;
    this.dragged = true;
    this.tidy(drag);
    this.focus = { row: drag.row, col: drag.col };
    const { to } = drag;
    if (!to) return;
    if (drag.what === "step") {
      const home = this.stageOf(drag.col), now = home.steps[home.steps.indexOf(drag.col) - 1] || "";
      if (home.key !== to.stage || now !== to.after) this.moveStep(drag.col, to.stage, to.after);
    } else if (drag.what === "stage") {
      if (this.before(drag.col, this.state.stages.map((one) => one.key)) !== to.after) this.moveStage(drag.col, to.after);
    } else if (to.after !== laneOf(drag.row) && this.before(laneOf(drag.row), this.state.listed) !== to.after) this.ask("move_lane", laneOf(drag.row), to.after);
    this.focusCell();
  }

  dropped() {
    const { drag } = this;
    this.drag = null;
    if (!drag) return;
    this.tidy(drag);
    if (drag.what === "level") {
      drag.cell.painted = "";
      this.draw();
    }
    this.say("Nothing was moved.");
  }

  tidy(drag) {
    clearInterval(drag.scroll);
    drag.ghost?.remove();
    drag.mark?.remove();
  }

  setHandle(handle, lane, id, value) {
    handle.classList.remove("empty");
    handle.style.top = `${y(lane, value)}px`;
    handle.setAttribute("aria-valuenow", String(value));
    handle.setAttribute("aria-valuetext", signed(value));
    const tip = handle.querySelector(".tip") || handle.appendChild(make("span", { class: "tip", "aria-hidden": "true" }));
    tip.textContent = signed(value);
    const columns = this.columns(), points = this.points(lane), at = columns.findIndex((one) => one.id === id);
    points[at] = [this.column * (at + 0.5), y(lane, value)];
    this[`line_${lane}`].setAttribute("d", curvePath(points));
  }

  click(event) {
    if (this.dragged) return (this.dragged = false);
    const cell = event.target.closest("[data-row]");
    if (!cell) return undefined;
    const { row, col } = cell.dataset, kind = this.kind(row), button = event.target.closest("button"), act = button?.dataset.do;
    if (button?.dataset.act) return this.scenario ? this.onMapOnly() : this.toggle(col, button.dataset.act);
    if (event.target.closest(".handle")) return undefined;
    this.go(row, col);
    if (act === "zoom") return this.zoom(col);
    if (act === "add-stage") return this.newStage(col);
    if (act === "add-step") return this.newStep(this.stageOf(col).key, col);
    if (act === "first-step") return this.newStep(col.slice(6), "");
    if (act === "add-lane") return this.newLane(laneOf(row));
    if (act === "lane") return this.pane.open("lane", laneOf(row));
    if (act === "details") return this.pane.open("step", col);
    if (act === "notes") return this.comments(col);
    if (kind === "curve" && this.state.steps[col]) {
      if (this.level(col, row).value !== null) return undefined;
      const value = level(row, event.clientY - cell.getBoundingClientRect().top);
      return this.setLevel(col, row, value);
    }
    if (row === "steps" && event.target.closest(".channels")) return this.editChannels(col);
    if (row === "steps" && !event.target.closest(".step-name")) return undefined;
    if (row === "stages" && !event.target.closest(".stage-name")) return undefined;
    if (!col && !event.target.closest(".lane-name")) return undefined;
    if (kind === "words" || kind === "promise" || row === "steps" || row === "stages") return this.open(cell);
    return undefined;
  }
}
