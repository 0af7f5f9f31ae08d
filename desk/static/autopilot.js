// The autopilot on the supervisor's page: what it foresees for each queue, what it has done and why, and its switches.

import { el, put, timer } from "./dom.js";
import { ask, tell } from "./wire.js";
import { percent, say, sayOr } from "./words.js";

const EVERY = 2000;

/** A panel that looks by itself; hidden where no queue has bounds. `alarm` shows what the server refuses. */
export function autopilotPanel(alarm) {
  const heading = el("h2", {});
  const body = el("div", { class: "scroll" });
  const node = el("section", { class: "panel autopilot", hidden: true }, heading, body);
  let view = null;

  const wish = (path, content) =>
    tell(path, content).then(
      () => {
        alarm("autopilot", "");
        return look();
      },
      (refusal) => alarm("autopilot", refusal.message),
    );
  const draw = () => {
    node.hidden = !view?.is_there;
    if (!view?.is_there) return;
    heading.textContent = say("autopilot.title");
    put(body, switches(view, wish), forecasts(view), acts(view, wish));
  };
  const look = async () => {
    view = await ask("/api/autopilot");
    draw();
  };
  const looking = setInterval(() => look().catch(() => {}), EVERY);
  look().catch(() => {});
  return {
    node,
    draw,
    stop() {
      clearInterval(looking);
      alarm("autopilot", "");
    },
  };
}

function switches(view, wish) {
  const state = say(view.on ? "autopilot.is_on" : "autopilot.is_off");
  const turn = () => wish("/api/autopilot/turn", { on: !view.on });
  const slowed = view.pace < 1 ? say("autopilot.pace", { pace: percent(100 * view.pace) }) : "";
  return el(
    "p",
    {},
    `${state} `,
    el("button", { type: "button", dataset: { key: "autopilot-turn" }, onclick: turn }, say(view.on ? "autopilot.turn_off" : "autopilot.turn_on")),
    ` ${slowed}`,
  );
}

function forecasts(view) {
  if (!view.forecasts.length) return el("p", { class: "empty" }, say("autopilot.none"));
  const line = (one) =>
    el(
      "tr",
      { class: one.share !== null && one.share < one.act_below ? "bad" : null },
      el("th", { scope: "row" }, one.queue),
      el("td", { class: "num" }, one.share === null ? "–" : percent(100 * one.share)),
      el("td", { class: "num" }, percent(100 * one.act_below)),
      el("td", { class: "num" }, one.rate.toFixed(1)),
      el("td", { class: "num" }, `${one.free} / ${one.seats}`),
      el("td", { class: "num" }, one.waiting),
    );
  const head = ["queue", "share", "below", "rate", "agents", "waiting"];
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col" }, say(`autopilot.${key}`))))), el("tbody", {}, view.forecasts.map(line)));
}

function acts(view, wish) {
  if (!view.acts.length) return el("p", { class: "empty" }, say("autopilot.idle"));
  const line = (one) =>
    el(
      "tr",
      { title: one.act },
      el("td", {}, one.queue),
      el("td", {}, say(`autopilot.${one.kind}`, { amount: one.kind === "dialler" ? percent(100 * one.amount) : one.amount })),
      el("td", {}, one.share === null ? "" : say("autopilot.reason", { share: percent(100 * one.share), rate: one.rate.toFixed(1), free: one.free, seats: one.seats, waiting: one.waiting })),
      el("td", { class: "num" }, timer(one.at)),
      el("td", {}, el("button", { type: "button", dataset: { key: `undo-${one.act}` }, onclick: () => wish("/api/autopilot/undo", { act: one.act }) }, say("autopilot.undo"))),
    );
  const head = ["queue", "what", "why", "since", "undo"];
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col" }, key === "undo" ? "" : sayOr("autopilot", key))))), el("tbody", {}, view.acts.map(line)));
}
