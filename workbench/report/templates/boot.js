"use strict";
(function () {
  var drawn = [];
  document.querySelectorAll('script[type="application/json"][id^="figure-"]').forEach(function (source) {
    var box = document.getElementById(source.id.replace(/-data$/, ""));
    if (!box) return;
    var figure = JSON.parse(source.textContent);
    Plotly.newPlot(box, figure.data, figure.layout, figure.config).then(
      function () { drawn.push(box); box.setAttribute("data-drawn", "true"); },
      function () {
        box.setAttribute("data-drawn", "false");
        box.textContent = "This figure could not be drawn. Its numbers stand in the table below.";
      });
  });
  window.addEventListener("beforeprint", function () {
    drawn.forEach(function (box) { Plotly.Plots.resize(box); });
  });
})();
