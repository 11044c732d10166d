"use strict";

const byId = (id) => document.getElementById(id);
const [theme, search, count] = [byId("theme"), byId("search"), byId("count")];
const teams = [...document.querySelectorAll(".team")];
const changes = [...document.querySelectorAll(".change")];
const properties = JSON.parse(byId("properties").textContent);

let texts = null; // What each change says; only read once somebody searches, for it takes a while.
let openBefore = null; // Which teams were unfolded before somebody searched.

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function line([sign, path, before, after]) {
  const item = document.createElement("li");
  const mark = element("span", sign);
  mark.className = "sign";
  mark.ariaHidden = "true";
  item.append(mark, " ", element("code", path));
  if (before !== null) item.append(" ", element("del", before));
  if (after !== null) item.append(" ", element("ins", after));
  return item;
}

// One input of what is created or deleted.
function input([name, value]) {
  const item = document.createElement("li");
  const isNested = value !== null && typeof value === "object";
  item.append(element("code", name), " ", isNested ? element("pre", JSON.stringify(value, null, 2)) : element("samp", String(value)));
  return item;
}

// Writes what differs, or what is created or deleted, into a change that is unfolded for the first time.
function fill(change) {
  const shown = properties[change.id];
  if (!change.open || !shown || change.querySelector("ul")) return;
  const list = document.createElement("ul");
  list.append(...(Array.isArray(shown) ? shown.map(line) : Object.entries(shown).map(input)));
  change.append(list);
}

// All that a value says, in one text: names of properties with those above them.
function said(value, path = "") {
  if (value === null || typeof value !== "object") return `${path} ${value ?? ""}`;
  if (Array.isArray(value)) return value.map((item) => said(item, path)).join(" ");
  return Object.entries(value).map(([name, item]) => said(item, path ? `${path}.${name}` : name)).join(" ");
}

function filter() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length) {
    texts ??= changes.map((change) => `${change.textContent} ${said(properties[change.id] ?? [])}`.toLowerCase());
    openBefore ??= teams.map((team) => team.open);
  }
  changes.forEach((change, index) => {
    change.hidden = !words.every((word) => texts[index].includes(word));
  });
  teams.forEach((team, index) => {
    team.hidden = words.length > 0 && !team.querySelector(".change:not([hidden])");
    if (openBefore) team.open = words.length > 0 || openBefore[index];
  });
  if (!words.length) openBefore = null;
  const found = changes.filter((change) => !change.hidden).length;
  const all = `${changes.length} ${changes.length === 1 ? "change" : "changes"}`;
  count.textContent = words.length ? `${found} of ${all}` : all;
}

function fold(open) {
  for (const details of document.querySelectorAll("details.team, details.change")) details.open = open;
}

function show() {
  const change = byId(location.hash.slice(1));
  if (!change?.matches(".change")) return;
  if (change.hidden) {
    search.value = "";
    filter();
  }
  change.closest(".team").open = true;
  if (change.matches("details")) change.open = true;
  change.scrollIntoView();
}

let waiting;
search.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(filter, 100);
});
for (const change of changes) {
  change.addEventListener("toggle", () => fill(change));
  fill(change);
}
theme.addEventListener("change", () => { document.documentElement.dataset.theme = theme.value; });
byId("unfold").addEventListener("click", () => fold(true));
byId("fold").addEventListener("click", () => fold(false));
addEventListener("hashchange", show);

theme.value = "";
filter();
show();
