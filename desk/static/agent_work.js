// What an agent has of a campaign: the script, the words on the talk, a call-back, no more calls; a preview; a number by hand.

import { el, labelled, put } from "./dom.js";
import { tell } from "./wire.js";
import { dayTime, say, sayOr, spoken } from "./words.js";

/** `node` belongs below the card. `show` takes the page's contact, `work` and `lead` what the server tells of campaigns. */
export function workDesk(me, alarm) {
  const node = el("section", { class: "work" });
  const preview = el("div", {});
  const script = el("p", { class: "script", dir: "auto" });
  const words = el("div", { class: "wishes results" });
  const at = el("input", { type: "datetime-local", dataset: { key: "work-at" } });
  const mine = el("input", { type: "checkbox", dataset: { key: "work-mine" } });
  const block = el("input", { type: "checkbox", dataset: { key: "work-block" } });
  const note = el("input", { maxlength: 2000, dataset: { key: "work-note" } });
  const amount = el("input", { inputmode: "decimal", maxlength: 17, size: 10, pattern: "\\d{1,12}(\\.\\d{1,4})?", dataset: { key: "work-amount" } });
  const more = el("div", { class: "wishes" });
  const number = el("input", { type: "tel", maxlength: 40, required: true, dataset: { key: "work-number" } });
  const campaign = el("select", { dataset: { key: "work-campaign" } });
  const hand = el("form", { class: "wishes", onsubmit: (event) => (event.preventDefault(), say_("dial", { campaign: campaign.value, number: number.value.trim() })) });
  let has = { preview: null, dials: [], given: "", contact: "" };
  let pop = null;
  let said = { contact: "", result: "" };

  const say_ = (what, content) => tell(`/api/me/${what}`, content).then(() => (alarm("work", ""), true), (refusal) => (alarm("work", refusal.message), false));
  const give = async (result) => {
    const contact = pop.context.card.attempt;
    const again = at.value ? new Date(at.value).getTime() / 1000 : 0;
    const told = await say_("outcome", { contact, result, again, mine: mine.checked, note: note.value.trim(), amount: amount.value.trim(), block: block.checked });
    if (told) said = { contact, result };
    draw();
  };
  const answer = (take) => say_("preview", { campaign: has.campaign, lead: has.preview.lead, take });
  const button = (key, act, strong) => el("button", { type: "button", class: strong ? "strong" : null, dataset: { key: `work-${key}` }, onclick: act }, say(`work.${key}`));

  const draw = () => {
    const dialled = has.card && !(pop && pop.state !== "was");
    if (has.preview) put(preview, leadCard(has, has.preview, "work.preview", button("take", () => answer(true), true), button("pass", () => answer(false))));
    else put(preview, dialled ? leadCard(has, has.card, "work.calling") : "");
    const card = pop?.context.card;
    const talk = card && (pop.state === "talking" || pop.state === "was");
    const given = said.contact === card?.attempt ? said.result : has.contact === card?.attempt ? has.given : "";
    const text = card ? Object.fromEntries(card.script) : {};
    script.textContent = card ? text[spoken()] ?? text[pop.context.language] ?? Object.values(text)[0] ?? "" : "";
    script.hidden = !script.textContent;
    const word = ([name, success]) => el("button", { type: "button", class: success ? "strong" : null, "aria-pressed": String(given === name), dataset: { key: `result-${name}` }, onclick: () => give(name) }, sayOr("result", name));
    put(words, ...(talk ? [el("span", {}, say("work.result")), ...card.results.map(word), given ? el("small", { role: "status" }, say("work.given", { result: sayOr("result", given) })) : null].filter(Boolean) : []));
    more.hidden = !talk;
    labelled(more, [["at", at], ["mine", mine], ["block", block], ["amount", amount], ["note", note]].map(([key, input]) => [say(`work.${key}`), input]));
    labelled(hand, [[say("work.hand"), campaign], [say("work.number"), number]], () => [el("button", { type: "submit", dataset: { key: "work-dial" } }, say("work.dial"))]);
    put(campaign, ...has.dials.map((one) => el("option", { value: one }, one)));
    hand.hidden = !has.dials.length;
    node.hidden = !(has.preview || dialled || card || has.dials.length);
  };
  const clear = () => {
    at.value = note.value = amount.value = "";
    mine.checked = block.checked = false;
  };
  node.append(preview, script, words, more, hand);
  node.hidden = true;
  return {
    node,
    show(view) {
      if (view?.context.card?.attempt !== pop?.context.card?.attempt) clear();
      pop = view;
      draw();
    },
    work(told) {
      has = told;
      draw();
    },
    lead(asked) {
      has = { ...has, campaign: asked.campaign, preview: asked.card };
      if (asked.card) document.getElementById("ringing").textContent = say("work.next", { name: asked.card.name || asked.card.number });
      draw();
    },
  };
}

function leadCard(has, lead, title, ...buttons) {
  const row = ([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value));
  const before = lead.tries ? say("work.tries", { tries: lead.tries, last: sayOr("attempt", lead.last || "open") }) : say("work.first");
  return el(
    "article",
    { class: "card lead", "aria-label": lead.name || lead.number },
    el("header", {}, el("div", {}, el("p", { class: "above" }, say(title, { campaign: has.labels?.[spoken()] || has.campaign })), el("h2", { dir: "auto" }, lead.name || lead.number), el("p", { class: "number", dir: "ltr" }, lead.number)), el("div", { class: "badges" }, lead.segment ? el("span", { class: "badge strong" }, lead.segment) : null, lead.language ? el("span", { class: "badge" }, lead.language) : null, lead.promised ? el("span", { class: "badge ring" }, say("work.promised", { at: dayTime(lead.promised) })) : null)),
    el("p", { class: "faint" }, before),
    el("dl", { class: "facts" }, lead.fields.map(row)),
    el("div", { class: "wishes" }, ...buttons),
  );
}
