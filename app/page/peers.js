// The table of peers: sorted by any column, narrowed by a word, each row with its
// details.
import { find, make, setText } from './dom.js';
import { count } from './format.js';
import { columns, compare, matches, textOf } from './peer_columns.js';
import { PeerDetails } from './peer_details.js';

// More make a table slow, and are not read.
const mostRows = 500;
let nextId = 0;

class PeerRow {
  constructor(peer, moved) {
    this.detailsId = `details-${++nextId}`;
    this.details = null;
    this.button = make('button', { type: 'button', class: 'id', 'aria-expanded': 'false' });
    this.button.addEventListener('click', () => {
      this.toggle();
      moved();
    });
    this.cells = columns.map((column, i) => (i === 0
      ? make('th', { scope: 'row' }, this.button)
      : make('td', { class: `${column.from ?? ''} ${column.numeric ? 'number' : ''}` })));
    this.row = make('tr', {}, ...this.cells);
    this.row.dataset.peer = peer.id;
    this.update(peer);
  }

  update(peer) {
    this.peer = peer;
    columns.forEach((column, i) => {
      const text = textOf(column, peer);
      setText(i === 0 ? this.button : this.cells[i], text);
      if (!column.numeric) this.cells[i].title = column.value(peer);
    });
    this.row.classList.toggle('bad', peer.score?.total < 0);
    this.details?.update(peer);
  }

  toggle() {
    this.details = this.details ? null : new PeerDetails(this.detailsId, columns.length);
    this.details?.update(this.peer);
    this.button.setAttribute('aria-expanded', String(this.details !== null));
    if (this.details) this.button.setAttribute('aria-controls', this.detailsId);
    else this.button.removeAttribute('aria-controls');
  }

  rows() {
    return this.details ? [this.row, this.details.row] : [this.row];
  }
}

export class Peers {
  constructor() {
    this.peers = [];
    this.rows = new Map();
    this.sortBy('score', true);
    this.heads = columns.map(column => this.head(column));
    find('peer-table').tHead.rows[0].append(...this.heads);
    this.markSorted();
    find('peer-filter').addEventListener('input', () => this.show());
  }

  head(column) {
    const button = make('button', { type: 'button' }, column.title, make('span', { 'aria-hidden': 'true' }));
    if (column.hint) button.title = column.hint;
    button.addEventListener('click', () => {
      const again = this.column === column;
      this.sortBy(column.key, again ? !this.descending : column.numeric === true);
      this.markSorted();
      this.show();
    });
    return make('th', { scope: 'col', class: `${column.from ?? ''} ${column.numeric ? 'number' : ''}` }, button);
  }

  sortBy(key, descending) {
    this.column = columns.find(one => one.key === key);
    this.descending = descending;
  }

  markSorted() {
    columns.forEach((column, i) => {
      if (column !== this.column) this.heads[i].removeAttribute('aria-sort');
      else this.heads[i].setAttribute('aria-sort', this.descending ? 'descending' : 'ascending');
    });
  }

  update(peers) {
    this.peers = peers;
    this.show();
  }

  show() {
    const wanted = find('peer-filter').value.toLowerCase();
    const found = this.peers.filter(peer => matches(peer, wanted)).sort(compare(this.column, this.descending));
    const shown = found.slice(0, mostRows);
    const before = this.rows;
    this.rows = new Map(shown.map(peer => {
      const row = before.get(peer.id);
      row?.update(peer);
      return [peer.id, row ?? new PeerRow(peer, () => this.place())];
    }));
    this.place();
    this.tellCount(found.length, shown.length);
  }

  tellCount(found, shown) {
    const all = this.peers.length;
    setText(find('peer-count'), found === all ? count(all) : `${count(found)} of ${count(all)}`);
    const notes = [];
    if (all === 0) notes.push('No peer is connected.');
    else if (found === 0) notes.push('No peer is like this.');
    if (found > shown) notes.push(`The first ${count(shown)} are shown: name what the others have to see them.`);
    setText(find('peer-none'), notes.join(' '));
    find('peer-none').hidden = notes.length === 0;
  }

  // In their order; only what is elsewhere is moved, and the focus stays.
  place() {
    const body = find('peer-table').tBodies[0];
    const rows = [...this.rows.values()].flatMap(row => row.rows());
    const kept = new Set(rows);
    for (const row of [...body.rows]) if (!kept.has(row)) row.remove();
    const focused = document.activeElement;
    rows.forEach((row, i) => {
      if (body.rows[i] !== row) body.insertBefore(row, body.rows[i] ?? null);
    });
    if (focused !== document.activeElement && body.contains(focused)) focused.focus({ preventScroll: true });
  }
}
