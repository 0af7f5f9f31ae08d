// Where the page begins: log in, choose the role's page, keep the clock and the stream.

import { agentPage } from "./agent.js";
import { campaignPage } from "./campaigns.js";
import { el, put, setClock, tick } from "./dom.js";
import { promisesPage } from "./promises.js";
import { supervisorPage } from "./supervisor.js";
import { ask, listen, Refusal, tell } from "./wire.js";
import { choose, languages, preferred, say, spoken } from "./words.js";

const bar = document.getElementById("bar");
const room = document.getElementById("room");
const own = el("div", { class: "own" });
const trouble = el("p", { class: "trouble", role: "alert", hidden: true });
const PLACES = ["floor", "promises", "campaigns"];
const alarms = new Map();
let page = null;
let stop = null;
let ahead = 0; // the server's clock less ours, in seconds

const now = () => Date.now() / 1000 + ahead;
setClock(now);
setInterval(() => tick(document), 250);

function drawBar(me) {
  put(
    bar,
    el("a", { class: "brand", href: "/" }, el("img", { src: "/static/icon.svg", alt: "", width: 26, height: 26 }), "Switchroom"),
    me && both(me) ? el("nav", { class: "wishes" }, PLACES.map((one) => el("button", { type: "button", "aria-pressed": String(place(me) === one), dataset: { key: `nav-${one}` }, onclick: () => go(one) }, say(`nav.${one}`)))) : null,
    me ? own : null,
    el("span", { class: "gap" }),
    me ? el("span", { class: "who" }, el("b", {}, me.name), " ", el("small", {}, say(`role.${me.role}`))) : null,
    el(
      "select",
      { "aria-label": say("language"), dataset: { key: "language" }, onchange: (event) => speak(event.target.value, me) },
      Object.entries(languages).map(([code, name]) => el("option", { value: code, selected: code === spoken() }, name)),
    ),
    me ? el("button", { type: "button", dataset: { key: "logout" }, onclick: logout }, say("logout")) : null,
  );
}

// Supervisors and administrators have several pages; the address says which, so that a reload stays there.
const both = (me) => me.role === "supervisor" || me.role === "administrator";
const named = (hash) => PLACES.find((one) => hash === `#${one}`) ?? "floor";
const place = (me) => (me.role === "campaigns" ? "campaigns" : both(me) ? named(location.hash) : "floor");
const pageOf = (me) => ({ campaigns: campaignPage, promises: promisesPage, floor: both(me) ? supervisorPage : agentPage })[place(me)];

function go(where) {
  location.hash = where === "floor" ? "" : where;
  begin();
}

async function speak(language, me) {
  await choose(language);
  drawBar(me);
  if (page) page.draw();
  else loginPage();
}

function alarm(what, text) {
  alarms.set(what, text);
  const all = [...alarms.values()].filter(Boolean).join(" ");
  if (trouble.textContent !== all) trouble.textContent = all;
  trouble.hidden = !all;
}

async function logout() {
  await tell("/api/logout").catch(() => {});
  begin();
}

function loginPage(message = "") {
  const enter = async (event) => {
    event.preventDefault();
    const [user, password] = ["user", "password"].map((name) => event.target.elements[name].value);
    try {
      await tell("/api/login", { user, password });
      await begin();
    } catch (refusal) {
      loginPage(say({ 401: "login.wrong", 429: "login.slow" }[refusal.status] ?? "unreachable"));
    }
  };
  const field = (name, type, complete) =>
    el("label", {}, say(`login.${name}`), el("input", { name, type, autocomplete: complete, required: true, maxlength: 128, dataset: { key: name } }));
  room.className = "login";
  room.replaceChildren(
    el(
      "form",
      { onsubmit: enter },
      el("h1", {}, say("login.title")),
      field("user", "text", "username"),
      field("password", "password", "current-password"),
      el("p", { class: "wrong", role: "alert" }, message),
      el("button", { class: "strong", type: "submit" }, say("login.do")),
    ),
  );
  room.querySelector("input").focus();
}

function enter(me) {
  drawBar(me);
  bar.after(trouble);
  page = pageOf(me)(me, room, own, alarm);
  const on = (kind) => (content) => page?.[kind]?.(content);
  stop = listen({
    snapshot(content) {
      ahead = content.floor.at - Date.now() / 1000;
      page?.snapshot(content);
    },
    beat({ at }) {
      ahead = at - Date.now() / 1000;
    },
    floor: on("floor"),
    show: on("show"),
    clear: on("clear"),
    fact: on("fact"),
    campaigns: on("campaigns"),
    work: on("work"),
    lead: on("lead"),
    bye: begin,
    stale(is) {
      document.body.classList.toggle("stale", is);
      alarm("stale", is ? say("stale") : "");
      if (!is) page?.draw();
    },
    async refused(again) {
      try {
        await ask("/api/me");
        again();
      } catch (refusal) {
        if (refusal instanceof Refusal && refusal.status === 401) begin();
        else setTimeout(() => page && this.refused(again), 1000);
      }
    },
  });
}

async function begin() {
  stop?.();
  page?.stop?.();
  stop = page = null;
  alarms.clear();
  alarm("reach", "");
  document.body.classList.remove("stale");
  let me = null;
  try {
    me = await ask("/api/me");
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) {
      bar.after(trouble);
      alarm("reach", say("unreachable"));
      setTimeout(begin, 1500);
      return;
    }
  }
  if (me) return enter(me);
  drawBar(null);
  loginPage();
}

await choose(preferred());
await begin();
