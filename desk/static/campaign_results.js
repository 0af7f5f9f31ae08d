// What came of a campaign today: outcomes, words, sales by agent that are held against recordings; sheets, rerun, journey.

import { share } from "./campaigns.js";
import { el, labelled, put, span } from "./dom.js";
import { midnight } from "./finished.js";
import { ask, tell } from "./wire.js";
import { dayTime, say, sayOr } from "./words.js";

const EVERY = 5000;

export function resultsPanel(me, alarm) {
  const heading = el("h2", {});
  const body = el("div", { class: "halves" });
  const name = el("input", { pattern: "[a-z0-9][a-z0-9\\-]*", maxlength: 60, required: true, dataset: { key: "rerun-name" } });
  const again = el("form", { class: "wishes", onsubmit: (event) => (event.preventDefault(), rerun()) });
  const who = el("input", { maxlength: 128, required: true, dataset: { key: "journey-who" } });
  const search = el("form", { class: "wishes", onsubmit: (event) => (event.preventDefault(), journey()) });
  const found = el("div", { class: "scroll" });
  const node = el("section", { class: "panel campaign-results", hidden: true }, heading, body, again, search, found);
  const ticked = new Set(["no_answer", "busy"]);
  let campaign = "";
  let told = null;
  let attempts = null;

  const path = (what) => `/api/campaigns/${encodeURIComponent(campaign)}/${what}`;
  const look = async () => {
    const of = campaign;
    if (!of) return;
    const since = `?since=${midnight()}`;
    const [results, sales] = await Promise.all([ask(path("results") + since), ask(path("sales") + since)]);
    if (of !== campaign) return;
    told = { results, sales };
    draw();
  };
  const rerun = () =>
    tell(path("rerun"), { name: name.value.trim(), outcomes: [...ticked] }).then(
      (list) => {
        alarm("results", "");
        name.value = "";
        document.getElementById("said").textContent = say("results.rerun_done", { name: list.name, good: list.good });
      },
      (refusal) => alarm("results", refusal.message),
    );
  const journey = () =>
    ask(`/api/outbound/journey?who=${encodeURIComponent(who.value.trim())}`).then(
      (rows) => {
        attempts = rows;
        draw();
      },
      (refusal) => alarm("results", refusal.message),
    );
  const draw = () => {
    node.hidden = !campaign;
    heading.textContent = say("results.title");
    put(body, ...(told ? [outcomes(told.results, ticked, me.role !== "supervisor"), sales(told.sales, path)] : []));
    again.hidden = me.role === "supervisor";
    labelled(again, [[say("results.rerun"), name]], () => [el("button", { type: "submit", dataset: { key: "rerun" } }, say("results.rerun_do"))]);
    labelled(search, [[say("results.journey"), who]], () => [el("button", { type: "submit", dataset: { key: "journey" } }, say("results.journey_do"))]);
    put(found, attempts ? attemptRows(attempts) : "");
  };
  const looking = setInterval(() => look().catch(() => {}), EVERY);
  return {
    node,
    show(view) {
      if (view?.campaign !== campaign) {
        campaign = view?.campaign ?? "";
        told = null;
        look().catch(() => {});
      }
      draw();
    },
    stop() {
      clearInterval(looking);
      alarm("results", "");
    },
  };
}

function outcomes(results, ticked, runs) {
  const tick = (one) => el("input", { type: "checkbox", checked: ticked.has(one.outcome), "aria-label": say("results.again_of", { outcome: sayOr("attempt", one.outcome) }), onchange: (event) => (event.target.checked ? ticked.add(one.outcome) : ticked.delete(one.outcome)) });
  const line = (one) => el("tr", {}, el("td", {}, runs && one.outcome ? tick(one) : ""), el("th", { scope: "row" }, sayOr("attempt", one.outcome || "open")), el("td", { class: "num" }, one.count), el("td", { class: "num" }, share(one.share)));
  const word = (one) => el("tr", {}, el("td", {}), el("th", { scope: "row" }, one.result ? sayOr("result", one.result) : say("results.no_word"), one.success ? " ✓" : ""), el("td", { class: "num" }, one.count), el("td", {}));
  return el(
    "div",
    {},
    el("p", {}, say("results.sum", { attempts: results.attempts, persons: results.persons, successes: results.successes, talked: span(results.talked) })),
    el("table", {}, el("tbody", {}, results.outcomes.map(line), results.results.map(word))),
  );
}

function sales(told, path) {
  const line = (one, total) => el("tr", { class: total ? "total" : null }, el("th", { scope: "row", dir: "auto" }, total ? say("results.all") : one.agent), el("td", { class: "num" }, one.talks), el("td", { class: "num" }, one.said), el("td", { class: "num" }, one.successes), el("td", { class: "num" }, one.amount), el("td", { class: "num" }, span(one.talked)), el("td", { class: "num" }, one.recorded));
  const head = ["agent", "talks", "said", "successes", "amount", "talked", "recorded"].map((key) => el("th", { scope: "col" }, say(`results.${key}`)));
  const kinds = [...new Set(told.differences.map((one) => one.what))].map((what) => [what, told.differences.filter((one) => one.what === what)]);
  const named = (some) => some.slice(0, 6).map((one) => `${one.contact} ${one.agent}`).join(", ") + (some.length > 6 ? " …" : "");
  const differs = ([what, some]) => el("li", {}, el("span", { class: "mark bad" }, `${some.length} × ${sayOr("differs", what)}`), " ", el("span", { class: "rest" }, named(some)));
  return el(
    "div",
    {},
    el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, told.agents.map((one) => line(one, false)), line(told.total, true))),
    el("p", { class: told.agrees ? "mark answered" : "mark bad" }, say(told.agrees ? "results.agree" : "results.differ")),
    told.differences.length ? el("ul", {}, kinds.map(differs)) : null,
    el("p", {}, el("a", { href: path("attempts.csv"), download: true }, say("results.attempts_sheet")), " · ", el("a", { href: path("sales.csv"), download: true }, say("results.sales_sheet"))),
  );
}

function attemptRows(rows) {
  if (!rows.length) return el("p", { class: "empty" }, say("results.journey_none"));
  const line = ({ attempt, recording }) =>
    el(
      "tr",
      {},
      el("td", {}, dayTime(attempt.begun_at)),
      el("td", {}, attempt.campaign),
      el("td", { dir: "ltr" }, attempt.number),
      el("td", {}, sayOr("attempt", attempt.outcome || "open")),
      el("td", { dir: "auto" }, [attempt.agent, attempt.result && sayOr("result", attempt.result), attempt.note].filter(Boolean).join(" · ")),
      el("td", { class: "faint" }, attempt.rules),
      el("td", {}, recording ? el("a", { href: `/api/recordings/${encodeURIComponent(recording)}` }, say("done.play")) : ""),
    );
  return el("table", {}, el("tbody", {}, rows.map(line)));
}
