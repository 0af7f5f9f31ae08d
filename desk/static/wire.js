// Talking to the server: questions, wishes, and the event stream with its heartbeat.

/** A refusal of the server: `error` is stable, the message is for people. */
export class Refusal extends Error {
  constructor(status, content) {
    super(content.message || String(status));
    this.status = status;
    this.error = content.error || "";
  }
}

async function answered(response) {
  const content = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refusal(response.status, content);
  return content;
}

export const ask = async (path) => answered(await fetch(path, { credentials: "same-origin" }));

export const tell = async (path, content = {}) =>
  answered(
    await fetch(path, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
    }),
  );

const STALE = 3000;

/** Listen to the server. `on` has snapshot, floor, show, clear, fact, bye, campaigns, work, lead and stale(bool); returns a function that stops. */
export function listen(on) {
  let heard = Date.now();
  let stale = true;
  let source = null;
  let stopped = false;
  const fresh = () => {
    heard = Date.now();
    if (stale) on.stale((stale = false));
  };
  const open = () => {
    source = new EventSource("/api/events");
    for (const kind of ["snapshot", "floor", "show", "clear", "fact", "beat", "bye", "campaigns", "work", "lead"])
      source.addEventListener(kind, (event) => {
        fresh();
        on[kind]?.(JSON.parse(event.data));
      });
    source.onerror = () => {
      // The browser tries again by itself, except after a refusal: then ask why, and begin anew.
      if (source.readyState === EventSource.CLOSED && !stopped) setTimeout(() => (stopped ? 0 : on.refused(open)), 1000);
    };
  };
  open();
  const watch = setInterval(() => {
    if (!stale && Date.now() - heard > STALE) on.stale((stale = true));
  }, 250);
  return () => {
    stopped = true;
    clearInterval(watch);
    source.close();
  };
}
