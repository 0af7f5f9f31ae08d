// The page's words in the chosen language; both catalogues have the same keys (a test compares them).

const LANGUAGES = { en: "English", "zh-CN": "中文" };
let words = {};
let language = "en";

export const languages = LANGUAGES;
export const spoken = () => language;

/** The text of a key, `{name}` filled from `fields`; an unknown key shows itself. */
export function say(key, fields = {}) {
  const text = words[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in fields ? String(fields[name]) : whole));
}

/** The text of a key if there is one, otherwise the plain value: states and outcomes of a newer server. */
export const sayOr = (prefix, value) => words[`${prefix}.${value}`] ?? value;

export async function choose(wanted) {
  language = wanted in LANGUAGES ? wanted : "en";
  words = await (await fetch(`/static/words.${language}.json`)).json();
  document.documentElement.lang = language;
  try {
    localStorage.setItem("language", language);
  } catch {
    // A browser that keeps nothing still works.
  }
}

export function preferred() {
  let kept = null;
  try {
    kept = localStorage.getItem("language");
  } catch {
    // As above.
  }
  return kept ?? (navigator.language.startsWith("zh") ? "zh-CN" : "en");
}

export const clockTime = (at) =>
  new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false }).format(at * 1000);

export const dayTime = (at) =>
  new Intl.DateTimeFormat(language, { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false }).format(at * 1000);

export const percent = (value) =>
  value === null || value === undefined
    ? "–"
    : new Intl.NumberFormat(language, { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value / 100);
