(function () {
  "use strict";

  var MANIFESTS = ["submission.toml", "submission.json"];
  var page = byId("page");
  var state = {
    session: null, name: "", files: [], claims: [], uses: {}, limits: { files: 200, bytes: 3e9 },
    claimTouched: false, stated: [], busy: null, judged: false, verdict: null, timer: 0
  };

  function byId(id) { return document.getElementById(id); }

  function make(tag, words, css) {
    var made = document.createElement(tag);
    if (words) { made.textContent = words; }
    if (css) { made.className = css; }
    return made;
  }

  function ask(path, how) {
    how = how || {};
    how.headers = Object.assign({ "X-Evidence-Kit": "1" }, how.headers || {});
    return fetch(path, how).then(function (answer) {
      if (answer.ok) { return answer; }
      return answer.json().catch(function () { return {}; }).then(function (told) {
        var problem = new Error(told.text || "没有成功,请再试一次");
        problem.status = answer.status;
        throw problem;
      });
    });
  }

  function tell(path, what, signal) {
    return ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(what), signal: signal });
  }

  function problem(text) {
    byId("problem").textContent = text || "";
    byId("problem").hidden = !text;
  }

  function size(bytes) {
    return bytes >= 1e6 ? (bytes / 1e6).toFixed(1) + " MB" : Math.max(1, Math.round(bytes / 1e3)) + " KB";
  }

  /* --- files --- */

  function hidden(name) {
    return name.split("/").some(function (part) {
      return part.startsWith(".") || part.startsWith("~$") || ["thumbs.db", "desktop.ini", "__macosx"].includes(part.toLowerCase());
    });
  }

  /* Entries of a drop: [{file, path}], folders read to the end. */
  function readDrop(dropped) {
    var found = [];
    var loose = Array.from(dropped.files).map(function (file) { return { file: file, path: file.name }; });
    function read(entry, above) {
      var path = above + entry.name;
      if (found.length > state.limits.files + 50) { return Promise.resolve(); }
      if (entry.isFile) {
        return new Promise(function (done) {
          entry.file(function (file) { found.push({ file: file, path: path }); done(); }, function () { done(); });
        });
      }
      var reader = entry.createReader();
      function more() {
        return new Promise(function (done) { reader.readEntries(done, function () { done([]); }); }).then(function (entries) {
          if (!entries.length) { return null; }
          return entries.reduce(function (before, inner) {
            return before.then(function () { return read(inner, path + "/"); });
          }, Promise.resolve()).then(more);
        });
      }
      return more();
    }
    var entries = Array.from(dropped.items).map(function (item) { return item.webkitGetAsEntry && item.webkitGetAsEntry(); }).filter(Boolean);
    if (!entries.length) { return Promise.resolve(loose); }
    return Promise.all(entries.map(function (entry) { return read(entry, ""); })).then(function () { return found; });
  }

  function withoutFolder(found) {
    var first = found.length ? found[0].path.split("/")[0] : "";
    var shared = first && found.every(function (each) { return each.path.startsWith(first + "/"); });
    if (!shared) { return { name: "", found: found }; }
    return { name: first, found: found.map(function (each) { return { file: each.file, path: each.path.slice(first.length + 1) }; }) };
  }

  function add(list) {
    problem("");
    var taken = withoutFolder(list.filter(function (each) { return !hidden(each.path); }));
    if (!taken.found.length) { problem("里面没有照片或视频"); return; }
    var bytes = taken.found.concat(state.files).reduce(function (sum, each) { return sum + each.file.size; }, 0);
    if (taken.found.length + state.files.length > state.limits.files) {
      problem("文件太多了:一次最多 " + state.limits.files + " 个。请只放这一单的照片和视频。");
      return;
    }
    if (bytes > state.limits.bytes) {
      problem("文件太大了:总共不能超过 " + Math.round(state.limits.bytes / 1e9) + " GB。");
      return;
    }
    if (state.judged) { forget(); }
    if (taken.name) { state.name = taken.name; }
    taken.found.forEach(function (each) {
      if (!state.files.some(function (other) { return other.path === each.path; })) {
        state.files.push({ file: each.file, path: each.path, sent: false });
      }
    });
    showFiles();
  }

  /* New files after a report: all go again into a fresh folder. */
  function forget() {
    if (state.session) { ask("api/sessions/" + state.session, { method: "DELETE" }).catch(function () {}); }
    state.session = null;
    state.judged = false;
    state.stated = [];
    state.files.forEach(function (each) { each.sent = false; });
  }

  /* What a file is for; whoever says nothing leaves it to the check. */
  function useOf(each) {
    var choice = make("select");
    choice.setAttribute("aria-label", each.path + " 的用途");
    [["", "用途不限"]].concat(Object.entries(state.uses)).forEach(function (pair) {
      var option = make("option", pair[1]);
      option.value = pair[0];
      choice.append(option);
    });
    choice.value = each.use || "";
    choice.addEventListener("change", function () { each.use = choice.value; again(); });
    return choice;
  }

  function uses() {
    var found = {};
    state.files.forEach(function (each) { if (each.id && each.use !== undefined) { found[each.id] = each.use; } });
    return found;
  }

  function showFiles() {
    var list = byId("files");
    list.replaceChildren();
    state.files.forEach(function (each) {
      var row = make("li");
      var kind = each.file.type.startsWith("video/") ? "▶" : MANIFESTS.includes(each.path) ? "≡" : "▣";
      var mark = make("span", kind, "mark");
      mark.setAttribute("aria-hidden", "true");
      row.append(mark, make("span", each.path, "name"));
      var side = make("span", size(each.file.size) + " ", "state");
      var remove = make("button", "移除");
      remove.type = "button";
      remove.setAttribute("aria-label", "移除 " + each.path);
      remove.addEventListener("click", function () {
        state.files = state.files.filter(function (other) { return other !== each; });
        forget();
        showFiles();
      });
      if (!MANIFESTS.includes(each.path)) { row.append(useOf(each)); }
      side.append(remove);
      row.append(side);
      list.append(row);
    });
    var some = state.files.length > 0;
    byId("go").disabled = !some;
    byId("go-hint").textContent = some ? "" : "先放入照片或视频";
    byId("go").textContent = state.judged ? "重新判断" : "开始检查";
  }

  /* --- claims and facts --- */

  function claim() {
    var chosen = document.querySelector("input[name=claim]:checked");
    return chosen ? chosen.value : "card";
  }

  /* The platform of the chosen claim is open; on a wide screen all of them, until there is a result. */
  function openPlatforms() {
    var all = window.matchMedia("(min-width: 44rem)").matches && !state.judged;
    document.querySelectorAll(".platform").forEach(function (group) {
      group.open = all || group.contains(document.querySelector("input[name=claim]:checked"));
    });
  }

  function platform(name) {
    var group = Array.from(document.querySelectorAll(".platform")).find(function (each) { return each.dataset.name === name; });
    if (!group) {
      group = make("details", "", "platform");
      group.dataset.name = name;
      group.append(make("summary", name), make("div", "", "claims-of"));
      byId("claims").append(group);
    }
    return group;
  }

  function showClaims() {
    state.claims.forEach(function (each) {
      var label = make("label", "", "claim");
      var radio = make("input");
      radio.type = "radio";
      radio.name = "claim";
      radio.value = each.id;
      radio.checked = each.id === "card";
      radio.addEventListener("change", function () { state.claimTouched = true; showFields(); again(); });
      var words = make("span");
      words.append(make("b", each.title), make("span", each.summary));
      label.append(radio, words);
      platform(each.platform).querySelector(".claims-of").append(label);
    });
    document.querySelectorAll(".platform").forEach(function (group) {
      var count = group.querySelectorAll(".claim").length;
      group.querySelector("summary").append(make("span", count + " 种", "count"));
    });
    openPlatforms();
    showFields();
  }

  function showFields(extra) {
    var before = facts();
    var asked = (state.claims.find(function (each) { return each.id === claim(); }) || { facts: [] }).facts.slice();
    Object.keys(Object.assign({}, before, extra || {})).forEach(function (key) {
      if (key in state.keys && !asked.some(function (each) { return each.key === key; }) && key !== "submitter") {
        asked.push(state.keys[key]);
      }
    });
    var fields = byId("fields");
    fields.replaceChildren();
    asked.forEach(function (each) {
      var box = make("div", "", "field");
      var label = make("label", each.label);
      var id = "fact-" + each.key.replace(/\W/g, "-");
      label.htmlFor = id;
      var input;
      if (each.kind === "choice") {
        input = make("select");
        [["", "不清楚"]].concat(each.choices).forEach(function (pair) {
          var option = make("option", pair[1]);
          option.value = pair[0];
          input.append(option);
        });
      } else {
        input = make("input");
        input.type = "text";
        if (each.kind === "time") { input.placeholder = "2026-11-21 10:00"; }
        if (each.kind === "number") { input.inputMode = "decimal"; }
      }
      input.id = id;
      input.dataset.key = each.key;
      input.value = (extra && each.key in extra ? extra[each.key] : before[each.key]) || "";
      input.addEventListener("input", again);
      box.classList.toggle("filled", Boolean(input.value));
      box.append(label, input);
      fields.append(box);
    });
  }

  function facts() {
    var found = {};
    byId("fields").querySelectorAll("[data-key]").forEach(function (input) {
      var value = input.value.trim();
      if (value) { found[input.dataset.key] = value; }
    });
    return found;
  }

  /* What is sent: an emptied field takes back what the manifest states. */
  function corrected() {
    var found = facts();
    state.stated.forEach(function (key) { if (!(key in found)) { found[key] = null; } });
    return found;
  }

  function localTime(text) {
    var hit = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)(:\d\d)?(?:[.]\d+)?\+08:00$/.exec(text);
    return hit ? hit[1] + " " + hit[2] + (hit[3] && hit[3] !== ":00" ? hit[3] : "") : text;
  }

  var understanding = 0;
  function understand() {
    var text = byId("paste").value;
    var turn = ++understanding;
    if (!text.trim()) { byId("understood").textContent = ""; return; }
    tell("api/understand", { text: text, pack: claim() }).then(function (answer) { return answer.json(); }).then(function (told) {
      if (turn !== understanding) { return; }
      var found = {};
      told.found.forEach(function (each) { found[each.key] = each.value; });
      byId("understood").textContent = told.found.length
        ? "认出:" + told.found.map(function (each) { return each.label + " " + each.value; }).join(";") + "。请核对。"
        : "没有认出单号或时间,请在下面填写。";
      showFields(found);
      again();
    }).catch(function (error) { problem(error.message); });
  }

  /* --- judging --- */

  function send() {
    var waiting = state.files.filter(function (each) { return !each.sent; });
    var bytes = waiting.reduce(function (sum, each) { return sum + each.file.size; }, 0);
    var begun = Promise.resolve();
    if (!state.session) {
      begun = tell("api/sessions", { files: waiting.length, bytes: bytes, name: state.name }, state.busy.signal)
        .then(function (answer) { return answer.json(); })
        .then(function (told) { state.session = told.id; watch(told.id); });
    }
    var sent = 0;
    return waiting.reduce(function (before, each) {
      return before.then(function () {
        progress("正在读取文件", 25 * sent / Math.max(1, bytes), each.path, "读取中");
        var path = "api/sessions/" + state.session + "/files?name=" + encodeURIComponent(each.path);
        return ask(path, { method: "PUT", body: each.file, signal: state.busy.signal });
      }).then(function (answer) { return answer.json(); }).then(function (told) {
        each.sent = true;
        each.id = told.name;
        sent += each.file.size;
        progress("正在读取文件", 25 * sent / Math.max(1, bytes), each.path, "等待检查");
      });
    }, begun);
  }

  /* The server notices a closed page by this connection and clears the files. */
  function watch(id) {
    fetch("api/sessions/" + id + "/alive").then(function (answer) {
      var reader = answer.body.getReader();
      function on() { return reader.read().then(function (part) { return part.done ? null : on(); }); }
      return answer.ok ? on() : null;
    }).catch(function () {}).then(function () {
      if (state.session === id) { window.setTimeout(function () { if (state.session === id) { watch(id); } }, 2000); }
    });
  }

  function progress(now, percent, file, word, done) {
    byId("progress-now").textContent = now;
    if (percent !== null) { byId("progress-bar").value = percent; }
    if (!file) { return; }
    var list = byId("progress-files");
    var row = Array.from(list.children).find(function (each) { return each.dataset.file === file; });
    if (!row) {
      row = make("li");
      row.dataset.file = file;
      var mark = make("span", "·", "mark");
      mark.setAttribute("aria-hidden", "true");
      row.append(mark, make("span", file, "name"), make("span", "", "state"));
      list.append(row);
    }
    row.querySelector(".state").textContent = word;
    row.classList.toggle("done", Boolean(done));
    row.querySelector(".mark").textContent = done ? "✓" : "·";
  }

  function lines(answer, each) {
    var reader = answer.body.getReader();
    var decoder = new TextDecoder();
    var rest = "";
    function on() {
      return reader.read().then(function (part) {
        rest += part.done ? "\n" : decoder.decode(part.value, { stream: true });
        var pieces = rest.split("\n");
        rest = pieces.pop();
        pieces.forEach(function (line) { if (line.trim()) { each(JSON.parse(line)); } });
        return part.done ? null : on();
      });
    }
    return on();
  }

  function heard(news) {
    if (news.event === "queued" && news.ahead > 0) { progress("前面还有 " + news.ahead + " 件在检查,请稍等", null); }
    if (news.event === "started") { progress("正在检查", null); }
    if (news.event === "step") { progress(news.step, null, news.item, news.step); }
    if (news.event === "item") { progress("正在检查", 25 + 73 * news.done / news.total, news.item, "看完了", true); }
    if (news.event === "failed") { throw new Error(news.text); }
    if (news.event === "done") { show(news); }
  }

  function judge(quiet) {
    if (state.busy) { state.busy.abort(); }
    var mine = new AbortController();
    state.busy = mine;
    problem("");
    if (!quiet) {
      page.dataset.state = "busy";
      byId("progress").hidden = false;
      byId("progress-files").replaceChildren();
      byId("result-bar").hidden = true;
      byId("report").replaceChildren();
      byId("progress").scrollIntoView({ block: "nearest" });
    } else {
      byId("changed").textContent = "正在按新信息判断…";
    }
    return send().then(function () {
      var chosen = state.claimTouched || !hasManifest() ? claim() : null;
      return tell("api/sessions/" + state.session + "/judge", { pack: chosen, facts: corrected(), uses: uses() }, mine.signal);
    }).then(function (answer) { return lines(answer, heard); }).catch(function (error) {
      if (error.name === "AbortError") { return; }
      if (error.status === 404) { forget(); }
      byId("changed").textContent = "";
      problem(error.message === "Failed to fetch" ? "连不上检查程序,请确认它还开着" : error.message);
    }).then(function () {
      if (state.busy !== mine) { return; }
      state.busy = null;
      byId("progress").hidden = true;
      page.dataset.state = state.judged ? "result" : "start";
      showFiles();
    });
  }

  function hasManifest() {
    return state.files.some(function (each) { return MANIFESTS.includes(each.path); });
  }

  function show(told) {
    var first = !state.judged;
    var english = document.querySelector("#report-en");
    var inEnglish = english && english.checked;
    byId("report").innerHTML = told.html; /* rendered and escaped by the same template as the saved report */
    if (inEnglish) { byId("report-en").checked = true; }
    window.evidenceReport.tick();
    state.judged = true;
    byId("changed").textContent = first ? "" : "已按新信息重新判断" + (state.verdict !== told.verdict ? ",结论变了" : "") + "。";
    state.verdict = told.verdict;
    byId("result-bar").hidden = false;
    byId("save").href = "api/sessions/" + state.session + "/report.html";
    page.dataset.state = "result";
    if (first) {
      var chosen = document.querySelector("input[name=claim][value='" + CSS.escape(told.pack) + "']");
      if (chosen) { chosen.checked = true; }
      openPlatforms();
      var stated = {};
      Object.keys(told.facts).forEach(function (key) {
        var value = told.facts[key];
        if (key !== "submitter") { stated[key] = Array.isArray(value) ? value.join(" ") : localTime(String(value)); }
      });
      showFields(Object.assign({}, stated, facts()));
      state.stated = Object.keys(stated);
      state.files.forEach(function (each) { if (each.use === undefined && told.uses[each.id]) { each.use = told.uses[each.id]; } });
      byId("result-bar").scrollIntoView({ block: "nearest" });
    }
    document.title = document.querySelector("#verdict-word [lang=zh-CN]").textContent + " · 凭证检查";
  }

  /* A corrected fact is judged at once; nothing is decoded again. */
  function again() {
    window.clearTimeout(state.timer);
    if (!state.judged) { return; }
    state.timer = window.setTimeout(function () { judge(true); }, 400);
  }

  /* --- what is pressed and dropped --- */

  byId("asks").addEventListener("submit", function (event) {
    event.preventDefault();
    window.clearTimeout(state.timer);
    judge(state.judged);
  });
  byId("stop").addEventListener("click", function () { if (state.busy) { state.busy.abort(); } forget(); showFiles(); });
  byId("again").addEventListener("click", function () { forget(); window.location.reload(); });
  byId("print").addEventListener("click", function () { window.print(); });
  byId("copy-appeal").addEventListener("click", function () {
    var button = byId("report").querySelector("[data-copy]");
    button.click();
    window.setTimeout(function () { byId("copied-note").textContent = byId("report").querySelector(".copied").textContent; }, 200);
  });
  byId("paste").addEventListener("input", function () {
    window.clearTimeout(byId("paste").timer);
    byId("paste").timer = window.setTimeout(understand, 250);
  });
  ["choose-files", "choose-folder"].forEach(function (id) {
    byId(id).addEventListener("change", function () {
      add(Array.from(this.files).map(function (file) { return { file: file, path: file.webkitRelativePath || file.name }; }));
      this.value = "";
    });
  });
  ["dragenter", "dragover"].forEach(function (name) {
    document.addEventListener(name, function (event) { event.preventDefault(); byId("drop").classList.add("over"); });
  });
  document.addEventListener("dragleave", function (event) { if (!event.relatedTarget) { byId("drop").classList.remove("over"); } });
  document.addEventListener("drop", function (event) {
    event.preventDefault();
    byId("drop").classList.remove("over");
    readDrop(event.dataTransfer).then(add);
  });
  window.addEventListener("error", function (event) {
    if (event.target instanceof HTMLImageElement) { event.target.closest(".picture").hidden = true; }
  }, true);

  ask("api/claims").then(function (answer) { return answer.json(); }).then(function (told) {
    state.claims = told.claims;
    state.limits = told.limits;
    state.uses = told.uses;
    state.keys = {};
    told.keys.forEach(function (each) { state.keys[each.key] = each; });
    showClaims();
    showFiles();
  }).catch(function (error) { problem(error.message); });
  showFiles();
})();
