// A supervisor at a talk's ear: listen, whisper, barge in, take over, leave.

import { el } from "./dom.js";
import { tell } from "./wire.js";
import { say } from "./words.js";

const EARS = ["listen", "whisper", "barge", "take_over"];
const KEPT = "switchroom.phone";

const box = el("input", { autocomplete: "off", maxlength: 40, size: 12, dataset: { key: "ears.phone" } });
box.value = localStorage.getItem(KEPT) ?? "";
box.addEventListener("change", () => localStorage.setItem(KEPT, box.value.trim()));
const label = el("label", { class: "faint" }, el("span", {}, ""), " ", box);

/** Which phone of the supervisor's is rung; kept in this browser. The same element each time: typed text stays. */
export function earPhone() {
  const words = say("ears.phone");
  if (label.firstChild.textContent !== words) label.firstChild.textContent = words;
  return label;
}

/** The buttons for one talk; who hears it already can change how, or leave. */
export function earButtons(one, me, alarm) {
  const mine = one.heard_by.find(([by]) => by === me.user);
  const act = (path, more = {}) =>
    tell(`/api/supervise/${path}`, { contact: one.contact, ...more }).then(
      () => alarm("ears", ""),
      (refusal) => alarm("ears", refusal.message),
    );
  const button = (ear) =>
    el("button", { type: "button", class: mine?.[1] === ear ? "play strong" : "play", "aria-pressed": mine?.[1] === ear ? "true" : null, dataset: { key: `${ear}-${one.contact}` }, onclick: () => act(ear, { phone: box.value.trim() }) }, say(`ears.${ear}`));
  const all = one.agent === me.user ? [] : EARS.map(button);
  if (mine) all.push(el("button", { type: "button", class: "play", dataset: { key: `leave-${one.contact}` }, onclick: () => act("leave") }, say("ears.leave")));
  return el("span", { class: "wishes" }, all);
}
