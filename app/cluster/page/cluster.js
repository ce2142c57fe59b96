// The live page of a cluster: asks again and again what all nodes tell.
import { getJson } from './api.js';
import { ClusterGraph, largestPart, linksOf } from './cluster_graph.js';
import { addToFeed, find, make, setTerms, setText } from './dom.js';
import { clock, count, duration, short, shortId } from './format.js';

const period = 1000;
const shownEvents = 200;

const graph = new ClusterGraph(document.querySelector('.cluster-figure'));
const rows = new Map();
let before = new Map();
let seenEvents = 0;

// What was counted in a second since the last look; a node that has started anew
// counts anew.
function rateOf(node, key, now) {
  const last = before.get(node.name);
  if (!node.answers || last?.[key] === undefined || node[key] < last[key]) return NaN;
  return ((node[key] - last[key]) * 1000) / (now - last.at);
}

function rowOf(node) {
  if (!rows.has(node.name)) {
    const row = make('tr', { 'data-node': node.name }, ...Array.from({ length: 9 }, () => make('td')));
    find('node-table').tBodies[0].append(row);
    rows.set(node.name, row);
    // On loopback each node has a page of its own.
    if (node.api.startsWith('unix:')) row.cells[0].append(node.name);
    else row.cells[0].append(make('a', { href: `http://${node.api}/` }, node.name));
    [2, 3, 4, 5, 6].forEach(i => row.cells[i].classList.add('number'));
    row.cells[8].classList.add('id');
  }
  return rows.get(node.name);
}

function showNode(node, topic, now) {
  const { cells } = rowOf(node);
  const well = node.state === 'running' && node.answers;
  setText(cells[1], node.state === 'running' && !node.answers ? 'no answer' : node.state);
  cells[1].classList.toggle('bad', !well);
  const told = well ? [count(node.peers), count(node.meshes?.[topic]?.length ?? 0), short(rateOf(node, 'delivered', now)),
    short(rateOf(node, 'duplicates', now)), count(node.dropped ?? 0), duration(node.uptime_seconds), shortId(node.id)] : Array(7).fill('–');
  told.forEach((text, i) => setText(cells[i + 2], text));
  cells[8].title = node.id ?? '';
}

function offerTopics(topics) {
  const select = find('topic');
  if (select.options.length === topics.length) return;
  select.replaceChildren(...topics.map(topic => make('option', { value: topic }, topic)));
}

function showEvents(events) {
  const fresh = events.filter(({ time }) => time > seenEvents);
  if (fresh.length > 0) seenEvents = fresh.at(-1).time;
  find('events-none').hidden = events.length > 0;
  addToFeed(find('event-feed'), fresh.map(({ time, text }) =>
    make('li', {}, make('time', {}, clock(time)), ` ${text}`)), shownEvents);
}

function show(cluster) {
  const now = performance.now();
  offerTopics(cluster.topics);
  const topic = find('topic').value;
  const links = linksOf(cluster.nodes, topic);
  for (const node of cluster.nodes) showNode(node, topic, now);
  const up = cluster.nodes.filter(({ answers }) => answers);
  const part = largestPart(cluster.nodes, links);
  const sum = key => cluster.nodes.reduce((total, node) => total + (rateOf(node, key, now) || 0), 0);
  setTerms(find('figures'), [
    ['nodes up', `${count(up.length)} of ${count(cluster.nodes.length)}`],
    ['in one mesh', count(part)],
    ['delivered/s', short(sum('delivered'))],
    ['duplicates/s', short(sum('duplicates'))],
  ]);
  const words = `${count(links.length)} links; ${count(part)} of ${count(up.length)} nodes hang together`;
  setText(find('mesh-counts'), words);
  graph.update(cluster.nodes, links);
  graph.describe(`Mesh of ${topic}: ${words}`);
  showEvents(cluster.events);
  before = new Map(up.map(node => [node.name, { ...node, at: now }]));
}

function showState(text, wrong = false) {
  setText(find('state'), text);
  find('state').classList.toggle('wrong', wrong);
}

async function look() {
  try {
    if (!document.hidden) {
      show(await getJson('/api/v1/cluster'));
      showState('Live');
    }
  } catch (error) {
    showState(`${error.status === 0 ? 'The cluster does not answer' : error.message}; trying again`, true);
  }
  setTimeout(look, period);
}

look();
