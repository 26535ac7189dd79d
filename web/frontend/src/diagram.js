// Diagrams of a case or of a procedure, with the path taken on them.
import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import { Drawing } from './diagram/drawing.js';

for (const place of document.querySelectorAll('[data-drawing]')) new Drawing(place).open();
