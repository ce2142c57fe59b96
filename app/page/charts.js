// Rates and latencies of the last minutes, drawn by Chart.js.
import { darkMode, find, make, setText } from './dom.js';
import { bytes, milliseconds, short } from './format.js';
import { quantile, rate, total } from './metrics.js';

const shownSeconds = 300;
// A pause longer than this is a gap.
const longestStep = 15;

const grown = name => (before, after, seconds) => rate(before, after, seconds, name);
const p99 = name => (before, after) => 1000 * quantile(before, after, name, 0.99);
const now = (name, labels = {}) => (before, after) => total(new Map([[name, (after.get(name) ?? [])
  .filter(one => Object.entries(labels).every(([key, value]) => one.labels[key] === value))]]), name);

// `show` makes texts of values; the axis reaches `least`, however small they are.
const definitions = [
  {
    title: 'Messages per second',
    show: short,
    least: 1,
    series: [
      ['accepted', grown('grapevine_messages_accepted_total')],
      ['published', grown('grapevine_messages_published_total')],
      ['duplicate', grown('grapevine_messages_duplicate_total')],
      ['rejected', grown('grapevine_messages_rejected_total')],
    ],
  },
  {
    title: 'Bytes per second',
    show: bytes,
    least: 1000,
    series: [
      ['received', grown('grapevine_received_bytes_total')],
      ['sent', grown('grapevine_sent_bytes_total')],
    ],
  },
  {
    title: 'Latencies',
    note: '99 of 100 are shorter; pings: half of the peers',
    show: milliseconds,
    least: 10,
    logarithmic: true,
    series: [
      ['validation', p99('grapevine_validation_duration_seconds')],
      ['heartbeat late', p99('grapevine_heartbeat_lateness_seconds')],
      ['mailboxes', p99('grapevine_mailbox_lag_seconds')],
      ['ping', (before, after, seconds, ping) => ping],
    ],
  },
  {
    title: 'Memory for peers',
    show: bytes,
    least: 1000,
    series: [
      ['waiting to be sent', now('grapevine_memory_used_bytes', { budget: 'queued' })],
      ['arriving', now('grapevine_memory_used_bytes', { budget: 'unfinished' })],
    ],
  },
];

// Told apart by more than their colour.
const dashes = [[], [7, 3], [2, 3], [9, 3, 2, 3]];

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

function age(seconds) {
  if (seconds === 0) return 'now';
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}

class LineChart {
  constructor(definition) {
    this.definition = definition;
    this.canvas = make('canvas', { role: 'img' });
    this.values = definition.series.map(() => make('b', {}, '–'));
    const key = make('ul', { class: 'key' }, ...definition.series.map(([name], i) =>
      make('li', {}, make('span', { class: `stroke line-${i}` }), `${name} `, this.values[i])));
    const caption = make('figcaption', {}, make('h3', {}, definition.title));
    if (definition.note) caption.append(make('p', {}, definition.note));
    this.figure = make('figure', {}, caption, key, make('div', { class: 'canvas' }, this.canvas));
    find('chart-list').append(this.figure);
    this.chart = new globalThis.Chart(this.canvas, this.options());
    this.paint();
  }

  options() {
    const { series, show, least, logarithmic } = this.definition;
    const isPower = value => Number.isInteger(Math.round(Math.log10(value) * 1e6) / 1e6);
    return {
      type: 'line',
      data: {
        datasets: series.map(([name], i) => ({
          label: name, data: [], borderDash: dashes[i], borderWidth: 2, pointRadius: 0,
        })),
      },
      options: {
        animation: false, parsing: false, normalized: true, events: [],
        maintainAspectRatio: false, responsive: true,
        plugins: { legend: { display: false }, tooltip: { enabled: false } },
        scales: {
          x: {
            type: 'linear', min: -60, max: 0,
            ticks: { stepSize: 20, maxRotation: 0, callback: age },
          },
          y: {
            type: logarithmic ? 'logarithmic' : 'linear', beginAtZero: true, suggestedMax: least,
            ticks: {
              maxTicksLimit: 6,
              callback: value => (logarithmic && !isPower(value) ? null : show(value)),
            },
          },
        },
      },
    };
  }

  // The colours of the mode that is on.
  paint() {
    this.chart.data.datasets.forEach((one, i) => { one.borderColor = colour(`line-${i}`); });
    for (const axis of Object.values(this.chart.options.scales)) {
      axis.ticks.color = colour('faint');
      axis.grid = { color: colour('rule') };
    }
    this.chart.update('none');
  }

  // `points`: of each poll its time and the values of all series.
  draw(points, time) {
    const last = points.at(-1)?.values ?? [];
    const { x } = this.chart.options.scales;
    const minutes = Math.ceil((time - points[0].at) / 60_000) || 1;
    x.min = -60 * minutes;
    x.ticks.stepSize = minutes === 1 ? 20 : 60;
    const floor = this.definition.logarithmic ? 0.001 : -Infinity;
    this.chart.data.datasets.forEach((one, i) => {
      one.data = points.map(({ at, values }) => ({
        x: (at - time) / 1000, y: Number.isFinite(values[i]) ? Math.max(values[i], floor) : null,
      }));
      setText(this.values[i], this.definition.show(last[i]));
    });
    this.canvas.setAttribute('aria-label', `${this.definition.title}, now: ${this.definition.series
      .map(([name], i) => `${name} ${this.definition.show(last[i])}`).join(', ')}`);
    this.chart.update('none');
  }
}

// What was polled so far, as charts show it.
export class Charts {
  constructor() {
    this.charts = definitions.map(one => new LineChart(one));
    this.points = definitions.map(() => []);
    this.before = null;
    darkMode.addEventListener('change', () => this.charts.forEach(one => one.paint()));
  }

  // `ping`: the median of the peers' round trips, in milliseconds.
  add(metrics, time, ping) {
    const seconds = this.before ? (time - this.before.time) / 1000 : 0;
    if (this.before) {
      definitions.forEach(({ series }, i) => {
        const values = series.map(([, value]) => value(this.before.metrics, metrics, seconds, ping));
        if (seconds > longestStep) this.points[i].push({ at: this.before.time + 1, values: [] });
        this.points[i].push({ at: time, values });
        this.points[i] = this.points[i].filter(({ at }) => time - at < shownSeconds * 1000);
        this.charts[i].draw(this.points[i], time);
      });
    }
    this.before = { metrics, time };
  }
}
