// Buttons that copy a list of answers, where the browser lets a page write to the clipboard.
function asText(list) {
  return [...list.querySelectorAll('div')].map((row) => row.innerText.replace(/\n+/, '：')).join('\n');
}

export function offerCopies() {
  for (const button of document.querySelectorAll('[data-copy]')) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(asText(document.querySelector(button.dataset.copy)));
      button.textContent += ' ✓';
      button.disabled = true;
    });
  }
}
