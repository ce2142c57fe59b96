// The node's metrics: Prometheus's text format, and what two scrapes tell together.

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const label = /(\w+)="((?:[^"\\]|\\.)*)"/g;

function numberOf(text) {
  return text === '+Inf' ? Infinity : Number(text);
}

// Name -> the series of that name: labels and value.
export function parseMetrics(text) {
  const all = new Map();
  for (const one of text.split('\n')) {
    const found = one.startsWith('#') ? null : line.exec(one);
    if (!found) continue;
    const labels = {};
    for (const [, name, value] of (found[2] ?? '').matchAll(label)) labels[name] = value;
    if (!all.has(found[1])) all.set(found[1], []);
    all.get(found[1]).push({ labels, value: numberOf(found[3]) });
  }
  return all;
}

// The sum of all series of a name.
export function total(metrics, name) {
  const series = metrics.get(name);
  return series ? series.reduce((sum, one) => sum + one.value, 0) : NaN;
}

// How much a counter has grown in a second; NaN where it began anew.
export function rate(before, after, seconds, name) {
  const grown = total(after, name) - total(before, name);
  return grown >= 0 ? grown / seconds : NaN;
}

// Of a histogram: upper bound -> how many were observed up to it, of all labels.
function buckets(metrics, name) {
  const counts = new Map();
  for (const { labels, value } of metrics.get(`${name}_bucket`) ?? []) {
    const bound = numberOf(labels.le);
    counts.set(bound, (counts.get(bound) ?? 0) + value);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

// A quantile of what was observed between two scrapes, as Prometheus estimates
// it: evenly spread in each bucket. NaN: nothing was.
export function quantile(before, after, name, q) {
  const earlier = new Map(buckets(before, name));
  const grown = buckets(after, name).map(([bound, value]) => [bound, value - (earlier.get(bound) ?? 0)]);
  const all = grown.length > 0 ? grown.at(-1)[1] : 0;
  if (!(all > 0)) return NaN;
  const rank = q * all;
  let lower = 0;
  let below = 0;
  for (const [bound, value] of grown) {
    if (value >= rank) {
      if (bound === Infinity) return lower;
      return lower + (bound - lower) * ((rank - below) / (value - below));
    }
    lower = bound;
    below = value;
  }
  return lower;
}
