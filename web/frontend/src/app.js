// What makes pages quicker; every page works without it.
import 'htmx.org/dist/htmx.esm.js';
import './forms.js';
import { saveDrafts } from './app/autosave.js';
import { countDown } from './app/countdown.js';
import { offerCopies } from './app/copying.js';
import { listenToKeys } from './app/keys.js';
import { keepFresh } from './app/polling.js';
import { sayWhatWentWrong } from './app/saying.js';

countDown();
keepFresh();
saveDrafts();
offerCopies();
listenToKeys();
sayWhatWentWrong();
