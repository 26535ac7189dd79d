// One quiet line at the bottom for what a script has to say.
let line;

export function announce(text, href) {
  if (!text) return;
  line?.remove();
  line = document.createElement(href ? 'a' : 'div');
  line.className = 'saying';
  line.setAttribute('role', 'status');
  line.textContent = text;
  if (href) line.href = `${href}?next=${encodeURIComponent(location.pathname + location.search)}`;
  document.body.append(line);
}

export function sayWhatWentWrong() {
  document.body.addEventListener('htmx:responseError', ({ detail: { xhr } }) => {
    if (xhr.status === 401) {
      location.reload();
      return;
    }
    let said = {};
    try {
      said = JSON.parse(xhr.responseText);
    } catch {
      // A page instead of a sentence: the status line has to do.
    }
    document.activeElement?.blur();
    document.dispatchEvent(new Event('banjie:stale'));
    announce(said.message || `${xhr.status} ${xhr.statusText}`);
  });
  document.body.addEventListener('htmx:afterSwap', () => line?.remove());
}
