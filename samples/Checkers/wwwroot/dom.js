// Elements. Text of users goes into text nodes, never through an HTML parser.

export const $ = id => document.getElementById(id);

/**
 * Creates an element.
 * @param props Properties. A name with a dash, or without such a property, is set as an attribute.
 */
export function element(name, props = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(props)) {
    if (value === undefined) continue;
    if (key in made && !key.includes('-')) made[key] = value;
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Creates an element for a name that does not affect the direction of the text around it. */
export const bdi = (text, className = '') => element('bdi', { className, textContent: text });

/** Sets a text if it differs, so that screen readers do not repeat a live region. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** Creates an icon. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}
