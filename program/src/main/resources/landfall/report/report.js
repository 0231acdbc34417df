"use strict";
(function () {
  const WORDS = ["carried", "adapted", "satisfied", "irrelevant", "decision", "lost"];
  const PAGE = 150;
  const data = JSON.parse(document.getElementById("data").textContent);
  const filter = document.getElementById("filter");
  const rows = document.getElementById("rows");
  const found = document.getElementById("found");
  const more = document.getElementById("more");
  const chips = Array.from(document.querySelectorAll(".chip"));
  let hits = [];
  let shown = 0;
  let lastObject = null;

  // Values only ever become text nodes: nothing of a manifest is read as markup.
  function element(name, look, text) {
    const made = document.createElement(name);
    if (look) { made.className = look; }
    if (text !== undefined) { made.textContent = text; }
    return made;
  }

  function places(field) {
    return field.slice(6).map(function (number) { return data.places[number]; });
  }

  function textOf(object, field) {
    return (object.id + " " + field[0] + " " + WORDS[field[1]] + " " + data.rules[field[2]] + " " + data.notes[field[3]] + " "
      + places(field).map(function (place) { return place[0]; }).join(" ")).toLowerCase();
  }

  function side(heading, lines, first, hit) {
    const box = element("div", "side");
    box.append(element("h4", "", heading));
    const pre = element("pre");
    lines.forEach(function (line, at) {
      const row = element("span", at === hit ? "row hit" : "row");
      const number = Array.isArray(first) ? first[at] : first > 0 ? first + at : 0;
      row.append(element("i", "", number > 0 ? String(number) : ""), document.createTextNode(line + "\n"));
      pre.append(row);
    });
    box.append(pre);
    return box;
  }

  function empty(heading, text) {
    const box = element("div", "side");
    box.append(element("h4", "", heading), element("p", "", text));
    return box;
  }

  function sides(object, field) {
    const both = element("div", "sides");
    const source = object.file + ":" + field[4];
    if (object.text !== undefined && field[5] >= 0) {
      const lines = object.text.split("\n");
      const from = Math.max(0, field[5] - 5);
      const to = Math.min(lines.length, field[5] + 6);
      both.append(side(source, lines.slice(from, to), object.numbers.slice(from, to), field[5] - from));
    } else {
      both.append(empty(source, "The lines aren't in this page; look there."));
    }
    const right = element("div");
    const to = places(field);
    to.forEach(function (place) {
      right.append(place.length > 1 ? side(place[0], place[4].split("\n"), place[2], place[3]) : empty(place[0], "Not a file's lines."));
    });
    if (to.length === 0) {
      right.append(empty("goes nowhere", data.notes[field[3]] || "It has no place on the other side."));
    }
    both.append(right);
    return both;
  }

  function row(object, field) {
    const button = element("button", "field");
    button.type = "button";
    button.setAttribute("aria-expanded", "false");
    const to = places(field).map(function (place) { return place[0]; }).join(", ");
    const note = data.notes[field[3]];
    button.append(
      element("span", "tag " + WORDS[field[1]], WORDS[field[1]]),
      element("span", "path", field[0]),
      element("span", "note", to ? "→ " + to + (note ? ": " + note : "") : note));
    button.addEventListener("click", function () {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      if (open) { button.nextSibling.remove(); } else { button.after(sides(object, field)); }
    });
    return button;
  }

  function showMore() {
    const part = document.createDocumentFragment();
    const end = Math.min(hits.length, shown + PAGE);
    for (; shown < end; shown++) {
      const object = hits[shown][0];
      if (object !== lastObject) {
        lastObject = object;
        const heading = element("h3", "object", object.id + " ");
        heading.append(element("small", "", object.file));
        part.append(heading);
      }
      part.append(row(object, hits[shown][1]));
    }
    rows.append(part);
    more.hidden = shown >= hits.length;
  }

  function search() {
    const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = new Set(chips.filter(function (chip) { return chip.getAttribute("aria-pressed") === "true"; })
      .map(function (chip) { return Number(chip.dataset.disposition); }));
    hits = [];
    data.objects.forEach(function (object) {
      object.fields.forEach(function (field) {
        if (wanted.size > 0 && !wanted.has(field[1])) { return; }
        if (words.length > 0) {
          const text = textOf(object, field);
          if (!words.every(function (word) { return text.includes(word); })) { return; }
        }
        hits.push([object, field]);
      });
    });
    rows.replaceChildren();
    shown = 0;
    lastObject = null;
    found.textContent = hits.length.toLocaleString("en") + (hits.length === 1 ? " field" : " fields");
    showMore();
  }

  let waiting = 0;
  filter.addEventListener("input", function () {
    clearTimeout(waiting);
    waiting = setTimeout(search, 120);
  });
  chips.forEach(function (chip) {
    chip.addEventListener("click", function () {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      search();
    });
  });
  more.addEventListener("click", showMore);
  // A link may name what it is about: report.html#find=uro+replicas
  const asked = /^#find=(.*)$/.exec(location.hash);
  if (asked) {
    filter.value = decodeURIComponent(asked[1].replace(/\+/g, " "));
    document.getElementById("ledger").scrollIntoView();
  }
  search();
  if (asked && rows.querySelector(".field")) { rows.querySelector(".field").click(); }
})();
