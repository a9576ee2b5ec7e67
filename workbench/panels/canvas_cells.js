// The canvas, part 1 of 5: small makers of elements, and what stands in each cell of the map.
// The five files are read as one module: cells, pane, grid, hands, canvas. Data text enters the page as text alone, never as markup.

const SVG = "http://www.w3.org/2000/svg";
const ACTS = ["request", "promise", "perform", "accept"];
const CURVES = { emotion: 204, trust: 118 }; // pixels of the lanes that are drawn by hand
const HEAD = 128; // pixels of the lanes' names
const MARGIN = 15; // pixels kept free above and below a curve
const NAMES = { // names of rows that are no lanes of words; without a prototype, for a lane may be called "constructor"
  __proto__: null,
  emotion: ["Emotion", "dashed: assumed · solid: measured"],
  trust: ["Trust", "in the provider, the same way"],
  nps: ["NPS", "95 % interval, answers"],
  complaints: ["Complaints", "per 1,000 customers"],
  promise: ["Promised", ""],
  commitment: ["Commitments", "request, promise, perform, accept"],
  evidence: ["Evidence", "graded by its sources"],
  quotes: ["In their words", ""],
};
const HOT = { pain: "moment that hurts", gain: "moment that can delight" };

function make(tag, words = {}, ...children) {
  const made = document.createElement(tag);
  for (const [key, value] of Object.entries(words)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "text") made.textContent = value;
    else if (key === "class") made.className = value;
    else if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value !== "string") made[key] = value;
    else made.setAttribute(key, value === true ? "" : value);
  }
  made.append(...children.filter((one) => one !== null && one !== undefined && one !== false && one !== ""));
  return made;
}

function shape(tag, words) {
  const made = document.createElementNS(SVG, tag);
  for (const [key, value] of Object.entries(words)) {
    if (key === "text") made.textContent = value;
    else made.setAttribute(key, value);
  }
  return made;
}

/** A trend in words where it is beyond chance; a quote with how it was judged. */
const trend = (one) => (shown(one) && one.trend && one.trend.beyond ? one.trend.words || "" : "");
const quoted = (one) => (typeof one === "string" ? { words: one, note: "" } : { words: one.words || "", note: [one.kind, one.judged].filter(Boolean).join(", ") });

const own = (things, key) => (things && Object.hasOwn(things, key) ? things[key] : undefined);
/** A lane of words may be called as a row is ("emotion", "steps"): its row is then told apart by a blank that nobody sees. */
const RESERVED = ["stages", "steps", ...Object.keys(NAMES)];
const rowOf = (lane) => (RESERVED.includes(lane) ? `${lane}\u200b` : lane);
const laneOf = (row) => (RESERVED.includes(row.slice(0, -1)) && row.endsWith("\u200b") ? row.slice(0, -1) : row);

/** What a verb calls the cell of a lane: its name, but "lanes.emotion" where that is the name of something else too. */
const FIELDS = ["id", "name", "channels", "channel", "contact", "started_by", "hot_spot", "emotion", "trust", "promise", "commitment", "outside", "within", "next", "measures", "owner", "lanes", "cut", "reactive"];
const cellOf = (lane) => (FIELDS.includes(lane.split(".")[0]) ? `lanes.${lane}` : lane);

const capital = (word) => word.slice(0, 1).toUpperCase() + word.slice(1);
const cut = (text, most) => (text.length > most ? text.slice(0, most - 1) + "…" : text);
const amount = (value, digits = 0) =>
  Math.abs(value).toLocaleString("en", { maximumFractionDigits: digits, minimumFractionDigits: digits });
const number = (value, digits = 0) => (Number(value.toFixed(digits)) < 0 ? "−" : "") + amount(value, digits);
const signed = (value, digits = 0) => (Number(value.toFixed(digits)) > 0 ? "+" : "") + number(value, digits);
const shown = (figure) => Boolean(figure && !figure.hidden && figure.value !== null && figure.value !== undefined);
const digitsOf = (figure) => (Math.abs(figure.value) >= 10 || Number.isInteger(figure.value) ? 0 : 1);

function limits(figure) {
  if (figure.low === null || figure.low === undefined || figure.high === null || figure.high === undefined) return "";
  return `(${number(figure.low, digitsOf(figure))} to ${number(figure.high, digitsOf(figure))})`;
}

function estimate(figure, sign = true, what = "answers") {
  const value = sign ? signed(figure.value, digitsOf(figure)) : number(figure.value, digitsOf(figure));
  const base = figure.n ? `, ${amount(figure.n)} ${what}` : "";
  return `${value} ${limits(figure)}${base}`.replace(" ,", ",");
}

function icon(look, channel) {
  const word = channel.trim().toLowerCase();
  const kind = Object.keys(look.words).find((one) => look.words[one].includes(word)) || "other";
  const drawn = shape("svg", { viewBox: "0 0 15 15", width: 13, height: 13, class: "icon", "aria-hidden": "true" });
  drawn.append(shape("path", { d: look.icons[kind], fill: "none", stroke: "currentColor", "stroke-width": 1.2 }));
  return drawn;
}

const y = (lane, value) => MARGIN + ((CURVES[lane] - 2 * MARGIN) * (100 - value)) / 200;
const level = (lane, top) =>
  Math.round(Math.max(-100, Math.min(100, 100 - (200 * (top - MARGIN)) / (CURVES[lane] - 2 * MARGIN))));

// -- what a cell says and shows: each gives [signature, words for a screen reader, how to fill it] ---------------------

const cells = {
  words(app, row, id) {
    const { text, other } = app.lane(id, laneOf(row.key));
    const quoted = row.key === "thinking" && text && !/^[“"„«]/.test(text) ? `“${text}”` : text;
    return [text + other, text || "empty", (cell) => {
      cell.classList.toggle("other", other);
      cell.append(make("div", { class: `words${row.key === "thinking" ? " thought" : ""}`, text: cut(quoted, 420) }));
    }];
  },

  read(app, row, id) {
    const text = own((app.evidence[id] || {}).lanes, row.key) || "";
    return [text, text || "nothing", (cell) => cell.append(make("div", { class: "words", text }))];
  },

  quotes(app, row, id) {
    const said = ((app.evidence[id] || {}).quotes || []).map(quoted);
    return [JSON.stringify(said), said.map((one) => one.words).join("; ") || "nothing", (cell) => {
      for (const { words, note } of said.slice(0, 2)) cell.append(make("p", { class: "words thought quote", text: cut(words, 220), title: cut(`${words} (${note})`, 600) }));
    }];
  },

  curve(app, row, id) {
    const lane = row.key, { value, other } = app.level(id, lane), felt = (app.evidence[id] || {})[lane];
    const assumed = value === null || value === undefined ? "not assumed" : `assumed ${signed(value)}`;
    const told = shown(felt) ? `measured ${estimate(felt)}` : felt && felt.hidden ? "measured: hidden, too few" : "";
    return [JSON.stringify([value, other]), [assumed, told, trend(felt)].filter(Boolean).join(", "), (cell) => {
      cell.classList.toggle("other", other);
      const empty = value === null || value === undefined;
      const handle = make("div", {
        class: `handle${empty ? " empty" : ""}`, role: "slider", tabindex: "-1", "data-slider": lane,
        "aria-label": `${app.name(id)}, assumed ${lane}`, "aria-orientation": "vertical", "aria-valuemin": "-100",
        "aria-valuemax": "100", "aria-valuenow": String(value ?? 0), "aria-valuetext": empty ? "not set" : signed(value),
      });
      handle.style.top = `${y(lane, value ?? 0)}px`;
      if (!empty) handle.append(make("span", { class: "tip", text: signed(value), "aria-hidden": "true" }));
      cell.append(handle);
    }];
  },

  nps(app, row, id) {
    const pair = app.pair(id, "nps"), signature = JSON.stringify([pair, app.column, app.gap(id, "nps")]);
    return [signature, [app.pairWords(pair, "no answers"), trend(pair[0])].filter(Boolean).join(", "), (cell) => {
      pair.forEach((score, at) => cell.append(figure(score, "no answers", at, true, app.column)));
      difference(cell, app.gap(id, "nps"));
    }];
  },

  complaints(app, row, id) {
    const pair = app.pair(id, "complaints"), most = app.mostComplaints;
    return [JSON.stringify([pair, most, app.column, app.gap(id, "complaints")]), app.pairWords(pair, "not counted", false, "customers"), (cell) => {
      pair.forEach((rate, at) => cell.append(figure(rate, "not counted", at, false, app.column, most)));
      difference(cell, app.gap(id, "complaints"));
    }];
  },

  promise(app, row, id) {
    const promise = app.state.steps[id].promise || {}, kept = promise.kept || "", words = promise.words || "";
    const gap = promise.delivered ? `; delivered: ${promise.delivered}` : "";
    const where = [promise.where, promise.by].filter(Boolean).join(", ");
    return [JSON.stringify(promise), `${words || "nothing"}${kept && `, ${kept}`}${gap}`, (cell) => {
      if (words) cell.append(make("span", { class: "words", text: cut(words, 200) + " " }));
      if (kept) cell.append(make("span", { class: `tag ${kept}`, text: kept }));
      if (where) cell.append(make("span", { class: "small", text: where }));
      if (promise.delivered) cell.append(make("span", { class: "small", text: `got: ${cut(promise.delivered, 160)}` }));
    }];
  },

  commitment(app, row, id) {
    const { commitment, reactive } = app.state.steps[id], { verdict = "", words: seen = "" } = (app.evidence[id] || {}).observed || {};
    const told = ACTS.filter((act) => commitment.includes(act));
    const out = reactive.length ? `; reactive point, left out: ${reactive.join(", ")}` : "";
    const words = `${told.join(", ") || "none"}${out}${verdict ? `; reactive point ${seen || verdict}` : ""}`;
    return [JSON.stringify([commitment, reactive, seen]), words, (cell) => {
      const loop = make("div", { class: "loop", role: "group", "aria-label": `${app.name(id)}: commitments` });
      for (const act of ACTS) {
        const done = commitment.includes(act), state = done ? "made" : reactive.includes(act) ? "reactive" : "open";
        loop.append(make("button", {
          class: `dot ${state}`, type: "button", tabindex: "-1", "data-act": act, "aria-pressed": String(done),
          "aria-label": `${act}${state === "reactive" ? ", left out: reactive point" : ""}`, title: act,
        }));
      }
      cell.append(loop);
      if (verdict) cell.append(make("span", { class: `small${verdict.includes("and seen") || verdict.startsWith("seen") ? " warm" : ""}`, text: verdict, title: cut(seen, 600) }));
    }];
  },

  evidence(app, row, id) {
    const here = app.evidence[id] || {}, grade = here.evidence || "", why = here.reason || "";
    return [grade + why, why || grade || "not read yet", (cell) => {
      if (grade) cell.append(make("span", { class: `tag ${grade}`, text: grade, title: why || undefined }));
    }];
  },
};

function figure(one, nothing, at, sign, column, most) {
  const box = make("div", { class: at ? "figure second" : "figure" });
  if (!shown(one)) {
    box.append(make("span", { class: "small", text: one && one.hidden ? "hidden: too few" : nothing }));
    return box;
  }
  const wide = column - 20, x = most ? (v) => (v * (wide - 2)) / most : (v) => 4 + ((wide - 8) * (v + 100)) / 200;
  const drawn = shape("svg", { width: wide, height: 16, "aria-hidden": "true", class: "rail" });
  const line = (x0, x1, y0, y1, kind) => drawn.append(shape("line", { x1: x0, x2: x1, y1: y0, y2: y1, class: kind }));
  if (!most) {
    line(4, wide - 4, 8, 8, "axis");
    line(x(0), x(0), 3, 13, "axis");
  } else {
    drawn.append(shape("rect", { x: 0, y: 3, width: Math.max(1.5, x(one.value)), height: 10, class: "bar" }));
  }
  if (one.low !== null && one.low !== undefined) line(x(one.low), x(one.high), 8, 8, most ? "whisker" : "interval");
  if (!most) drawn.append(shape("circle", { cx: x(one.value), cy: 8, r: 4.5, class: "point" }));
  const value = sign ? signed(one.value, digitsOf(one)) : number(one.value, digitsOf(one));
  const more = make("span", { class: "part", text: ` ${limits(one)}` });
  const base = make("span", { class: "part", text: one.n ? ` n ${amount(one.n)}` : "" });
  const way = trend(one) && !at ? make("span", { class: "part", text: ` ${one.trend.way || ""}`, title: trend(one) }) : null;
  box.append(drawn, make("div", { class: "numbers" }, make("b", { text: value }), more, base, way));
  return box;
}

function difference(cell, gap) {
  if (!shown(gap)) return;
  const beyond = Boolean(gap.beyond), text = `difference ${signed(gap.value, digitsOf(gap))} ${limits(gap)}`;
  cell.append(make("div", { class: `gap${beyond ? " beyond" : ""}`, text: text + (beyond ? ": beyond chance" : ": may be chance") }));
}

// -- the curves: one drawing over a whole lane, under the handles ----------------------------------------------------

function runsOf(points) {
  const runs = [[]];
  for (const point of points) {
    if (point) runs.at(-1).push(point);
    else if (runs.at(-1).length) runs.push([]);
  }
  return runs.filter((run) => run.length);
}

const path = (run) => run.map(([x, top], at) => `${at ? "L" : "M"}${x.toFixed(1)} ${top.toFixed(1)}`).join("");
const curvePath = (points) => runsOf(points).map(path).join("");

function drawCurve(app, lane) {
  const columns = app.columns(), wide = app.column, x = (at) => wide * (at + 0.5);
  const drawn = shape("svg", {
    class: "curve", width: wide * columns.length, height: CURVES[lane], "aria-hidden": "true", focusable: "false",
  });
  for (const mark of [-50, 0, 50]) {
    const top = y(lane, mark);
    drawn.append(shape("line", { x1: 0, x2: wide * columns.length, y1: top, y2: top, class: mark ? "grid" : "zero" }));
  }
  const measured = (evidence) => columns.map(({ id }) => (shown((evidence[id] || {})[lane]) ? evidence[id][lane] : null));
  const at = (values, key) =>
    values.map((one, place) => (one && one[key] !== null && one[key] !== undefined ? [x(place), y(lane, one[key])] : null));
  const curve = (evidence, kind) => {
    const values = measured(evidence), high = runsOf(at(values, "high")), low = runsOf(at(values, "low"));
    high.forEach((run, place) => {
      const back = [...(low[place] || [])].reverse();
      const band = run.length > 1 ? path([...run, ...back]) + "Z" : `M${run[0][0]} ${run[0][1]}L${back[0][0]} ${back[0][1]}`;
      drawn.append(shape("path", { d: band, class: `band ${kind}${run.length > 1 ? "" : " alone"}` }));
    });
    drawn.append(shape("path", { d: curvePath(at(values, "value")), class: `measured ${kind}` }));
    for (const point of at(values, "value").filter(Boolean)) {
      const mark = kind === "second" ? { x: point[0] - 4, y: point[1] - 4, width: 8, height: 8 } : null;
      const dot = mark || { cx: point[0], cy: point[1], r: 4.5 };
      drawn.append(shape(mark ? "rect" : "circle", { ...dot, class: `point ${kind}` }));
    }
    return values;
  };
  const values = curve(app.evidence, "first");
  if (app.second) curve(app.second, "second");
  if (app.scenario) drawn.append(shape("path", { d: curvePath(app.points(lane, false)), class: "assumed faint" }));
  const assumed = shape("path", { d: curvePath(app.points(lane)), class: "assumed" });
  drawn.append(assumed);
  columns.forEach(({ id }, place) => {
    const here = app.evidence[id] || {}, guess = id ? app.level(id, lane).value : null;
    const gap = lane === "emotion" ? here.surprise : here.surprise_trust;
    const fresh = here[lane === "emotion" ? "assumed" : `assumed_${lane}`];
    const right = place === columns.length - 1, anchor = { x: x(place) + (right ? -9 : 9), "text-anchor": right ? "end" : "start" };
    const known = guess !== null && guess !== undefined && !app.scenario;
    if (gap && known && values[place] && (fresh === undefined || fresh === guess) && !app.second) {
      const [from, to] = [y(lane, guess), y(lane, values[place].value)];
      const kind = gap.value < 0 ? "worse" : "better", middle = Math.abs(from - to) < 14 ? Math.min(from, to) - 8 : (from + to) / 2;
      drawn.append(shape("line", { x1: x(place), x2: x(place), y1: from, y2: to, class: `surprise ${kind}` }));
      drawn.append(shape("text", { ...anchor, y: middle + 4, class: `surprise ${kind}`, text: wide < 135 ? signed(gap.value) : gap.text || `${signed(gap.value)} than assumed` }));
    } else if (id && !values[place] && values.some(Boolean)) {
      const told = here[lane] && here[lane].hidden ? "hidden" : "nobody asked", top = y(lane, guess ?? 0);
      drawn.append(shape("text", { x: x(place), y: top < 30 ? top + 22 : top - 12, "text-anchor": "middle", class: "silent", text: told }));
    }
    const between = app.gap(id, lane);
    if (app.difference && shown(between)) {
      const told = `${signed(between.value)} ${limits(between)}`, kind = between.beyond ? "worse" : "";
      drawn.append(shape("text", { x: x(place), y: 11, "text-anchor": "middle", class: `between ${kind}`, text: told }));
    }
  });
  return { drawn, assumed };
}
