// Lists of people to be called: a file is brought, looked at, mapped, checked and imported; and numbers never to be called.

import { el, labelled, put } from "./dom.js";
import { ask, Refusal, tell } from "./wire.js";
import { dayTime, say, sayOr } from "./words.js";

const EVERY = 500;
const FIELDS = ["number", "other", "name", "person", "language", "segment", "zone", "consent", "owner", "priority", "due", "skip"];

export function listsPanel(me, alarm) {
  const heading = el("h2", {});
  const file = el("input", { type: "file", accept: ".csv,.txt,.xlsx", dataset: { key: "list-file" }, onchange: () => bring() });
  const name = el("input", { maxlength: 60, dataset: { key: "list-name" } });
  const region = el("input", { maxlength: 2, size: 3, placeholder: "CN", dataset: { key: "list-region" } });
  const chosen = el("div", { class: "wishes" });
  const body = el("div", { class: "scroll" });
  const keys = el("div", { class: "wishes" });
  const kept = el("div", { class: "scroll" });
  const number = el("input", { type: "tel", maxlength: 40, required: true, dataset: { key: "block-number" } });
  const why = el("input", { maxlength: 200, required: true, dataset: { key: "block-why" } });
  const blocks = el("form", { class: "wishes", onsubmit: (event) => (event.preventDefault(), block("/api/blocks")) });
  const node = el("section", { class: "panel lists", hidden: me.role === "supervisor" }, heading, chosen, body, keys, kept, blocks);
  const mapping = new Map();
  let upload = null;
  let lists = [];
  let timer = 0;

  const refused = (refusal) => alarm("lists", refusal.message);
  const done = (what) => {
    alarm("lists", "");
    return what;
  };
  const take = (now) => {
    upload = now;
    clearTimeout(timer);
    if (["checking", "importing"].includes(now?.state)) timer = setTimeout(() => ask(`/api/lists/uploads/${now.upload}`).then(take, refused), EVERY);
    if (now?.state === "imported") look();
    draw();
  };
  const bring = async () => {
    const [one] = file.files;
    if (!one) return;
    const answer = await fetch(`/api/lists/uploads?file=${encodeURIComponent(one.name)}`, { method: "POST", credentials: "same-origin", headers: { "Content-Type": "application/octet-stream" }, body: one });
    const content = await answer.json().catch(() => ({}));
    if (!answer.ok) return refused(new Refusal(answer.status, content));
    done();
    mapping.clear();
    for (const [column, field] of content.mapping) mapping.set(column, field);
    name.value = one.name.replace(/\.[^.]*$/, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "") || "list";
    take(content);
  };
  const wish = (what) => {
    const said = Object.fromEntries([...mapping].filter(([, field]) => field));
    return tell(`/api/lists/uploads/${upload.upload}/${what}`, { name: name.value.trim(), region: region.value.trim().toUpperCase(), mapping: said }).then(done).then(take, refused);
  };
  const block = (path) =>
    tell(path, { number: number.value.trim(), why: why.value.trim() }).then(() => {
      done();
      document.getElementById("said").textContent = say("lists.blocked", { number: number.value.trim() });
      number.value = why.value = "";
    }, refused);
  const look = () => ask("/api/lists").then((rows) => ((lists = rows), draw()), () => {});

  const button = (key, act, strong) => el("button", { type: "button", class: strong ? "strong" : null, dataset: { key: `list-${key}` }, onclick: act }, say(`lists.${key}`));
  const draw = () => {
    heading.textContent = say("lists.title");
    labelled(chosen, [[say("lists.file"), file], [say("lists.name"), name], [say("lists.region"), region]]);
    put(body, ...(upload ? [state(upload), preview(upload, mapping)] : []));
    const still = upload && ["came", "checked"].includes(upload.state);
    put(keys, ...(still ? [button("check", () => wish("check")), button("import", () => wish("import"), true)] : []), upload?.bad ? el("a", { href: `/api/lists/uploads/${upload.upload}/rejects.csv`, download: true }, say("lists.rejects")) : "");
    put(kept, listRows(lists));
    labelled(blocks, [[say("lists.block"), number], [say("lists.why"), why]], () => [el("button", { type: "submit", dataset: { key: "block" } }, say("lists.block_do")), me.role === "administrator" ? el("button", { type: "button", dataset: { key: "block-lift" }, onclick: () => block("/api/blocks/lift") }, say("lists.block_lift")) : null]);
  };
  if (me.role !== "supervisor") look();
  return {
    node,
    draw,
    stop() {
      clearTimeout(timer);
      alarm("lists", "");
    },
  };
}

function state(upload) {
  const counts = say("lists.counts", { rows: upload.rows, good: upload.good, bad: upload.bad, double: upload.double, blocked: upload.blocked });
  return el(
    "p",
    { role: "status" },
    el("span", { class: `mark ${upload.state === "failed" ? "bad" : "answered"}` }, sayOr("liststate", upload.state)),
    " ",
    upload.of ? el("progress", { max: upload.of, value: upload.done, "aria-label": sayOr("liststate", upload.state) }) : null,
    upload.rate ? ` ${say("lists.rate", { rate: Math.round(upload.rate) })} · ` : " ",
    upload.rows ? counts : [upload.encoding, upload.delimiter].filter(Boolean).join(" · "),
    upload.fault ? ` ${upload.fault}` : "",
  );
}

function preview(upload, mapping) {
  const choice = (column) =>
    el(
      "select",
      { "aria-label": say("lists.is", { column }), dataset: { key: `map-${column}` }, onchange: (event) => mapping.set(column, event.target.value) },
      el("option", { value: "" }, say("lists.shown")),
      FIELDS.map((field) => el("option", { value: field, selected: mapping.get(column) === field }, say(`lists.field.${field}`))),
    );
  const head = upload.columns.map((column) => el("th", { scope: "col" }, el("span", { dir: "auto" }, column), " ", choice(column)));
  const wrong = upload.rejects.map((one) => el("li", {}, say("lists.reject", { row: one.row, column: one.column, reason: one.reason })));
  return el("div", {}, el("table", { class: "preview" }, el("thead", {}, el("tr", {}, head)), el("tbody", {}, upload.sample.map((row) => el("tr", {}, row.map((cell) => el("td", { dir: "auto" }, cell)))))), wrong.length ? el("ul", {}, wrong) : null);
}

function listRows(lists) {
  if (!lists.length) return el("p", { class: "empty" }, say("lists.none"));
  const line = (one) => el("tr", {}, el("th", { scope: "row", dir: "auto" }, one.name), el("td", {}, dayTime(one.at)), el("td", {}, one.by), el("td", { class: "num" }, say("lists.counts", one)));
  return el("table", {}, el("tbody", {}, lists.map(line)));
}
