// The canvas, part 2 of 5: the pane beside the map. One step in detail with its comments, a lane, a new scenario, the walk
// in the customer's shoes, the keys. A field whose words were refused keeps them, with the fault in words, until it fits.

const KEYS = [
  ["Arrows, Home, End", "from cell to cell"],
  ["Enter or F2", "edit the cell; on a curve or on commitments: go in"],
  ["Enter or Tab, Escape", "keep what is typed (Tab: and go on), leave it as it was"],
  ["↑ ↓, Page Up, Page Down", "on a point of a curve: by 1, by 10; Tab: the next step's; Escape: out"],
  ["1 2 3 4", "on commitments: request, promise, perform, accept on or off"],
  ["Insert or +", "a new step, stage or lane behind this one"],
  ["Delete", "empty the cell; on a name: take out the step, stage or lane"],
  ["Alt + arrows", "move the step, the stage or the lane"],
  ["H", "hot spot: pain, gain, none"],
  ["O", "open the step (or the lane) in detail"],
  ["C", "comment on the cell"],
  ["Z", "zoom to the stage, and back"],
  ["W", "walk the journey step by step"],
  ["Ctrl + Z, Ctrl + Shift + Z, Ctrl + Y", "undo, redo"],
  ["?", "this list"],
];
const CHOICES = {
  contact: [["", "not said"], ["marketing", "marketing"], ["human", "human"], ["physical", "physical"], ["digital", "digital"]],
  started_by: [["", "not said"], ["customer", "the customer"], ["provider", "the provider"]],
  hot_spot: [["", "no"], ["pain", "pain: here we lose people"], ["gain", "gain: here we win them"]],
  kept: [["", "not said"], ["kept", "kept"], ["late", "late"], ["broken", "broken"]],
};

class Pane {
  constructor(app) {
    this.app = app;
    this.mode = ""; // "", "step", "lane", "walk", "scenario", "keys"
    this.el = make("section", { class: "pane", "aria-label": "Details", hidden: true });
    this.el.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close();
      if (this.mode === "walk" && event.key === "ArrowRight" && event.target.tagName === "BUTTON") this.walkBy(1);
      if (this.mode === "walk" && event.key === "ArrowLeft" && event.target.tagName === "BUTTON") this.walkBy(-1);
    });
  }

  open(mode, what = "", focus = true) {
    const from = [this.mode, this.what].join();
    this.mode = mode;
    this.what = what;
    this.fields = [];
    this.el.hidden = false;
    this.el.replaceChildren();
    const close = make("button", { type: "button", class: "close", "aria-label": "Close the details", text: "×", onclick: () => this.close() });
    this.el.append(close);
    this[`_${mode}`](what);
    this.update();
    this.app.layout();
    if (this.app.cell()) this.app.reveal(this.app.cell());
    if (focus) (this.el.querySelector("[data-first]") || close).focus();
    else if (from !== [mode, what].join()) this.app.say(`${this.el.querySelector("h2")?.textContent || ""} is shown beside the map.`);
  }

  close() {
    this.mode = "";
    this.el.hidden = true;
    this.el.replaceChildren();
    this.app.layout();
    this.app.focusCell();
  }

  /** After the map changed: fields show what stands there now, but not the one that somebody types in or has to mend. */
  update() {
    if (!this.mode) return;
    if (this.mode === "step" && !this.app.state.steps[this.what]) return this.close();
    if (this.mode === "walk") return this._walk();
    for (const { box, get, put } of this.fields) {
      if (box === this.app.active() || box.getAttribute("aria-invalid")) continue;
      put(get());
    }
    this.comments?.();
  }

  // -- fields ---------------------------------------------------------------------------------------------------------

  /** A labelled field; `send` gives the words of the verb that keeps it. */
  field(into, label, box, get, send, help) {
    const id = `${this.app.id}-${label.replace(/\W+/g, "-").toLowerCase()}-${this.fields.length}`;
    box.id = id;
    const tick = box.type === "checkbox";
    const put = (value) => (tick ? (box.checked = Boolean(value)) : (box.value = value ?? ""));
    const said = make("p", { class: "mend", hidden: true, id: `${id}-mend` });
    let was; // what stood there when somebody came to the field
    box.addEventListener("focus", () => (was = get()));
    box.addEventListener("change", async () => {
      const [verb, ...words] = send(tick ? box.checked : box.value), text = typeof was === "string" && typeof words.at(-1) === "string";
      const answer = await this.app.send({ do: verb, with: words, ...(verb === "set" && text ? { was } : {}) });
      was = get();
      if (answer.fault) box.setAttribute("aria-invalid", "true");
      else box.removeAttribute("aria-invalid");
      box.setAttribute("aria-describedby", said.id);
      said.hidden = !answer.fault;
      said.textContent = answer.fault || "";
    });
    const name = make("label", { for: id, text: label });
    into.append(make("div", { class: tick ? "field tick" : "field" }, ...(tick ? [box, name] : [name, box]),
      help && make("p", { class: "small", text: help }), said));
    this.fields.push({ box, get, put });
    return box;
  }

  select(options) {
    const box = make("select");
    for (const [value, text] of options) box.append(make("option", { value, text }));
    return box;
  }

  line(words = {}) {
    return make("input", { type: "text", autocomplete: "off", ...words });
  }

  _step(id) {
    const app = this.app, step = () => app.state.steps[id], { el } = this;
    el.append(make("h2", { text: step().name }));
    const set = (cell, read = (value) => value) => (value) => ["set", id, cell, read(value)];
    const list = (value) => value.split(",").map((one) => one.trim()).filter(Boolean);
    const number = (value) => (value.trim() === "" ? null : Number.isNaN(Number(value)) ? value : Number(value));
    if (app.scenario) {
      el.append(make("p", { class: "small", text: `In the scenario “${app.scenario}”: what is otherwise here. Empty: as on the map.` }));
      const treat = (cell, read = (value) => value) => (value) => ["treat", app.scenario, id, cell, read(value)];
      const run = () => (app.run()?.steps || {})[id] || {};
      this.field(el, "Channel", this.line({ "data-first": "" }), () => run().channel || "", treat("channel"));
      for (const lane of ["emotion", "trust"])
        this.field(el, `Assumed ${lane}`, this.line({ inputmode: "numeric" }), () => run()[lane], treat(lane, number));
      for (const lane of app.state.lanes)
        this.field(el, capital(lane), make("textarea", { rows: "2" }), () => own(run().lanes, lane) || "", treat(cellOf(lane)));
      return this._comments(id);
    }
    const about = make("div", { class: "fields" });
    el.append(about);
    this.field(about, "Name", this.line({ "data-first": "" }), () => step().name, set("name"));
    this.field(about, "Stage", this.select(app.state.stages.map((one) => [one.key, one.name])),
      () => app.stageOf(id)?.key, (value) => ["move_step", id, value, null]);
    this.field(about, "Channels", this.line(), () => step().channels.join(", "), set("channels", list), "with commas between them");
    this.field(about, "Contact", this.select(CHOICES.contact), () => step().contact, set("contact"));
    this.field(about, "Who starts it", this.select(CHOICES.started_by), () => step().started_by, set("started_by"));
    this.field(about, "Hot spot", this.select(CHOICES.hot_spot), () => step().hot_spot, set("hot_spot"));
    this.field(about, "Owner", this.select(this.owners(step().owner)), () => step().owner, set("owner"));
    this.field(about, "Time allowed since the step before", this.line(), () => step().within, set("within"), "as in 14 days");
    for (const lane of ["emotion", "trust"])
      this.field(about, `Assumed ${lane}`, this.line({ inputmode: "numeric" }), () => step()[lane], set(lane, number), "-100 to 100");
    this.field(about, "Measures to ask here", this.line(), () => step().measures.join(", "), set("measures", list), "with commas between them");
    this.field(el, "Outside our control", make("input", { type: "checkbox" }), () => step().outside, set("outside"));
    this.field(el, "The journey may start here", make("input", { type: "checkbox" }), () => app.state.starts.includes(id),
      (value) => ["starts", value ? [...app.state.starts, id] : app.state.starts.filter((one) => one !== id)]);
    el.append(make("h3", { text: "What was promised" }));
    const promise = (word) => () => (step().promise || {})[word] || "";
    const promised = make("div", { class: "fields" });
    el.append(promised);
    for (const [word, label] of [["words", "In what words"], ["where", "Where"], ["by", "By whom"], ["delivered", "What was delivered"]])
      this.field(promised, label, this.line(), promise(word), set(`promise.${word}`));
    this.field(promised, "Kept", this.select(CHOICES.kept), promise("kept"), set("promise.kept"));
    el.append(make("h3", { text: "Commitments" }));
    const acts = make("div", { class: "ticks" });
    el.append(acts);
    for (const act of ACTS)
      this.field(acts, capital(act), make("input", { type: "checkbox" }), () => step().commitment.includes(act),
        (value) => ["set", id, "commitment", ACTS.filter((one) => (one === act ? value : step().commitment.includes(one)))]);
    this._next(id);
    el.append(make("h3", { text: "Lanes" }));
    for (const lane of app.state.lanes) this._words(id, lane);
    this._comments(id);
    el.append(make("button", { type: "button", class: "plain danger", text: "Take out this step", onclick: () => app.ask("remove_step", id) }));
  }

  _words(id, lane) {
    const app = this.app, whole = {};
    const step = () => app.state.steps[id];
    const box = this.field(this.el, capital(lane), make("textarea", { rows: "2" }),
      () => (step().cut.includes(lane) && whole.words) || own(step().lanes, lane) || "", (value) => ["set", id, cellOf(lane), value]);
    if (step().cut.includes(lane)) {
      box.readOnly = true; // until all of it is here
      app.ask("whole", id, lane).then((answer) => {
        whole.words = answer.whole;
        box.value = answer.whole;
        box.readOnly = false;
      });
    }
  }

  _next(id) {
    const app = this.app, step = () => app.state.steps[id];
    const box = make("details", {}, make("summary", { text: "Which steps may follow" }));
    this.field(box, "The one drawn after it", make("input", { type: "checkbox" }), () => step().next === null,
      (value) => ["set", id, "next", value ? null : []]);
    for (const other of app.order().filter((one) => one !== id))
      this.field(box, app.name(other), make("input", { type: "checkbox" }), () => (step().next || []).includes(other),
        (value) => ["set", id, "next", value ? [...(step().next || []), other] : (step().next || []).filter((one) => one !== other)]);
    this.el.append(box);
  }

  owners(now) {
    const known = [...this.app.state.departments];
    if (now && !known.includes(now)) known.push(now);
    return [["", "nobody yet"], ...known.map((one) => [one, one])];
  }

  _lane(lane) {
    const app = this.app;
    this.el.append(make("h2", { text: `Lane “${lane}”` }));
    this.field(this.el, "Its name", this.line({ "data-first": "" }), () => this.what, (value) => {
      this.what = value.trim() || this.what;
      return ["rename_lane", lane, value];
    });
    this.field(this.el, "Owner", this.select(this.owners(own(app.state.owners, lane))), () => own(app.state.owners, lane) || "",
      (value) => ["own", lane, value]);
    this.el.append(make("button", {
      type: "button", class: "plain danger", text: "Take out this lane and what stands in it",
      onclick: () => { app.ask("remove_lane", lane); this.close(); },
    }));
  }

  _comments(id) {
    const app = this.app, list = make("ul", { class: "comments" });
    const where = this.select([["", "the whole step"], ...[...app.state.lanes, "emotion", "trust", "promise", "commitment"].map((one) => [one, one])]);
    const box = make("textarea", { rows: "2", id: `${app.id}-say`, "data-comment": "" });
    where.id = `${app.id}-of`;
    where.value = app.focus.col === id && [...where.options].some((one) => one.value === laneOf(app.focus.row)) ? laneOf(app.focus.row) : "";
    const send = async () => {
      if (!box.value.trim()) return app.complain("A comment without words: write some.");
      const answer = await app.ask("comment", id, box.value, where.value);
      if (!answer.fault && !answer.failed) box.value = "";
    };
    this.el.append(make("h3", { text: "Comments" }), list,
      make("label", { for: where.id, text: "Comment on" }), where,
      make("label", { for: box.id, text: "Your comment" }), box,
      make("button", { type: "button", class: "plain", text: "Comment", onclick: send }));
    this.comments = () => {
      const all = app.state.notes.filter((one) => one.step === id), key = JSON.stringify(all);
      if (list.dataset.key === key) return;
      list.dataset.key = key;
      list.replaceChildren(...all.map((one) => make("li", {},
        make("p", { text: one.words }),
        make("p", { class: "small", text: `${one.who}, ${one.when}${one.lane ? ` · ${one.lane}` : ""}` }),
        make("button", { type: "button", class: "plain", "aria-label": `Settle the comment of ${one.who}`, text: "Settle", onclick: () => app.ask("settle", one.number) }))));
      if (!all.length) list.append(make("li", { class: "small", text: "None is open." }));
    };
  }

  _scenario() {
    const app = this.app, name = this.line({ "data-first": "", id: `${app.id}-run` });
    const mood = this.select([["good", "a good run"], ["bad", "a bad run"], ["usual", "a usual run"]]);
    const whom = this.select([["", "anybody"], ...app.state.personas.map((one) => [one, one])]);
    [mood.id, whom.id] = [`${app.id}-mood`, `${app.id}-whom`];
    const add = async () => {
      const words = { mood: mood.value, ...(whom.value ? { persona: whom.value } : {}) };
      const answer = await app.ask("add", "scenarios", name.value, words);
      if (answer.fault || answer.failed) return;
      app.choose("scenario", name.value.trim());
      this.close();
    };
    this.el.append(make("h2", { text: "A new scenario" }),
      make("p", { class: "small", text: "One run of the map. It starts as the map is; what you then change is written as otherwise there." }),
      make("label", { for: name.id, text: "Its name" }), name, make("label", { for: mood.id, text: "It is" }), mood,
      make("label", { for: whom.id, text: "For" }), whom,
      make("button", { type: "button", class: "plain", text: "Add the scenario", onclick: add }));
  }

  // -- the walk -------------------------------------------------------------------------------------------------------

  walkBy(by) {
    const steps = this.app.columns().filter((one) => one.id), at = steps.findIndex((one) => one.id === this.what);
    const to = steps[Math.max(0, Math.min(steps.length - 1, at + by))];
    if (!to) return;
    this.what = to.id;
    this._walk();
    this.app.go("steps", to.id, false);
    this.app.say(`${this.app.name(to.id)}: ${this.el.querySelector(".shoes")?.textContent || ""}`);
  }

  _walk() {
    const app = this.app, steps = app.columns().filter((one) => one.id), at = steps.findIndex((one) => one.id === this.what);
    if (at < 0) return this.close();
    const id = this.what, here = app.evidence[id] || {}, held = this.el.contains(app.active()) && app.active().dataset.walk;
    const way = app.scenario || "the map as drawn";
    const card = make("div", { class: "walk" },
      make("h2", { text: app.name(id) }),
      make("p", { class: "small", text: `${at + 1} of ${steps.length} · ${app.stageOf(id).name} · ${way}` }));
    const felt = ["emotion", "trust"].map((lane) => [lane, app.level(id, lane).value]).filter(([, one]) => one !== null && one !== undefined);
    const rows = [["Met", app.channelsOf(id).join(", ")], ...["doing", "thinking", "feeling", "expectation"].map((lane) => [capital(lane), app.lane(id, lane).text])];
    rows.push(...felt.map(([lane, value]) => [capital(lane), `${signed(value)} assumed${shown(here[lane]) ? `; ${estimate(here[lane])} measured` : ""}`]));
    const next = app.state.steps[id].next ?? (steps[at + 1] ? [steps[at + 1].id] : []);
    rows.push(["Then", next.map((one) => app.name(one)).join(" or ") || "the journey ends here"]);
    const told = make("dl", { class: "shoes" });
    for (const [name, text] of rows) if (text) told.append(make("dt", { text: name }), make("dd", { text }));
    card.append(told);
    const quotes = (here.quotes || []).map(quoted), mood = app.run()?.mood, side = { good: "best", bad: "worst" }[mood];
    const heard = (here.quotes || []).map((one) => !side || !one.side || one.side === side);
    if (heard.some(Boolean)) {
      card.append(make("h3", { text: "In their words" }));
      quotes.forEach(({ words, note }, at) => heard[at] && card.append(make("blockquote", {}, words, note && make("span", { class: "small", text: note }))));
    }
    const move = (by, text, end) => make("button", {
      type: "button", class: "plain", text, "data-walk": String(by), "data-first": by > 0 ? "" : undefined, disabled: end, onclick: () => this.walkBy(by),
    });
    card.append(make("div", { class: "row" }, move(-1, "← Back", at === 0), move(1, "Next step →", at === steps.length - 1)));
    this.el.querySelector(".walk")?.remove();
    this.el.append(card);
    app.mark(id);
    if (held) (card.querySelector(`[data-walk="${held}"]:not([disabled])`) || card.querySelector("[data-walk]:not([disabled])"))?.focus();
  }

  _keys() {
    const list = make("dl", { class: "keys" });
    for (const [keys, what] of KEYS) list.append(make("dt", { text: keys }), make("dd", { text: what }));
    this.el.append(make("h2", { text: "Keys" }), list);
  }
}
