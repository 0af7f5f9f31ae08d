// Today's figures of each queue and each agent on the supervisor's page, and the alarm when counts disagree.
// Nothing is worked out here: every number is as the server gives it.

import { el, put, span } from "./dom.js";
import { midnight } from "./finished.js";
import { ask } from "./wire.js";
import { percent, say, sayOr } from "./words.js";

const EVERY = 5000;

/** Two panels to stand on the page. `alarm(name, text)` tells of counts that disagree; "" takes it back; `nameOf` an agent. */
export function figuresToday(alarm, nameOf) {
  const queues = panel("queues");
  const agents = panel("times");
  let shown = { queues: null, agents: [], times: { agents: [] } };
  let timer = null;
  let stopped = false;

  const draw = () => {
    queues.fill("queues.title", queueTable(shown.queues));
    agents.fill("times.title", agentTable(shown.agents, shown.times.agents, nameOf));
  };
  const read = async () => {
    const since = midnight();
    const [byQueue, byAgent, times, count] = await Promise.all([
      ask(`/api/figures/breakdown?by=queue&since=${since}`),
      ask(`/api/figures/breakdown?by=agent&since=${since}`),
      ask(`/api/figures/agents?since=${since}`),
      ask("/api/figures/reconciliation"),
    ]);
    if (stopped) return;
    shown = { queues: byQueue, agents: byAgent.lines, times };
    alarm("figures", count.faults ? say("figures.disagree", { count: count.faults, last: count.last.at(-1) ?? "" }) : "");
    draw();
  };
  const again = () => {
    read()
      .catch(() => {})
      .finally(() => {
        if (!stopped) timer = setTimeout(again, EVERY);
      });
  };
  timer = setTimeout(again, 0);
  draw();
  return {
    nodes: [queues.node, agents.node],
    draw,
    stop() {
      clearTimeout(timer);
      stopped = true;
      alarm("figures", "");
    },
  };
}

function panel(name) {
  const heading = el("h2", {});
  const body = el("div", { class: "scroll" });
  return {
    node: el("section", { class: `panel ${name}` }, heading, body),
    fill(title, content) {
      heading.textContent = say(title);
      put(body, content);
    },
  };
}

const seconds = (value) => (value === null || value === undefined ? "–" : span(value));
const table = (head, lines) =>
  el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col", title: sayOr("hint", key) === key ? null : say(`hint.${key}`) }, say(key))))), el("tbody", {}, lines));
const cells = (first, values) => [el("th", { scope: "row" }, first), ...values.map((value) => el("td", { class: "num" }, value))];

function queueTable(report) {
  if (!report || !report.total.asked) return el("p", { class: "empty" }, say("rates.none"));
  const line = (one, name) => {
    const c = one.counts;
    return [name, [one.asked, c.answered, c.abandoned, c.flowed_out, c.callback, c.lost, c.waiting, percent(one.rates.sl6), percent(one.rates.sl3), percent(one.connected_percent), seconds(one.answered_after), seconds(one.longest_wait), seconds(one.handling_time)]];
  };
  const rows = report.lines.map((one) => el("tr", {}, cells(...line(one, one.queue || "–"))));
  const head = ["queues.queue", "count.asked", "count.answered", "count.abandoned", "count.flowed_out", "count.callback", "count.lost", "count.waiting", "figure.sl6", "figure.sl3", "figure.connected", "count.answered_after", "count.longest_wait", "figure.aht"];
  return table(head, [...rows, el("tr", { class: "total" }, cells(...line(report.total, say("figure.total"))))]);
}

function agentTable(lines, times, nameOf) {
  const handled = new Map(lines.map((one) => [one.agent, one]));
  const names = [...new Set([...times.map((one) => one.agent), ...handled.keys()])].filter((name) => name).sort();
  if (!names.length) return el("p", { class: "empty" }, say("agents.none"));
  const spent = new Map(times.map((one) => [one.agent, one]));
  const rows = names.map((name) => {
    const [one, time] = [handled.get(name), spent.get(name)];
    const long = (value) => seconds(time ? value(time) / 1000 : null);
    const h = one?.handling ?? { made: 0, accepted: 0, refused: 0, missed: 0 };
    const parts = [long((t) => t.on_duty), long((t) => t.ready), long((t) => t.ringing), long((t) => t.talking), long((t) => t.wrap_up), long((t) => t.not_ready)];
    const values = [h.made, h.accepted, h.refused, h.missed, seconds(one?.handling_time), percent(time?.occupancy), percent(time?.utilisation), percent(time?.adherence), ...parts];
    const reasons = (time?.parts ?? []).filter((part) => part.state === "not_ready").map((part) => `${sayOr("reason", part.reason)} ${span(part.milliseconds / 1000)}`);
    return el("tr", { title: reasons.join(", ") || null }, cells(nameOf(name), values));
  });
  const head = ["agents.agent", "figure.made", "figure.accepted", "figure.refused", "figure.missed", "figure.aht", "figure.occupancy", "figure.utilisation", "figure.adherence", "figure.on_duty", "state.ready", "state.offered", "state.talking", "state.wrap_up", "state.not_ready"];
  return table(head, rows);
}
