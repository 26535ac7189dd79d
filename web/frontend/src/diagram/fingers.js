// One finger moves the diagram sideways, two move and zoom it; a vertical swipe still scrolls the page.
function middle(points) {
  const [a, b = a] = points;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) };
}

export function listenToFingers(viewer, place) {
  const fingers = new Map();
  const at = ({ clientX, clientY }) => ({ x: clientX, y: clientY });
  const lift = ({ pointerId }) => fingers.delete(pointerId);
  place.addEventListener('pointerdown', (event) => {
    if (event.pointerType === 'touch') fingers.set(event.pointerId, at(event));
  });
  place.addEventListener('pointermove', (event) => {
    if (!fingers.has(event.pointerId)) return;
    const before = middle([...fingers.values()]);
    fingers.set(event.pointerId, at(event));
    const after = middle([...fingers.values()]);
    const canvas = viewer.get('canvas');
    canvas.scroll({ dx: after.x - before.x, dy: after.y - before.y });
    if (before.apart && after.apart) {
      const { left, top } = place.getBoundingClientRect();
      const scale = Math.min(4, Math.max(0.2, canvas.zoom() * (after.apart / before.apart)));
      canvas.zoom(scale, { x: after.x - left, y: after.y - top });
    }
  });
  for (const gone of ['pointerup', 'pointercancel', 'pointerleave']) place.addEventListener(gone, lift);
}
