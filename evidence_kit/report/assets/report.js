(function () {
  "use strict";

  /* One listener for the whole page: the report may be replaced at any time. */
  document.addEventListener("click", function (event) {
    var target = event.target instanceof Element ? event.target : null;
    if (!target) { return; }
    var picture = target.closest("[data-enlarge]");
    if (picture) { enlarge(picture); return; }
    var copy = target.closest("[data-copy]");
    if (copy) { copyText(copy); return; }
    if (target.matches("dialog.lightbox, dialog.lightbox img")) { target.closest("dialog").close(); }
  });

  function enlarge(button) {
    var box = button.closest(".report").querySelector("dialog.lightbox");
    var small = button.querySelector("img");
    var large = box.querySelector("img");
    large.src = small.src;
    large.alt = small.alt;
    box.querySelector(".large-caption").textContent = small.alt;
    box.showModal();
  }

  function copyText(button) {
    var report = button.closest(".report");
    var english = report.querySelector("#report-en").checked;
    var text = report.querySelector(english ? "#appeal-text-en" : "#appeal-text");
    var said = button.parentElement.querySelector(".copied");
    var done = function () { said.textContent = english ? "Copied" : "已复制"; };
    if (navigator.clipboard && window.isSecureContext) {
      navigator.clipboard.writeText(text.textContent).then(done, function () { select(text); });
    } else {
      select(text);
      if (document.execCommand("copy")) { done(); }
    }
  }

  function select(element) {
    var range = document.createRange();
    range.selectNodeContents(element);
    var chosen = window.getSelection();
    chosen.removeAllRanges();
    chosen.addRange(range);
  }

  function words(seconds) {
    var parts = [[Math.floor(seconds / 86400), "天"], [Math.floor(seconds % 86400 / 3600), "小时"],
      [Math.floor(seconds % 3600 / 60), "分"]].filter(function (part) { return part[0] > 0; });
    if (!parts.length) { return "不到 1 分"; }
    return parts.slice(0, 2).map(function (part) { return part[0] + part[1]; }).join("");
  }

  function tick() {
    document.querySelectorAll("[data-deadline]").forEach(function (left) {
      var seconds = (Date.parse(left.dataset.deadline) - Date.now()) / 1000;
      left.textContent = seconds > 0 ? words(seconds) : "0 分(已截止)";
    });
  }

  tick();
  window.setInterval(tick, 30000);
  window.evidenceReport = { tick: tick };
})();
