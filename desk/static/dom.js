// Building elements. Text only ever becomes a text node: a caller's name can hold anything.

/** Make an element: `on…` listeners, `dataset`, other fields as attributes; children are nodes or text. */
export function el(name, fields = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(made.dataset, value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/** Put `fresh` in place of what `host` holds, but leave it alone when it would look the same: focus and sound stay. */
export function put(host, ...fresh) {
  const next = el("div", {}, ...fresh);
  tick(host);
  tick(next);
  if (host.childNodes.length === next.childNodes.length) {
    let same = true;
    for (let n = 0; n < host.childNodes.length && same; n += 1) same = host.childNodes[n].isEqualNode(next.childNodes[n]);
    if (same) return;
  }
  const focused = host.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  host.replaceChildren(...next.childNodes);
  if (focused) [...host.querySelectorAll("[data-key]")].find((one) => one.dataset.key === focused)?.focus();
}

/** Inputs with their labels, made anew only when a label is another: what is typed, and focus, stay. */
export function labelled(host, inputs, more = () => []) {
  const labels = inputs.map(([label]) => label).join();
  if (host.dataset.labels === labels) return;
  host.dataset.labels = labels;
  host.replaceChildren(...inputs.map(([label, input]) => el("label", {}, label, " ", input)), ...more().filter(Boolean));
}

/** A live duration: ticks once a second from `since` (POSIX seconds), see `tick`. */
export function timer(since, fields = {}) {
  return el("time", { ...fields, "data-since": since }, "");
}

/** A countdown to `until`. */
export function countdown(until, fields = {}) {
  return el("time", { ...fields, "data-until": until }, "");
}

export function span(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

let clock = () => Date.now() / 1000;

/** The server's clock, in POSIX seconds, for all timers. */
export function setClock(now) {
  clock = now;
}

/** Bring every timer below `host` to the present. */
export function tick(host) {
  const now = clock();
  for (const one of host.querySelectorAll("time[data-since]")) write(one, span(now - Number(one.dataset.since)));
  for (const one of host.querySelectorAll("time[data-until]")) write(one, span(Math.ceil(Number(one.dataset.until) - now)));
}

function write(one, text) {
  if (one.textContent !== text) one.textContent = text;
}
