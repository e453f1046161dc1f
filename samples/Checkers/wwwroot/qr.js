// Encodes a text as a QR code (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10.

// For each version: the codewords of error correction per block, and blocks as [number, codewords of data in each].
const versions = [
  [10, [[1, 16]]], [16, [[1, 28]]], [26, [[1, 44]]], [18, [[2, 32]]], [24, [[2, 43]]],
  [16, [[4, 27]]], [18, [[4, 31]]], [22, [[2, 38], [2, 39]]], [22, [[3, 36], [2, 37]]], [26, [[4, 43], [1, 44]]],
];

const exp = new Uint8Array(512), log = new Uint8Array(256);
for (let i = 0, x = 1; i < 255; i++) {
  exp[i] = exp[i + 255] = x;
  log[x] = i;
  x = (x << 1) ^ (x & 0x80 ? 0x11d : 0);
}
const multiply = (a, b) => (a === 0 || b === 0 ? 0 : exp[log[a] + log[b]]);

/** Returns the remainder of data divided by the generator polynomial of a degree. */
function correction(data, degree) {
  let generator = [1];
  for (let i = 0; i < degree; i++) {
    const next = [...generator, 0];
    generator.forEach((factor, j) => (next[j + 1] ^= multiply(factor, exp[i])));
    generator = next;
  }
  const rest = [...data, ...new Array(degree).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i];
    generator.forEach((coefficient, j) => (rest[i + j] ^= multiply(coefficient, factor)));
  }
  return rest.slice(data.length);
}

function codewords(bytes, version) {
  const [degree, groups] = versions[version - 1];
  const capacity = groups.reduce((sum, [count, size]) => sum + count * size, 0);
  const bits = [];
  const add = (value, length) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  add(4, 4);
  add(bytes.length, version < 10 ? 8 : 16);
  bytes.forEach(byte => add(byte, 8));
  add(0, Math.min(4, capacity * 8 - bits.length));
  while (bits.length % 8 > 0) bits.push(0);
  const data = [];
  for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(''), 2));
  for (let pad = 0xec; data.length < capacity; pad ^= 0xec ^ 0x11) data.push(pad);

  const blocks = [];
  let from = 0;
  for (const [count, size] of groups)
    for (let i = 0; i < count; i++) {
      const block = data.slice(from, (from += size));
      blocks.push([block, correction(block, degree)]);
    }
  const all = [];
  for (const part of [0, 1]) {
    const longest = Math.max(...blocks.map(block => block[part].length));
    for (let i = 0; i < longest; i++) for (const block of blocks) if (i < block[part].length) all.push(block[part][i]);
  }
  return all;
}

const masks = [
  (r, c) => (r + c) % 2 === 0, r => r % 2 === 0, (r, c) => c % 3 === 0, (r, c) => (r + c) % 3 === 0,
  (r, c) => (Math.floor(r / 2) + Math.floor(c / 3)) % 2 === 0, (r, c) => ((r * c) % 2) + ((r * c) % 3) === 0,
  (r, c) => (((r * c) % 2) + ((r * c) % 3)) % 2 === 0, (r, c) => (((r + c) % 2) + ((r * c) % 3)) % 2 === 0,
];

/** Returns the BCH checksum of a value. */
function bch(value, polynomial, length) {
  let rest = value << length;
  for (let i = 31 - Math.clz32(rest); rest >> length > 0; i = 31 - Math.clz32(rest)) rest ^= polynomial << (i - length);
  return (value << length) | rest;
}

/** Returns the finder, timing and alignment patterns; undefined for modules of data. */
function frame(version) {
  const size = 17 + 4 * version;
  const grid = Array.from({ length: size }, () => new Array(size).fill(undefined));
  const set = (r, c, dark) => {
    if (r >= 0 && c >= 0 && r < size && c < size) grid[r][c] = dark;
  };
  for (let i = 0; i < size; i++) grid[6][i] = grid[i][6] = i % 2 === 0;
  for (const [row, column] of [[3, 3], [3, size - 4], [size - 4, 3]])
    for (let r = -4; r <= 4; r++)
      for (let c = -4; c <= 4; c++) {
        const ring = Math.max(Math.abs(r), Math.abs(c));
        set(row + r, column + c, ring !== 2 && ring !== 4);
      }
  if (version > 1) {
    const last = size - 7;
    const middle = version > 6 ? [2 * Math.ceil((last - 6) / 4) + 6] : [];
    const centres = [6, ...middle, last];
    for (const row of centres)
      for (const column of centres) {
        if ((row === 6 && (column === 6 || column === last)) || (row === last && column === 6)) continue;
        for (let r = -2; r <= 2; r++) for (let c = -2; c <= 2; c++) set(row + r, column + c, Math.max(Math.abs(r), Math.abs(c)) !== 1);
      }
  }
  writeFormat(grid, 0);
  if (version > 6) {
    const bits = bch(version, 0x1f25, 12);
    for (let i = 0; i < 18; i++) {
      const [near, far] = [Math.floor(i / 3), size - 11 + (i % 3)];
      grid[near][far] = grid[far][near] = ((bits >> i) & 1) === 1;
    }
  }
  return grid;
}

function writeFormat(grid, mask) {
  const size = grid.length;
  const bits = bch(mask, 0x537, 10) ^ 0x5412; // Level M is 00.
  const bit = i => ((bits >> i) & 1) === 1;
  for (let i = 0; i < 15; i++) {
    if (i < 6) grid[i][8] = bit(i);
    else if (i < 8) grid[i + 1][8] = bit(i);
    else if (i === 8) grid[8][7] = bit(i);
    else grid[8][14 - i] = bit(i);
    if (i < 8) grid[8][size - 1 - i] = bit(i);
    else grid[size - 15 + i][8] = bit(i);
  }
  grid[size - 8][8] = true;
}

function fill(grid, data) {
  const size = grid.length;
  const free = [];
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    const isUp = ((right + 1) & 2) === 0;
    for (let i = 0; i < size; i++) for (const c of [right, right - 1]) {
      const r = isUp ? size - 1 - i : i;
      if (grid[r][c] === undefined) free.push([r, c]);
    }
  }
  free.forEach(([r, c], i) => (grid[r][c] = ((data[i >> 3] >> (7 - (i & 7))) & 1) === 1));
  return free;
}

/** Returns the penalty score of a code. */
function penalty(grid) {
  const size = grid.length;
  const lines = [...grid, ...grid.map((_, c) => grid.map(row => row[c]))].map(line => line.map(Number).join(''));
  let sum = 0;
  for (const line of lines) {
    for (const run of line.match(/0+|1+/g)) if (run.length >= 5) sum += run.length - 2;
    sum += 40 * [...line.matchAll(/(?=10111010000|00001011101)/g)].length;
  }
  for (let r = 1; r < size; r++) for (let c = 1; c < size; c++) if (grid[r][c] === grid[r - 1][c] && grid[r][c] === grid[r][c - 1] && grid[r][c] === grid[r - 1][c - 1]) sum += 3;
  const dark = grid.flat().filter(Boolean).length / (size * size);
  return sum + 10 * Math.floor(Math.abs(dark * 20 - 10));
}

/**
 * Returns the modules of the code, row by row; true is dark.
 * @throws RangeError The text is longer than 213 bytes.
 */
export function encode(text) {
  const bytes = new TextEncoder().encode(text);
  const version = 1 + versions.findIndex(([, groups], i) => groups.reduce((sum, [count, size]) => sum + count * size, 0) >= bytes.length + (i < 9 ? 2 : 3));
  if (version === 0) throw new RangeError('The text is too long for a QR code.');
  const data = codewords(bytes, version);
  let best;
  masks.forEach((mask, number) => {
    const grid = frame(version);
    for (const [r, c] of fill(grid, data)) if (mask(r, c)) grid[r][c] = !grid[r][c];
    writeFormat(grid, number);
    const cost = penalty(grid);
    if (!best || cost < best.cost) best = { grid, cost };
  });
  return best.grid;
}

/** Draws a text as an SVG, always dark on light. */
export function draw(text) {
  const grid = encode(text);
  const quiet = 4, size = grid.length + 2 * quiet;
  const make = (name, attributes) => {
    const made = document.createElementNS('http://www.w3.org/2000/svg', name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };
  const path = grid.map((row, r) => row.map((dark, c) => (dark ? `M${c + quiet} ${r + quiet}h1v1h-1z` : '')).join('')).join('');
  const svg = make('svg', { viewBox: `0 0 ${size} ${size}`, class: 'qr', role: 'img', 'aria-label': 'QR code of the link', 'shape-rendering': 'crispEdges' });
  svg.append(make('rect', { width: size, height: size, fill: '#fff' }), make('path', { d: path, fill: '#000' }));
  return svg;
}
