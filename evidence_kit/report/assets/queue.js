(function () {
  "use strict";
  var form = document.getElementById("filter");
  var words = document.getElementById("words");
  var verdict = document.getElementById("verdict");
  var shown = document.getElementById("shown");
  var rows = Array.prototype.slice.call(document.querySelectorAll("tbody tr"));

  function show() {
    var wanted = words.value.trim().toLowerCase();
    var count = 0;
    rows.forEach(function (row) {
      var fits = (!verdict.value || row.dataset.verdict === verdict.value) &&
        (!wanted || row.textContent.toLowerCase().indexOf(wanted) >= 0);
      row.hidden = !fits;
      count += fits ? 1 : 0;
    });
    shown.textContent = count + " / " + rows.length;
  }

  form.hidden = false;
  form.addEventListener("submit", function (event) { event.preventDefault(); });
  words.addEventListener("input", show);
  verdict.addEventListener("change", show);
  show();
})();
