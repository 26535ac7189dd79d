// Deadlines in words, refreshed where they stand. The server writes the same words (web/language.py).
const chinese = document.documentElement.lang.startsWith('zh');
const SOON = 24 * 60;

function inUnit(count, unit) {
  const format = { style: 'unit', unit, unitDisplay: 'short' };
  return new Intl.NumberFormat(chinese ? 'zh-CN' : 'en-GB', format).format(count);
}

export function span(minutes) {
  const days = Math.floor(minutes / 1440);
  const counts = [[days, 'day'], [Math.floor((minutes % 1440) / 60), 'hour'], [days ? 0 : minutes % 60, 'minute']];
  const shown = counts.filter(([count]) => count);
  return (shown.length ? shown : [[0, 'minute']]).map((part) => inUnit(...part)).join(chinese ? '' : ' ');
}

function standing(due, now) {
  const left = Math.floor((due - now) / 60000);
  if (due < now) {
    const late = span(Math.floor((now - due) / 60000));
    return ['late', chinese ? `逾期 ${late}` : `${late} overdue`];
  }
  return [left < SOON ? 'soon' : 'calm', chinese ? `剩 ${span(left)}` : `${span(left)} left`];
}

function refresh() {
  const now = Date.now();
  for (const time of document.querySelectorAll('time[data-due]')) {
    const [state, words] = standing(Date.parse(time.dateTime), now);
    const text = time.querySelector('span');
    if (text.textContent === words) continue;
    text.textContent = words;
    time.className = `due due-${state}`;
    const row = time.closest('.row-item');
    row?.classList.remove('row-calm', 'row-soon', 'row-late');
    row?.classList.add(`row-${state}`);
  }
}

export function countDown() {
  setInterval(refresh, 20000);
  document.addEventListener('visibilitychange', refresh);
}
