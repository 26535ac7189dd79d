// Makes forms livelier; everything here has a counterpart that works without it.
// The attributes that it goes by are described in templates/forms/form.html.

const read = (form, name) =>
  new FormData(form).getAll(name).filter((value) => typeof value === 'string');

function holds(form, groups) {
  return groups.some((group) =>
    Object.entries(group).every(([name, allowed]) => {
      const field = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
      if (!field || field.hidden) return false;
      const given = read(form, name).map((value) => value.trim());
      // An unticked box sends nothing, and means no.
      if (!given.length && field.querySelector(':scope > .choice-single')) given.push('false');
      return given.some((value) => allowed.includes(value));
    }),
  );
}

function setRequired(field, required) {
  for (const mark of field.querySelectorAll('[data-required-mark]')) mark.hidden = !required;
  const group = field.querySelector(':scope > [role="radiogroup"]');
  if (group) group.setAttribute('aria-required', String(required));
  const box = field.querySelector(
    ':scope > input:not([type="file"]), :scope > select, :scope > textarea, :scope > .with-unit > input',
  );
  if (box) box.required = required;
}

function refresh(form) {
  const fields = [...form.querySelectorAll('[data-field]')];
  const conditional = fields.filter((field) => field.dataset.showIf);
  // A field may show because of another conditional one: as many rounds as there are fields settle it.
  for (let round = 0; round <= conditional.length; round += 1) {
    let changed = false;
    for (const field of conditional) {
      const hidden = !holds(form, JSON.parse(field.dataset.showIf));
      changed = changed || hidden !== field.hidden;
      field.hidden = hidden;
    }
    if (!changed) break;
  }
  for (const field of fields) {
    if (field.dataset.requiredIf) setRequired(field, holds(form, JSON.parse(field.dataset.requiredIf)));
  }
  for (const section of form.querySelectorAll('[data-section]')) {
    section.hidden = !section.querySelector('[data-field]:not([hidden])');
  }
}

// The server writes the same words (web/language.py).
function size(bytes) {
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${Math.max(kilobytes, 1).toFixed(0)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

function fileLine(file, refused) {
  const item = document.createElement('li');
  item.textContent = `${file.name} · ${size(file.size)}${refused ? ` · ${refused}` : ''}`;
  if (refused) item.className = 'field-problem';
  return item;
}

// What is too large is taken out here, before it travels; the server refuses it all the same.
function listFiles(input) {
  const list = input.form.querySelector(`[data-files="${CSS.escape(input.id)}"]`);
  if (!list) return;
  const chosen = [...input.files];
  const tooLarge = chosen.filter((file) => file.size > Number(input.dataset.limit || Infinity));
  if (tooLarge.length) {
    const kept = new DataTransfer();
    for (const file of chosen) if (!tooLarge.includes(file)) kept.items.add(file);
    input.files = kept.files;
  }
  list.replaceChildren(
    ...chosen.map((file) => fileLine(file, tooLarge.includes(file) ? input.dataset.refused : '')),
  );
  list.hidden = !chosen.length;
}

// What would be lost by leaving: everything, or where drafts are kept (data-autosave) the chosen files.
function hasUnsent(form, touched) {
  if (!form.dataset.autosave) return touched;
  return [...form.querySelectorAll('input[type="file"]')].some((input) => input.files.length > 0);
}

function lookAfter(form) {
  let touched = false;
  let leaving = false;
  form.addEventListener('input', () => {
    touched = true;
  });
  form.addEventListener('change', (event) => {
    touched = true;
    if (event.target.type === 'file') listFiles(event.target);
    refresh(form);
  });
  form.addEventListener('submit', () => {
    leaving = true;
  });
  // A page brought back by the Back button can be left with a warning again.
  window.addEventListener('pageshow', () => {
    leaving = false;
  });
  window.addEventListener('beforeunload', (event) => {
    if (!leaving && hasUnsent(form, touched)) event.preventDefault();
  });
  refresh(form);
}

export function lookAfterForms(root = document) {
  for (const form of root.querySelectorAll('form[data-form]')) {
    if (!form.dataset.lookedAfter) {
      form.dataset.lookedAfter = 'yes';
      lookAfter(form);
    }
  }
  root.querySelector('[data-problems]')?.focus();
}

lookAfterForms();
