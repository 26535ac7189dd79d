"""What a finger needs: nothing to scroll sideways, and targets large enough to hit."""

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


def unfit_for_fingers(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands: empty when nothing is."""
    wide = page.evaluate(_TOO_WIDE)
    small = page.evaluate(_TOO_SMALL, [_TARGETS, SMALLEST])
    return [f"{page.url}: {fault}" for fault in [*(f"too wide: {w}" for w in wide), *small]]
