// The canvas, part 5 of 5: it asks the desk (Python) for every change by a message and shows what comes back; nothing is kept
// here but what is seen, where the cursor is, and words still being typed.

const POLL = 4000; // milliseconds between two looks for what others saved, while the canvas is in sight
const PATIENCE = 20000; // after which an answer that did not come is told
let count = 0;

class App extends Hands {
  constructor(model, el) {
    super();
    Object.assign(this, { model, el, id: `wbc${Date.now().toString(36)}${(count += 1)}`, asked: 0, waiting: new Map(), ahead: new Set() });
    Object.assign(this, { look: model.get("look"), state: null, version: -1, evidence: {}, extra: [], second: null, gaps: null });
    Object.assign(this, { groups: [], where: "", beside: "", as: "side", scenario: "", stage: "", column: 150, tds: new Map() });
    Object.assign(this, { focus: { row: "steps", col: null }, fresh: new Set(), editing: null, drag: null, code: "" });
    this.pane = new Pane(this);
    this.frame();
  }

  // -- asking and hearing ---------------------------------------------------------------------------------------------

  ask(verb, ...words) {
    return this.send({ do: verb, with: words });
  }

  send(message) {
    const id = `${this.id}-${(this.asked += 1)}`, quiet = ["news", "evidence", "groups", "compare"].includes(message.do);
    return new Promise((resolve) => {
      const late = setTimeout(() => {
        if (quiet) return resolve({});
        this.complain("Python has not answered yet (it may be busy): what you did last may not be saved.");
      }, PATIENCE);
      this.waiting.set(id, (answer) => (clearTimeout(late), resolve(answer)));
      this.model.send({ ...message, id });
    });
  }

  heard(answer) {
    const mine = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if (answer.state) {
      [this.state, this.version] = [answer.state, answer.version];
      this.draw();
    } else if (answer.patch && answer.base === this.version) {
      const { steps, ...rest } = answer.patch;
      const felt = this.feelings();
      Object.assign(this.state, rest);
      for (const [id, step] of Object.entries(steps || {})) {
        if (step) this.state.steps[id] = step;
        else delete this.state.steps[id];
      }
      this.version = answer.version;
      this.draw();
      if (this.feelings() !== felt) this.again();
    } else if (this.state && answer.version !== undefined && answer.version !== this.version) {
      this.ask("look");
    }
    if (mine) this.told(answer, mine);
  }

  told(answer, mine) {
    if (answer.failed) this.complain(`This failed inside the workbench: ${answer.failed}`);
    if (answer.fault) this.complain(answer.fault, answer.do === "news" || answer.do === "look");
    else if (!answer.failed && !["evidence", "groups", "compare", "whole"].includes(answer.do)) this.calm(answer.do);
    if (answer.said) this.say(answer.said);
    if (answer.code && !answer.fault) this.shownAsCode(answer.code);
    if (answer.news) this.newsHeard(answer.news, answer.changed);
    const saved = answer.patch && (answer.patch.steps || answer.patch.stages);
    if (this.ahead.delete(answer.id) && (answer.fault || answer.failed || !saved)) this.ask("look");
    mine(answer);
  }

  /** Show a change before Python has answered; where the answer is no, the map is read again. */
  sooner(change, message) {
    change();
    this.draw();
    const answer = this.send(message);
    this.ahead.add(`${this.id}-${this.asked}`);
    return answer;
  }

  feelings() {
    const steps = Object.values(this.state?.steps || {});
    return JSON.stringify([this.order(), steps.map((one) => [one.emotion, one.trust, one.hot_spot])]);
  }

  async start() {
    this.model.on("msg:custom", (this.onmessage = (answer) => this.heard(answer)));
    await this.ask("look");
    if (!this.state) return this.poll();
    this.again(0);
    this.poll();
  }

  poll() {
    let out = false;
    this.seen = true;
    this.watch = new IntersectionObserver((found) => (this.seen = found.at(-1).isIntersecting));
    this.watch.observe(this.root);
    this.timer = setInterval(async () => {
      if (out || !this.seen || document.visibilityState !== "visible" || !this.root.isConnected) return;
      out = true;
      await this.ask(this.state ? "news" : "look");
      out = false;
    }, POLL);
  }

  /** Ask for the evidence, once nothing was changed for a while. */
  again(after = 2500) {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.read(), after);
  }

  async read() {
    const where = this.groups[this.where]?.where || {}, beside = this.groups[this.beside]?.where;
    this.root.setAttribute("aria-busy", "true");
    this.hint.textContent = "Reading the evidence …";
    const answer = await this.ask("evidence", where);
    const other = beside && !answer.fault ? await this.ask("compare", where, beside) : {};
    this.root.removeAttribute("aria-busy");
    if (answer.evidence) {
      this.evidence = answer.evidence.steps;
      this.extra = answer.evidence.lanes.filter((lane) => !this.state.listed.includes(lane) && !this.state.lanes.includes(lane));
    }
    [this.second, this.gaps] = [null, null];
    if (other.compare) {
      [this.second, this.gaps] = [other.compare.second, other.compare.differences];
      for (const [id, first] of Object.entries(other.compare.first || {})) this.evidence[id] = { ...this.evidence[id], ...first }; // what is hidden beside is hidden here too
    }
    const named = (at) => (this.groups[at] ? `${this.groups[at].kind}: ${this.groups[at].name}` : "everybody");
    const fault = answer.fault || other.fault;
    const some = Object.values(this.evidence).some((one) => ["emotion", "trust", "nps", "complaints", "quotes"].some((key) => one[key] && one[key].length !== 0));
    this.hint.textContent = fault || answer.failed ? "The evidence could not be read." : !some ? "Nothing is measured yet." : `Measured: ${named(this.where)}${this.second ? ` (circles), beside ${named(this.beside)} (squares)` : ""}`;
    this.draw();
    if (!this.groups.length && !fault) {
      this.groups = (await this.ask("groups")).groups || [];
      this.bars();
    }
  }

  end() {
    clearInterval(this.timer);
    clearTimeout(this.soon);
    this.watch?.disconnect();
    this.sizes.disconnect();
    this.model.off("msg:custom", this.onmessage);
  }
}

function render({ model, el }) {
  const app = new App(model, el);
  app.start();
  return () => app.end();
}

export default { render };
