// A diagram before it is drawn: names in the reader's language, and the path in its colours.
const OURS = 'urn:banjie:bpmn:1';
const COLOURS = 'http://bpmn.io/schema/bpmn/biocolor/1.0';
const DONE = { stroke: '#0b5a63', fill: '#e4f0f1' };
const NOW = { stroke: '#a35200', fill: '#fdf1de' };
const TAKEN = { stroke: '#0b5a63' };

function ids(text) {
  return new Set((text ?? '').split(' ').filter(Boolean));
}

function inEnglish(page) {
  for (const element of page.querySelectorAll('[name]')) {
    const name = element.getAttributeNS(OURS, 'nameEn');
    if (name) element.setAttribute('name', name);
  }
}

function colour(shape, { stroke, fill }) {
  shape.setAttributeNS(COLOURS, 'bioc:stroke', stroke);
  if (fill) shape.setAttributeNS(COLOURS, 'bioc:fill', fill);
}

export function prepared(xml, { done, now, taken }, lang) {
  const page = new DOMParser().parseFromString(xml, 'application/xml');
  if (lang === 'en') inEnglish(page);
  const paths = [[ids(done), DONE], [ids(taken), TAKEN], [ids(now), NOW]];
  for (const drawn of page.querySelectorAll('[bpmnElement]')) {
    for (const [named, colours] of paths) {
      if (named.has(drawn.getAttribute('bpmnElement'))) colour(drawn, colours);
    }
  }
  return new XMLSerializer().serializeToString(page);
}
