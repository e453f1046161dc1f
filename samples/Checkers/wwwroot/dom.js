// Elements. What people write goes into text nodes, never through a parser.

export const $ = id => document.getElementById(id);

/**
 * Makes an element.
 * @param props Properties, and attributes where a name has a dash or the element has no such property.
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

/** A name that people have chosen: it does not change the direction of the text around it. */
export const bdi = (text, className = '') => element('bdi', { className, textContent: text });

/** Sets a text, unless it is the same: a live region that stays the same is not read out again. */
export function say(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

/** A drawing of icons.svg's. */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#i-${name}`);
  svg.append(use);
  return svg;
}
