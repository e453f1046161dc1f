// The actions of a player besides moves: offers and answers, resigning, and actions after a game.

import { $, element, icon, say } from './dom.js';
import { attempt, game } from './server.js';
import { isHeld } from './tpacket-games.min.js';

const offers = {
  draw: { asks: 'offers a draw', own: 'You have offered a draw.', yes: 'Accept', no: 'Decline' },
  takeback: { asks: 'asks to take a move back', own: 'You have asked to take a move back.', yes: 'Allow', no: 'Decline' },
  swap: { asks: 'would like a rematch with swapped colours', own: 'You have offered a rematch.', yes: 'Play', no: 'Decline' },
  rematch: { asks: 'would like a rematch', own: 'You have offered a rematch.', yes: 'Play', no: 'Decline' },
};

let asksFor; // The action that waits for confirmation.
let shown = ''; // The actions of the shown buttons.

const report = text => say($('notice'), text);
const act = action => attempt(action, report);

/** Shows the buttons for a view. A spectator has none. */
export function showActions(view, opponent) {
  const isPlayer = view?.you !== undefined;
  const own = isPlayer ? view.seats[view.you].offers ?? [] : [];
  const others = isPlayer ? view.seats[1 - view.you].offers ?? [] : [];
  showOffer(isPlayer ? others[0] : undefined, own[0], opponent);

  const buttons = isPlayer ? buttonsOf(view, own, others) : [];
  // Unchanged buttons stay, so that they keep the focus.
  const state = JSON.stringify([buttons.map(([id]) => id), asksFor]);
  if (state === shown) return;
  shown = state;
  const hadFocus = $('actions').contains(document.activeElement) ? document.activeElement.id : undefined;
  $('actions').replaceChildren(...buttons.map(([id, drawing, text, action, kind = '']) => button(id, drawing, text, action, kind)));
  if (hadFocus) ($(hadFocus) ?? $('actions').firstElementChild)?.focus();
}

function buttonsOf(view, own, others) {
  const can = offer => !own.includes(offer) && !others.includes(offer);
  if (asksFor && view.phase === 'running') {
    const { text, action } = asksFor;
    return [['confirm', 'flag', text, () => ask(undefined, action), 'danger'], ['keep', 'close', 'Play on', () => ask(undefined)]];
  }
  asksFor = undefined;
  if (view.phase === 'running') {
    const hasBegun = view.moves > 1;
    return [
      ...(view.board.mayClaimDraw ? [['claim-draw', 'half', 'Claim a draw', () => act(() => game.claimDraw()), 'primary']] : []),
      ...(can('takeback') && view.moves > view.you ? [['takeback', 'undo', 'Take back', () => act(() => game.offer('takeback'))]] : []),
      ...(can('draw') && !view.seats[1 - view.you].bot ? [['draw', 'half', 'Offer draw', () => act(() => game.offer('draw'))]] : []),
      hasBegun ? ['resign', 'flag', 'Resign', () => ask({ text: 'Yes, resign', action: () => game.resign() })] : ['abort', 'close', 'Abort', () => act(() => game.abort())],
    ];
  }
  if (view.phase === 'open') return [];
  const isComplete = view.seats.every(isHeld);
  return [
    ...(view.phase === 'over' && isComplete && can('swap') && can('rematch') ? [['rematch', 'swap', 'Rematch', () => act(() => game.offer('swap')), 'primary']] : []),
    ['new-game', 'new', 'New game', () => (location.hash = '')],
  ];
}

function ask(next, confirmed) {
  asksFor = next;
  showActions(game.view);
  $(next ? 'keep' : 'actions')?.focus();
  if (confirmed) act(confirmed);
}

function button(id, drawing, text, action, kind) {
  const made = element('button', { type: 'button', id, className: kind || 'quiet' }, icon(drawing), element('span', { textContent: text }));
  made.addEventListener('click', action);
  return made;
}

/** Shows an offer of the opponent or the player's own offer. */
function showOffer(asked, own, opponent) {
  const place = $('offer');
  const key = `${asked} ${own} ${opponent}`;
  if (place.dataset.key === key) return;
  place.dataset.key = key;
  place.hidden = !asked && !own;
  if (place.hidden) return place.replaceChildren();
  const { asks, own: mine, yes, no } = offers[asked ?? own];
  if (!asked) return place.replaceChildren(element('p', { textContent: mine }), small('withdraw', 'Withdraw', () => game.decline(own)));
  place.replaceChildren(element('p', {}, element('bdi', { textContent: opponent ?? 'Your opponent' }), ` ${asks}.`), small('accept', yes, () => game.offer(asked), 'primary'), small('decline', no, () => game.decline(asked)));
}

function small(id, text, action, kind = 'quiet') {
  const made = element('button', { type: 'button', id, className: kind, textContent: text });
  made.addEventListener('click', () => act(action));
  return made;
}
