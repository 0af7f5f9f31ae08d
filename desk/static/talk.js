// What an agent can do with the caller he has: hold, pass on, ask somebody, bring three together.

import { el, put, timer } from "./dom.js";
import { ask, tell } from "./wire.js";
import { say, sayOr } from "./words.js";

const KINDS = ["agent", "queue", "flow", "outside"];

/** `node` belongs below the card; `show` takes the page's contact, or null. Typed text stays while the talk changes. */
export function talkDesk(me, alarm) {
  const node = el("section", { class: "talk" });
  const kind = el("select", { dataset: { key: "talk.kind" }, onchange: () => suggest() });
  const names = el("datalist", { id: "talk-targets" });
  const target = el("input", { list: "talk-targets", autocomplete: "off", maxlength: 128, dataset: { key: "talk.target" } });
  const line = el("p", { class: "standing", role: "status" });
  const buttons = el("span", { class: "wishes" });
  const form = el("span", { class: "wishes" });
  let contact = "";
  let known = { agents: [], queues: [], flows: [] };

  const done = () => alarm("talk", "");
  const refused = (refusal) => alarm("talk", refusal.message);
  const wish = (path, more = {}) => tell(`/api/talk/${path}`, { contact, ...more }).then(done, refused);
  const to = (path) => wish(path, { kind: kind.value, target: target.value.trim() });
  const button = (key, act, strong) => el("button", { type: "button", class: strong ? "strong" : null, dataset: { key }, onclick: act }, say(key));

  const suggest = () => {
    const shown = { agent: known.agents.map((one) => [one.agent, `${one.name} · ${sayOr("state", one.state)}`]), queue: known.queues.map((one) => [one, one]), flow: known.flows.map((one) => [one, one]), outside: [] }[kind.value];
    put(names, ...shown.map(([value, label]) => el("option", { value, label })));
  };
  const read = () =>
    ask("/api/talk/targets").then((targets) => {
      known = targets;
      suggest();
    }, refused);
  target.addEventListener("focus", read);

  const draw = (view) => {
    const held = view.standing === "held" || view.standing === "asking" || view.standing === "consulting";
    const third = view.third || "";
    put(line, sayOr("standing", view.standing || "together").replace("{third}", third), held && view.held_since ? [" ", timer(view.held_since)] : "");
    const some = [];
    if (view.standing === "together") some.push(button("talk.hold", () => wish("hold")));
    if (view.standing === "held") some.push(button("talk.retrieve", () => wish("retrieve"), true));
    if (view.standing === "consulting") some.push(button("talk.to_caller", () => wish("to_caller")));
    if (view.standing === "with_caller") some.push(button("talk.to_asked", () => wish("to_asked")));
    const met = view.standing === "consulting" || view.standing === "with_caller";
    if (met) some.push(button("talk.complete", () => wish("complete"), true), button("talk.conference", () => wish("conference")));
    if (view.standing === "conferring") some.push(button("talk.leave", () => wish("complete"), true), button("talk.drop_third", () => wish("cancel")));
    if (view.standing === "asking" || met) some.push(button("talk.cancel", () => wish("cancel")));
    put(buttons, ...some);
    kind.setAttribute("aria-label", say("talk.kind"));
    target.setAttribute("aria-label", say("talk.target"));
    target.setAttribute("placeholder", say("talk.target"));
    if (kind.childElementCount !== KINDS.length || kind.dataset.spoken !== say("talk.kind")) {
      const chosen = kind.value || "agent";
      kind.replaceChildren(...KINDS.map((one) => el("option", { value: one }, say(`talk.kind.${one}`))));
      kind.value = chosen;
      kind.dataset.spoken = say("talk.kind");
    }
    const free = view.standing === "together" || view.standing === "held";
    put(form, ...(free ? [button("talk.transfer", () => to("transfer")), button("talk.consult", () => to("consult"))] : []));
    kind.hidden = !free;
    target.hidden = !free;
  };

  return {
    node,
    show(view) {
      const mine = view && view.state === "talking" && view.agent === me.user;
      if (!mine) {
        contact = "";
        node.replaceChildren();
        return;
      }
      if (contact !== view.context.contact) {
        contact = view.context.contact;
        target.value = "";
        node.replaceChildren(line, buttons, kind, target, names, form);
      }
      draw(view);
    },
  };
}
