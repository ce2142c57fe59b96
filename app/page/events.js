// The feed of what happens: who comes and goes, subscribes, grafts and prunes.
import { ApiError, readLines } from './api.js';
import { addToFeed, find, make, setText } from './dom.js';
import { clock, count, shortId } from './format.js';

const kept = 200;
const retryAfter = 3000;

const words = {
  connected: 'connected',
  disconnected: 'disconnected',
  subscribed: 'subscribed to',
  unsubscribed: 'unsubscribed from',
  grafted: 'came into the mesh of',
  pruned: 'left the mesh of',
};

function entryOf(event) {
  if (event.missed !== undefined) return noteOf(`${count(event.missed)} events are missing here: this page was too slow`);
  const entry = make('li', { class: event.event },
    make('time', { datetime: event.time }, clock(event.time)), ' ',
    make('span', { class: 'id', title: event.peer }, shortId(event.peer)), ' ',
    words[event.event] ?? event.event);
  if (event.topic !== undefined && event.topic !== null) entry.append(' ', make('b', {}, event.topic));
  return entry;
}

function noteOf(text) {
  return make('li', { class: 'note' }, make('time', {}, clock(Date.now())), ' ', text);
}

export class Events {
  // `happened` is called when the picture of the node is out of date.
  constructor(happened) {
    this.happened = happened;
    this.waiting = [];
    this.paused = false;
    this.ending = null;
    this.leftAt = null;
    find('events-pause').addEventListener('click', () => this.pause(!this.paused));
    document.addEventListener('visibilitychange', () => this.follow());
    this.follow();
  }

  pause(paused) {
    this.paused = paused;
    find('events-pause').setAttribute('aria-pressed', String(paused));
    this.show();
  }

  // A page that nobody sees takes none of the few connections that a browser has
  // for all of a host's pages.
  follow() {
    if (document.hidden) {
      this.ending?.abort();
      this.ending = null;
    } else if (!this.ending) {
      this.ending = new AbortController();
      this.read(this.ending.signal);
    }
  }

  async read(signal) {
    while (!signal.aborted) {
      try {
        await readLines('/api/v1/events', { signal, opened: () => this.opened(), take: events => this.take(events) });
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) {
          setText(find('events-none'), 'This node tells no events.');
          return;
        }
      }
      this.leftAt ??= Date.now();
      if (!signal.aborted) await new Promise(resolve => { setTimeout(resolve, retryAfter); });
    }
  }

  opened() {
    if (this.leftAt) this.add([noteOf(`events since ${clock(this.leftAt)} are missing here: this page did not hear them`)]);
    this.leftAt = null;
    this.happened();
  }

  take(events) {
    this.add(events.slice(-kept).map(entryOf));
    this.happened();
  }

  add(entries) {
    this.waiting.push(...entries);
    this.waiting.splice(0, this.waiting.length - kept);
    this.show();
  }

  show() {
    if (this.paused) {
      setText(find('events-pause'), `Go on: ${count(this.waiting.length)} wait`);
      return;
    }
    setText(find('events-pause'), 'Pause');
    if (this.waiting.length > 0) find('events-none').hidden = true;
    addToFeed(find('event-feed'), this.waiting.splice(0), kept);
  }
}
