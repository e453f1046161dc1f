// The game of the room: connects its board, moves, players and actions.

import { showActions } from './actions.js';
import * as board from './board.js';
import { note } from './chat.js';
import { $, say } from './dom.js';
import * as moves from './moves.js';
import { save, write } from './pdn.js';
import * as picker from './picker.js';
import { count, parse, pathOf, start } from './position.js';
import * as record from './record.js';
import { showSeats, listen as listenToSeats } from './seatbox.js';
import { client, explain, game } from './server.js';
import { sound } from './sounds.js';
import { speak, wordsOf } from './speak.js';
import { keep, recall } from './storage.js';
import { nameOf, showPlayers } from './strips.js';
import { reasonOf, titleOf, toneOf } from './words.js';

let replayed; // The game of a replay: `{ players, result, title }`.
let isTurned = false; // Whether the user has flipped the board.
let names = [undefined, undefined]; // The names of the players, also after they have left.
let loading = 0; // The number of the newest request for all boards.

const report = text => say($('notice'), text);
listenToSeats(report);

const you = () => (replayed ? undefined : game.view?.you);
const bottom = () => (isTurned ? 1 - (you() ?? 1) : you() ?? 1);

// --- Showing ---

/** Shows a replay. */
export function showReplay(shown) {
  replayed = shown;
  isTurned = false;
  names = shown.players;
  record.reset(shown.boards, { atStart: true });
  refresh();
}

/** Shows the game of the room. */
export function showRoom() {
  replayed = undefined;
  isTurned = false;
  names = [undefined, undefined];
  record.reset([{ position: start }]);
  if (game.view) onView(game.view);
  refresh();
}

function refresh() {
  const view = replayed ? undefined : game.view;
  board.flip(bottom() === 0);
  moves.draw(parse(record.all()[0].position).toMove);
  showBoard();
  const result = replayed?.result ?? view?.result;
  showBoth();
  showActions(view, view?.you === undefined ? undefined : names[1 - view.you]);
  showSeats(view, client.state.room ?? '');
  showResult(result && view?.phase !== 'running' ? result : undefined);
  showStatus(view);
  $('download').hidden = record.count() < 1;
  $('talk').hidden = replayed !== undefined;
  $('table').classList.toggle('replayed', replayed !== undefined);
}

function showBoard(how) {
  const { position, last } = record.board();
  const { view } = game;
  const isOwnTurn = !replayed && record.isLive() && view?.phase === 'running' && game.isToMove && view.moves === record.count();
  // An offer of the opponent must not cancel the player's choice.
  if (isOwnTurn && picker.isChoosing(view.board.moves)) return;
  const { pieces } = parse(position);
  board.show(pieces, how === 'forward' && last ? pathOf(last) : undefined);
  picker.offer(isOwnTurn ? view.board.moves : [], last);
  $('frame').classList.toggle('past', !record.isLive() && !replayed);
}

function showStatus(view) {
  let text = '';
  if (replayed) text = replayed.title;
  else if (!record.isLive() && view?.phase === 'running') text = `You are looking at move ${record.ply()} of ${record.count()}.`;
  else if (view?.phase === 'running') {
    const mover = view.seats.findIndex(seat => seat.toMove);
    const mustCapture = view.board.moves[0]?.includes('x');
    text = mover === view.you ? (mustCapture ? 'Your turn. You must capture.' : 'Your turn.') : `${names[mover] ?? ['Black', 'White'][mover]} is to move.`;
  }
  $('status').classList.toggle('own', !replayed && view?.phase === 'running' && view.seats[view.you]?.toMove === true);
  say($('status'), text);
  document.title = !replayed && game.isToMove && view?.phase === 'running' ? 'Your turn · Checkers' : 'Checkers';
}

function showResult(result) {
  $('result').hidden = !result || replayed !== undefined;
  if ($('result').hidden) return;
  $('result').dataset.tone = toneOf(result, you());
  say($('result-title'), titleOf(result, you()));
  say($('result-reason'), reasonOf(result, names, you()));
}

// --- Events ---

function onView(view) {
  view.seats.forEach((seat, side) => (names[side] = nameOf(seat) ?? (view.phase === 'open' ? undefined : names[side])));
  if (view.board) keepBoards(view);
  else record.reset([{ position: view.setUp ?? start }]);
}

/** Adds the board of a view, or requests all boards if some are missing. */
function keepBoards(view) {
  const next = { position: view.board.position, last: view.board.last };
  const missing = view.moves - record.count();
  if (missing === 0 && record.all().at(-1).position === next.position) return;
  if (missing === 1 && isNext(next)) return record.push(next);
  if (missing < 0 && view.moves >= 0 && record.all()[view.moves]?.position === next.position) return record.truncate(view.moves);
  if (view.moves === 0) return record.reset([next]);
  void loadBoards(view.game);
}

/** Returns whether a board follows the last one: the other side is to move, and the piece of the last move was on its first square. */
const isNext = ({ position, last }) => position[0] !== record.all().at(-1).position[0] && parse(record.all().at(-1).position).pieces.has(pathOf(last)[0]);

async function loadBoards(number) {
  const request = ++loading;
  try {
    const { boards, game: found } = await game.replay();
    if (request !== loading || replayed || found !== number) return;
    record.reset([...boards]);
    refresh();
  } catch {
    // The connection is lost. After the first view of the next connection, the page requests the boards again.
  }
}

record.listen(how => {
  if (how === 'grown') return moves.draw(parse(record.all()[0].position).toMove);
  if (how === 'forward') {
    const { last } = record.board();
    // The player's own move is already on the board and announced.
    if (last && !sameAsShown()) sound(last.includes('x') ? 'capture' : 'move');
  }
  moves.draw(parse(record.all()[0].position).toMove);
  showBoard(sameAsShown() ? undefined : how);
  showBoth();
  showStatus(replayed ? undefined : game.view);
});

function sameAsShown() {
  const { pieces } = parse(record.board().position);
  const shown = board.snapshot();
  return pieces.size === shown.size && [...pieces].every(([square, piece]) => shown.get(square)?.side === piece.side && shown.get(square)?.king === piece.king);
}

function showBoth() {
  const view = replayed ? undefined : game.view;
  const winner = view?.phase === 'running' ? undefined : (replayed?.result ?? view?.result)?.winners[0];
  const players = [0, 1].map(side => ({ name: names[side] ?? (view?.board && ['Black', 'White'][side]), seat: view?.seats[side], isYou: side === view?.you, isWinner: winner === side }));
  showPlayers(players, taken(), bottom());
}

/** Returns the number of each side's pieces captured since the first board. */
function taken() {
  const [first, now] = [record.all()[0], record.board()].map(({ position }) => parse(position).pieces);
  return [0, 1].map(side => count(first, side) - count(now, side));
}

game.on('view', view => {
  if (replayed) return;
  onView(view);
  refresh();
});

game.on('began', ({ view }) => {
  if (replayed) return;
  isTurned = false;
  refresh();
  sound('begin');
  note('The game begins.');
  speak(view.you === undefined ? 'The game begins.' : `The game begins. You have the ${view.you === 0 ? 'black' : 'white'} pieces.`);
});

game.on('moved', ({ view }) => {
  if (replayed || !view.board.last) return;
  const mover = view.board.position[0] === 'B' ? 1 : 0;
  if (mover === view.you) return;
  const turn = game.isToMove ? (view.board.moves[0]?.includes('x') ? ' Your turn. You must capture.' : ' Your turn.') : '';
  speak(`${wordsOf(view.board.last, mover)}.${turn}`);
});

game.on('tookBack', () => note('Moves were taken back.'));
game.on('offered', ({ seat, offer }) => {
  if (replayed || seat === game.view.you) return;
  sound('offer');
  if (game.view.you !== undefined) speak(`${names[seat]} ${offer === 'draw' ? 'offers a draw' : offer === 'takeback' ? 'asks to take a move back' : 'offers a rematch'}.`);
});
game.on('away', ({ holder }) => speak(`${holder.nick} is away.`));
game.on('returned', ({ holder }) => speak(`${holder.nick} is back.`));
game.on('ended', ({ result, view }) => {
  if (replayed) return;
  sound('end');
  const text = `${titleOf(result, view.you)}. ${reasonOf(result, names, view.you)}`;
  note(text);
  speak(text);
});

// --- Actions of the user ---

picker.listen({
  async onMove(text) {
    report('');
    say($('hint'), '');
    const mover = game.view?.you;
    sound(text.includes('x') ? 'capture' : 'move');
    speak(`${wordsOf(text, mover)}.`);
    try {
      await game.move(text);
    } catch (error) {
      report(explain(error));
      refresh();
    }
  },
  onHint(text) {
    say($('hint'), text);
    speak(text);
  },
});
$('flip').addEventListener('click', () => {
  isTurned = !isTurned;
  refresh();
});

$('download').addEventListener('click', () => save(write(record.all(), names, replayed?.result ?? game.view?.result), 'checkers.pdn'));

$('numbers').addEventListener('click', () => {
  const on = !(recall('numbers') ?? true);
  keep('numbers', on);
  showNumbers();
});
function showNumbers() {
  const on = recall('numbers') ?? true;
  $('frame').classList.toggle('numbered', on);
  $('numbers').ariaPressed = on;
}
showNumbers();

