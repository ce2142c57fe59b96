// The nodes of the cluster and who is in whose mesh, as a picture that moves with
// them.
import { reducedMotion } from './dom.js';

const width = 640;
const height = 400;

// Each pair of nodes once, of whom one at least has the other in its mesh.
export function linksOf(nodes, topic) {
  const links = new Map();
  for (const node of nodes)
    for (const other of node.meshes?.[topic] ?? []) {
      const [source, target] = [node.name, other].sort();
      links.set(`${source} ${target}`, { source, target });
    }
  return [...links.values()];
}

// How many of them can hear each other: the largest part that hangs together.
export function largestPart(nodes, links) {
  const up = new Set(nodes.filter(({ answers }) => answers).map(({ name }) => name));
  const next = new Map([...up].map(name => [name, []]));
  for (const { source, target } of links)
    if (up.has(source) && up.has(target)) {
      next.get(source).push(target);
      next.get(target).push(source);
    }
  let most = 0;
  while (up.size > 0) {
    const waiting = [up.values().next().value];
    up.delete(waiting[0]);
    let size = 0;
    for (; waiting.length > 0; ++size)
      for (const other of next.get(waiting.pop()))
        if (up.delete(other)) waiting.push(other);
    most = Math.max(most, size);
  }
  return most;
}

export class ClusterGraph {
  constructor(figure) {
    const { forceCollide, forceLink, forceManyBody, forceSimulation, forceX, forceY, select } = globalThis.d3;
    this.svg = select(figure).append('svg').attr('role', 'img').attr('viewBox', `0 0 ${width} ${height}`);
    this.lines = this.svg.append('g');
    this.dots = this.svg.append('g');
    this.places = [];
    this.linkForce = forceLink([]).id(({ name }) => name).strength(0.12);
    this.charge = forceManyBody();
    this.simulation = forceSimulation([])
      .force('links', this.linkForce)
      .force('apart', this.charge)
      .force('x', forceX(width / 2).strength(0.05))
      .force('y', forceY(height / 2).strength(0.09))
      .force('room', forceCollide(16))
      .on('tick', () => this.draw())
      .stop();
  }

  update(nodes, links) {
    const known = new Map(this.places.map(place => [place.name, place]));
    this.places = nodes.map((node, i) => Object.assign(known.get(node.name) ?? {
      x: width / 2 + 150 * Math.cos(i * 2.4),
      y: height / 2 + 120 * Math.sin(i * 2.4),
    }, { name: node.name, up: node.answers, lone: node.answers && !links.some(({ source, target }) => source === node.name || target === node.name) }));
    const shape = links.map(({ source, target }) => `${source} ${target}`).sort().join();
    this.join(links.map(link => ({ ...link })));
    if (shape !== this.shape) this.move();
    this.shape = shape;
    this.draw();
  }

  join(links) {
    // Few nodes fill the picture as many do.
    this.linkForce.distance(300 / Math.sqrt(this.places.length));
    this.charge.strength(-1500 / this.places.length - 100);
    this.simulation.nodes(this.places);
    this.linkForce.links(links);
    const lines = this.lines.selectAll('line').data(links, ({ source, target }) => `${source.name} ${target.name}`);
    lines.exit().remove();
    this.line = lines.enter().append('line').merge(lines).attr('class', 'link mesh');
    const dots = this.dots.selectAll('g').data(this.places, ({ name }) => name);
    dots.exit().remove();
    const entered = dots.enter().append('g');
    entered.append('circle').attr('r', 8);
    entered.append('text').attr('text-anchor', 'middle').attr('y', 19);
    this.dot = entered.merge(dots).attr('data-node', ({ name }) => name)
      .attr('class', ({ up, lone }) => `dot ${up ? 'mesh' : 'down'}${lone ? ' lone' : ''}`);
    this.dot.select('text').text(({ name }) => name.replace('node-', ''));
  }

  move() {
    this.simulation.alpha(0.6);
    if (reducedMotion.matches) this.simulation.stop().tick(200);
    else this.simulation.restart();
  }

  draw() {
    for (const place of this.places) {
      place.x = Math.max(14, Math.min(width - 14, place.x));
      place.y = Math.max(14, Math.min(height - 24, place.y));
    }
    this.line?.attr('x1', ({ source }) => source.x).attr('y1', ({ source }) => source.y)
      .attr('x2', ({ target }) => target.x).attr('y2', ({ target }) => target.y);
    this.dot?.attr('transform', ({ x, y }) => `translate(${x},${y})`);
  }

  describe(text) {
    this.svg.attr('aria-label', text);
  }
}
