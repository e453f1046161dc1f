import { type GameOffer, type GameResult, type GameSeat, type GameView, isHeld } from './view.js';

/** The changes between two views of a game. The events follow the event `view`. */
export interface GameChanges<Board = unknown> {
  /** A member or a bot has taken a seat. */
  seated: { readonly seat: number; readonly holder: GameSeat };
  /** A seat was given up or lost. */
  freed: { readonly seat: number; readonly holder: GameSeat };
  /** The connection of a seat's member has dropped. */
  away: { readonly seat: number; readonly holder: GameSeat };
  /** The member of a seat has returned. */
  returned: { readonly seat: number; readonly holder: GameSeat };
  /** A game has begun. */
  began: { readonly view: GameView<Board> };
  /** One or more seats have moved; `moves` is the new number of moves. */
  moved: { readonly moves: number; readonly view: GameView<Board> };
  /** Moves were taken back; `moves` is the new number of moves. */
  tookBack: { readonly moves: number; readonly view: GameView<Board> };
  /** A seat has made an offer. */
  offered: { readonly seat: number; readonly offer: GameOffer };
  /** An offer is no longer open: it was accepted, declined or withdrawn, or a move has declined it. */
  settled: { readonly seat: number; readonly offer: GameOffer };
  /** The game has ended. */
  ended: { readonly result: GameResult; readonly view: GameView<Board> };
}

/** The name and the value of one event. */
type Change<Board> = { [Name in keyof GameChanges<Board>]: [name: Name, change: GameChanges<Board>[Name]] }[keyof GameChanges<Board>];

const sameHolder = (one: GameSeat, other: GameSeat) => one.user === other.user && one.bot === other.bot;

/** Returns the differences between two views of one room, in chronological order. */
export function* changesBetween<Board>(before: GameView<Board>, view: GameView<Board>): Generator<Change<Board>> {
  const isNew = view.game !== before.game;
  yield* seatsBetween(before, view);
  if (isNew) yield ['began', { view }];
  const moved = isNew ? 0 : before.moves;
  if (view.moves > moved) yield ['moved', { moves: view.moves, view }];
  if (view.moves < moved) yield ['tookBack', { moves: view.moves, view }];
  yield* offersBetween(before, view);
  if (view.result && (isNew || !before.result)) yield ['ended', { result: view.result, view }];
}

function* seatsBetween<Board>(before: GameView<Board>, view: GameView<Board>): Generator<Change<Board>> {
  for (const [seat, holder] of view.seats.entries()) {
    const last = before.seats[seat] ?? {};
    if (!sameHolder(last, holder)) {
      if (isHeld(last)) yield ['freed', { seat, holder: last }];
      if (isHeld(holder)) yield ['seated', { seat, holder }];
    } else if (holder.away && !last.away) yield ['away', { seat, holder }];
    else if (last.away && !holder.away) yield ['returned', { seat, holder }];
  }
}

function* offersBetween<Board>(before: GameView<Board>, view: GameView<Board>): Generator<Change<Board>> {
  for (const [seat, { offers = [] }] of view.seats.entries()) {
    const last = before.seats[seat]?.offers ?? [];
    for (const offer of last) if (!offers.includes(offer)) yield ['settled', { seat, offer }];
    for (const offer of offers) if (!last.includes(offer)) yield ['offered', { seat, offer }];
  }
}
