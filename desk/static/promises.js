// What callers were promised and what came of it: waits told by queue and hour, and each time at which we were to call.

import { openStory } from "./card.js";
import { el, put, span } from "./dom.js";
import { midnight } from "./finished.js";
import { ask } from "./wire.js";
import { clockTime, dayTime, percent, say, sayOr } from "./words.js";

const EVERY = 5000;
const DAY = 86400;
const DAYS = [0, 1, 7]; // before today

/** The page. It looks again by itself; which days and which queue are shown is chosen above. */
export function promisesPage(_me, room, bar, alarm) {
  const parts = { tiles: el("section", { class: "tiles" }), waits: panel("waits"), times: panel("times") };
  const choice = { days: 0, queue: "" };
  let view = null;
  let timer = null;
  let stopped = false;
  room.className = "promises";
  room.replaceChildren(parts.tiles, parts.waits.node, parts.times.node);

  const draw = () => {
    put(bar, wishes(choice, known(view), choose));
    put(parts.tiles, ...tiles(view));
    parts.waits.fill("promises.waits", waits(view));
    parts.times.fill("promises.times", times(view, alarm));
  };
  const choose = (change) => {
    Object.assign(choice, change);
    clearTimeout(timer);
    again();
  };
  const read = async () => {
    const until = choice.days === 1 ? `&until=${midnight()}` : "";
    const queue = choice.queue ? `&queue=${encodeURIComponent(choice.queue)}` : "";
    const found = await ask(`/api/promises/listed?since=${midnight() - choice.days * DAY}&limit=500${until}${queue}`);
    if (stopped) return;
    view = { ...found, queues: choice.queue ? known(view) : queuesOf(found) };
    alarm("promises", "");
    draw();
  };
  const again = () => {
    read()
      .catch((refusal) => alarm("promises", refusal.message))
      .finally(() => {
        if (!stopped) timer = setTimeout(again, EVERY);
      });
  };
  draw();
  again();
  return {
    draw,
    stop() {
      stopped = true;
      clearTimeout(timer);
      alarm("promises", "");
    },
    snapshot: draw,
  };
}

const known = (view) => view?.queues ?? [];
const queuesOf = (view) => [...new Set([...view.waits, ...view.times].map((one) => one.queue))].sort();

function panel(name) {
  const heading = el("h2", {});
  const body = el("div", { class: "scroll" });
  const fill = (title, content) => {
    heading.textContent = say(title);
    put(body, content);
  };
  return { node: el("section", { class: `panel ${name}` }, heading, body), fill };
}

function wishes(choice, queues, choose) {
  const day = (days) => el("button", { type: "button", "aria-pressed": String(choice.days === days), dataset: { key: `days-${days}` }, onclick: () => choose({ days }) }, say(`promises.days_${days}`));
  const option = (queue) => el("option", { value: queue, selected: queue === choice.queue }, queue || say("promises.every_queue"));
  return el(
    "span",
    { class: "wishes" },
    DAYS.map(day),
    el("select", { "aria-label": say("promises.queue"), dataset: { key: "queue" }, onchange: (event) => choose({ queue: event.target.value }) }, ["", ...queues].map(option)),
  );
}

function tiles(view) {
  const times = view?.times ?? [];
  const count = (...states) => times.filter((one) => states.includes(one.became)).length;
  const settled = times.length - count("open");
  const kept = settled ? percent((100 * count("kept")) / settled) : "–";
  const under = view && view.inside !== null && view.inside < view.promised;
  return [
    tile("inside", view ? percent(view.inside === null ? null : 100 * view.inside) : "–", say("promises.of", { share: percent(100 * (view?.promised ?? 0.8)) }), under ? "busy" : ""),
    tile("told", view?.told ?? "–", say("promises.judged", { count: view?.judged ?? 0 })),
    tile("kept", kept, say("promises.of_settled", { count: settled }), count("late", "early", "never", "overdue") ? "busy" : ""),
    tile("open", count("open"), "", ""),
  ];
}

function tile(key, value, below, tone = "") {
  return el("div", { class: `tile ${tone}` }, el("h3", {}, say(`promises.${key}`)), el("p", { class: "value" }, value), el("p", { class: "below" }, below));
}

const table = (head, lines) =>
  el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col" }, say(`promises.${key}`))))), el("tbody", {}, lines));

function waits(view) {
  if (!view?.waits.length) return el("p", { class: "empty" }, say("promises.no_waits"));
  const line = (one) =>
    el(
      "tr",
      { class: one.inside !== null && one.inside < view.promised ? "bad" : null },
      el("td", { class: "num" }, dayTime(one.since)),
      el("th", { scope: "row" }, one.queue),
      el("td", { class: "num" }, one.told),
      el("td", { class: "num" }, `${span(one.low)} – ${span(one.high)}`),
      el("td", { class: "num" }, percent(one.inside === null ? null : 100 * one.inside)),
      el("td", { class: "num" }, one.sooner),
      el("td", { class: "num" }, one.later),
    );
  return table(["hour", "queue", "told", "interval", "inside", "sooner", "later"], view.waits.map(line));
}

function times(view, alarm) {
  if (!view?.times.length) return el("p", { class: "empty" }, say("promises.no_times"));
  const line = (one) =>
    el(
      "tr",
      { class: ["late", "early", "never", "overdue"].includes(one.became) ? "bad" : null },
      el("td", { class: "num" }, dayTime(one.due)),
      el("th", { scope: "row" }, one.queue),
      el("td", {}, opener(one.contact, one.number || one.contact, alarm)),
      el("td", { class: "num" }, clockTime(one.at)),
      el("td", {}, el("span", { class: `mark ${one.became}` }, say(`promises.${one.became}`))),
      el("td", { class: "num" }, one.off === null ? "–" : `${one.off < 0 ? "−" : "+"}${span(Math.abs(one.off))}`),
      el("td", {}, one.callback ? opener(one.callback, one.outcome ? sayOr("outcome", one.outcome) : say("promises.waits_yet"), alarm) : "–"),
    );
  return table(["due", "queue", "caller", "asked", "became", "off", "callback"], view.times.map(line));
}

/** A button that opens a contact's journey. */
function opener(contact, text, alarm) {
  const open = () =>
    ask(`/api/contacts/${encodeURIComponent(contact)}`).then(
      (story) => openStory(story),
      (refusal) => alarm("promises", refusal.message),
    );
  return el("button", { class: "link", dir: "auto", type: "button", dataset: { key: `open-${contact}` }, onclick: open, "aria-label": `${say("done.open", { caller: text })}` }, text);
}
