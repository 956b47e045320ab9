// Sends files as soon as they are chosen or dropped, one after the other, and says of each how far it is and what became
// of it. Without this file the button of each form sends what was chosen.

const root = document.querySelector("[data-attach]");
const words = root?.dataset;
const queue = [];
let busy = false;
let closed = false;

function said(template, values) {
  return Object.entries(values).reduce((text, [name, value]) => text.replace(`%(${name})s`, value), template);
}

function line(section, file) {
  const item = document.createElement("li");
  item.className = "sending__file";
  const name = document.createElement("p");
  name.className = "sending__name";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 100;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  const state = document.createElement("p");
  state.className = "sending__state";
  state.textContent = words.waiting;
  item.append(name, bar, state);
  section.querySelector("[data-sending-list]").append(item);
  return { item, name, bar, state };
}

function send(task) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    const body = new FormData();
    body.append("csrf_token", task.form.elements.csrf_token.value);
    body.append("files", task.file, task.file.name);
    request.open("POST", task.form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-Requested-With", "fetch");
    request.upload.addEventListener("progress", (event) => {
      if (!event.lengthComputable) return;
      const percent = Math.floor((100 * event.loaded) / event.total);
      task.shown.bar.value = percent;
      task.shown.state.textContent = percent < 100 ? said(words.sending, { percent }) : words.checking;
    });
    request.addEventListener("loadend", () => {
      if (request.status === 0) return resolve({ refused: [words.failed], again: true });
      if (request.status === 413) return resolve({ refused: [words.tooLarge] });
      try {
        const answer = JSON.parse(request.responseText);
        if (Array.isArray(answer.refused)) return resolve({ ...answer, again: request.status >= 500 });
        return resolve({ refused: [answer.message ?? words.failed], again: true });
      } catch {
        return resolve({ refused: [request.status < 500 ? words.signedOut : words.failed], again: request.status >= 500 });
      }
    });
    request.send(body);
  });
}

// What the server says names the file; what is said here stands under its name.
function end(task, sentences, kind, isNamed) {
  task.shown.item.classList.add(`sending__file--${kind}`);
  task.shown.bar.remove();
  if (isNamed) task.shown.name.remove();
  task.shown.state.textContent = sentences.join(" ") || words.keptWords;
}

function offerAgain(task) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button--secondary";
  button.textContent = words.again;
  button.addEventListener("click", () => {
    task.shown.item.remove();
    take(task.section, [task.file]);
  });
  task.shown.item.append(button);
}

// What the page says of files is written by the server alone: its parts are fetched and put in place.
async function renew() {
  const answer = await fetch(location.pathname, { headers: { Accept: "text/html" } });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of document.querySelectorAll("[data-kept]")) {
    const found = fresh.querySelector(`[data-kept="${CSS.escape(place.dataset.kept)}"]`);
    if (found) place.replaceChildren(...found.childNodes);
  }
}

async function work() {
  if (busy) return;
  busy = true;
  const counts = new Map();
  while (queue.length) {
    const task = queue.shift();
    const count = counts.get(task.section) ?? { kept: 0, refused: 0 };
    counts.set(task.section, count);
    const answer = closed
      ? { refused: [words.stopped] }
      : task.file.size > Number(words.largest)
        ? { refused: [words.tooLarge] }
        : await send(task);
    closed ||= answer.closed ?? false;
    if (answer.refused.length) {
      end(task, answer.refused, "refused", "told" in answer);
      if (answer.again) offerAgain(task);
      count.refused += 1;
    } else {
      end(task, answer.told, "kept", true);
      count.kept += 1;
    }
    if (!queue.length) await renew().catch(() => {});
  }
  busy = false;
  for (const [section, count] of counts) {
    section.querySelector("[data-told]").textContent = [
      count.kept ? said(words.done, count) : "",
      count.refused ? said(words.refused, count) : "",
    ].join("");
  }
}

function take(section, files) {
  const form = section.querySelector("form[enctype]");
  for (const file of files) queue.push({ section, form, file, shown: line(section, file) });
  work();
}

if (root) {
  for (const section of root.querySelectorAll("[data-document]")) {
    const field = section.querySelector("form[enctype] input[type=file]");
    const place = section.querySelector("[data-drop-here]");
    if (!field) continue;
    const hint = document.createElement("p");
    hint.className = "drop__hint";
    hint.textContent = words.drop;
    place.append(hint);
    place.classList.add("drop--ready");
    field.addEventListener("change", () => {
      take(section, [...field.files]);
      field.value = "";
    });
    place.addEventListener("dragover", (event) => {
      event.preventDefault();
      place.classList.add("drop--over");
    });
    place.addEventListener("dragleave", () => place.classList.remove("drop--over"));
    place.addEventListener("drop", (event) => {
      event.preventDefault();
      place.classList.remove("drop--over");
      take(section, [...event.dataTransfer.files]);
    });
  }
  for (const spare of document.querySelectorAll("[data-without-script]")) spare.hidden = true;
  // A file that misses its place would be opened, and the page be gone
  for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
  window.addEventListener("beforeunload", (event) => {
    if (busy) event.preventDefault();
  });
}
