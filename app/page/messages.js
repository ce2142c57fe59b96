// Publishes to a topic, and watches one.
import { post, readLines, topicQuery } from './api.js';
import { addToFeed, find, make, setText } from './dom.js';
import { bytes, clock, count, shortId } from './format.js';

const kept = 100;
const longestText = 2000;

// -- publish ------------------------------------------------------------------

async function publish(event) {
  event.preventDefault();
  const result = find('publish-result');
  try {
    const { id, peers, duplicate } = await post(
      `/api/v1/publish?${topicQuery(find('publish-topic').value)}`, find('publish-text').value);
    result.className = '';
    if (duplicate) setText(result, `It was published before: nothing was sent. ${id}`);
    else if (peers === 0) setText(result, `Published, but nobody is there to take it. ${id}`);
    else setText(result, `Published to ${count(peers)} ${peers === 1 ? 'peer' : 'peers'}. ${id}`);
  } catch (error) {
    result.className = 'wrong';
    setText(result, `Not published: ${error.message}`);
  }
}

// -- watch --------------------------------------------------------------------

let watching = null;

function textOf(message) {
  const text = message.text ?? `${bytes(atob(message.data).length)} that are no text: ${message.data}`;
  return text.length > longestText ? `${text.slice(0, longestText)}…` : text;
}

function entryOf(message) {
  if (message.missed !== undefined)
    return make('li', { class: 'note' }, `${count(message.missed)} messages are missing here: this page was too slow`);
  return make('li', {},
    make('time', { datetime: message.received }, clock(message.received)), ' ',
    make('span', { class: 'id', title: message.from ?? 'no author' }, shortId(message.from)), ' ',
    make('span', { class: 'text' }, textOf(message)));
}

function showWatching(text, isTrouble = false) {
  const result = find('watch-result');
  result.className = isTrouble ? 'wrong' : '';
  setText(result, text);
  setText(find('watch-button'), watching ? 'Stop' : 'Watch');
  find('watch-topic').readOnly = watching !== null;
}

async function watch(topic) {
  const ending = new AbortController();
  watching = ending;
  find('watched').replaceChildren();
  showWatching('Asking…');
  try {
    await readLines(`/api/v1/subscribe?${topicQuery(topic)}`, {
      signal: ending.signal,
      opened: () => showWatching(`Watching ${topic}`),
      take: messages => addToFeed(find('watched'), messages.slice(-kept).map(entryOf), kept),
    });
    watching = null;
    showWatching('The node has ended the stream', true);
  } catch (error) {
    // Ended by hand, perhaps to watch another one.
    if (watching !== ending) return;
    watching = null;
    if (ending.signal.aborted) showWatching('Stopped');
    else showWatching(`Not watching: ${error.message}`, true);
  }
}

// Offers the topics that there are.
export function offerTopics(topics) {
  const names = topics.filter(one => !one.topic_base64).map(one => one.topic).sort();
  const list = find('topics');
  if ([...list.options].map(one => one.value).join('\n') !== names.join('\n'))
    list.replaceChildren(...names.map(name => make('option', { value: name })));
}

export function startMessages() {
  find('publish').addEventListener('submit', publish);
  find('publish-text').addEventListener('keydown', event => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) find('publish').requestSubmit();
  });
  find('watch').addEventListener('submit', event => {
    event.preventDefault();
    if (watching) watching.abort();
    else watch(find('watch-topic').value);
  });
}
