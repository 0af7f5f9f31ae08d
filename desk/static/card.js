// The card of one contact: who, through what, where he stopped, what was before. Used by both roles.

import { countdown, el, span, timer } from "./dom.js";
import { clockTime, dayTime, say, sayOr } from "./words.js";

export const callerName = (one) => one.customer_name || one.name || one.number || say("pop.unknown");

/** `view`: {context, state, until?, ended?: {outcome, at, waited}, offers?}. States: offered, talking, was, flow, waiting. */
export function card(view) {
  const { context } = view;
  return el(
    "article",
    { class: `card ${view.state}`, "aria-label": callerName(context) },
    head(view),
    facts(view),
    el("div", { class: "halves" }, path(context, view.state), el("div", {}, kept(context), view.state === "past" && !context.earlier.length ? null : earlier(context))),
    view.offers?.length ? offers(view.offers) : null,
  );
}

function head(view) {
  const { context } = view;
  const above = { offered: "pop.ringing", talking: "pop.talking", was: "pop.was" }[view.state];
  const named = context.customer_name || context.name;
  return el(
    "header",
    {},
    el(
      "div",
      {},
      el("p", { class: "above" }, view.cleared ? say("offer.cleared", { outcome: sayOr("outcome", view.cleared) }) : above ? say(above) : view.state === "past" ? dayTime(context.started_at) : sayOr("contact", view.state)),
      el("h2", { dir: "auto" }, callerName(context)),
      named && context.number ? el("p", { class: "number", dir: "ltr" }, context.number) : null,
    ),
    el(
      "div",
      { class: "badges" },
      view.asked_by ? el("span", { class: "badge ring" }, say("pop.asked_by", { agent: view.asked_by })) : null,
      context.card ? el("span", { class: "badge strong" }, say(context.card.rang_back ? "pop.rang_back" : "pop.we_called"), " ", context.card.campaign) : null,
      context.callback ? el("span", { class: "badge ring" }, say("pop.call_back")) : null,
      context.segment ? el("span", { class: "badge strong" }, context.segment) : null,
      context.language ? el("span", { class: "badge" }, context.language) : null,
      view.state === "offered" && view.until ? el("span", { class: "badge ring" }, say("pop.rings_for"), " ", countdown(view.until)) : null,
    ),
  );
}

function facts(view) {
  const { context, ended } = view;
  const row = (key, value) => (value ? el("div", {}, el("dt", {}, say(key)), el("dd", { dir: "auto" }, value)) : null);
  let waited = null;
  if (ended) waited = context.asked_at ? span(ended.waited) : null;
  else if (context.asked_at) waited = view.answered_at ? span(view.answered_at - context.asked_at) : timer(context.asked_at);
  return el(
    "dl",
    { class: "facts" },
    row("pop.queue", context.queue),
    row("pop.waited", waited),
    row("pop.in_call", ended ? span(ended.at - context.started_at) : timer(context.started_at)),
    row("pop.called", context.called),
    row("pop.customer", context.customer),
    ended ? row("done.outcome", sayOr("outcome", ended.outcome)) : null,
  );
}

function path(context, state) {
  const steps = context.path;
  // The breakpoint is marked at the last visit to its step: that is where the caller stopped.
  const stop = steps.map((one) => one.step).lastIndexOf(context.breakpoint);
  return el(
    "section",
    { class: "path" },
    el("h3", {}, say("pop.path"), context.flow ? el("small", {}, context.flow) : null),
    context.resumed_from ? before(context) : null,
    steps.length ? el("ol", {}, steps.map((one, n) => stepLine(one, n === stop, state))) : el("p", { class: "empty" }, say("pop.path_none")),
  );
}

/** What he did in the earlier call that he went on with: when it ended, and behind a click the way he had come. */
function before(context) {
  const at = clockTime(context.resumed_at);
  return el(
    "details",
    { class: "before" },
    el("summary", {}, el("mark", {}, say("pop.resumed", { at }))),
    el("ol", {}, context.earlier_path.map((one) => stepLine(one, false, "past"))),
  );
}

function stepLine(one, stopped, state) {
  const lasted = one.left_at ? span(one.left_at - one.entered_at) : state === "flow" ? timer(one.entered_at) : "";
  return el(
    "li",
    { class: stopped ? "stop" : null },
    el("time", { class: "at" }, clockTime(one.entered_at)),
    el(
      "span",
      { class: "what" },
      el("b", { dir: "auto" }, one.step),
      el("i", {}, one.verb),
      one.keys ? el("kbd", { "aria-label": `${say("path.keys")} ${one.keys}` }, one.keys) : null,
      one.exit && one.exit !== one.keys ? el("span", { class: "exit" }, one.exit) : null,
      stopped ? el("mark", {}, say("pop.breakpoint")) : null,
    ),
    el("span", { class: "lasted" }, lasted),
  );
}

function kept(context) {
  return el(
    "section",
    { class: "kept" },
    el("h3", {}, say("pop.kept")),
    context.kept.length || context.card?.fields.length
      ? el("dl", {}, [...(context.card?.fields ?? []), ...context.kept].map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value))))
      : el("p", { class: "empty" }, say("pop.kept_none")),
  );
}

function earlier(context) {
  const line = (one) =>
    el(
      "li",
      {},
      el("time", {}, dayTime(one.at)),
      el("span", { class: `mark ${one.outcome}` }, sayOr("outcome", one.outcome)),
      el("span", { class: "rest", dir: "auto" }, [one.caller, one.queue, one.breakpoint, one.agent, one.talked ? span(one.talked) : ""].filter(Boolean).join(" · ")),
    );
  return el(
    "section",
    { class: "earlier" },
    el("h3", {}, say("pop.earlier")),
    context.earlier.length ? el("ul", {}, context.earlier.map(line)) : el("p", { class: "empty" }, say("pop.earlier_none")),
    context.household?.length ? [el("h3", {}, say("pop.household")), el("ul", { class: "household" }, context.household.map(line))] : null,
  );
}

function offers(all) {
  const line = (one) =>
    el(
      "li",
      {},
      el("time", {}, clockTime(one.made_at)),
      el("span", { class: `mark ${one.outcome}` }, one.outcome ? sayOr("outcome", one.outcome) : say("contact.offered")),
      el("span", { class: "rest" }, [one.agent, one.talked ? span(one.talked) : ""].filter(Boolean).join(" · ")),
    );
  return el("section", { class: "earlier" }, el("h3", {}, say("agents.title")), el("ul", {}, all.map(line)));
}

/** A `<dialog>` with one contact's story; `more` is put below it. */
export function openStory(story, more = null) {
  const closing = () => dialog.close();
  const ended = story.ended_at ? { outcome: story.outcome, at: story.ended_at, waited: story.waited } : null;
  const answered = story.offers.find((one) => one.answered_at)?.answered_at;
  const dialog = el(
    "dialog",
    { onclose: () => dialog.remove(), onclick: (event) => event.target === dialog && closing() },
    el("button", { class: "close", type: "button", onclick: closing, "aria-label": say("done.close") }, "✕"),
    card({ context: story.context, state: "past", ended, offers: story.offers, answered_at: answered }),
    more,
  );
  document.body.append(dialog);
  dialog.showModal();
}
