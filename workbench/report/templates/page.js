/* The face of a page: figures drawn, tables equipped; in a report also the look, the contents at hand, and the search. */
var spoken = JSON.parse(document.getElementById("page-words").textContent);
var words = spoken.frame;
var drawn = [];

document.querySelectorAll('script[type="application/json"][id^="figure-"]').forEach(function (source) {
  var box = document.getElementById(source.id.replace(/-data$/, ""));
  if (!box) return;
  var figure = JSON.parse(source.textContent);
  Plotly.newPlot(box, figure.data, figure.layout, figure.config).then(
    function () { drawn.push(box); box.setAttribute("data-drawn", "true"); },
    function () {
      box.setAttribute("data-drawn", "false");
      box.textContent = spoken.not_drawn;
    });
});
enhanceTables(document, {words: spoken.tables, language: spoken.language, decimal: spoken.decimal});

window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details:not([open])").forEach(function (one) {
    one.open = true;
    one.setAttribute("data-printing", "");
  });
  drawn.forEach(function (box) { Plotly.Plots.resize(box); });
});
window.addEventListener("afterprint", function () {
  document.querySelectorAll("details[data-printing]").forEach(function (one) {
    one.open = false;
    one.removeAttribute("data-printing");
  });
  drawn.forEach(function (box) { Plotly.Plots.resize(box); });
});

if (document.body.matches(".report")) {
  look();
  atHand();
  search();
}

/* Light or dark as the system has it, until somebody switches; kept for this reader where the browser allows it. */
function look() {
  var page = document.documentElement, button = document.querySelector(".look");
  var system = window.matchMedia("(prefers-color-scheme: dark)");
  var chosen = "";
  try { chosen = localStorage.getItem("workbench-look") || ""; } catch (refused) { chosen = ""; }
  function show() {
    if (chosen === "dark" || chosen === "light") page.setAttribute("data-look", chosen);
    var dark = chosen ? chosen === "dark" : system.matches;
    button.textContent = dark ? words.light : words.dark;
    button.setAttribute("aria-label", words.look + ": " + button.textContent);
  }
  button.addEventListener("click", function () {
    chosen = (chosen ? chosen === "dark" : system.matches) ? "light" : "dark";
    try { localStorage.setItem("workbench-look", chosen); } catch (refused) { /* then it holds for this visit */ }
    show();
  });
  system.addEventListener("change", show);
  show();
}

/* The contents at the side: the section that is read is marked, its chapter opened; folded where the page is narrow. */
function atHand() {
  var items = Array.from(document.querySelectorAll(".contents li")), chapter = null;
  var places = items.map(function (item) {
    if (item.matches(".level-2")) chapter = item;
    var link = item.querySelector("a");
    return {item: item, link: link, chapter: chapter, target: document.getElementById(link.hash.slice(1))};
  }).filter(function (one) { return one.target; });
  var fold = document.querySelector(".contents details");
  var narrow = window.matchMedia("(max-width: 1199px)");
  function folded() { fold.open = !narrow.matches; }
  narrow.addEventListener("change", folded);
  folded();
  var waiting = false, last = null;
  function mark() {
    waiting = false;
    var now = null;
    places.forEach(function (one) { if (one.target.getBoundingClientRect().top < 140) now = one; });
    if (now === last) return;
    last = now;
    places.forEach(function (one) {
      one.item.classList.toggle("in-chapter", now !== null && one.chapter === now.chapter);
      if (one === now) one.link.setAttribute("aria-current", "location"); else one.link.removeAttribute("aria-current");
    });
    if (now && !narrow.matches) {
      var side = document.querySelector(".side"), box = now.link.getBoundingClientRect();
      if (box.top < 150 || box.bottom > window.innerHeight - 60) side.scrollTop += box.top - window.innerHeight / 2;
    }
  }
  window.addEventListener("scroll", function () {
    if (!waiting) { waiting = true; requestAnimationFrame(mark); }
  }, {passive: true});
  fold.addEventListener("click", function (event) {
    if (event.target.closest("a") && narrow.matches) fold.open = false;
  });
  mark();
}

/* Find the findings (and paragraphs) that hold all the words; the hits are counted, marked, and gone through by Enter. */
function search() {
  var form = document.querySelector(".find"), field = document.getElementById("find");
  var count = document.querySelector(".find-count");
  var next = document.querySelector(".find-next"), before = document.querySelector(".find-before");
  var hits = [], at = -1, pieces = null, timer = 0;
  function bare(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }
  function all() {
    if (pieces) return pieces;
    var found = Array.from(document.querySelectorAll("main .finding, main > h2, main > h3, main > h4, main > p, main > .scroll, " +
      "main > ul, main > ol, main > dl, main > pre, .first-list > li, .changed"));
    pieces = found.map(function (one) {
      var alternatives = Array.from(one.querySelectorAll("[role=img][aria-label], img[alt]"), function (picture) {
        return picture.getAttribute("aria-label") || picture.alt;
      });
      return {element: one, text: bare(one.textContent + " " + alternatives.join(" "))};
    });
    return pieces;
  }
  function told() {
    if (!field.value.trim()) count.textContent = "";
    else if (!hits.length) count.textContent = words.search_none;
    else if (at >= 0) count.textContent = words.search_at.replace("{place}", at + 1).replace("{count}", hits.length);
    else count.textContent = hits.length === 1 ? words.search_one : words.search_count.replace("{count}", hits.length);
    next.disabled = before.disabled = !hits.length;
  }
  function find() {
    document.querySelectorAll(".hit").forEach(function (one) { one.classList.remove("hit", "here"); });
    var wanted = bare(field.value).split(/\s+/).filter(Boolean);
    at = -1;
    hits = wanted.length ? all().filter(function (one) {
      return wanted.every(function (word) { return one.text.includes(word); });
    }).map(function (one) { return one.element; }) : [];
    hits.forEach(function (one) { one.classList.add("hit"); });
    paint(wanted);
    told();
  }
  /* The words themselves, marked without a change to the page, where the browser can. */
  function paint(wanted) {
    if (!window.CSS || !CSS.highlights || !window.Highlight) return;
    CSS.highlights.delete("found");
    var ranges = [];
    hits.forEach(function (one) {
      var walk = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
      while (walk.nextNode() && ranges.length < 3000) {
        var text = walk.currentNode.nodeValue.toLowerCase();
        wanted.forEach(function (word) {
          for (var from = text.indexOf(word); from >= 0; from = text.indexOf(word, from + word.length)) {
            var range = new Range();
            range.setStart(walk.currentNode, from);
            range.setEnd(walk.currentNode, from + word.length);
            ranges.push(range);
          }
        });
      }
    });
    if (ranges.length) CSS.highlights.set("found", new Highlight(...ranges));
  }
  function go(step) {
    if (!hits.length) return;
    if (at >= 0) hits[at].classList.remove("here");
    at = (at + step + hits.length) % hits.length;
    if (step < 0 && at < 0) at = hits.length - 1;
    var here = hits[at], wanted = bare(field.value).split(/\s+/).filter(Boolean);
    here.classList.add("here");
    here.querySelectorAll("details:not([open])").forEach(function (one) {
      var text = bare(one.textContent);
      if (wanted.some(function (word) { return text.includes(word); })) one.open = true;
    });
    here.scrollIntoView({block: "start"});
    told();
  }
  field.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(find, 120); });
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  field.addEventListener("keydown", function (event) {
    if (event.key === "Enter") {
      event.preventDefault();
      clearTimeout(timer);
      if (at < 0) find();
      go(event.shiftKey ? -1 : 1);
    }
    if (event.key === "Escape") { field.value = ""; find(); }
  });
  next.addEventListener("click", function () { go(1); });
  before.addEventListener("click", function () { go(at < 0 ? 0 : -1); });
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest && event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
}
