// The agent's page: his state and what he can do about it, and the caller he has or is about to have.

import { workDesk } from "./agent_work.js";
import { callerName, card } from "./card.js";
import { countdown, el, put, timer } from "./dom.js";
import { finishedToday } from "./finished.js";
import { talkDesk } from "./talk.js";
import { tell } from "./wire.js";
import { say, sayOr } from "./words.js";

const REASONS = ["lunch", "coffee", "training", "paperwork"];

export function agentPage(me, room, bar, alarm) {
  const state = { me: null, pop: null };
  const pop = el("section", { class: "pop" });
  const phone = el("div", {});
  const talk = talkDesk(me, alarm);
  const mine = finishedToday("done.mine", false);
  room.className = "agent";
  const work = workDesk(me, alarm);
  room.replaceChildren(phone, pop, work.node, talk.node, mine.node);
  mine.changed(0);

  const wish = (content) => tell("/api/me/state", content).then(() => alarm("wish", ""), (refusal) => alarm("wish", refusal.message));

  const draw = () => {
    put(bar, ...(state.me ? ownState(state.me, wish) : []));
    put(phone, state.me && !state.me.reachable && state.me.state !== "offline" ? el("p", { class: "warning", role: "alert" }, say("phone.lost", { phone: state.me.phone })) : "");
    put(pop, state.pop ? card(state.pop) : el("p", { class: "nobody" }, say("pop.none")));
    talk.show(state.pop);
    work.show(state.pop);
    mine.draw();
  };

  const takeFloor = (agents, contacts) => {
    state.me = agents.find((one) => one.agent === me.user) ?? state.me;
    const own = contacts.find((one) => one.agent === me.user) ?? contacts.find((one) => one.beside.includes(me.user));
    if (own) showView(own);
    document.title = state.pop && state.pop.state !== "was" ? `${callerName(state.pop.context)} – Switchroom` : "Switchroom";
  };
  const showView = (own) => {
    const same = state.pop?.context.contact === own.contact ? state.pop : {};
    const asked = own.agent !== me.user && own.state === "talking"; // about somebody whom another agent has
    state.pop = { ...same, context: own.context, state: asked && own.standing === "asking" ? "offered" : own.state, offer: asked ? same.offer : own.offer, cleared: "" };
    Object.assign(state.pop, { agent: own.agent, standing: own.standing, third: own.third, held_since: own.held_since, asked_by: asked ? own.agent : "" });
    if (own.state === "talking") state.pop.answered_at ??= state.me?.since;
    if (own.state === "offered") state.pop.until ||= state.me?.until;
  };
  const over = (contact) => {
    if (state.pop?.context.contact === contact) state.pop = { ...state.pop, state: "was", ended: null };
  };

  return {
    draw,
    stop: mine.stop,
    snapshot({ floor }) {
      if (state.pop && !floor.contacts.some((one) => one.contact === state.pop.context.contact)) over(state.pop.context.contact);
      takeFloor(floor.agents, floor.contacts);
      mine.changed();
      draw();
    },
    floor(change) {
      change.gone.forEach(over);
      takeFloor(change.agents, change.contacts);
      draw();
    },
    show(asked) {
      state.pop = { context: asked.context, state: "offered", until: asked.until, offer: asked.offer, asked_by: asked.asked_by };
      const { context } = asked;
      document.getElementById("ringing").textContent = say("caller.says", { name: callerName(context), number: context.number, step: context.breakpoint });
      draw();
    },
    work: work.work,
    lead: work.lead,
    clear(asked) {
      if (state.pop?.offer === asked.offer) state.pop = { ...state.pop, state: "was", cleared: asked.outcome };
      draw();
    },
    fact(fact) {
      if (["CallEnded", "TalkEnded", "RecordingKept"].includes(fact.kind)) mine.changed();
      if (fact.kind === "CallEnded" || (fact.kind === "TalkEnded" && fact.agent === me.user)) over(fact.contact);
    },
  };
}

function ownState(own, wish) {
  const label = own.state === "not_ready" && own.reason ? `${say("state.not_ready")} · ${sayOr("reason", own.reason)}` : sayOr("state", own.state);
  return [
    el("span", { class: `pill ${own.state}`, role: "status" }, el("i", { class: "dot" }), label, " ", own.state === "wrap_up" && own.until ? countdown(own.until) : timer(own.since)),
    el("span", { class: "wishes" }, ...wishes(own, wish)),
  ];
}

function wishes(own, wish) {
  const button = (key, content, strong) =>
    el("button", { type: "button", class: strong ? "strong" : null, dataset: { key }, onclick: () => wish(content) }, say(key));
  if (own.state === "offline") return [button("do.on", { state: "on" }, true)];
  const some = [];
  if (own.state === "not_ready") some.push(button("do.ready", { state: "ready" }, true));
  if (own.state === "wrap_up") some.push(button("do.wrap_up_done", { state: "wrap_up_done" }, true));
  if (own.state !== "not_ready") some.push(pauses(wish));
  if (own.state === "not_ready" || own.state === "ready") some.push(button("do.off", { state: "off" }));
  return some;
}

function pauses(wish) {
  const choose = (event) => {
    if (event.target.value) wish({ state: "not_ready", reason: event.target.value });
    event.target.value = "";
  };
  return el(
    "select",
    { class: "pause", "aria-label": say("do.break"), dataset: { key: "do.break" }, onchange: choose },
    el("option", { value: "" }, say("do.break"), "…"),
    REASONS.map((one) => el("option", { value: one }, sayOr("reason", one))),
  );
}
