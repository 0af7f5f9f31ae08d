// Why a caller waits, or has this agent and no other: agent by agent, as the router says it now.

import { el } from "./dom.js";
import { ask } from "./wire.js";
import { clockTime, say, sayOr } from "./words.js";

/** A section that fills itself, or nothing for a contact of which nobody can say it. */
export function whyPart(contact) {
  const node = el("section", { class: "earlier why", hidden: true });
  ask(`/api/contacts/${encodeURIComponent(contact)}/why`).then(
    (told) => {
      if (!told.agents.length) return;
      node.append(el("h3", {}, say("why.title")), el("p", { class: "why-need" }, summary(told)), el("ul", {}, told.agents.map(line)));
      node.hidden = false;
    },
    () => {}, // He is in no queue any more: the card above tells the rest.
  );
  return node;
}

function summary(told) {
  const asked = say("why.need", { need: told.need });
  return told.state === "waiting" ? `${say("why.waiting", { ahead: told.ahead, stage: told.stage })} · ${asked}` : asked;
}

function line(look) {
  const until = look.until ? ` (${say("why.until", { at: clockTime(look.until) })})` : "";
  return el(
    "li",
    {},
    el("b", { dir: "auto" }, look.name || look.agent),
    el("span", { class: `mark ${look.reason}` }, look.reason === "chosen" ? say("why.chosen") : "–"),
    el("span", { class: "rest", dir: "auto" }, reason(look) + until),
  );
}

function reason(look) {
  if (look.reason === "chosen") return sayOr("chose", look.detail);
  const key = `why.reason.${look.reason}`;
  const told = say(key, { detail: look.detail });
  return told === key ? `${look.reason} ${look.detail}`.trim() : told; // a reason of a newer server
}
