// The live page of a node: asks it for its state again and again, as long as
// somebody looks, and hands that to the parts that show it.
import { getJson, getText } from './api.js';
import { Charts } from './charts.js';
import { Events } from './events.js';
import { Meshes } from './meshes.js';
import { offerTopics, startMessages } from './messages.js';
import { parseMetrics } from './metrics.js';
import { showNode, showState } from './node.js';
import { Peers } from './peers.js';
import { startToken } from './token.js';

const period = 2000;
// Who is where is told by events; without them it is looked at as often.
const peersPeriod = 4000;
const eventsDelay = 150;
// A node with very many peers has much to tell: after an answer it is left alone
// for this many times as long as that took, within bounds.
const rest = 3;
const shortestRest = 500;
const longestRest = 15_000;

startToken();
startMessages();
const charts = new Charts();
const meshes = new Meshes();
const peers = new Peers();
let ping = NaN;

function median(values) {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted.length > 0 ? sorted[Math.floor(sorted.length / 2)] : NaN;
}

async function pollNumbers() {
  const [node, metrics] = await Promise.all([getJson('/api/v1/node'), getText('/metrics')]);
  showNode(node);
  charts.add(parseMetrics(metrics), Date.now(), ping);
}

async function pollPeers() {
  const [found, topics] = await Promise.all([getJson('/api/v1/peers'), getJson('/api/v1/topics')]);
  ping = median(found.peers.map(peer => peer.round_trip_ms));
  peers.update(found.peers);
  meshes.update(topics.topics, found.peers);
  offerTopics(topics.topics);
}

// Something that is done again and again, and sooner when it is called for.
class Poll {
  constructor(task, every) {
    this.task = task;
    this.every = every;
    this.running = false;
    this.wanted = false;
    this.timer = 0;
    this.due = Infinity;
    this.notBefore = 0;
    document.addEventListener('visibilitychange', () => this.soon(0));
    this.soon(0);
  }

  soon(delay) {
    this.wanted ||= this.running;
    if (this.running) return;
    const now = performance.now();
    const due = Math.max(now + delay, this.notBefore);
    if (due >= this.due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => this.run(), due - now);
  }

  async run() {
    this.due = Infinity;
    if (document.hidden) return;
    this.running = true;
    const begin = performance.now();
    try {
      await this.task();
      showState('Live');
    } catch (error) {
      showState(`${error.message}; trying again`, true);
    }
    this.running = false;
    const end = performance.now();
    this.notBefore = end + Math.min(Math.max(rest * (end - begin), shortestRest), longestRest);
    const wait = this.wanted ? eventsDelay : this.every - (end - begin);
    this.wanted = false;
    this.soon(wait);
  }
}

new Poll(pollNumbers, period);
const peersPoll = new Poll(pollPeers, peersPeriod);
new Events(() => peersPoll.soon(eventsDelay));
