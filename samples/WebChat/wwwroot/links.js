// Turns addresses in a text into links, as nodes.

// An address ends at white space, quotes, angle brackets, and invisible or direction-changing characters.
const address = /(?<![\p{L}\p{N}])https?:\/\/[^\s\p{C}<>"“”«»]+/giu;
const punctuation = /[.,;:!?'’…*_~|。、，；：！？·]$/u;
const brackets = { ')': '(', ']': '[', '}': '{', '）': '（', '】': '【', '」': '「', '』': '『', '》': '《' };

/** Returns the nodes of a text: strings, and an element for each http or https address. */
export function linkify(text) {
  const nodes = [];
  let end = 0;
  for (const { 0: found, index } of text.matchAll(address)) {
    const words = trim(found);
    const url = URL.canParse(words) ? new URL(words) : undefined;
    if (url?.protocol !== 'http:' && url?.protocol !== 'https:') continue;
    if (index > end) nodes.push(text.slice(end, index));
    nodes.push(link(url, words));
    end = index + words.length;
  }
  if (end < text.length) nodes.push(text.slice(end));
  return nodes;
}

/** Removes trailing punctuation of the sentence, and a closing bracket that was opened before the address. */
function trim(words) {
  for (;;) {
    const last = words.at(-1);
    const isStray = last in brackets && count(words, last) > count(words, brackets[last]);
    if (!isStray && !punctuation.test(words)) return words;
    words = words.slice(0, -1);
  }
}

const count = (words, character) => words.split(character).length - 1;

function link(url, words) {
  const made = document.createElement('a');
  made.href = url.href;
  made.target = '_blank';
  made.rel = 'noopener noreferrer';
  made.dir = 'ltr';
  made.textContent = words;
  return made;
}
