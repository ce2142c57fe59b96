// The node's HTTP API: requests and streams, with the token where one is asked for.

const tokenKey = 'grapevine-token';
let askForToken = async () => {};

// `ask` resolves when there is another token.
export function onTokenNeeded(ask) {
  askForToken = ask;
}

export function setToken(token) {
  sessionStorage.setItem(tokenKey, token);
}

export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

async function failureOf(response) {
  try {
    return new ApiError(response.status, (await response.json()).detail);
  } catch {
    return new ApiError(response.status, `the node answers ${response.status}`);
  }
}

async function ask(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    throw error.name === 'AbortError' ? error : new ApiError(0, 'The node does not answer');
  }
}

// The answer to a request; asks for the token as often as it is wrong.
async function request(path, options = {}) {
  for (;;) {
    const token = sessionStorage.getItem(tokenKey);
    const headers = { ...options.headers };
    if (token) headers.Authorization = `Bearer ${token}`;
    const response = await ask(path, { ...options, headers, cache: 'no-store' });
    if (response.ok) return response;
    if (response.status !== 401) throw await failureOf(response);
    // Another request may have asked meanwhile.
    if (token === sessionStorage.getItem(tokenKey)) await askForToken(token);
  }
}

export async function getJson(path) {
  return (await request(path)).json();
}

export async function getText(path) {
  return (await request(path)).text();
}

export async function post(path, body) {
  return (await request(path, { method: 'POST', body })).json();
}

// Gives each line of a stream to `take`, as long as it lasts; `signal` ends it.
export async function readLines(path, { signal, opened, take }) {
  const response = await request(path, { signal, headers: { Accept: 'application/x-ndjson' } });
  opened?.();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop();
    const parsed = lines.filter(line => line).map(line => JSON.parse(line));
    if (parsed.length > 0) take(parsed);
  }
}

// A topic's name in a query; that of bytes that are no text by its Base64.
export function topicQuery(topic, base64) {
  if (!base64) return `topic=${encodeURIComponent(topic)}`;
  const hex = [...atob(base64)].map(c => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return `topic=${hex.join('')}`;
}
