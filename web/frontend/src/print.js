// The button on a paper's page; Ctrl+P does the same without it.
document.querySelector('[data-print]')?.addEventListener('click', () => window.print());
