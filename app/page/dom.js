// What the parts of the page make elements with. All text that comes from the node
// or from strangers goes through `textContent`.

export function find(id) {
  return document.getElementById(id);
}

// An element with attributes and content: texts and elements.
export function make(name, attributes = {}, ...content) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...content);
  return element;
}

// Changes a text only where it is another: what is selected, or read aloud, stays.
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// The names and values of a <dl>.
export function setTerms(list, terms) {
  while (list.children.length > terms.length) list.lastElementChild.remove();
  while (list.children.length < terms.length) list.append(make('div', {}, make('dt'), make('dd')));
  terms.forEach(([name, value, title], i) => {
    const [term, definition] = list.children[i].children;
    setText(term, name);
    setText(definition, value);
    if (title) definition.title = title;
  });
}

// A feed has its newest entry at its top, and keeps `most` of them.
export function addToFeed(feed, entries, most) {
  feed.prepend(...entries.slice(-most).reverse());
  while (feed.children.length > most) feed.lastElementChild.remove();
}

export const reducedMotion = window.matchMedia('(prefers-reduced-motion: reduce)');
export const darkMode = window.matchMedia('(prefers-color-scheme: dark)');
