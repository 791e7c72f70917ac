// SPDX-License-Identifier: Apache-2.0
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const byId = (id) => document.getElementById(id);
  const list = byId("items");
  const most = 5; // intensities are 0 to 5

  /** An element with attributes and children; strings become text, never markup. */
  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children.filter((child) => child !== null));
    return element;
  }

  const short = (value) => (Number.isInteger(value) ? String(value) : Number(value).toPrecision(3));
  const shown = (value) => (typeof value === "object" ? JSON.stringify(value) : String(value));
  const signed = (value) => (value > 0 ? "+" : "") + value;
  const units = (item) => Object.entries(item.au).map(([unit, value]) => unit + " " + signed(value)).join(", ");
  const editName = (item) => item.edit ?? (units(item) || "no change");

  // ---- one card -----------------------------------------------------------------------------------------------------------

  function compare(item) {
    if (item.after === null) return null;
    const box = make("div", { class: "compare" });
    const before = item.source === null ? null : data.sources[item.source];
    box.append(make("img", { src: before ?? item.after, alt: "before: " + item.input, decoding: "async" }));
    if (before === null) return box;
    const label = "divider between before and after, " + editName(item);
    const slider = make("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": label });
    slider.addEventListener("input", () => box.style.setProperty("--split", slider.value + "%"));
    box.append(make("img", { class: "after", src: item.after, alt: "after: " + editName(item), decoding: "async" }),
      slider, make("div", { class: "divider" }),
      make("span", { class: "tag left", "aria-hidden": "true" }, "before"),
      make("span", { class: "tag right", "aria-hidden": "true" }, "after"));
    return box;
  }

  function unitRow(item, unit) {
    const [before, after, intended] = ["before", "achieved", "intended"].map((key) => item.readings[key][unit]);
    const place = (value) => (100 * Math.min(Math.max(value, 0), most)) / most + "%";
    const mark = (name, value, property) => make("i", { class: name, style: property + ":" + place(value) });
    const words = `${unit}: before ${short(before)}, achieved ${short(after)}, intended ${short(intended)}`;
    const meter = make("div", { class: "meter", role: "img", "aria-label": words, title: words },
      mark("achieved", after, "width"), mark("before", before, "left"), mark("intended", intended, "left"));
    return make("tr", {}, make("th", { scope: "row" }, unit), make("td", {}, meter),
      make("td", {}, `${before.toFixed(1)} → ${after.toFixed(1)} of ${intended.toFixed(1)}`));
  }

  function unitTable(item, units, caption) {
    const rows = units.map((unit) => unitRow(item, unit));
    return make("table", { class: "units" }, make("caption", {}, caption), make("tbody", {}, ...rows));
  }

  function readings(item) {
    if (item.readings === null) return [];
    const all = Object.keys(item.readings.before);
    const asked = all.filter((unit) => unit in item.au);
    const others = all.filter((unit) => !(unit in item.au));
    const parts = asked.length ? [unitTable(item, asked, "before → achieved of intended, 0 to 5")] : [];
    if (others.length) {
      parts.push(make("details", {}, make("summary", {}, "Other action units"), unitTable(item, others, "meant to stay")));
    }
    return parts;
  }

  function pairs(kind, entries) {
    const rows = entries.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value)));
    return make("dl", { class: kind }, ...rows);
  }

  function fill(card, item) {
    const measured = data.figures.filter(({ key }) => key in item.figures);
    const figures = measured.map(({ key, title }) => [title, short(item.figures[key])]);
    const parameters = Object.entries(item.parameters).map(([name, value]) => [name, shown(value)]);
    const parts = [
      make("h2", {}, editName(item)), make("p", { class: "source" }, item.name), compare(item),
      item.error === null ? null : make("p", { class: "error" }, "Failed: " + item.error),
      ...item.warnings.map((text) => make("p", { class: "warning" }, text)), ...readings(item),
      figures.length ? pairs("figures", figures) : null,
      make("details", {}, make("summary", {}, "Parameters"), pairs("parameters", parameters)),
    ];
    card.replaceChildren(...parts.filter((part) => part !== null));
  }

  // ---- cards are drawn when they come near the screen, and cleared when they go far away ----------------------------------

  const cards = data.items.map((item, index) => {
    const card = make("li", { class: "card", tabindex: "-1", "aria-label": editName(item) + ", " + item.name });
    card.classList.toggle("failed", item.error !== null);
    card.dataset.index = index;
    return card;
  });
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) {
        if (!target.hasChildNodes()) fill(target, data.items[target.dataset.index]);
      } else if (target.hasChildNodes() && !target.contains(document.activeElement)) {
        target.style.minHeight = target.offsetHeight + "px"; // else the page jumps
        target.replaceChildren();
      }
    }
  }, { rootMargin: "800px" });

  // ---- filter and sort ----------------------------------------------------------------------------------------------------

  const sorts = [
    { title: "order of the run", value: (item, index) => index },
    { title: "name", value: (item) => item.name },
    { title: "size of the edit", value: (item) => Object.values(item.au).reduce((sum, value) => sum + Math.abs(value), 0) },
    { title: "seconds", value: (item) => item.seconds },
    ...data.figures.map(({ key, title }) => ({ title, value: (item) => item.figures[key] })),
  ];
  const used = [...new Set(data.items.flatMap((item) => Object.keys(item.au)))].sort((a, b) => a.slice(2) - b.slice(2));
  byId("sort").append(...sorts.map(({ title }, index) => make("option", { value: index }, title)));
  byId("unit").append(...used.map((unit) => make("option", { value: unit }, unit)));
  const texts = data.items.map((item) =>
    [item.name, editName(item), ...Object.keys(item.au), item.error ?? ""].join(" ").toLowerCase());

  function wanted(item, index) {
    const status = byId("status").value, unit = byId("unit").value;
    if (status === "ok" && item.error !== null) return false;
    if (status === "failed" && item.error === null) return false;
    if (status === "warned" && item.warnings.length === 0) return false;
    if (unit && !(unit in item.au)) return false;
    return byId("search").value.toLowerCase().split(/\s+/).every((word) => texts[index].includes(word));
  }

  function show() {
    const { value } = sorts[byId("sort").value];
    const direction = byId("descending").checked ? -1 : 1;
    const chosen = data.items.map((item, index) => ({ item, index, key: value(item, index) }))
      .filter(({ item, index }) => wanted(item, index));
    const order = (a, b) => (typeof a === "string" ? a.localeCompare(b, undefined, { numeric: true }) : a - b);
    chosen.sort((a, b) => {
      if (a.key === undefined || b.key === undefined) return (a.key === undefined) - (b.key === undefined); // the unmeasured last
      return direction * order(a.key, b.key) || a.index - b.index;
    });
    observer.disconnect();
    list.replaceChildren(...chosen.map(({ index }) => cards[index]));
    for (const card of list.children) observer.observe(card);
    byId("count").value = `${chosen.length} of ${data.items.length}`;
  }

  // ---- keys and theme -----------------------------------------------------------------------------------------------------

  function setTheme(name) {
    document.documentElement.dataset.theme = name;
    byId("theme").textContent = name === "dark" ? "Light" : "Dark";
  }
  const switchTheme = () => setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");

  function move(step) {
    const all = [...list.children];
    const here = all.indexOf(document.activeElement.closest(".card"));
    const card = all[Math.min(Math.max(here + step, 0), all.length - 1)];
    if (!card) return;
    if (!card.hasChildNodes()) fill(card, data.items[card.dataset.index]);
    (card.querySelector("input") ?? card).focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }

  const keys = {
    j: () => move(1), k: () => move(-1), "/": () => byId("search").focus(), t: switchTheme, "?": () => byId("help").showModal(),
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("help").open) return;
    if (event.target.matches("input:not([type=range]), select")) return;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("controls").addEventListener("input", show);
  byId("theme").addEventListener("click", switchTheme);
  byId("help-button").addEventListener("click", () => byId("help").showModal());

  const failed = data.items.filter((item) => item.error !== null).length;
  byId("summary").textContent = `${data.title}: ${data.items.length} edits of ${data.sources.length} portraits, ${failed} failed`;
  document.title = data.title + " - magicface report";
  setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  show();
})();
