// Saves a line of the sheet as soon as it is answered, and lets a digit choose the grade. Without this file the
// form's own buttons do the same.

const sheet = document.querySelector("[data-autosave]");
const form = sheet?.closest("form");
const told = document.querySelector("[data-saved]");
const answered = document.querySelector(".scoring__sheet .progress__text strong");

// One line after the other: each save needs the version that the one before it left.
let last = Promise.resolve();

function linesOf(field) {
  const sent = new URLSearchParams();
  const key = field.dataset.key;
  sent.set("csrf_token", form.elements.csrf_token.value);
  sent.set("version", form.elements.version.value);
  sent.set(`value-${key}`, field.querySelector("input:checked")?.value ?? "");
  sent.set(`comment-${key}`, field.querySelector("textarea").value);
  return sent;
}

async function save(field) {
  const answer = await fetch(sheet.dataset.autosave, {
    method: "POST",
    headers: { Accept: "application/json" },
    body: linesOf(field),
    redirect: "error",
  });
  // Whoever is signed out meanwhile sends the form itself: the page that answers keeps what is in it.
  if (answer.status === 401 || !answer.headers.get("Content-Type")?.startsWith("application/json")) {
    form.requestSubmit(form.querySelector("[value=stay]"));
    return;
  }
  const said = await answer.json();
  told.textContent = said.told ?? said.message;
  if (answer.ok) {
    form.elements.version.value = said.version;
    answered.textContent = said.answered;
  }
}

function later(field) {
  last = last.then(() => save(field)).catch(() => {
    told.textContent = told.dataset.failed;
  });
}

function choose(event) {
  const field = event.target.closest("fieldset[data-key]");
  if (!field || event.target.matches("textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  const wanted = field.querySelector(`input[type=radio][value="${CSS.escape(event.key)}"]`);
  if (!wanted || !/^\d$/.test(event.key)) return;
  event.preventDefault();
  wanted.focus();
  wanted.click();
}

if (sheet?.dataset.autosave) {
  sheet.addEventListener("change", (event) => later(event.target.closest("fieldset[data-key]")));
  sheet.addEventListener("keydown", choose);
}
