// One campaign as it runs: its keys, its figures with their reasons, and sliders that show first what they would change.

import { campaignName, share } from "./campaigns.js";
import { el, labelled, put, span } from "./dom.js";
import { ask, tell } from "./wire.js";
import { clockTime, dayTime, say, sayOr } from "./words.js";

const MODES = ["manual", "preview", "progressive", "ratio", "predictive", "message"];
const PILOT = 5;

export function campaignLive(me, alarm) {
  const heading = el("h2", {});
  const keys = el("div", { class: "wishes keys" });
  const figures = el("div", {});
  const why = el("input", { maxlength: 200, dataset: { key: "campaign-why" } });
  const phone = el("input", { type: "tel", maxlength: 40, dataset: { key: "campaign-phone" } });
  const trial = el("form", { class: "wishes", onsubmit: (event) => (event.preventDefault(), wish("trial", { number: phone.value.trim() })) });
  const sliders = slidersOf(me, alarm, (content) => wish("tune", content));
  const asked = el("label", { class: "why-field" }, el("span", {}), why);
  const node = el("section", { class: "panel live-campaign", hidden: true }, heading, keys, asked, figures, sliders.node, trial);
  let view = null;

  const path = (what) => `/api/campaigns/${encodeURIComponent(view.campaign)}/${what}`;
  const wish = (what, content = {}) =>
    tell(path(what), what === "trial" ? content : { ...content, why: why.value.trim() }).then(
      () => {
        alarm("campaign", "");
        why.value = "";
      },
      (refusal) => alarm("campaign", refusal.message),
    );
  const button = (key, act, kind) => el("button", { type: "button", class: kind, dataset: { key: `campaign-${key}` }, onclick: act }, say(`campaign.do.${key}`));

  const draw = () => {
    node.hidden = !view;
    if (!view) return;
    const runs = me.role !== "supervisor";
    const going = view.state === "running" || view.state === "resting";
    const some = [];
    if (runs && !going) some.push(button(view.state === "paused" ? "resume" : "start", () => wish("start"), "strong"), button("pilot", () => wish("start", { pilot: PILOT })));
    if (going) some.push(button("pause", () => wish("pause"), "strong"));
    some.push(button("stop", () => wish("stop"), "red"));
    heading.textContent = campaignName(view);
    asked.firstChild.textContent = say("campaign.why");
    put(keys, el("span", { class: `pill ${view.state}`, role: "status" }, el("i", { class: "dot" }), sayOr("campaignstate", view.state)), ...some, el("small", { dir: "auto" }, reason(view)));
    put(figures, tiles(view), lines(view));
    sliders.show(view);
    trial.hidden = !runs;
    labelled(trial, [[say("campaign.phone"), phone]], () => [el("button", { type: "submit", dataset: { key: "campaign-trial" } }, say("campaign.do.trial"))]);
  };
  return {
    node,
    show(now) {
      view = now ?? null;
      draw();
    },
    stop() {
      sliders.stop();
      alarm("campaign", "");
    },
  };
}

/** A reason that the server gives in plain words, in the language of the page; a person's own words stay. */
function named(prefix, text) {
  const plain = text.replaceAll(" ", "_");
  const told = sayOr(prefix, plain);
  return told === plain ? text : told;
}

function reason(view) {
  const said = [view.by, view.why && named("because", view.why), clockTime(view.since)];
  if (view.until) said.push(say("campaign.until", { at: dayTime(view.until) }));
  if (view.pilot) said.push(say("campaign.pilot", { count: view.pilot }));
  return said.filter(Boolean).join(" · ");
}

function tiles(view) {
  const outcomes = Object.fromEntries(view.outcomes);
  const persons = ["connected", "abandoned", "informed", "gone"].reduce((sum, name) => sum + (outcomes[name] ?? 0), 0);
  const tile = (key, value, below = "", kind = "") => el("div", { class: `tile ${kind}` }, el("h3", {}, say(`campaign.tile.${key}`)), el("p", { class: "value" }, value), el("p", { class: "below" }, below));
  const drop = view.drops[0];
  const over = drop && drop.share !== null && drop.share > drop.cap;
  return el(
    "div",
    { class: "tiles five" },
    tile("dialled", view.dialled, say("campaign.a_minute", { rate: view.dials_a_minute.toFixed(0) })),
    tile("answered", persons, say("campaign.in_air", { dialling: view.dialling, listening: view.listening })),
    tile("talking", view.talking, say("campaign.waiting", { waiting: view.waiting }), view.waiting ? "busy" : ""),
    tile("dropped", drop ? share(drop.share) : "–", drop ? say("campaign.limit", { cap: share(drop.cap) }) : "", over ? "bad" : ""),
    tile("idle", view.crew.idle === null ? "–" : span(view.crew.idle), say("campaign.talk_share", { share: share(view.crew.talk_share) })),
  );
}

function lines(view) {
  const { crew, pace } = view;
  const counted = (pairs, prefix) => pairs.map(([name, count]) => `${sayOr(prefix, name)} ${count}`).join(", ") || "–";
  const row = (key, ...value) => el("div", {}, el("dt", {}, say(`campaign.row.${key}`)), el("dd", { dir: "auto" }, ...value));
  const most = view.lines_most || view.house_most;
  return el(
    "dl",
    { class: "facts" },
    row("pace", say("campaign.pace", { lines: pace.lines, why: named("bound", pace.why || "none"), risk: share(pace.risk) })),
    row("crew", say("campaign.crew", { ...crew, why: named("bound", crew.room_why || "none") })),
    row("lines", el("meter", { min: 0, max: Math.max(1, most), value: view.lines_used, "aria-label": say("campaign.row.lines") }), ` ${view.lines_used} / ${most || "–"}`),
    row("ends", view.ends_at ? dayTime(view.ends_at) : "–"),
    row("outcomes", counted(view.outcomes, "attempt")),
    row("words", counted(view.results, "result")),
    view.refused.length ? row("refused", counted(view.refused, "refused")) : null,
    ...view.drops.map((one) => row("drop", dropped(one))),
  );
}

function dropped(one) {
  const window = one.window ? say("campaign.days", { days: one.window / 86400 }) : say("campaign.life");
  const tenth = (value) => Math.round(10 * value) / 10; // with a law's estimates they are no whole numbers
  return say("campaign.drop", { law: one.law, share: share(one.share), abandoned: tenth(one.abandoned), persons: tenth(one.persons), cap: share(one.cap), window });
}

/** Mode, ratio, lines and cap. What a move would come to is asked while the slider moves; nothing changes before `Apply`. */
function slidersOf(me, alarm, apply) {
  const range = (key, min, max, step) => el("input", { type: "range", min, max, step, dataset: { key: `slide-${key}` }, oninput: () => moved() });
  const mode = el("select", { dataset: { key: "slide-mode" }, onchange: () => moved() });
  const ratio = range("ratio", 0.5, 4, 0.1);
  const most = range("lines", 0, 200, 1);
  const cap = range("cap", 0, 5, 0.1);
  const shown = el("p", { class: "projected", role: "status" });
  const fields = el("div", { class: "sliders" });
  const buttons = el("span", { class: "wishes" });
  const node = el("div", { class: "steer" }, fields, shown, buttons);
  let view = null;
  let touched = false;
  let asking = 0;
  let spoken = "";

  const wanted = () => {
    const all = { mode: mode.value, ratio: Number(ratio.value), lines: Number(most.value), cap: Number(cap.value) / 100 };
    const is = { mode: view.mode, ratio: view.ratio, lines: view.lines_most, cap: view.cap };
    return Object.fromEntries(Object.entries(all).filter(([key, value]) => (typeof value === "string" ? value !== is[key] : Math.abs(value - is[key]) > 1e-6)));
  };
  const project = async () => {
    const { lines: _, ...content } = wanted();
    const told = await ask(`/api/campaigns/${encodeURIComponent(view.campaign)}/projection?${new URLSearchParams(content)}`);
    shown.textContent = told.dropped === null && told.talking === null ? say("slide.unknown") : say("slide.projected", { dropped: share(told.dropped), talking: share(told.talking) });
  };
  const moved = () => {
    touched = true;
    draw();
    clearTimeout(asking);
    asking = setTimeout(() => project().catch((refusal) => refusal.error === "overtaken" || alarm("campaign", refusal.message)), 120);
  };
  const back = () => {
    touched = false;
    clearTimeout(asking);
    shown.textContent = "";
    draw();
  };
  const label = (key, input, value) => el("label", {}, el("span", {}, say(`slide.${key}`), " ", el("output", {}, value)), input);
  const draw = () => {
    node.hidden = me.role === "supervisor";
    if (!touched) {
      [mode.value, ratio.value, most.value, cap.value] = [view.mode, view.ratio, view.lines_most, 100 * view.cap];
    }
    cap.disabled = me.role !== "administrator";
    cap.max = view.law_cap ? 100 * view.law_cap : 5;
    for (const [n, text] of [["mode", ""], ["ratio", Number(ratio.value).toFixed(1)], ["lines", Number(most.value) || say("slide.any")], ["cap", `${Number(cap.value).toFixed(1)} %`]]) {
      const output = fields.querySelector(`[data-of="${n}"] output`);
      if (output && output.textContent !== String(text)) output.textContent = text;
    }
    const button = (key, act, strong) => el("button", { type: "button", class: strong ? "strong" : null, dataset: { key: `slide-${key}` }, onclick: act }, say(`slide.${key}`));
    put(buttons, ...(touched ? [button("apply", () => apply(wanted()).then(back), true), button("back", back)] : []));
  };
  return {
    node,
    show(now) {
      const other = view?.campaign !== now.campaign;
      view = now;
      if (spoken !== say("slide.mode")) {
        spoken = say("slide.mode");
        mode.replaceChildren(...MODES.map((one) => el("option", { value: one }, say(`dialmode.${one}`))));
        const all = { mode, ratio, lines: most, cap };
        fields.replaceChildren(...Object.entries(all).map(([key, input]) => label(key, input, "")));
        Object.keys(all).forEach((key, n) => (fields.children[n].dataset.of = key));
      }
      if (other) back();
      else draw();
    },
    stop: () => clearTimeout(asking),
  };
}
