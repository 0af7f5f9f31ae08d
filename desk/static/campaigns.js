// The page of who runs campaigns: all of them in a table, one of them live with its keys, what came of it, lists, laws.

import { campaignLive } from "./campaign_live.js";
import { lawsPanel } from "./campaign_laws.js";
import { listsPanel } from "./campaign_lists.js";
import { resultsPanel } from "./campaign_results.js";
import { el, put } from "./dom.js";
import { percent, say, sayOr, spoken } from "./words.js";

/** A campaign's name as people say it. */
export const campaignName = (one) => one.labels?.[spoken()] || one.labels?.en || one.campaign;

/** A share between 0 and 1 in percent. */
export const share = (value) => percent(value === null || value === undefined ? null : 100 * value);

export function campaignPage(me, room, bar, alarm) {
  let views = [];
  let chosen = "";
  const heading = el("h2", {});
  const table = el("div", { class: "scroll" });
  const live = campaignLive(me, alarm);
  const results = resultsPanel(me, alarm);
  const lists = listsPanel(me, alarm);
  const laws = lawsPanel(alarm);
  room.className = "campaigns";
  room.replaceChildren(el("section", { class: "panel" }, heading, table), live.node, results.node, lists.node, laws.node);
  put(bar);

  const present = () => views.find((one) => one.campaign === chosen) ?? views[0];
  const choose = (name) => {
    chosen = name;
    draw();
  };
  const draw = () => {
    const view = present();
    heading.textContent = say("campaigns.title");
    put(table, views.length ? rows(views, view.campaign, choose) : el("p", { class: "empty" }, say("campaigns.none")));
    live.show(view);
    results.show(view);
    lists.draw();
    laws.show(view);
    laws.draw();
  };
  return {
    draw,
    stop() {
      live.stop();
      results.stop();
      lists.stop();
      laws.stop();
    },
    snapshot: draw,
    floor() {},
    campaigns(told) {
      views = told.campaigns;
      draw();
    },
  };
}

function rows(views, chosen, choose) {
  const line = (one) => {
    const drop = one.drops[0];
    const over = drop && drop.share !== null && drop.share > drop.cap;
    return el(
      "tr",
      { class: one.campaign === chosen ? "chosen" : null },
      el("th", { scope: "row" }, el("button", { type: "button", class: "link", dir: "auto", "aria-pressed": String(one.campaign === chosen), dataset: { key: `campaign-${one.campaign}` }, onclick: () => choose(one.campaign) }, campaignName(one))),
      el("td", {}, el("span", { class: `mark ${one.state}` }, sayOr("campaignstate", one.state))),
      el("td", {}, sayOr("dialmode", one.mode)),
      el("td", { class: "num" }, one.talking),
      el("td", { class: "num" }, one.dialling + one.listening),
      el("td", { class: "num" }, one.dialled),
      el("td", { class: over ? "num bad" : "num" }, drop ? `${share(drop.share)} / ${share(drop.cap)}` : "–"),
      el("td", { class: "num" }, el("progress", { max: Math.max(1, one.total), value: one.total - one.left, "aria-label": say("campaigns.left") }), ` ${one.left} / ${one.total}`),
    );
  };
  const head = ["campaign", "state", "mode", "talking", "air", "dialled", "dropped", "left"];
  return el("table", {}, el("thead", {}, el("tr", {}, head.map((key) => el("th", { scope: "col" }, say(`campaigns.${key}`))))), el("tbody", {}, views.map(line)));
}
