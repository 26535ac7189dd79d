// The inbox asks every 30 seconds whether anything changed, and never moves what somebody is using.
import { announce } from './saying.js';

const EVERY = 30000;

function inUse(place) {
  return place.contains(document.activeElement) || place.matches(':active');
}

async function ask(place) {
  if (document.hidden || inUse(place)) return;
  const headers = { 'If-None-Match': `"${place.dataset.tag}"`, 'X-Requested-With': 'banjie' };
  const answer = await fetch(place.dataset.poll, { headers, cache: 'no-store' });
  if (answer.status === 401) {
    announce(place.dataset.out, '/sign-in');
    return;
  }
  if (answer.status !== 200) return;
  const page = await answer.text();
  if (inUse(place)) return;
  place.innerHTML = page;
  place.dataset.tag = answer.headers.get('ETag').replaceAll('"', '');
  window.htmx?.process(place);
}

export function keepFresh() {
  if (!document.querySelector('[data-poll]')) return;
  // Looked up each time: claiming a task puts a new list in the place of the old.
  const tick = () => ask(document.querySelector('[data-poll]')).catch(() => {});
  setInterval(tick, EVERY);
  document.addEventListener('visibilitychange', tick);
  document.addEventListener('banjie:stale', tick);
}
