// Where the peers of a topic stand in its picture: this node in the middle, its
// mesh around it, and the other subscribers outside.

const size = 160;
const rings = { self: 0, mesh: 72, fanout: 72, other: 128 };
const radii = { self: 11, mesh: 7, fanout: 7, other: 4.5 };

export const selfId = '';

export function radiusOf(node) {
  return radii[node.group];
}

// What is to be shown: each peer once, by what it is to the topic.
export function groupsOf(topic) {
  const groups = new Map([[selfId, 'self']]);
  for (const peer of topic.peers) groups.set(peer, 'other');
  for (const peer of topic.fanout) groups.set(peer, 'fanout');
  for (const peer of topic.mesh) groups.set(peer, 'mesh');
  return groups;
}

export class MeshLayout {
  constructor(draw) {
    this.nodes = [];
    const { forceCollide, forceLink, forceManyBody, forceRadial, forceSimulation } = globalThis.d3;
    this.links = forceLink([]).id(node => node.id).distance(rings.mesh).strength(0.4);
    this.simulation = forceSimulation([])
      .force('links', this.links)
      .force('apart', forceManyBody().strength(-14).distanceMax(120))
      .force('ring', forceRadial(node => rings[node.group]).strength(node => (node.group === 'self' ? 0 : 0.5)))
      .force('room', forceCollide(node => radii[node.group] + 1.5))
      .on('tick', () => {
        this.keepInside();
        draw();
      })
      .stop();
    this.draw = draw;
  }

  keepInside() {
    for (const node of this.nodes) {
      const most = size - radii[node.group] - 2;
      node.x = Math.max(-most, Math.min(most, node.x));
      node.y = Math.max(-most, Math.min(most, node.y));
    }
  }

  // Takes over who is there now, and moves them if that has changed.
  update(groups, still) {
    const known = new Map(this.nodes.map(node => [node.id, node]));
    let changed = known.size !== groups.size;
    this.nodes = [...groups].map(([id, group], i) => {
      const node = known.get(id) ?? this.enter(id, group, i);
      changed ||= node.group !== group || !known.has(id);
      node.fresh = known.size > 0 && node.group !== group;
      node.group = group;
      return node;
    });
    if (changed) this.move(still);
  }

  // From outside, all around.
  enter(id, group, i) {
    if (id === selfId) return { id, group, fx: 0, fy: 0, x: 0, y: 0 };
    const angle = i * 2.4;
    return { id, group: null, x: size * Math.cos(angle), y: size * Math.sin(angle) };
  }

  move(still) {
    this.simulation.nodes(this.nodes);
    this.links.links(this.nodes.filter(({ group }) => group === 'mesh' || group === 'fanout')
      .map(node => ({ source: selfId, target: node.id })));
    this.simulation.alpha(0.7);
    if (!still) {
      this.simulation.restart();
      return;
    }
    this.simulation.stop().tick(150);
    this.keepInside();
    this.draw();
  }

  end() {
    this.simulation.stop();
  }
}
