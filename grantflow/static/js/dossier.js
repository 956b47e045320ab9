// Saves a part of a proposal while it is being written, warns before unsaved words are left behind, and counts
// characters. Without this file the form's own buttons do the same.

const box = document.querySelector("[data-autosave]");
const form = box?.querySelector("form");
const told = document.querySelector("[data-saved]");
const words = document.querySelector("[data-count]")?.dataset;

const PAUSE_MS = 1500;
const AGAIN_MS = 5000;
const LONGEST_MS = 30000;

let dirty = false;
let timer = 0;
// One save after the other: each needs the version that the one before it left.
let last = Promise.resolve();
let underWay = 0;
let submits = false;

async function save() {
  // Pairs of name and text: kanji sent as part of an address take nine times their room, and as long to read again
  const sent = [...new FormData(form)].filter(([, text]) => typeof text === "string");
  dirty = false;
  const answer = await fetch(box.dataset.autosave, {
    method: "POST",
    headers: {
      Accept: "application/json",
      "Content-Type": "application/x-fields+json",
      "X-Requested-With": "fetch",
    },
    body: JSON.stringify(sent),
    redirect: "error",
    signal: AbortSignal.timeout(LONGEST_MS),
  });
  const said = await answer.json();
  told.textContent = said.told ?? said.message;
  told.classList.toggle("saved--failed", !answer.ok);
  if (!answer.ok) {
    dirty = true;
    return;
  }
  form.elements.version.value = said.version;
  for (const [name, text] of Object.entries(said.figures ?? {})) {
    const place = document.querySelector(`[data-figure="${CSS.escape(name)}"]`);
    if (place) place.textContent = text;
  }
}

function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(() => {
    underWay += 1;
    last = last
      .then(save)
      .catch(() => {
        dirty = true;
        told.textContent = box.dataset.failed;
        told.classList.add("saved--failed");
        later(AGAIN_MS);
      })
      .finally(() => {
        underWay -= 1;
      });
  }, pause);
}

function graphemes(text) {
  if (!Intl.Segmenter) return [...text].length;
  return [...new Intl.Segmenter("ja", { granularity: "grapheme" }).segment(text)].length;
}

function count(field) {
  const limit = Number(field.dataset.limit);
  const length = graphemes(field.value.replace(/^\n+|\n+$/g, ""));
  const place = document.getElementById(`${field.id}-count`);
  const over = length > limit ? words.over.replace("%(over)s", length - limit) : "";
  place.textContent = words.count.replace("%(count)s", length).replace("%(limit)s", limit) + over;
  place.classList.toggle("count--over", length > limit);
}

if (box) {
  form.addEventListener("input", () => {
    dirty = true;
    later(PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    if (!underWay) {
      dirty = false;
      return;
    }
    // What is sent before the answer comes would carry the version before it, and meet itself as somebody else's.
    event.preventDefault();
    if (submits) return;
    submits = true;
    const button = event.submitter;
    last.then(() => {
      submits = false;
      form.requestSubmit(button);
    });
  });
  window.addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}
for (const field of document.querySelectorAll("[data-limit]")) {
  field.addEventListener("input", () => count(field));
}
