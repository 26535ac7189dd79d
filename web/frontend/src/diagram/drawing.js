// One panel: tabs, a canvas, zoom buttons, and a line that tells about the element picked.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';
import { listenToFingers } from './fingers.js';
import { prepared } from './prepared.js';

const READABLE = 0.62;
const TINY = 0.35;

export class Drawing {
  constructor(place) {
    this.place = place;
    this.tabs = [...place.querySelectorAll('[data-process]')];
    this.message = place.querySelector('.canvas-message');
    this.picked = place.querySelector('[data-picked]');
    this.viewer = new NavigatedViewer({
      container: place.querySelector('.canvas'),
      zoomScroll: { enabled: false },
    });
  }

  open() {
    for (const tab of this.tabs) tab.addEventListener('click', () => this.show(tab));
    this.place.querySelector('.zoom').addEventListener('click', (event) => this.zoom(event));
    this.viewer.on('element.click', ({ element }) => this.pick(element));
    listenToFingers(this.viewer, this.place.querySelector('.canvas'));
    this.wheelWhileInside();
    const here = this.tabs.filter((tab) => tab.dataset.now);
    this.show(here.at(-1) ?? this.tabs[0]);
  }

  // The wheel scrolls the page until somebody has clicked into the diagram.
  wheelWhileInside() {
    const canvas = this.place.querySelector('.canvas');
    const wheel = this.viewer.get('zoomScroll');
    canvas.addEventListener('pointerdown', () => wheel.toggle(true));
    canvas.addEventListener('pointerleave', () => wheel.toggle(false));
  }

  async show(tab) {
    this.tab = tab;
    for (const other of this.tabs) other.setAttribute('aria-selected', other === tab);
    tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    this.picked.textContent = '';
    try {
      const answer = await fetch(tab.dataset.xml);
      if (!answer.ok) throw new Error(answer.statusText);
      const xml = prepared(await answer.text(), tab.dataset, this.place.dataset.lang);
      if (this.tab !== tab) return;
      await this.viewer.importXML(xml);
      this.message.hidden = true;
      this.mark();
    } catch (error) {
      this.message.hidden = false;
      this.message.textContent = `${this.message.dataset.failed} (${error.message})`;
    }
  }

  ids(key) {
    return (this.tab.dataset[key] ?? '').split(' ').filter(Boolean);
  }

  mark() {
    const canvas = this.viewer.get('canvas');
    const elements = this.viewer.get('elementRegistry');
    for (const id of this.ids('undone')) if (elements.get(id)) canvas.addMarker(id, 'is-undone');
    for (const id of this.ids('now')) if (elements.get(id)) canvas.addMarker(id, 'is-now');
    for (const call of elements.filter(({ type }) => type === 'bpmn:CallActivity')) canvas.addMarker(call, 'is-door');
    this.fit();
    if (canvas.zoom() < READABLE && this.ids('now').length) this.toPresent();
    else if (canvas.zoom() < TINY) this.lookAt(elements.filter(({ type }) => type === 'bpmn:StartEvent')[0]);
  }

  fit() {
    this.viewer.get('canvas').zoom('fit-viewport', 'auto');
  }

  toPresent() {
    const elements = this.viewer.get('elementRegistry');
    this.lookAt(this.ids('now').map((id) => elements.get(id)).find(Boolean));
  }

  lookAt(element) {
    if (!element) return;
    const canvas = this.viewer.get('canvas');
    canvas.zoom(0.8);
    const { width, height } = canvas.viewbox().outer;
    const scale = canvas.zoom();
    const [x, y] = [element.x + element.width / 2, element.y + element.height / 2];
    const size = { width: width / scale, height: height / scale };
    canvas.viewbox({ x: x - size.width / 2, y: y - size.height / 2, ...size });
  }

  zoom(event) {
    const wanted = event.target.closest('[data-zoom]')?.dataset.zoom;
    const wheel = this.viewer.get('zoomScroll');
    if (wanted === 'fit') this.fit();
    if (wanted === 'now') this.toPresent();
    if (wanted === 'in') wheel.stepZoom(1);
    if (wanted === 'out') wheel.stepZoom(-1);
  }

  pick(element) {
    const thing = element.businessObject;
    if (this.last) this.viewer.get('canvas').removeMarker(this.last, 'is-picked');
    this.last = null;
    this.picked.textContent = '';
    if (!thing?.name || element.type === 'bpmn:Participant' || element.type === 'label') return;
    this.viewer.get('canvas').addMarker(element, 'is-picked');
    this.last = element;
    this.tell(thing);
    const called = this.tabs.find(({ dataset }) => dataset.process === thing.calledElement);
    if (called) this.show(called);
  }

  tell(thing) {
    const name = document.createElement('strong');
    name.textContent = thing.name;
    const said = this.entries(thing.id).map((entry) => {
      const time = entry.querySelector('time').textContent;
      return `${entry.querySelector('[data-who]').textContent} ${time}`;
    });
    this.picked.append(name, [said.join('；'), ...this.clauses(thing)].filter(Boolean).join(' · '));
  }

  // The clauses that an element fulfils, with the titles that the regulation gives them.
  clauses(thing) {
    const titles = JSON.parse(this.place.dataset.clauses ?? '{}');
    const ids = (thing.$attrs['banjie:clauses'] ?? '').split(/\s+/).filter(Boolean);
    return ids.map((id) => [id, titles[id]].filter(Boolean).join(' '));
  }

  entries(id) {
    const place = `${this.tab.dataset.process}:${id}`;
    return [...document.querySelectorAll(`[data-place="${CSS.escape(place)}"].entry-done`)].reverse();
  }
}
