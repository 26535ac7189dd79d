// What is being typed is kept on the server a few seconds later, and when the page is left.
const PAUSE = 2500;
const RETRY = 15000;

class Draft {
  constructor(form) {
    this.form = form;
    this.line = form.querySelector('.saved');
    this.dirty = false;
    this.timer = 0;
  }

  watch() {
    const touched = () => this.touch();
    this.form.addEventListener('input', touched);
    this.form.addEventListener('change', touched);
    this.form.addEventListener('submit', (event) => this.leave(event));
    document.addEventListener('visibilitychange', () => document.hidden && this.save({ keepalive: true }));
    window.addEventListener('focus', () => this.save({}));
    window.addEventListener('beforeunload', (event) => this.dirty && this.failed && event.preventDefault());
    window.addEventListener('pageshow', () => this.enable());
  }

  touch() {
    this.dirty = true;
    this.later(PAUSE);
  }

  later(delay) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save({}), delay);
  }

  body() {
    const typed = new URLSearchParams();
    for (const [name, value] of new FormData(this.form)) {
      if (typeof value === 'string') typed.append(name, value);
    }
    return typed;
  }

  async save(options) {
    if (!this.dirty) return;
    this.dirty = false;
    try {
      const headers = { 'X-Requested-With': 'banjie' };
      const body = this.body();
      this.told(await fetch(this.form.dataset.autosave, { method: 'POST', headers, body, ...options }));
    } catch {
      this.say('failed');
      this.again();
    }
  }

  told(answer) {
    const token = answer.headers.get('X-CSRFToken');
    if (answer.ok) this.say('saved');
    else if (token) this.renew(token);
    else if (answer.status === 401) this.signedOut();
    else if (answer.status === 409 || answer.status === 404) this.say('gone');
    else {
      this.say('failed');
      this.again();
    }
  }

  again() {
    this.dirty = true;
    this.later(RETRY);
  }

  renew(token) {
    for (const input of document.querySelectorAll('input[name="csrf_token"]')) input.value = token;
    this.touch();
  }

  signedOut() {
    this.dirty = true;
    this.say('out');
    const link = document.createElement('a');
    link.href = `/sign-in?next=${encodeURIComponent(location.pathname)}`;
    link.target = '_blank';
    link.textContent = this.line.dataset.signIn;
    this.line.append(' ', link);
  }

  say(state) {
    this.failed = state === 'failed' || state === 'out';
    this.line.dataset.state = this.failed ? 'failed' : state;
    const time = new Date().toLocaleTimeString(document.documentElement.lang, { hour: '2-digit', minute: '2-digit' });
    this.line.textContent = this.line.dataset[state].replace('%s', time);
  }

  leave(event) {
    this.dirty = false;
    clearTimeout(this.timer);
    const button = event.submitter;
    if (button) setTimeout(() => { button.disabled = true; });
  }

  enable() {
    for (const button of this.form.querySelectorAll('button:disabled')) button.disabled = false;
  }
}

export function saveDrafts() {
  const form = document.querySelector('form[data-autosave]');
  if (form) new Draft(form).watch();
}
