// Asks for the token of a node that has one.
import { onTokenNeeded, setToken } from './api.js';
import { find, setText } from './dom.js';

let asking = null;

// All requests that lack it wait for the same answer.
function ask(wrong) {
  asking ??= new Promise(resolve => {
    const form = find('token');
    const field = find('token-value');
    form.hidden = false;
    setText(find('token-wrong'), wrong ? 'This is not the token of this node.' : '');
    setText(find('state'), 'The node asks for its token');
    field.focus();
    form.addEventListener('submit', event => {
      event.preventDefault();
      setToken(field.value.trim());
      field.value = '';
      form.hidden = true;
      find('main').focus();
      asking = null;
      resolve();
    }, { once: true });
  });
  return asking;
}

export function startToken() {
  onTokenNeeded(ask);
}
