// The queues' doors on the supervisor's page: open or closed, by whom; and what people changed lately, to be undone.

import { el, put } from "./dom.js";
import { ask, tell } from "./wire.js";
import { clockTime, say, sayOr } from "./words.js";

const EVERY = 3000;
const SHOWN = 12;

/** A panel that looks by itself. `alarm` shows what the server refuses. */
export function doorsPanel(alarm) {
  const heading = el("h2", {});
  const why = el("input", { maxlength: 200, dataset: { key: "doors-why" } });
  const asked = el("label", { class: "why-field" }, el("span", {}), why);
  const body = el("div", { class: "scroll" });
  const node = el("section", { class: "panel doors" }, heading, asked, body);
  let queues = [];
  let changes = [];

  const wish = (path, content) => {
    const reason = why.value.trim();
    if (!reason) {
      alarm("doors", say("doors.why_needed"));
      why.focus();
      return undefined;
    }
    return tell(path, { ...content, why: reason }).then(
      () => {
        alarm("doors", "");
        why.value = "";
        return look();
      },
      (refusal) => alarm("doors", refusal.message),
    );
  };
  const draw = () => {
    heading.textContent = say("doors.title");
    asked.firstChild.textContent = say("doors.why");
    put(body, table(queues, wish), lately(changes, wish));
  };
  const look = async () => {
    [queues, changes] = await Promise.all([ask("/api/queues"), ask(`/api/changes?limit=${SHOWN}`)]);
    draw();
  };
  const looking = setInterval(() => look().catch(() => {}), EVERY);
  look().catch(() => {});
  return {
    node,
    draw,
    stop() {
      clearInterval(looking);
      alarm("doors", "");
    },
  };
}

function table(queues, wish) {
  const line = (one) => {
    const path = `/api/queues/${encodeURIComponent(one.queue)}`;
    const button = (state, key) => el("button", { type: "button", dataset: { key: `${state}-${one.queue}` }, onclick: () => wish(path, { state }) }, say(key));
    return el(
      "tr",
      {},
      el("th", { scope: "row", dir: "auto" }, one.queue),
      el("td", {}, el("span", { class: `mark ${one.is_open ? "answered" : "abandoned"}` }, say(one.is_open ? "doors.open" : "doors.closed")), " ", el("small", {}, one.held ? say("doors.held") : one.calendar)),
      el("td", { class: "num" }, one.waiting),
      el("td", { class: "faint", dir: "auto" }, one.needs),
      el("td", {}, one.is_open ? button("closed", "doors.close") : button("open", "doors.do_open"), one.held ? [" ", button("calendar", "doors.give_back")] : null),
    );
  };
  const head = ["queue", "state", "waiting", "needs", "do"].map((key) => el("th", { scope: "col" }, say(`doors.${key}`)));
  return el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, queues.map(line)));
}

function lately(changes, wish) {
  if (!changes.length) return el("p", { class: "empty" }, say("doors.none"));
  const line = (one) => {
    const undo = () => wish(`/api/agents/${encodeURIComponent(one.subject)}/undo`, { change: one.change });
    return el(
      "li",
      {},
      el("time", {}, clockTime(one.at)),
      el("span", { class: "mark" }, `${one.subject} · ${sayOr("change", one.how)} ${one.by}`),
      el("span", { class: "rest", dir: "auto" }, differs(one), one.why ? ` · ${one.why}` : "", one.stands ? [" ", el("button", { type: "button", class: "link", dataset: { key: `undo-${one.subject}-${one.change}` }, onclick: undo }, say("doors.undo"))] : null),
    );
  };
  return el("div", { class: "earlier" }, el("h3", {}, say("doors.lately")), el("ul", {}, changes.map(line)));
}

function differs(one) {
  const [before, after] = [one.before.split("\n"), one.after.split("\n")];
  return after
    .map((line, n) => [before[n], line])
    .filter(([was, is]) => was !== is)
    .map(([was, is]) => `${was} → ${is}`)
    .join("; ");
}
