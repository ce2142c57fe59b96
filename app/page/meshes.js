// A picture of each topic's mesh, which moves with who comes into it and goes.
import { find, make, reducedMotion, setText } from './dom.js';
import { count, shortId } from './format.js';
import { MeshLayout, groupsOf, radiusOf, selfId } from './mesh_layout.js';

// On a phone they are below each other.
const shownAtFirst = window.matchMedia('(max-width: 760px)').matches ? 3 : 8;
const shownMore = 12;
// With more, names would cover each other.
const namedPeers = 12;
const goneAfter = 400;

class MeshPicture {
  constructor() {
    this.title = make('h3');
    this.counts = make('p');
    this.peers = make('ul', { class: 'ids' });
    this.list = make('details', {}, make('summary', {}, 'Peers in the mesh'), this.peers);
    this.figure = make('figure', { class: 'mesh-figure' });
    this.svg = globalThis.d3.select(this.figure).append('svg').attr('role', 'img');
    this.lines = this.svg.append('g');
    this.dots = this.svg.append('g');
    this.figure.prepend(make('figcaption', {}, this.title, this.counts));
    this.figure.append(this.list);
    this.layout = new MeshLayout(() => this.draw());
  }

  update(topic, scores) {
    const name = topic.topic || '(no name)';
    setText(this.title, name);
    this.figure.dataset.topic = topic.topic;
    this.svg.attr('viewBox', topic.peers.length > topic.mesh.length ? '-160 -160 320 320' : '-110 -110 220 220');
    this.svg.classed('alone', topic.peers.length + topic.fanout.length + topic.mesh.length === 0);
    const parts = [topic.subscribed ? `${count(topic.mesh.length)} in the mesh` : 'not subscribed'];
    if (topic.fanout.length > 0) parts.push(`${count(topic.fanout.length)} in fanout`);
    parts.push(`${count(topic.peers.length)} subscribed`);
    if (topic.subscribed && !topic.healthy) parts.push('too few peers');
    setText(this.counts, parts.join(' · '));
    this.svg.attr('aria-label', `Mesh of ${name}: ${parts.join(', ')}`);
    this.listPeers(topic.mesh);
    this.layout.update(groupsOf(topic), reducedMotion.matches);
    this.join(scores);
    this.draw();
  }

  listPeers(mesh) {
    this.list.hidden = mesh.length === 0;
    const ids = [...mesh].sort();
    if (ids.join() === this.listed) return;
    this.listed = ids.join();
    this.peers.replaceChildren(...ids.map(id => make('li', {}, id)));
  }

  // The elements of who is there; of who has gone, they fade away.
  join(scores) {
    const { nodes } = this.layout;
    const inMesh = nodes.filter(({ group }) => group === 'mesh' || group === 'fanout');
    const lines = this.lines.selectAll('line').data(inMesh, node => node.id);
    lines.exit().remove();
    this.line = lines.enter().append('line').merge(lines).attr('class', node => `link ${node.group}`);
    const dots = this.dots.selectAll('g:not(.gone)').data(nodes, node => node.id);
    dots.exit().classed('gone', true).each(function leave() {
      setTimeout(() => this.remove(), reducedMotion.matches ? 0 : goneAfter);
    });
    const entered = dots.enter().append('g');
    entered.append('circle');
    entered.append('text').attr('text-anchor', 'middle').attr('aria-hidden', 'true');
    entered.append('title');
    this.dot = entered.merge(dots).attr('data-peer', node => node.id)
      .attr('class', node => `dot ${node.group}${scores.get(node.id) < 0 ? ' bad' : ''}${node.fresh ? ' fresh' : ''}`);
    this.dot.select('circle').attr('r', radiusOf);
    this.dot.select('title').text(node => (node.id === selfId ? 'this node' : node.id));
    this.dot.select('text').attr('y', node => radiusOf(node) + 10).text(node => this.nameOf(node, nodes, inMesh));
  }

  nameOf(node, nodes, inMesh) {
    if (node.id === selfId) return '';
    const named = node.group === 'other' ? nodes.length : inMesh.length;
    return named <= namedPeers ? shortId(node.id).slice(-6) : '';
  }

  draw() {
    this.line?.attr('x2', node => node.x).attr('y2', node => node.y);
    this.dot?.attr('transform', node => `translate(${node.x},${node.y})`);
  }

  end() {
    this.layout.end();
    this.figure.remove();
  }
}

export class Meshes {
  constructor() {
    this.pictures = new Map();
    this.most = shownAtFirst;
    this.topics = [];
    this.scores = new Map();
    find('mesh-more').addEventListener('click', () => {
      this.most += shownMore;
      this.show();
    });
    find('mesh-filter').addEventListener('input', () => this.show());
  }

  update(topics, peers) {
    this.topics = [...topics].sort((a, b) => b.subscribed - a.subscribed || a.topic.localeCompare(b.topic));
    this.scores = new Map(peers.map(peer => [peer.id, peer.score?.total ?? 0]));
    this.show();
  }

  show() {
    const wanted = find('mesh-filter').value.toLowerCase();
    const found = this.topics.filter(({ topic }) => topic.toLowerCase().includes(wanted));
    const shown = found.slice(0, this.most);
    const keys = new Map(shown.map(topic => [topic.topic_base64 ?? `=${topic.topic}`, topic]));
    for (const [key, picture] of this.pictures)
      if (!keys.has(key)) {
        picture.end();
        this.pictures.delete(key);
      }
    [...keys].forEach(([key, topic], i) => {
      if (!this.pictures.has(key)) this.pictures.set(key, new MeshPicture());
      const picture = this.pictures.get(key);
      const place = find('mesh-pictures').children[i] ?? null;
      if (place !== picture.figure) find('mesh-pictures').insertBefore(picture.figure, place);
      picture.update(topic, this.scores);
    });
    find('mesh-filter-label').hidden = this.topics.length <= shownAtFirst;
    find('mesh-none').hidden = this.topics.length > 0;
    find('mesh-more').hidden = found.length <= shown.length;
    const left = found.length - shown.length;
    setText(find('mesh-more'), left === 1 ? 'Show the last topic' : `Show more of the other ${count(left)} topics`);
  }
}
