"""What a finger needs: nothing to scroll sideways, targets large and free enough to hit."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

SMALLEST = 40
"""Height of a target in CSS pixels."""

_TOO_WIDE = """() => {
  const width = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= width) return [];
  const sticksOut = (thing) => thing.getBoundingClientRect().right > width + 0.5;
  const named = (thing) => `${thing.tagName}.${thing.className?.baseVal ?? thing.className}`;
  return [document.scrollingElement.scrollWidth,
          ...[...document.body.querySelectorAll('*')].filter(sticksOut).slice(0, 5).map(named)];
}"""

# A ticked or picked choice is hit by its label; what is only for screen readers is one pixel high.
_TARGETS = (
    "button, summary, nav a, header a, a.btn, label.choice, select, textarea,"
    " input:not([type=hidden]):not([type=checkbox]):not([type=radio])"
)
_TOO_SMALL = """([targets, smallest]) => [...document.querySelectorAll(targets)]
  .map((target) => [target, target.getBoundingClientRect()])
  .filter(([target, box]) => target.checkVisibility() && box.height > 1 && box.width > 1)
  .filter(([, box]) => box.height < smallest - 0.5)
  .map(([{ tagName, className, textContent }, { height }]) =>
    `${tagName}.${className} ${height.toFixed(1)}: ${textContent.trim().slice(0, 20)}`)
"""

# Scrolled to its end, the page shows the middle of its last control: no bar lies over it.
_COVERED = """(targets) => {
  const scroller = document.scrollingElement, before = scroller.scrollTop;
  const to = (top) => scroller.scrollTo({ top, behavior: 'instant' });
  to(scroller.scrollHeight);
  const last = [...document.querySelectorAll('main')].flatMap(
    (main) => [...main.querySelectorAll(targets)]).filter((one) => one.checkVisibility()).pop();
  const box = last?.getBoundingClientRect();
  const hit = box && document.elementFromPoint(box.x + box.width / 2, box.y + box.height - 2);
  to(before);
  if (!last || box.bottom < innerHeight / 2) return [];
  if (hit && (last.contains(hit) || hit.contains(last))) return [];
  return [`${last.tagName} ${last.textContent.trim().slice(0, 20)} under ${hit?.className}`];
}"""


def unfit_for_fingers(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands: empty when nothing is."""
    wide = page.evaluate(_TOO_WIDE)
    small = page.evaluate(_TOO_SMALL, [_TARGETS, SMALLEST])
    covered = page.evaluate(_COVERED, _TARGETS)
    faults = [*(f"too wide: {w}" for w in wide), *small, *(f"covered: {c}" for c in covered)]
    return [f"{page.url}: {fault}" for fault in faults]
