// What the table tells of a peer: each column's title, the value by which it is
// sorted, and how that is shown. `from` is the width from which it is there.
import { bytes, count, milliseconds, score, shortId } from './format.js';

const part = (key, title, hint) => ({
  key, title, hint, from: 'wide', numeric: true, value: peer => peer.score?.[key] ?? NaN, show: score,
});

export const columns = [
  { key: 'id', title: 'Peer', value: peer => peer.id, show: shortId },
  { key: 'agent', title: 'Agent', from: 'wide', value: peer => peer.agent ?? '' },
  { key: 'address', title: 'Address', from: 'middle', value: peer => peer.address },
  { key: 'direction', title: 'Dialled', from: 'middle', value: peer => (peer.direction === 'outbound' ? 'by us' : 'by it') },
  { key: 'protocol', title: 'Protocol', from: 'wide', value: peer => peer.protocol ?? '' },
  {
    key: 'ping', title: 'Ping', numeric: true, hint: 'Round trip',
    value: peer => peer.round_trip_ms ?? NaN, show: milliseconds,
  },
  {
    key: 'topics', title: 'Topics', from: 'middle', numeric: true, hint: 'Topics that it is subscribed to',
    value: peer => peer.topics.length, show: count,
  },
  {
    key: 'mesh', title: 'Mesh', numeric: true, hint: 'Topics in whose mesh it is',
    value: peer => peer.mesh.length, show: count,
  },
  { key: 'score', title: 'Score', numeric: true, value: peer => peer.score?.total ?? NaN, show: score },
  { ...part('topics', 'Topics’', 'Part of the score: P1 to P4 of all topics'), key: 'topic_score' },
  part('application', 'Appl.', 'Part of the score: P5, what the application thinks of it'),
  part('colocation', 'Coloc.', 'Part of the score: P6, others at its address'),
  part('behaviour', 'Behav.', 'Part of the score: P7, its offences'),
  part('slow_peer', 'Slow', 'Part of the score: it reads slowly'),
  {
    key: 'queue', title: 'Queue', from: 'middle', numeric: true, hint: 'What waits to be sent to it',
    value: peer => peer.queue?.bytes ?? NaN, show: bytes,
  },
  {
    key: 'dropped', title: 'Dropped', from: 'middle', numeric: true, hint: 'Messages that it was not sent, as too much waited',
    value: peer => peer.dropped ?? NaN, show: value => (Number.isFinite(value) ? count(value) : '–'),
  },
];

// What there is no value of comes last, whichever the order.
export function compare(column, descending) {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    if (!column.numeric) return sign * x.localeCompare(y) || a.id.localeCompare(b.id);
    if (Number.isNaN(x) || Number.isNaN(y)) return Number.isNaN(x) - Number.isNaN(y) || a.id.localeCompare(b.id);
    return sign * (x - y) || a.id.localeCompare(b.id);
  };
}

export function textOf(column, peer) {
  const value = column.value(peer);
  return column.show ? column.show(value) : value || '–';
}

export function matches(peer, wanted) {
  return [peer.id, peer.address, peer.agent ?? '', peer.protocol ?? '', ...peer.topics]
    .some(text => text.toLowerCase().includes(wanted));
}
