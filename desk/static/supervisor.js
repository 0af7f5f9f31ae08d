// The supervisor's page: how it stands now, today's rates with their names, every agent and every call.

import { autopilotPanel } from "./autopilot.js";
import { callerName, openStory } from "./card.js";
import { countdown, el, put, span, timer } from "./dom.js";
import { doorsPanel } from "./doors.js";
import { figuresToday } from "./figures.js";
import { finishedToday, midnight } from "./finished.js";
import { earButtons, earPhone } from "./ears.js";
import { whyPart } from "./why.js";
import { ask } from "./wire.js";
import { percent, say, sayOr, spoken } from "./words.js";

const ORDER = ["talking", "offered", "dialling", "wrap_up", "ready", "not_ready", "offline"];
const COUNTED = ["CallerQueued", "AgentAnswered", "CallerLeftQueue", "CallEnded"];

export function supervisorPage(me, room, bar, alarm) {
  const floor = { at: 0, agents: new Map(), contacts: new Map(), nodes: [] };
  let figures = null;
  let due = null;
  const parts = { tiles: el("section", { class: "tiles" }), agents: panel(), live: panel(), rates: panel("rates") };
  const done = finishedToday("done.title", true);
  const today = figuresToday(alarm, (agent) => floor.agents.get(agent)?.name || agent);
  const pilot = autopilotPanel(alarm);
  const doors = doorsPanel(alarm);
  room.className = "supervisor";
  room.replaceChildren(parts.tiles, el("div", { class: "columns" }, parts.agents.node, parts.live.node), el("div", { class: "columns late" }, done.node, parts.rates.node), pilot.node, doors.node, ...today.nodes);
  put(bar);

  const draw = () => {
    const down = floor.nodes.filter(([, up]) => !up).map(([node]) => say("nodes.down", { node }));
    alarm("nodes", down.join(" "));
    put(parts.tiles, ...tiles(floor, figures));
    parts.agents.fill("agents.title", agents(floor));
    parts.live.fill("live.title", earPhone(), live(floor, me, alarm));
    parts.rates.fill("rates.title", rates(figures));
    done.draw();
    today.draw();
    pilot.draw();
    doors.draw();
  };
  const readFigures = async () => {
    due = null;
    figures = await ask(`/api/figures?since=${midnight()}`);
    draw();
  };
  const recount = (wait = 300) => {
    due ??= setTimeout(() => readFigures().catch(() => {}), wait);
  };
  // Files of the floor that are at fault and therefore not in force.
  const readFlows = async () => {
    const { trouble } = await ask("/api/flows");
    alarm("flows", trouble.length ? say("flows.refused", { count: trouble.length, first: trouble[0].split("\n")[0] }) : "");
  };
  const flows = setInterval(() => readFlows().catch(() => {}), 4000);
  readFlows().catch(() => {});
  recount(0);
  done.changed(0);

  const take = (change) => {
    change.agents.forEach((one) => floor.agents.set(one.agent, one));
    change.contacts.forEach((one) => floor.contacts.set(one.contact, one));
    (change.gone ?? []).forEach((one) => floor.contacts.delete(one));
    if (change.nodes.length) floor.nodes = change.nodes;
    floor.at = change.at;
  };
  return {
    draw,
    stop() {
      clearTimeout(due);
      clearInterval(flows);
      alarm("flows", "");
      done.stop();
      today.stop();
      pilot.stop();
      doors.stop();
    },
    snapshot(content) {
      floor.agents.clear();
      floor.contacts.clear();
      take(content.floor);
      recount();
      done.changed();
      draw();
    },
    floor(change) {
      take(change);
      draw();
    },
    fact(fact) {
      if (COUNTED.includes(fact.kind)) recount();
      if (["CallEnded", "RecordingKept"].includes(fact.kind)) done.changed();
    },
  };
}

function panel(name = "") {
  const heading = el("h2", {});
  const body = el("div", { class: "scroll" });
  const node = el("section", { class: `panel ${name}` }, heading, body);
  const fill = (title, ...content) => {
    heading.textContent = say(title);
    put(body, ...content);
  };
  return { node, fill };
}

function tiles(floor, figures) {
  const contacts = [...floor.contacts.values()];
  const agents = [...floor.agents.values()];
  const count = (state) => contacts.filter((one) => one.state === state).length;
  const waiting = contacts.filter((one) => one.state === "waiting" || one.state === "offered");
  const first = Math.min(...waiting.map((one) => one.context.asked_at));
  const free = agents.filter((one) => one.state === "ready" && one.reachable).length;
  const on = agents.filter((one) => one.state !== "offline").length;
  return [
    tile("tile.waiting", waiting.length, "", waiting.length ? "busy" : ""),
    tile("tile.longest", waiting.length ? timer(first) : "–", "", waiting.length ? "busy" : ""),
    tile("tile.flow", count("flow")),
    tile("tile.talking", count("talking")),
    tile("tile.free", free, say("tile.of_agents", { count: on })),
    rateTile(figures),
  ];
}

function tile(key, value, below = "", tone = "") {
  return el("div", { class: `tile ${tone}` }, el("h3", {}, say(key)), el("p", { class: "value" }, value), el("p", { class: "below" }, below));
}

const titled = (rate) => (spoken() === "zh-CN" ? rate.name_zh : rate.name);
const formula = (rate) => `${rate.key.toUpperCase()} = ${sayOr("formula", rate.key)}`;

function rateTile(figures) {
  if (!figures) return tile("tile.rate", "–", "", "rate");
  const [rate, beside] = [figures.headline, figures.beside].map((key) => figures.rates.find((one) => one.key === key));
  const name = titled(rate);
  return el(
    "div",
    { class: "tile rate", tabindex: 0, dataset: { key: "rate" }, "aria-label": `${say("tile.rate")}, ${name}: ${percent(rate.percent)}. ${formula(rate)}` },
    el("h3", {}, say("tile.rate")),
    el("p", { class: "value" }, percent(rate.percent)),
    el("p", { class: "below" }, el("b", {}, rate.key.toUpperCase()), ` ${name} · `, el("b", {}, beside.key.toUpperCase()), ` ${percent(beside.percent)}`),
    el("p", { class: "formula" }, formula(rate)),
  );
}

function rates(figures) {
  if (!figures) return el("p", { class: "empty" }, say("rates.none"));
  const line = (rate) =>
    el(
      "tr",
      { class: rate.key === figures.headline ? "headline" : null, title: formula(rate) },
      el("th", { scope: "row" }, rate.key.toUpperCase()),
      el("td", { class: "num" }, percent(rate.percent)),
      el("td", { class: "formula" }, titled(rate), el("small", {}, formula(rate))),
    );
  const head = ["rates.name", "rates.value", "rates.formula"].map((key) => el("th", { scope: "col" }, say(key)));
  return el("div", {}, el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, figures.rates.map(line))), counts(figures));
}

function counts(figures) {
  const made = { asked: figures.asked, ...figures.counts };
  const shown = ["asked", "answered", "answered_in_time", "abandoned", "short_abandoned", "flowed_out", "callback", "lost", "waiting"];
  const row = (key, value) => el("div", {}, el("dt", {}, say(key)), el("dd", {}, value));
  const seconds = (value) => (value === null ? "–" : span(value));
  return el(
    "dl",
    { class: "counts" },
    shown.map((key) => row(`count.${key}`, made[key])),
    row("count.answered_after", seconds(figures.answered_after)),
    row("count.longest_wait", seconds(figures.longest_wait)),
  );
}

function agents(floor) {
  const all = [...floor.agents.values()].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.agent.localeCompare(b.agent));
  if (!all.length) return el("p", { class: "empty" }, say("agents.none"));
  const line = (one) =>
    el(
      "tr",
      { class: one.state === "offline" ? "off" : null },
      el("td", {}, one.name || one.agent),
      el("td", {}, el("span", { class: `pill small ${one.state}` }, el("i", { class: "dot" }), sayOr("state", one.state)), one.state === "not_ready" && one.reason ? el("small", {}, " ", sayOr("reason", one.reason)) : null),
      el("td", { class: "num" }, one.state === "wrap_up" && one.until ? countdown(one.until) : one.since ? timer(one.since) : ""),
      el("td", {}, one.contact ? opener(floor.contacts.get(one.contact), one.contact, "agent") : ""),
      el("td", { class: "faint skills" }, one.skills.map(([name, level], n) => [n ? ", " : "", el("span", {}, `${name} ${level}`)]).flat()),
      el("td", {}, one.reachable ? one.phone : el("span", { class: "bad" }, `${one.phone} `, say("agents.unreachable"))),
    );
  const head = ["agents.agent", "agents.state", "agents.for", "agents.contact", "agents.skills", "agents.phone"];
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col" }, say(key))))), el("tbody", {}, all.map(line)));
}

function live(floor, me, alarm) {
  const all = [...floor.contacts.values()].sort((a, b) => a.context.started_at - b.context.started_at || a.contact.localeCompare(b.contact));
  if (!all.length) return el("p", { class: "empty" }, say("live.none"));
  const line = (one) =>
    el(
      "tr",
      {},
      el("td", {}, opener(one, one.contact, "live")),
      el("td", {}, el("span", { class: `mark ${one.state}` }, sayOr("contact", one.standing && one.standing !== "together" ? one.standing : one.state))),
      el("td", {}, one.state === "flow" ? one.context.path.at(-1)?.step ?? "" : one.context.queue),
      el("td", {}, floor.agents.get(one.agent)?.name ?? one.agent, one.third ? el("small", {}, ` → ${one.third}`) : null),
      el("td", { class: "num" }, one.state === "waiting" || one.state === "offered" ? timer(one.context.asked_at) : ""),
      el("td", { class: "num" }, timer(one.context.started_at)),
      el("td", { class: "ears" }, one.state === "talking" ? earButtons(one, me, alarm) : null),
    );
  const head = ["live.caller", "live.state", "live.where", "live.agent", "live.wait", "live.since", "live.ears"];
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col" }, say(key))))), el("tbody", {}, all.map(line)));
}

function opener(view, contact, where) {
  const caller = view ? callerName(view.context) : contact;
  const open = async () => openStory(await ask(`/api/contacts/${encodeURIComponent(contact)}`), whyPart(contact));
  return el("button", { class: "link", dir: "auto", type: "button", dataset: { key: `${where}-${contact}` }, onclick: open, "aria-label": say("done.open", { caller }) }, caller);
}
