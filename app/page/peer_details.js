// All that is known of one peer, below its row.
import { make, setTerms, setText } from './dom.js';
import { bytes, count, duration, milliseconds, score } from './format.js';

const topicColumns = [
  ['Topic', one => one.topic],
  ['Score', one => score(one.score)],
  ['In the mesh', one => (one.in_mesh ? duration(one.time_in_mesh_seconds) : 'no')],
  ['First to deliver', one => score(one.first_deliveries)],
  ['Delivered in the mesh', one => score(one.mesh_deliveries)],
  ['Failures', one => score(one.mesh_failures)],
  ['Invalid', one => score(one.invalid_messages)],
];

export class PeerDetails {
  constructor(id, span) {
    this.terms = make('dl', { class: 'facts' });
    this.body = make('tbody');
    this.topics = make('table', {},
      make('caption', {}, 'Score by topic: counters without their weights'),
      make('thead', {}, make('tr', {}, ...topicColumns.map(([title]) => make('th', { scope: 'col' }, title)))),
      this.body);
    this.row = make('tr', { id, class: 'details' }, make('td', { colspan: span }, this.terms,
      make('div', { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': 'Score by topic' }, this.topics)));
  }

  update(peer) {
    const parts = peer.score;
    setTerms(this.terms, [
      ['Peer', peer.id],
      ['Address', peer.address],
      ['Agent', peer.agent ?? 'not told'],
      ['Protocol', peer.protocol ?? 'none yet'],
      ['Dialled', peer.direction === 'outbound' ? 'by this node' : 'by the peer'],
      ['Ping', milliseconds(peer.round_trip_ms ?? NaN)],
      ['Topics', peer.topics.join(', ') || 'none'],
      ['In the mesh of', peer.mesh.join(', ') || 'none'],
      ['Score', !parts ? 'none yet' : `${score(parts.total)} = topics ${score(parts.topics)}, application ${
        score(parts.application)}, colocation ${score(parts.colocation)}, behaviour ${
        score(parts.behaviour)}, slow ${score(parts.slow_peer)}`],
      ['Queue', peer.queue ? `${count(peer.queue.messages)} messages, ${bytes(peer.queue.bytes)}` : '–'],
      ['Dropped', peer.dropped === undefined ? '–' : `${count(peer.dropped)} messages`],
    ]);
    const topics = parts?.by_topic ?? [];
    this.topics.parentElement.hidden = topics.length === 0;
    while (this.body.children.length > topics.length) this.body.lastElementChild.remove();
    while (this.body.children.length < topics.length)
      this.body.append(make('tr', {}, ...topicColumns.map(() => make('td'))));
    topics.forEach((one, i) => topicColumns.forEach(([, text], j) =>
      setText(this.body.children[i].children[j], text(one))));
  }
}
