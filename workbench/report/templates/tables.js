/* Tables that can be sorted, filtered, copied and saved, and figures as pictures: enhanceTables(root, options).

   root     an element (or the document): every table of numbers in it that is not equipped yet, and every figure, is
            equipped once; call it again after something was added
   options  words (see WORDS; those of the study's language), language ("en"), decimal ("." or ","), plotly (the
            drawing program where it is not window.Plotly)

   Knows nothing of the page around it and leaves nothing global behind. What it did is said in a line of its own at the
   root's end (aria-live). A table is left alone where it is a layout ([data-plain], .map, or the drawing of a board).
   It gives back how many tables and figures it equipped. */
function enhanceTables(root, options) {
  "use strict";
  var WORDS = {
    "copy": "Copy",
    "copy_of": "Copy the table: {name}",
    "csv": "CSV",
    "csv_of": "Save the table as CSV: {name}",
    "picture_of": "Save the figure as {kind}: {name}",
    "filter": "Filter",
    "filter_of": "Filter the rows of the table: {name}",
    "count": "{shown} of {all} rows",
    "copied": "{shown} of {all} rows copied, to be pasted into a spreadsheet.",
    "not_copied": "The browser did not allow copying.",
    "saved": "{file} saved.",
    "not_saved": "The picture could not be made.",
    "sort": "Sort by {column}",
    "sorted_up": "Sorted by {column}, smallest first.",
    "sorted_down": "Sorted by {column}, largest first.",
    "unsorted": "In the order of the table again.",
    "table": "table"
  };
  var LONG = 8;  // rows above which a table has a filter
  var TITLE = 88;  // letters of a line of a picture's title
  var settings = options || {};
  var words = Object.assign({}, WORDS, settings.words || {});
  var decimal = settings.decimal || ".";
  var document_ = root.ownerDocument || root;
  var home = root.body || root;
  var plotly = settings.plotly || document_.defaultView.Plotly;
  var order = new Intl.Collator(settings.language || "en", {numeric: true, sensitivity: "base"});
  var line = said();
  var equipped = 0;

  root.querySelectorAll("table").forEach(function (table) {
    if (!table.matches("[data-equipped]") && isOfNumbers(table)) { equip(table); equipped += 1; }
  });
  if (plotly && plotly.toImage) {
    root.querySelectorAll(".drawing, .js-plotly-plot").forEach(function (figure) {
      var outer = figure.parentElement && figure.parentElement.closest(".drawing");
      if (!outer && !figure.matches("[data-equipped]")) { frame(figure); equipped += 1; }
    });
  }
  return equipped;

  // -- words ----------------------------------------------------------------------------------------------------------

  function said() {
    var there = Array.prototype.find.call(home.children, function (one) { return one.matches("[data-said]"); });
    if (there) return there;
    var made = make("p", "tools-said");
    made.setAttribute("role", "status");
    made.setAttribute("aria-live", "polite");
    made.setAttribute("data-said", "");
    home.appendChild(made);
    return made;
  }

  function tell(text) { line.textContent = ""; setTimeout(function () { line.textContent = text; }, 30); }

  function fill(text, values) {
    return text.replace(/\{(\w+)\}/g, function (whole, name) { return name in values ? values[name] : whole; });
  }

  function make(tag, kind, text) {
    var made = document_.createElement(tag);
    if (kind) made.className = kind;
    if (text) made.textContent = text;
    return made;
  }

  function button(text, label, act) {
    var made = make("button", "tool", text);
    made.type = "button";
    made.setAttribute("aria-label", label);
    made.title = label;
    made.addEventListener("click", act);
    return made;
  }

  /* What a table or figure is called: its caption where that is a name, else the words of the finding that it is of. */
  function nameOf(element) {
    var named = element.closest("[data-name]");
    if (named) return named.getAttribute("data-name");
    var around = element.closest(".finding, section, figure");
    var head = around && around.querySelector(".sentence, h2, h3, h4, figcaption");
    if (!head) head = before(element);
    return head ? head.textContent.trim() : words.table;
  }

  function before(element) {
    for (var one = element; one && one !== home; one = one.parentElement) {
      for (var near = one.previousElementSibling; near; near = near.previousElementSibling) {
        if (/^H[2-6]$/.test(near.tagName)) return near;
      }
    }
    return null;
  }

  function fileOf(element, kind) {
    var slug = nameOf(element).normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60).replace(/-+$/, "");
    return (slug || "table") + "." + kind;
  }

  // -- a table --------------------------------------------------------------------------------------------------------

  function isOfNumbers(table) {
    var layouts = ".map, .loops, .blueprint-table, .runs-table, .versions, .sheet";
    if (table.closest("[data-plain]") || table.matches(layouts)) return false;
    return table.tHead !== null && table.tHead.rows.length > 0 && rowsOf(table).length > 0;
  }

  function equip(table) {
    table.setAttribute("data-equipped", "");
    var name = nameOf(table);
    var bar = make("div", "table-tools");
    var state = {table: table, first: rowsOf(table), column: -1, way: 0};
    if (isPlain(table)) {
      heads(table, state);
      if (state.first.length > LONG) bar.appendChild(filter(state, name));
    }
    bar.appendChild(button(words.copy, fill(words.copy_of, {name: name}), function () { copy(table); }));
    bar.appendChild(button(words.csv, fill(words.csv_of, {name: name}), function () { save(table); }));
    var box = table.closest(".scroll") || table;
    box.parentNode.insertBefore(bar, box);
    if (box !== table && !table.querySelector(".sort")) {  // what scrolls can be scrolled by keyboard
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", name);
    }
  }

  function rowsOf(table) {
    return Array.from(table.tBodies).flatMap(function (body) { return Array.from(body.rows); });
  }

  /* Can its rows stand in another order? Not where a cell reaches over rows, or a row is a heading within the table. */
  function isPlain(table) {
    var wide = grid(table.tHead.rows)[0].length;
    return table.tBodies.length === 1 && rowsOf(table).every(function (row) {
      return row.cells.length === wide && Array.prototype.every.call(row.cells, function (cell) {
        return cell.colSpan === 1 && cell.rowSpan === 1;
      });
    });
  }

  /* The cells of rows by their places, with cells that reach over several standing in each. */
  function grid(rows) {
    var made = Array.from(rows, function () { return []; });
    Array.prototype.forEach.call(rows, function (row, down) {
      var at = 0;
      Array.prototype.forEach.call(row.cells, function (cell) {
        while (made[down][at]) at += 1;
        for (var y = 0; y < cell.rowSpan && down + y < rows.length; y += 1) {
          for (var x = 0; x < cell.colSpan; x += 1) made[down + y][at + x] = cell;
        }
        at += cell.colSpan;
      });
    });
    return made;
  }

  function heads(table, state) {
    var last = grid(table.tHead.rows).pop();
    if (state.first.length < 2) return;
    last.forEach(function (cell, column) {
      var name = cell.textContent.trim();
      if (!name || cell.colSpan > 1) return;
      var figures = state.first.some(function (row) { return row.cells[column].matches(".number"); });
      if (figures) cell.classList.add("number");
      var press = make("button", "sort");
      press.type = "button";
      while (cell.firstChild) press.appendChild(cell.firstChild);
      press.title = fill(words.sort, {column: name});
      press.addEventListener("click", function () { sort(state, column, cell, name, last); });
      cell.appendChild(press);
    });
  }

  /* A click sorts, the next turns the order, the third gives the table's own order back. Empty cells stand last always. */
  function sort(state, column, cell, name, all) {
    state.way = state.column === column ? (state.way === 1 ? -1 : state.way === -1 ? 0 : 1) : 1;
    state.column = column;
    all.forEach(function (one) { one.removeAttribute("aria-sort"); });
    if (state.way) cell.setAttribute("aria-sort", state.way > 0 ? "ascending" : "descending");
    var keys = new Map(state.first.map(function (row) { return [row, key(row.cells[column])]; }));
    var numbers = Array.from(keys.values()).every(function (one) { return one.empty || one.number !== null; });
    var sorted = state.first.slice();
    if (state.way) {
      sorted.sort(function (a, b) {
        var one = keys.get(a), two = keys.get(b);
        if (one.empty || two.empty) return one.empty - two.empty;
        return state.way * (numbers ? one.number - two.number || 0 : order.compare(one.text, two.text));
      });
    }
    sorted.forEach(function (row) { state.table.tBodies[0].appendChild(row); });
    tell(fill(state.way > 0 ? words.sorted_up : state.way < 0 ? words.sorted_down : words.unsorted, {column: name}));
  }

  function key(cell) {
    var text = cell.textContent.trim();
    var empty = /^[–—-]?$/.test(text) || cell.matches(".hidden, .none");
    return {text: text, number: number(text), empty: Number(empty)};
  }

  /* A cell as a number, as it is written on the page: 1,234.5  −3  12 %  under 0.001 (told apart from 0.001). */
  function number(text) {
    if (/^[−-]?∞$/.test(text)) return text === "∞" ? Infinity : -Infinity;
    var small = /^[a-zäöü<]+\s?(?=0[.,]0*1$)/i.exec(text);
    var digits = small ? text.slice(small[0].length) : text;
    var bare = digits.replace(/\s?%$/, "").replace(/^[−-]/, "-").replace(/^\+/, "");
    var plain = decimal === "," ? /^-?(\d{1,3}(\.\d{3})+|\d+)(,\d+)?$/ : /^-?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?$/;
    if (!plain.test(bare)) return null;
    var value = Number(decimal === "," ? bare.replace(/\./g, "").replace(",", ".") : bare.replace(/,/g, ""));
    return small ? value * 0.999 : value;
  }

  function filter(state, name) {
    var label = make("label", "tool-filter");
    var field = make("input");
    var count = make("span", "tool-count");
    field.type = "search";
    field.placeholder = words.filter;
    field.autocomplete = "off";
    field.setAttribute("aria-label", fill(words.filter_of, {name: name}));
    label.appendChild(field);
    label.appendChild(count);
    field.addEventListener("input", function () {
      var wanted = bare(field.value).split(/\s+/).filter(Boolean), shown = 0;
      state.first.forEach(function (row) {
        var text = bare(row.textContent);
        row.hidden = !wanted.every(function (one) { return text.includes(one); });
        shown += row.hidden ? 0 : 1;
      });
      var told = fill(words.count, {shown: shown, all: state.first.length});
      count.textContent = wanted.length ? told : "";
      tell(told);
    });
    field.addEventListener("keydown", function (event) {
      if (event.key !== "Escape" || !field.value) return;
      field.value = "";
      field.dispatchEvent(new Event("input"));
      event.stopPropagation();
    });
    return label;
  }

  function bare(text) { return text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase(); }

  // -- out of the page ------------------------------------------------------------------------------------------------

  /* The rows as they are shown, in their order, under one row of headings; what reaches over cells stands in its first. */
  function content(table) {
    var top = grid(table.tHead.rows);
    var head = top[0].map(function (cell, column) {
      var told = top.map(function (row) { return textOf(row[column]); });
      return told.filter(function (one, at) { return one && told.indexOf(one) === at; }).join(" · ");
    });
    var rows = rowsOf(table).filter(function (row) { return !row.hidden; });
    var cells = grid(rows).map(function (row) {
      return row.map(function (cell, at) { return at && row[at - 1] === cell ? "" : textOf(cell); });
    });
    return {head: head, rows: cells, all: rowsOf(table).length};
  }

  function textOf(cell) {
    if (!cell) return "";
    var parts = [];
    (function into(node) {
      if (node.nodeType === 3) parts.push(node.nodeValue);
      else if (node.tagName === "BR") parts.push(" ");
      else {
        if (/^(SMALL|B|P|LI|DIV)$/.test(node.tagName)) parts.push(" ");
        node.childNodes.forEach(into);
      }
    })(cell);
    return parts.join("").replace(/\s+/g, " ").trim();
  }

  /* A cell as a spreadsheet takes it: numbers bare, and no text that would be taken for a formula. */
  function forSheet(text) {
    if (number(text) !== null && !/^[a-zäöü<∞]/i.test(text) && !/∞/.test(text)) {
      var plain = text.replace(decimal === "," ? /\./g : /,/g, "");
      return plain.replace("−", "-").replace(/^\+/, "").replace(/\s?%$/, "%");
    }
    return /^[=+\-@\t\r]/.test(text) ? "'" + text : text;
  }

  function copy(table) {
    var told = content(table);
    var text = [told.head].concat(told.rows).map(function (row) { return row.map(forSheet).join("\t"); }).join("\n");
    var done = function () { tell(fill(words.copied, {shown: told.rows.length, all: told.all})); };
    var clipboard = document_.defaultView.navigator.clipboard;
    if (clipboard && clipboard.writeText) clipboard.writeText(text).then(done, function () { byHand(text, done); });
    else byHand(text, done);
  }

  /* Where the browser has no clipboard for pages, or does not give it: a field, selected and copied. */
  function byHand(text, done) {
    var field = make("textarea", "tools-field");
    var focused = document_.activeElement;
    field.value = text;
    home.appendChild(field);
    field.select();
    var copied = false;
    try { copied = document_.execCommand("copy"); } catch (refused) { copied = false; }
    field.remove();
    if (focused) focused.focus();
    if (copied) done(); else tell(words.not_copied);
  }

  /* Commas between, or semicolons where the comma is in the numbers, as spreadsheets of that language want it. */
  function save(table) {
    var told = content(table), between = decimal === "," ? ";" : ",";
    var text = [told.head].concat(told.rows).map(function (row) {
      return row.map(function (cell) {
        var one = forSheet(cell);
        return /["\n\r;,]/.test(one) ? '"' + one.replace(/"/g, '""') + '"' : one;
      }).join(between);
    }).join("\r\n");
    handOut(new Blob(["\ufeff" + text + "\r\n"], {type: "text/csv;charset=utf-8"}), fileOf(table, "csv"));
  }

  function handOut(blob, file) {
    var link = make("a"), address = URL.createObjectURL(blob);
    link.href = address;
    link.download = file;
    home.appendChild(link);
    link.click();
    link.remove();
    setTimeout(function () { URL.revokeObjectURL(address); }, 10000);
    tell(fill(words.saved, {file: file}));
  }

  // -- a figure -------------------------------------------------------------------------------------------------------

  function frame(figure) {
    figure.setAttribute("data-equipped", "");
    var name = nameOf(figure), bar = make("div", "table-tools figure-tools");
    ["PNG", "SVG"].forEach(function (kind) {
      var label = fill(words.picture_of, {kind: kind, name: name});
      bar.appendChild(button(kind, label, function () { picture(figure, kind.toLowerCase()); }));
    });
    var around = figure.closest(".finding");
    var table = around && around.querySelector("table[data-equipped]");
    if (table) bar.appendChild(button(words.csv, fill(words.csv_of, {name: name}), function () { save(table); }));
    var box = figure.closest(".drawing-box") || figure;
    box.parentNode.insertBefore(bar, box.nextSibling);
  }

  /* The picture with its sentence over it and its base under that, so that it can stand alone on a slide. */
  function picture(figure, kind) {
    var drawn = figure.data ? figure : figure.querySelector(".js-plotly-plot") || figure;
    var made = drawn.layout || {}, around = figure.closest(".finding");
    var layout = Object.assign({}, made, {paper_bgcolor: "#fff", plot_bgcolor: made.plot_bgcolor || "#fff"});
    var width = drawn.offsetWidth || made.width || 1060, height = drawn.offsetHeight || made.height || 480;
    if (around && !(made.title && made.title.text)) {
      var lines = wrapped(nameOf(figure), Math.min(TITLE, Math.floor(width / 8.6)));
      var base = around.querySelector("[data-base]");
      var room = 22 * lines.length + (base ? 20 : 0) + 34;
      var under = base ? {subtitle: {text: safe(base.textContent), font: {size: 12, color: "#5f6875"}}} : {};
      layout.title = Object.assign({
        text: lines.map(safe).join("<br>"), x: 0, xref: "container", xanchor: "left", pad: {l: 8, t: 26},
        y: 1, yref: "container", yanchor: "top", font: {size: 16, color: "#1d2430"}
      }, under);
      layout.margin = Object.assign({}, made.margin, {t: ((made.margin && made.margin.t) || 14) + room});
      height += room;
    }
    var asked = {format: kind, width: width, height: height, scale: kind === "png" ? 2 : 1};
    return plotly.toImage({data: drawn.data, layout: layout, config: {}}, asked).then(function (address) {
      handOut(blobOf(address), fileOf(figure, kind));
    }).catch(function () { tell(words.not_saved); });
  }

  function wrapped(text, wide) {
    var lines = [""];
    text.split(/\s+/).forEach(function (word) {
      var last = lines[lines.length - 1];
      if (last && last.length + word.length + 1 > wide) lines.push(word);
      else lines[lines.length - 1] = last ? last + " " + word : word;
    });
    return lines;
  }

  function safe(text) { return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;"); }

  /* An address of data as the data: a page's policy may forbid to fetch it. */
  function blobOf(address) {
    var comma = address.indexOf(","), head = address.slice(5, comma), body = address.slice(comma + 1);
    if (!/;base64$/.test(head)) return new Blob([decodeURIComponent(body)], {type: head});
    var bytes = Uint8Array.from(atob(body), function (one) { return one.charCodeAt(0); });
    return new Blob([bytes], {type: head.replace(/;base64$/, "")});
  }
}
