// A transcript to read and to code: words selected with the mouse or the keyboard, or a whole turn, and what is given to them.
// What is coded is underlined and numbered, the numbers told below the turn; a click on one changes or removes it.
const EMOTIONS = [["", "not heard"], ["-2", "−2 very bad"], ["-1", "−1 bad"], ["0", "0 neither"], ["1", "+1 good"], ["2", "+2 very good"]];
const MANY = 900; // letters of the chosen words that the pane shows
let views = 0;

function render({ model, el }) {
  const id = `wbt${Date.now().toString(36)}${(views += 1)}`;
  const make = (tag, set = {}, ...inside) => {
    const made = Object.assign(document.createElement(tag), set);
    made.append(...inside);
    return made;
  };
  const box = make("div", { className: "wb-talk" });
  const hits = make("div", { className: "wb-hits" });
  const list = make("ol");
  list.setAttribute("aria-label", "The interview, turn by turn");
  const pane = make("div", { className: "wb-coding" });
  pane.setAttribute("role", "group");
  pane.setAttribute("aria-label", "What is given to the chosen words");
  box.append(hits, list, pane);
  el.append(box);

  // -- the pane ---------------------------------------------------------------------------------------------------------
  const where = make("strong");
  const quoted = make("blockquote");
  const known = make("datalist", { id: `${id}-codes` });
  const code = make("input", { type: "text", autocomplete: "off", placeholder: "choose, or write a new one" });
  code.setAttribute("list", known.id);
  const step = make("select");
  const emotion = make("select", {}, ...EMOTIONS.map(([value, words]) => new Option(words, value)));
  const button = (words, title, act, main) => {
    const made = make("button", { type: "button", textContent: words, title, className: main ? "wb-main" : "" });
    made.addEventListener("click", act);
    return made;
  };
  const give = button("Give", "Give this to the chosen words; saved at once (Enter)", () => put(), true);
  const change = button("Change", "Save the coding as it is written here", () => put(), true);
  const remove = button("Remove", "Take this coding back; Undo brings it again", () => model.send({ do: "remove", id: edited }));
  const leave = button("Cancel", "Leave it as it is (Escape)", () => (choose(current), focus(current)));
  const undo = button("Undo", "Take back what was done last here (Ctrl+Z)", () => model.send({ do: "undo" }));
  const redo = button("Redo", "Do it again (Ctrl+Y)", () => model.send({ do: "redo" }));
  const next = button("Next uncoded turn", "The next turn to which you gave nothing (n)", () => onward());
  const said = make("span", { className: "wb-help" });
  said.setAttribute("role", "status");
  const fault = make("p", { className: "wb-fault", hidden: true, id: `${id}-fault` });
  fault.setAttribute("role", "alert");
  code.setAttribute("aria-describedby", fault.id);
  pane.append(
    where, quoted, make("label", {}, "Code", code), known, make("label", {}, "Step of the map", step),
    make("label", {}, "Emotion heard", emotion), make("div", { className: "wb-bar" }, give, change, remove, leave), fault, said,
    make("div", { className: "wb-bar" }, undo, redo, next),
    make("small", { className: "wb-help", textContent: "Select words with the mouse; or with the keyboard: ↑ ↓ turn, ← → word, Shift with them more words, Space the whole turn, Enter to the code, n next uncoded turn." })
  );

  // -- what is chosen ---------------------------------------------------------------------------------------------------
  let turns = new Map();
  let lines = new Map();
  let current = null; // the turn that has the keyboard
  let chosen = []; // passages: {turn, from, to}, in letters of the turn
  let caret = null; // the words chosen with the keyboard: {anchor, at}
  let edited = ""; // the coding that the pane changes
  let sent = null; // what is on its way: the words that were chosen, and what was written for them

  const wordsOf = (turn) => [...turn.words.matchAll(/\S+/g)].map((one) => [one.index, one.index + one[0].length]);
  const whole = (one) => one.from === 0 && one.to === turns.get(one.turn).words.length;
  const textOf = (one) => turns.get(one.turn).words.slice(one.from, one.to);
  const nth = (words, part, from) => {
    let count = 0;
    for (let at = words.indexOf(part); at >= 0 && at <= from; at = words.indexOf(part, at + part.length)) count += 1;
    return Math.max(1, count);
  };
  const place = (words, mark) => {
    let at = -1;
    for (let n = 0, from = 0; n < (mark.which || 1); n += 1, from = at + mark.words.length) {
      at = words.indexOf(mark.words, from);
      if (at < 0) return null;
    }
    return [at, at + mark.words.length];
  };
  const spot = (line, letter) => {
    const walk = document.createTreeWalker(line.querySelector(".wb-words"), NodeFilter.SHOW_TEXT);
    let left = letter;
    let node = walk.nextNode();
    let last = node;
    while (node) {
      if (left <= node.length) return [node, left];
      left -= node.length;
      [last, node] = [node, walk.nextNode()];
    }
    return last ? [last, last.length] : null;
  };
  const mark = () => {
    const ranges = chosen.flatMap((one) => {
      const line = lines.get(one.turn);
      const [from, to] = line ? [spot(line, one.from), spot(line, one.to)] : [];
      if (!from || !to || (whole(one) && chosen.length === 1 && !edited)) return [];
      const range = document.createRange();
      range.setStart(...from);
      range.setEnd(...to);
      return [range];
    });
    if (globalThis.CSS?.highlights) CSS.highlights.set("wb-chosen", new Highlight(...ranges));
  };
  const show = () => {
    const first = chosen[0];
    const turn = turns.get(current);
    const editing = Boolean(edited);
    where.textContent = !turn ? "Choose words in the interview" : turn.asked ? `Turn ${current}: the interviewer's words are not coded` : chosen.length > 1 ? `Words in ${chosen.length} turns` : first ? `${whole(first) ? "The whole of turn" : "Words in turn"} ${first.turn}${editing ? ": change what was given" : ""}` : `Turn ${current}`;
    const words = chosen.map(textOf).join(" … ");
    quoted.textContent = words.length > MANY ? `${words.slice(0, MANY)}…` : words;
    quoted.hidden = !words;
    give.hidden = editing;
    for (const one of [change, remove, leave]) one.hidden = !editing;
    for (const one of [give, code, step, emotion]) one.disabled = !chosen.length && !editing;
    for (const [number, line] of lines) {
      const here = number === current;
      if (here !== (line.getAttribute("aria-current") === "true")) {
        here ? line.setAttribute("aria-current", "true") : line.removeAttribute("aria-current");
        line.tabIndex = here ? 0 : -1;
        line.querySelectorAll(".wb-chips button").forEach((one) => (one.tabIndex = here ? 0 : -1));
      }
    }
    box.querySelectorAll(".wb-chips button").forEach((one) => one.setAttribute("aria-pressed", String(one.dataset.id === edited)));
    undo.disabled = !model.get("can_undo");
    redo.disabled = !model.get("can_redo");
    mark();
  };
  const choose = (number, passages) => {
    const turn = turns.get(number);
    if (edited) fill({});
    edited = "";
    current = turn ? number : null;
    caret = passages ? caret : null;
    chosen = passages || (turn && !turn.asked ? [{ turn: number, from: 0, to: turn.words.length }] : []);
    show();
  };
  const focus = (number) => {
    const line = lines.get(number);
    line?.focus({ preventScroll: true });
    line?.scrollIntoView({ block: "nearest" });
  };
  const fill = (one) => {
    code.value = one.code || "";
    if (one.step !== undefined) step.value = one.step;
    emotion.value = one.emotion === undefined || one.emotion === null ? "" : String(one.emotion);
  };
  const open = (coding) => {
    const turn = turns.get(coding.turn);
    const at = (coding.words && place(turn.words, coding)) || [0, turn.words.length];
    choose(coding.turn, [{ turn: coding.turn, from: at[0], to: at[1] }]);
    edited = coding.id;
    fill({ ...coding, step: coding.step || "" });
    if (![...step.options].some((one) => one.value === step.value)) step.value = "";
    show();
  };
  const put = () => {
    const felt = emotion.value === "" ? null : Number(emotion.value);
    const given = { code: code.value.trim(), step: step.value, emotion: felt };
    sent = { chosen, code: code.value, emotion: emotion.value };
    said.textContent = "Saving …";
    if (edited) return model.send({ do: "change", id: edited, ...given });
    const passages = chosen.map((one) => (whole(one) ? [one.turn, "", 1] : [one.turn, textOf(one), nth(turns.get(one.turn).words, textOf(one), one.from)]));
    if (!passages.length) return;
    code.value = emotion.value = ""; // whoever is quick chooses the next words meanwhile
    model.send({ do: "give", passages, ...given });
  };
  const onward = () => {
    const coder = model.get("coder");
    const mine = new Set(model.get("marks").filter((one) => one.coder === coder).map((one) => one.turn));
    const open_ = [...turns.values()].filter((one) => !one.asked && !mine.has(one.n)).map((one) => one.n);
    const found = open_.find((number) => number > (current || 0)) ?? open_[0];
    if (found === undefined) return (said.textContent = "You gave something to every turn of this interview.");
    choose(found);
    focus(found);
  };

  // -- the transcript ---------------------------------------------------------------------------------------------------
  const told = (one, number) => {
    const names = new Map(model.get("steps"));
    const felt = one.emotion === null || one.emotion === undefined ? "" : EMOTIONS.find(([value]) => value === String(one.emotion))?.[1].split(" ")[0] ?? String(one.emotion);
    return [one.code, names.get(one.step) || one.step, felt, one.coder || "no coder"].filter(Boolean).join(" · ") + (one.words && !number ? " (words not found)" : "");
  };
  const drawTurn = (turn, marks) => {
    const line = lines.get(turn.n);
    const numbered = marks.map((one, n) => ({ ...one, number: n + 1, at: one.words ? place(turn.words, one) : null }));
    const edges = [...new Set([0, turn.words.length, ...numbered.flatMap((one) => one.at || [])])].sort((a, b) => a - b);
    const words = make("p", { className: "wb-words" });
    edges.slice(0, -1).forEach((from, n) => {
      const to = edges[n + 1];
      const over = numbered.filter((one) => one.at && one.at[0] <= from && one.at[1] >= to);
      const text = turn.words.slice(from, to);
      if (!over.length) return words.append(text);
      const made = make("mark", { title: over.map((one) => told(one, 1)).join("; ") }, text);
      const ends = over.filter((one) => one.at[1] === to).map((one) => one.number);
      if (ends.length) made.dataset.end = ends.join(",");
      if (over.length > 1) made.dataset.many = "";
      made.addEventListener("click", () => getSelection().isCollapsed && open(over[over.length - 1]));
      words.append(made);
    });
    const chips = make("div", { className: "wb-chips" });
    numbered.forEach((one) => {
      const chip = make("button", { type: "button", textContent: `${one.at ? `${one.number} ` : one.words ? "? " : "whole turn: "}${told(one, one.at || !one.words)}`, title: "Change or remove" });
      chip.dataset.id = one.id;
      chip.tabIndex = current === turn.n ? 0 : -1;
      chip.addEventListener("click", () => (open(one), code.focus()));
      chips.append(chip);
    });
    line.replaceChildren(make("small", { textContent: [`${turn.n}`, turn.who, turn.time].filter(Boolean).join(" · ") }), words, ...(numbered.length ? [chips] : []));
    line.dataset.marks = JSON.stringify(marks);
  };
  const marksOf = () => {
    const found = new Map();
    for (const one of model.get("marks")) found.set(one.turn, [...(found.get(one.turn) || []), one]);
    return found;
  };
  const draw = () => {
    const marks = marksOf();
    turns = new Map(model.get("turns").map((one) => [one.n, one]));
    lines = new Map();
    current = null;
    edited = "";
    chosen = [];
    list.replaceChildren(
      ...[...turns.values()].map((turn) => {
        const line = make("li", { tabIndex: -1, className: turn.asked ? "wb-asked" : "" });
        line.dataset.n = turn.n;
        lines.set(turn.n, line);
        drawTurn(turn, marks.get(turn.n) || []);
        return line;
      })
    );
    if (list.firstChild) list.firstChild.tabIndex = 0;
    box.hidden = !turns.size && !model.get("hits").length;
    list.scrollTop = 0;
    show();
  };
  const redraw = () => {
    const marks = marksOf();
    for (const turn of turns.values()) {
      const now = marks.get(turn.n) || [];
      if (lines.get(turn.n).dataset.marks !== JSON.stringify(now)) drawTurn(turn, now);
    }
    if (edited && !model.get("marks").some((one) => one.id === edited)) choose(current);
    show();
  };
  const lists = () => {
    known.replaceChildren(...model.get("codes").map((one) => make("option", { value: one })));
    const kept = step.value;
    step.replaceChildren(new Option("none", ""), ...model.get("steps").map(([value, name]) => new Option(name, value)));
    step.value = [...step.options].some((one) => one.value === kept) ? kept : "";
    redraw();
  };
  const found = () => {
    const asked = model.get("hits");
    hits.replaceChildren(
      ...asked.map((one) => {
        const made = button("", "Go there", () => model.send({ do: "open", file: one.file, turn: one.turn }));
        made.append(`${one.name}, turn ${one.turn}: …${one.before}`, make("strong", { textContent: one.words }), `${one.after}…`);
        return made;
      })
    );
    hits.hidden = !asked.length;
    box.hidden = !turns.size && !asked.length;
  };

  // -- hands ------------------------------------------------------------------------------------------------------------
  const letter = (words, node, at) => {
    const range = document.createRange();
    range.selectNodeContents(words);
    range.setEnd(node, at);
    return range.toString().length;
  };
  const picked = () => {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return [];
    const range = selection.getRangeAt(0);
    if (!list.contains(range.commonAncestorContainer)) return [];
    const ends = [range.startContainer, range.endContainer].map((node) => (node.nodeType === 1 ? node : node.parentElement).closest("li"));
    const numbers = [...turns.keys()];
    const [first, last] = ends.map((line) => (line ? numbers.indexOf(Number(line.dataset.n)) : -1));
    return numbers.slice(first < 0 ? 0 : first, (last < 0 ? numbers.length - 1 : last) + 1).flatMap((number) => {
      const turn = turns.get(number);
      const words = lines.get(number).querySelector(".wb-words");
      if (turn.asked || !range.intersectsNode(words)) return [];
      let from = words.contains(range.startContainer) ? letter(words, range.startContainer, range.startOffset) : 0;
      let to = words.contains(range.endContainer) ? letter(words, range.endContainer, range.endOffset) : turn.words.length;
      while (from < to && /\s/.test(turn.words[from])) from += 1;
      while (to > from && /\s/.test(turn.words[to - 1])) to -= 1;
      if (from >= to) return [];
      while (from > 0 && /\S/.test(turn.words[from - 1])) from -= 1; // whole words
      while (to < turn.words.length && /\S/.test(turn.words[to])) to += 1;
      return [{ turn: number, from, to }];
    });
  };
  document.addEventListener("mouseup", up);
  function up(event) {
    if (!list.contains(event.target)) return;
    setTimeout(() => {
      const passages = picked();
      if (passages.length) return choose(passages[0].turn, passages);
      const line = event.target.closest("li");
      if (line && !event.target.closest("mark, button")) choose(Number(line.dataset.n));
    }, 0);
  }
  list.addEventListener("focusin", (event) => {
    const line = event.target.closest("li");
    if (line && event.target === line && current !== Number(line.dataset.n)) choose(Number(line.dataset.n));
  });
  const go = (number) => {
    if (turns.has(number)) choose(number), focus(number);
  };
  const extend = (by, more) => {
    const turn = turns.get(current);
    if (!turn || turn.asked) return;
    const parts = wordsOf(turn);
    const clip = (at) => Math.max(0, Math.min(at, parts.length - 1));
    caret = !caret ? { anchor: by > 0 ? 0 : parts.length - 1, at: by > 0 ? 0 : parts.length - 1 } : { anchor: more ? caret.anchor : clip(caret.at + by), at: clip(caret.at + by) };
    const [from, to] = [Math.min(caret.anchor, caret.at), Math.max(caret.anchor, caret.at)];
    choose(current, [{ turn: current, from: parts[from][0], to: parts[to][1] }]);
    said.textContent = `Chosen: ${textOf(chosen[0]).slice(-120)}`;
  };
  list.addEventListener("keydown", (event) => {
    if (!event.target.matches("li")) return event.key === "Escape" ? (choose(current), focus(current)) : event.stopPropagation();
    const numbers = [...turns.keys()];
    const at = numbers.indexOf(current);
    const meant = event.ctrlKey || event.metaKey;
    const acts = {
      ArrowDown: () => go(numbers[at + 1]), ArrowUp: () => go(numbers[at - 1]),
      PageDown: () => go(numbers[Math.min(at + 10, numbers.length - 1)]), PageUp: () => go(numbers[Math.max(at - 10, 0)]),
      Home: () => go(numbers[0]), End: () => go(numbers[numbers.length - 1]),
      ArrowRight: () => extend(1, event.shiftKey), ArrowLeft: () => extend(-1, event.shiftKey),
      " ": () => choose(current), Escape: () => choose(current), Enter: () => code.focus(), n: () => onward(),
    };
    event.stopPropagation();
    if (meant && event.key === "z") event.preventDefault(), model.send({ do: "undo" });
    else if (meant && event.key === "y") event.preventDefault(), model.send({ do: "redo" });
    else if (!meant && acts[event.key]) event.preventDefault(), acts[event.key]();
  });
  pane.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (event.key === "Escape") choose(current), focus(current);
    else if (event.key === "Enter" && event.target.matches("input, select")) event.preventDefault(), put();
  });
  const heard = (message) => {
    fault.textContent = message.fault || "";
    fault.hidden = !message.fault;
    said.textContent = message.said || "";
    if (message.go) go(message.go);
    if (message.fault && sent && sent.chosen === chosen && !code.value) fill({ code: sent.code, emotion: sent.emotion });
    if (message.given && (!sent || sent.chosen === chosen)) choose(current), focus(current);
    if (message.fault || message.given) sent = null;
  };
  model.on("msg:custom", heard);
  model.on("change:turns", draw);
  for (const name of ["marks", "can_undo", "can_redo"]) model.on(`change:${name}`, redraw);
  for (const name of ["codes", "steps"]) model.on(`change:${name}`, lists);
  model.on("change:hits", found);
  draw();
  lists();
  found();
  return () => {
    document.removeEventListener("mouseup", up);
    for (const one of [heard, draw, redraw, lists, found]) model.off(null, one);
  };
}
export default { render };
