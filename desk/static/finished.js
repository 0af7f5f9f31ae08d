// Today's finished contacts, with their recordings. Used by both roles.

import { callerName, openStory } from "./card.js";
import { el, put, span } from "./dom.js";
import { ask } from "./wire.js";
import { clockTime, say, sayOr } from "./words.js";

export const midnight = () => new Date().setHours(0, 0, 0, 0) / 1000;

/** A section that reads its list anew when `changed()` is called, at most once in `PAUSE`. */
export function finishedToday(title, withAgent) {
  const body = el("div", { class: "scroll" });
  const sound = el("audio", { controls: true, preload: "none", hidden: true });
  const playing = el("p", { class: "playing" });
  const heading = el("h2", {});
  const node = el("section", { class: "panel finished" }, heading, el("div", { class: "player" }, playing, sound), body);
  let rows = [];
  let due = null;

  const draw = () => {
    heading.textContent = say(title);
    put(body, rows.length ? table(rows, withAgent, play) : el("p", { class: "empty" }, say("done.none")));
  };
  const play = (row) => {
    sound.hidden = false;
    sound.src = `/api/recordings/${encodeURIComponent(row.offer)}`;
    playing.textContent = `${callerName(row)} · ${clockTime(row.started_at)}`;
    sound.play().catch(() => {}); // The browser may want a second press; the controls are there.
  };
  const read = async () => {
    due = null;
    rows = (await ask(`/api/contacts?since=${midnight()}&limit=100`)).filter((row) => row.ended_at !== null);
    draw();
  };
  const changed = (wait = 400) => {
    due ??= setTimeout(() => read().catch(() => {}), wait);
  };
  return { node, draw, changed, stop: () => clearTimeout(due) };
}

function table(rows, withAgent, play) {
  const head = ["done.at", "done.caller", "done.outcome", "done.queue", withAgent && "done.agent", "done.wait", "done.talk", "done.recording"];
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, head.filter(Boolean).map((key) => el("th", { scope: "col" }, say(key))))),
    el("tbody", {}, rows.map((row) => line(row, withAgent, play))),
  );
}

function line(row, withAgent, play) {
  const caller = callerName(row);
  const waited = row.asked_at === null ? "" : span((row.answered_at ?? row.left_queue_at ?? row.ended_at) - row.asked_at);
  const open = async () => openStory(await ask(`/api/contacts/${encodeURIComponent(row.contact)}`));
  const playable = row.recording && row.recording !== "missing" && row.offer;
  return el(
    "tr",
    {},
    el("td", { class: "num" }, clockTime(row.started_at)),
    el("td", {}, el("button", { class: "link", dir: "auto", type: "button", dataset: { key: `open-${row.contact}` }, onclick: open, "aria-label": say("done.open", { caller }) }, caller)),
    el("td", {}, el("span", { class: `mark ${row.outcome}` }, sayOr("outcome", row.outcome))),
    el("td", {}, row.queue),
    withAgent ? el("td", {}, row.agent) : null,
    el("td", { class: "num" }, waited),
    el("td", { class: "num" }, row.talked ? span(row.talked) : ""),
    el(
      "td",
      {},
      playable
        ? el("button", { class: "play", type: "button", dataset: { key: `play-${row.contact}` }, onclick: () => play(row), "aria-label": say("done.play_of", { caller }) }, "▶ ", say("done.play"))
        : el("span", { class: "faint" }, sayOr("recording", row.recording)),
    ),
  );
}
