// The node itself: who it is, and its figures.
import { find, setTerms, setText } from './dom.js';
import { bytes, count, duration } from './format.js';

export function showNode(node) {
  setText(find('node-id'), node.id);
  document.title = `${node.id.slice(-8)} – Grapevine`;
  setTerms(find('figures'), [
    ['Peers', count(node.peers)],
    ['Topics', count(node.topics)],
    ['Delivered', count(node.messages.delivered), 'Messages that were new and accepted'],
    ['Duplicates', count(node.messages.duplicates), 'Further copies of messages'],
    ['Rejected', count(node.messages.rejected), 'Messages that were found to be invalid'],
    ['Waiting', bytes(node.queues.queued_bytes), 'What waits to be sent to peers'],
    ['Dropped', count(node.queues.dropped), 'Messages that were not sent, as too much waited'],
    ['Uptime', duration(node.uptime_seconds)],
  ]);
  setTerms(find('facts'), [
    ...node.addresses.map(address => ['Address', address]),
    ['Version', node.version],
    ['Agent', node.agent],
    ['Started', new Date(node.started).toLocaleString()],
    ...node.kept.map(keptTerm),
  ]);
}

function keptTerm({ address, connected, failures, trouble }) {
  const state = connected ? 'connected' : `not connected after ${count(failures)} attempts: ${trouble || 'not tried yet'}`;
  return ['Stays connected to', `${address}: ${state}`];
}

export function showState(text, isTrouble = false) {
  const state = find('state');
  setText(state, text);
  state.classList.toggle('wrong', isTrouble);
}
