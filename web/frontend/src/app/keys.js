// "/" goes to the search for cases; Ctrl+Enter sends the form.
function isTyping(target) {
  return target.closest('input, textarea, select, [contenteditable]');
}

export function listenToKeys() {
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !isTyping(event.target) && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      const search = document.querySelector('[data-search]');
      if (search) search.focus();
      else location.assign('/cases');
    }
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      document.querySelector('#answers .btn-primary')?.click();
    }
  });
}
