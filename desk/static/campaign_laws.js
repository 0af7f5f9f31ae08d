// The laws that calls are made under, in words: one is chosen, each of its rules is read out with where it comes from.

import { el, put } from "./dom.js";
import { ask } from "./wire.js";
import { say, spoken } from "./words.js";

const EVERY = 30000;

export function lawsPanel(alarm) {
  const heading = el("h2", {});
  const names = el("div", { class: "wishes" });
  const rules = el("div", {});
  const advice = el("p", { class: "faint" });
  const node = el("section", { class: "panel laws" }, heading, names, rules, advice);
  let laws = [];
  let own = ""; // of the campaign that is shown
  let chosen = "";
  let read = { of: "", rules: [] };

  const refused = (refusal) => alarm("laws", refusal.message);
  const present = () => laws.find((one) => one.law === (chosen || own)) ?? laws[0];
  const look = () => ask("/api/laws").then((told) => ((laws = told), draw()), refused);
  const readOut = (law) => {
    const language = spoken().startsWith("zh") ? "zh" : "en";
    const of = `${law.law} ${law.digest} ${language}`;
    if (read.of === of) return;
    read = { of, rules: [] };
    ask(`/api/laws/${encodeURIComponent(law.law)}/rules?language=${language}`).then((told) => {
      if (read.of !== of) return;
      read.rules = told;
      alarm("laws", "");
      draw();
    }, refused);
  };
  const draw = () => {
    heading.textContent = say("laws.title");
    const law = present();
    const button = (one) => el("button", { type: "button", "aria-pressed": String(one.law === law.law), dataset: { key: `law-${one.law}` }, onclick: () => ((chosen = one.law), draw()) }, one.law);
    put(names, ...(law ? [...laws.map(button), state(law)] : []));
    if (law) readOut(law);
    put(rules, law ? table(read.rules) : "");
    advice.textContent = say("laws.advice");
  };
  const looking = setInterval(look, EVERY);
  look();
  return {
    node,
    draw,
    show(view) {
      if (own === (view?.law ?? "")) return;
      own = view?.law ?? "";
      chosen = "";
      draw();
    },
    stop() {
      clearInterval(looking);
      alarm("laws", "");
    },
  };
}

function state(law) {
  const open = [law.widens.length ? say("laws.widens", { rules: law.widens.join(", ") }) : "", law.first ? say("laws.first", { who: law.first }) : ""];
  return el("span", { class: law.in_force ? "mark answered" : "mark bad" }, [law.version, say(law.in_force ? "laws.in_force" : "laws.not_in_force"), ...open].filter(Boolean).join(" · "));
}

function table(rules) {
  const line = (one) => el("tr", {}, el("th", { scope: "row" }, one.name), el("td", { dir: "auto" }, one.says), el("td", { class: one.ours ? "faint" : null }, one.source));
  const head = ["rule", "says", "source"].map((key) => el("th", { scope: "col" }, say(`laws.${key}`)));
  return el("table", {}, el("thead", {}, el("tr", {}, head)), el("tbody", {}, rules.map(line)));
}
