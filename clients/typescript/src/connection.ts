import { maxAppends, type Settle } from './appends.js';
import { PacketCommand } from './commands.js';
import { startDeadline } from './deadline.js';
import { ConnectionError, ProtocolError, RequestError, TimeoutError } from './errors.js';
import type { Receipt } from './events.js';
import { readReceipt } from './log.js';
import { decodeText, encodeText, type Packet, readPacket, writePacket } from './packet.js';
import type { AbortSignalLike, WebSocketLike } from './platform.js';
import type { AttemptTarget, Settings } from './options.js';
import type { UserSession } from './session.js';

/** A packet to send. */
export interface OutgoingPacket {
  readonly command: number;
  /** Default: 0. */
  readonly p1?: number;
  /** Default: 0. */
  readonly p2?: number;
  /** Text is encoded as UTF-8. Default: none. */
  readonly data?: string | Uint8Array;
}

/** Options of a request. */
export interface RequestOptions {
  /** Ends the wait; the server may still handle the request. */
  readonly signal?: AbortSignalLike;
  /** The longest wait in milliseconds. Default: the client's `timeout`. */
  readonly timeout?: number;
}

// The first uid. Clients of the original protocol use the same number.
export const firstUid = 0x1000;

// An empty range (docs/protocol.md, ACCEPT_COMMANDS): every server answers it, and nothing changes.
const probe: OutgoingPacket = { command: PacketCommand.AcceptCommands };

/** One WebSocket with its pending requests. It ends once, with an error. */
export class Connection {
  /** Whether a packet has arrived since the loop last reset this flag. */
  hasReceived = false;
  /** Whether the application may send. */
  ready = false;
  /** The cause of the connection's end. */
  error: Error | undefined;
  /** The delay and the address for the next connection, if the server has named them. */
  moveOn: { readonly delay: number; readonly moveTo?: string } | undefined;

  readonly #socket: WebSocketLike;
  readonly #pending = new Map<number, Settle>();

  /**
   * @param uids The counter of the client's uids, which rise across connections.
   * @param user The user. The engagement replaces the user if the client signs in again.
   * @param onPacket Called for each packet that is not a reply.
   * @param onEnded Called once, after all requests have failed. It returns whether the client is closed.
   */
  constructor(
    url: string,
    protocols: AttemptTarget['protocols'],
    readonly settings: Settings,
    readonly uids: { next: number },
    public user: UserSession,
    readonly onPacket: (packet: Packet) => void,
    readonly onEnded: (error: Error) => boolean,
  ) {
    let failure = '';
    this.#socket = protocols ? new settings.WebSocket(url, protocols as string[]) : new settings.WebSocket(url);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = event => this.#receive(event.data);
    // A close event follows. `ws` throws an error event without a listener.
    this.#socket.onerror = ({ message = '' }) => (failure = message);
    this.#socket.onclose = ({ code, reason }) =>
      this.#end(
        // The WebSocket was never open.
        this.#pending.has(0)
          ? new ConnectionError(
              `No connection to ${url.split('?')[0]}${failure && `: ${failure}`}. Check host, port, path${/^ws:/i.test(url) ? ' (or wss://)' : ''} and origin.`,
              code,
              // Only `ws` has the status.
              +failure.split('response: ')[1]! || undefined,
            )
          : new ConnectionError(`The connection has ended with ${code}${reason && `: ${reason}`}.`, code),
      );
  }

  /** Waits until the WebSocket is open. */
  waitUntilOpen(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.error) throw this.error;
      // No packet has the uid 0.
      this.#expect(0, undefined, this.settings.timeout, error => (error ? reject(error) : resolve()));
      this.#socket.onopen = () => this.#pending.get(0)?.(undefined);
    });
  }

  /**
   * Sends a packet.
   * @returns The uid.
   */
  send(packet: OutgoingPacket): number {
    const { uid, bytes } = this.#write(packet);
    this.#socket.send(bytes.buffer as ArrayBuffer);
    return uid;
  }

  /** Sends a packet that the server appends to the room's log. The caller may ignore the promise. */
  append(packet: OutgoingPacket): { uid: number; receipt: Promise<Receipt> } {
    const { appends } = this.user;
    if (appends.size >= maxAppends) throw new ConnectionError(`${maxAppends} packets wait for receipts.`);
    const { uid, bytes } = this.#write(packet);
    return { uid, receipt: appends.add(uid, bytes) };
  }

  /** Starts to send appended packets. Sends packets without an answer again. */
  attach(): void {
    this.user.appends.attach(bytes => this.#socket.send(bytes.buffer as ArrayBuffer));
  }

  #write({ command, p1 = 0, p2 = 0, data = '' }: OutgoingPacket): { uid: number; bytes: Uint8Array } {
    const uid = this.uids.next;
    const bytes = writePacket({ uid, command, p1, p2, data: typeof data === 'string' ? encodeText(data) : data });
    if (this.error) throw this.error;
    if (this.#socket.bufferedAmount + bytes.length > this.settings.maxBufferedBytes)
      throw new ConnectionError(`More than ${this.settings.maxBufferedBytes} bytes would be queued.`);
    do this.uids.next = this.uids.next < 0x7fffffff ? this.uids.next + 1 : firstUid;
    while (this.#pending.has(this.uids.next));
    return { uid, bytes };
  }

  /** Sends a packet and waits for the reply. */
  request(packet: OutgoingPacket, { signal, timeout }: RequestOptions = {}): Promise<Packet> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      if (this.#pending.size >= this.settings.maxPendingRequests) throw new ConnectionError(`${this.#pending.size} requests wait for replies.`);
      const abort = () => this.#pending.get(uid)?.(signal!.reason as Error);
      const uid = this.ask(
        packet,
        (error, reply) => {
          signal?.removeEventListener('abort', abort);
          if (error) reject(error);
          else resolve(reply!);
        },
        timeout,
      );
      signal?.addEventListener('abort', abort);
    });
  }

  /** Sends a packet, and calls back with the reply before the next packet is handled. */
  ask(packet: OutgoingPacket, settle: Settle, timeout = this.settings.timeout): number {
    const uid = this.send(packet);
    this.#expect(uid, packet.command, timeout, settle);
    return uid;
  }

  /** Calls back when the server has handled all earlier packets (promises 4 and 5 of docs/protocol.md). */
  fence(settle: (error?: Error) => void, timeout?: number): void {
    this.ask(probe, error => settle(error instanceof RequestError ? undefined : error), timeout);
  }

  /**
   * Ends the connection, and ignores all packets from then on.
   * @param code The close code. Default: if the client is closed, 1000, which also ends the user's session; if it reconnects, no code.
   */
  close(error: Error, code?: number, reason = ''): void {
    if (this.error) return;
    const isClosed = this.#end(error);
    if (code ?? isClosed) this.#socket.close(code ?? 1000, reason);
    else this.#socket.close();
  }

  #expect(uid: number, command: number | undefined, timeout: number, settle: Settle): void {
    const what = command === undefined ? 'open connection' : `reply to command ${command}`;
    const cancel = startDeadline(timeout, () => done(new TimeoutError(`No ${what} within ${timeout} ms.`)));
    const done: Settle = (error, reply) => {
      cancel();
      this.#pending.delete(uid);
      settle(error, reply);
    };
    this.#pending.set(uid, done);
  }

  #receive(message: unknown): void {
    this.hasReceived = true;
    const packet = isArrayBuffer(message) ? readPacket(new Uint8Array(message), this.settings.maxPacketLength) : 'NotBinary';
    if (typeof packet === 'string') return this.closeOnViolation(new ProtocolError(packet));
    try {
      const { user } = this;
      if (user.acceptsReceipts && packet.command === PacketCommand.Receipt && !readReceipt(packet)) throw new ProtocolError('BadReceipt');
      user.givesReceipts ||= user.acceptsReceipts && packet.command === PacketCommand.Snapshot;
      if (user.appends.has(packet.uid)) {
        const settle = user.appends.answer(packet);
        if (!settle) return;
        // A refusal raises an event too, since the caller may ignore the promise.
        if (packet.command !== PacketCommand.Receipt && packet.command !== PacketCommand.RespOk) this.onPacket(packet);
        return settle(packet.command === PacketCommand.RespError ? asError(packet) : undefined, packet);
      }
      const settle = packet.uid > 0 ? this.#pending.get(packet.uid) : undefined;
      if (!settle) this.onPacket(packet);
      else if (packet.command === PacketCommand.RespError) settle(asError(packet));
      else settle(undefined, packet);
    } catch (error) {
      if (error instanceof ProtocolError) this.closeOnViolation(error);
      else throw error;
    }
  }

  /** Ends the connection because of a violation by the server. */
  closeOnViolation(error: ProtocolError): void {
    this.close(error, protocolErrorCode, error.status);
  }

  #end(error: Error): boolean {
    if (this.error) return false;
    this.error = error;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    for (const settle of [...this.#pending.values()]) settle(error);
    return this.onEnded(error);
  }
}

// A web page may send only 1000 and the codes that RFC 6455 leaves to applications.
const protocolErrorCode = 4000;

/**
 * Returns whether a value is an ArrayBuffer. `instanceof` fails for an ArrayBuffer of another realm, such as outside of Jest's sandbox or of a `vm` context.
 */
function isArrayBuffer(message: unknown): message is ArrayBuffer {
  return Object.prototype.toString.call(message) === '[object ArrayBuffer]';
}

/** Returns the error of a RESP_ERROR. */
export function asError({ uid, p1, p2, data }: Packet): RequestError {
  return new RequestError(p1, textOf(data), uid, p2);
}

/** Decodes text, which the protocol requires to be UTF-8. */
export function textOf(data: Uint8Array): string {
  try {
    return decodeText(data);
  } catch {
    throw new ProtocolError('NotUtf8');
  }
}
