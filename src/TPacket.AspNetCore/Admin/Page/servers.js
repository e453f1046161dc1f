// Totals and servers.

import { $, bytes, duration, element, number, rate, reconcile, write } from './dom.js';

const MAX_POINTS = 60; // The maximum width of a chart, in points: two minutes.
const MIN_POINTS = 10; // The minimum width of a chart, in points.

const earlier = new Map(); // The previous status of each server, by id.
let clockOffset = 0; // The time by which the browser's clock is ahead of the server's, in milliseconds.
const charts = { packetsHandled: [], packetsDelivered: [] };

/** The server's time, in milliseconds. */
export const serverNow = () => Date.now() - clockOffset;

/** Shows the status of the servers. `drain` is called with the server of a pressed button. */
export function showServers({ users, rooms, servers }, drain) {
  clockOffset = Date.now() - Date.parse(servers[0].time);
  for (const server of servers) server.rates = ratesOf(server);
  for (const id of earlier.keys()) if (!servers.some(server => server.id === id)) earlier.delete(id);
  const sum = pick => servers.reduce((total, server) => total + (pick(server) ?? 0), 0);
  const areKnown = servers.some(server => server.rates);
  const handled = areKnown ? sum(server => server.rates?.packetsHandled) : undefined;
  const delivered = areKnown ? sum(server => server.rates?.packetsDelivered) : undefined;
  if (areKnown) {
    push(charts.packetsHandled, handled);
    push(charts.packetsDelivered, delivered);
  }
  const slow = sum(server => server.slowConsumers);
  const away = sum(server => server.awayUsers);
  reconcile($('totals'), [
    { key: 'connections', name: 'Connections', value: number(sum(server => server.connections)) },
    { key: 'users', name: 'Users', value: number(users), more: away ? `${number(away)} away` : '' },
    { key: 'rooms', name: 'Rooms', value: number(rooms) },
    { key: 'handled', name: 'Packets in', value: rate(handled), more: 'a second', chart: charts.packetsHandled },
    { key: 'delivered', name: 'Deliveries', value: rate(delivered), more: 'a second', chart: charts.packetsDelivered },
    { key: 'slow', name: 'Slow consumers', value: number(slow), more: `${number(sum(server => server.slowConsumersEnded))} ended`, warn: slow > 0 },
  ], tile => tile.key, createTile, updateTile);
  reconcile($('servers'), servers, server => server.id, server => createServer(server, drain), updateServer);
}

function push(chart, value) {
  chart.push(value);
  if (chart.length > MAX_POINTS) chart.shift();
}

/** The rates per second since the previous status; undefined the first time. */
function ratesOf(server) {
  const before = earlier.get(server.id);
  earlier.set(server.id, server);
  if (!before) return undefined;
  const seconds = (Date.parse(server.time) - Date.parse(before.time)) / 1000;
  // The server has sent the same status twice.
  if (seconds <= 0) return before.rates;
  const of = name => Math.max(0, server[name] - before[name]) / seconds;
  return { packetsHandled: of('packetsHandled'), packetsDelivered: of('packetsDelivered'), packetsRefused: of('packetsRefused'), processors: of('processorSeconds') };
}

function createTile({ key, name }) {
  const tile = element('div', 'tile', element('dt', '', name), element('dd', 'value'), element('dd', 'soft more'));
  tile.id = `total-${key}`;
  return tile;
}

function updateTile(tile, { value, more = '', chart, warn = false }) {
  write(tile.querySelector('.value'), value);
  write(tile.querySelector('.more'), more);
  tile.classList.toggle('warn', warn);
  if (chart) draw(tile, chart);
}

function draw(tile, chart) {
  const space = 'http://www.w3.org/2000/svg';
  let line = tile.querySelector('polyline');
  if (!line) {
    const svg = document.createElementNS(space, 'svg');
    svg.setAttribute('preserveAspectRatio', 'none');
    svg.setAttribute('aria-hidden', 'true');
    line = document.createElementNS(space, 'polyline');
    svg.append(line);
    tile.append(svg);
  }
  const [most, points] = [Math.max(1, ...chart), Math.max(MIN_POINTS, chart.length)];
  line.parentElement.setAttribute('viewBox', `0 0 ${points - 1} 20`);
  line.setAttribute('points', chart.map((value, i) => `${points - chart.length + i},${(19 - value / most * 18).toFixed(1)}`).join(' '));
}

const facts = {
  Connections: server => `${number(server.connections)} of ${number(server.maxConnections)}`,
  Users: server => number(server.users),
  'Open rooms': server => number(server.rooms),
  'Packets in': server => `${rate(server.rates?.packetsHandled)}/s`,
  Deliveries: server => `${rate(server.rates?.packetsDelivered)}/s`,
  'Refused clients': server => number(server.connectionsRefused),
  'Refused packets': server => number(server.packetsRefused),
  Slow: server => `${number(server.slowConsumers)} now, ${number(server.slowConsumersEnded)} ended`,
  Processors: server => server.rates ? server.rates.processors.toFixed(2) : '–',
  Memory: server => bytes(server.memoryBytes),
};

function createServer(server, drain) {
  const button = element('button', 'secondary', 'Drain');
  button.ariaLabel = `Drain ${server.name}`;
  button.addEventListener('click', () => drain(server));
  const list = element('dl', '', ...Object.keys(facts).map(name => {
    const value = element('dd', '');
    value.dataset.fact = name;
    return element('div', '', element('dt', 'soft', name), value);
  }));
  return element('li', 'panel server', element('div', 'bar', element('h3', '', server.name), element('span', 'badge'), button), list, element('p', 'soft uptime'));
}

function updateServer(item, server) {
  const badge = item.querySelector('.badge');
  write(badge, server.state);
  badge.dataset.state = server.state;
  item.querySelector('button').disabled = server.state === 'Draining' || server.state === 'Stopped';
  for (const value of item.querySelectorAll('[data-fact]')) write(value, facts[value.dataset.fact](server));
  write(item.querySelector('.uptime'), `Up for ${duration((Date.parse(server.time) - Date.parse(server.startedAt)) / 1000)}`);
}
