import { Appends, mostAppends } from './appends.js';
import { PacketCommand } from './commands.js';
import { ConnectionError, ProtocolError, RequestError, TimeoutError } from './errors.js';
import type { Receipt } from './events.js';
import { readReceipt } from './log.js';
import { decodeText, encodeText, type Packet, readPacket, writePacket } from './packet.js';
import { type AbortSignalLike, platform, type Timer, type WebSocketConstructor, type WebSocketLike } from './platform.js';

/** A packet to send. */
export interface OutgoingPacket {
  readonly command: number;
  /** 0 unless given. */
  readonly p1?: number;
  /** 0 unless given. */
  readonly p2?: number;
  /** Text is sent as UTF-8. None unless given. */
  readonly data?: string | Uint8Array;
}

export interface RequestOptions {
  /** Ends the wait; the server may have done the request all the same. */
  readonly signal?: AbortSignalLike;
  /** Milliseconds to wait; the client's `timeout` unless given. */
  readonly timeout?: number;
}

export interface ConnectionLimits {
  readonly timeout: number;
  readonly maxPacketLength: number;
  readonly maxBufferedBytes: number;
  readonly maxPendingRequests: number;
}

type Settle = (error: Error | undefined, reply?: Packet) => void;

// Old clients count from here, too.
export const firstUid = 0x1000;

// Milliseconds. A timer that comes later than this shows that the machine was suspended, or the page frozen: what has arrived meanwhile is handled behind the timers, and gets this long for that.
const tolerance = 1000;

// A range that is none (docs/protocol.md, ACCEPT_COMMANDS): every server answers, and nothing changes.
const probe: OutgoingPacket = { command: PacketCommand.AcceptCommands };

/** One WebSocket with its requests. It ends once, with an error. */
export class Connection {
  /** Whether something has come since this was last set to false. */
  heard = false;
  /** Why it has ended. */
  error: Error | undefined;
  /** Whether the server has accepted that the client asks for receipts, which it may do without knowing them. */
  acceptsReceipts = false;
  /** Whether the server sends a receipt for each packet that it appends: it was asked for them, and a snapshot of a room has shown that it knows them. */
  givesReceipts = false;

  readonly #socket: WebSocketLike;
  readonly #pending = new Map<number, Settle>();
  readonly #appends: Appends;

  /**
   * @param uids The next uid; they rise also from one connection to the next.
   * @param received Is called for what is no reply.
   * @param ended Is called once, after all requests have failed.
   */
  constructor(
    url: string,
    WebSocket: WebSocketConstructor,
    readonly limits: ConnectionLimits,
    readonly uids: { next: number },
    readonly received: (packet: Packet) => void,
    readonly ended: (error: Error) => void,
  ) {
    this.#appends = new Appends(bytes => this.#socket.send(bytes.buffer as ArrayBuffer), limits.timeout);
    this.#socket = new WebSocket(url);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = event => this.#receive(event.data);
    // A close event follows; `ws` throws an error that nobody listens to.
    this.#socket.onerror = () => {};
    this.#socket.onclose = ({ code, reason }) => this.#end(new ConnectionError(`The connection has ended with ${code}${reason && `: ${reason}`}.`, code));
  }

  /** Waits until packets can be sent. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.error) throw this.error;
      // 0 is no packet's uid.
      this.#await(0, undefined, this.limits.timeout, error => (error ? reject(error) : resolve()));
      this.#socket.onopen = () => this.#pending.get(0)?.(undefined);
    });
  }

  /**
   * Sends a packet.
   * @returns Its uid.
   */
  send(packet: OutgoingPacket): number {
    const { uid, bytes } = this.#write(packet);
    this.#socket.send(bytes.buffer as ArrayBuffer);
    return uid;
  }

  /** Sends a packet that the server appends to the room's log, and that is sent again where the server does not know whether it has. Nobody has to look at the receipt. */
  append(packet: OutgoingPacket): { uid: number; receipt: Promise<Receipt> } {
    if (this.#appends.size >= mostAppends) throw new ConnectionError(`${mostAppends} packets wait for their receipts.`);
    const { uid, bytes } = this.#write(packet);
    const receipt = new Promise<Receipt>((resolve, reject) =>
      this.#await(uid, packet.command, this.limits.timeout, (error, reply) => {
        if (error) reject(error);
        else resolve({ uid, ...(reply!.command === PacketCommand.Receipt && readReceipt(reply!)) });
      }),
    );
    receipt.catch(() => {});
    this.#appends.add(uid, bytes);
    return { uid, receipt };
  }

  #write({ command, p1 = 0, p2 = 0, data = '' }: OutgoingPacket): { uid: number; bytes: Uint8Array } {
    const uid = this.uids.next;
    const bytes = writePacket({ uid, command, p1, p2, data: typeof data === 'string' ? encodeText(data) : data });
    if (this.error) throw this.error;
    if (this.#socket.bufferedAmount + bytes.length > this.limits.maxBufferedBytes)
      throw new ConnectionError(`More than ${this.limits.maxBufferedBytes} bytes would wait to be sent.`);
    do this.uids.next = this.uids.next < 0x7fffffff ? this.uids.next + 1 : firstUid;
    while (this.#pending.has(this.uids.next));
    return { uid, bytes };
  }

  /** Sends a packet and waits for the reply. */
  request(packet: OutgoingPacket, { signal, timeout }: RequestOptions = {}): Promise<Packet> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      const waiting = this.#pending.size - this.#appends.size;
      if (waiting >= this.limits.maxPendingRequests) throw new ConnectionError(`${waiting} requests wait for their replies.`);
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

  /** Sends a packet and calls back before anything that comes behind the reply is handled. */
  ask(packet: OutgoingPacket, settle: Settle, timeout = this.limits.timeout): number {
    const uid = this.send(packet);
    this.#await(uid, packet.command, timeout, settle);
    return uid;
  }

  /** Calls back when the server has handled all that was sent before, which promises 4 and 5 of docs/protocol.md make possible. */
  fence(settle: (error?: Error) => void): void {
    this.ask(probe, error => settle(error instanceof RequestError ? undefined : error));
  }

  /** Ends the connection; nothing that it brings is heard any more. */
  close(error: Error, code: number, reason = ''): void {
    const open = !this.error;
    this.#end(error);
    if (open) this.#socket.close(code, reason);
  }

  #await(uid: number, command: number | undefined, timeout: number, settle: Settle): void {
    let timer: Timer;
    const done: Settle = (error, reply) => {
      platform.clearTimeout(timer);
      this.#pending.delete(uid);
      settle(error, reply);
    };
    this.#pending.set(uid, done);
    const what = command === undefined ? 'open connection' : `reply to command ${command}`;
    const due = platform.Date.now() + timeout;
    const expire = () => done(new TimeoutError(`No ${what} within ${timeout} ms.`));
    timer = platform.setTimeout(() => {
      if (platform.Date.now() - due > tolerance) timer = platform.setTimeout(expire, tolerance);
      else expire();
    }, timeout);
  }

  #receive(message: unknown): void {
    this.heard = true;
    const packet = isArrayBuffer(message) ? readPacket(new Uint8Array(message), this.limits.maxPacketLength) : 'NotBinary';
    if (typeof packet === 'string') return this.refuse(new ProtocolError(packet));
    try {
      if (this.acceptsReceipts && packet.command === PacketCommand.Receipt && !readReceipt(packet)) throw new ProtocolError('BadReceipt');
      this.givesReceipts ||= this.acceptsReceipts && packet.command === PacketCommand.Snapshot;
      if (this.#appends.has(packet.uid)) {
        if (!this.#appends.answer(packet)) return;
        // A refusal is told, too, since nobody has to look at the receipt.
        if (packet.command !== PacketCommand.Receipt && packet.command !== PacketCommand.RespOk) this.received(packet);
      }
      const settle = packet.uid > 0 ? this.#pending.get(packet.uid) : undefined;
      if (!settle) this.received(packet);
      else if (packet.command === PacketCommand.RespError) settle(asError(packet));
      else settle(undefined, packet);
    } catch (error) {
      if (error instanceof ProtocolError) this.refuse(error);
      else throw error;
    }
  }

  /** Ends the connection because of what the server has sent. */
  refuse(error: ProtocolError): void {
    this.close(error, protocolErrorCode, error.status);
  }

  #end(error: Error): void {
    if (this.error) return;
    this.error = error;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#appends.end();
    for (const settle of [...this.#pending.values()]) settle(error);
    this.ended(error);
  }
}

// A web page may only give the codes that RFC 6455 leaves to applications.
const protocolErrorCode = 4000;

/** Also for one of another realm, such as that of a `WebSocket` outside of Jest's sandbox or of a `vm` context, of which `instanceof` knows nothing. */
function isArrayBuffer(message: unknown): message is ArrayBuffer {
  return Object.prototype.toString.call(message) === '[object ArrayBuffer]';
}

/** A RESP_ERROR. */
export function asError({ uid, p1, data }: Packet): RequestError {
  return new RequestError(p1, textOf(data), uid);
}

/** Text that the protocol wants to be UTF-8. */
export function textOf(data: Uint8Array): string {
  try {
    return decodeText(data);
  } catch {
    throw new ProtocolError('NotUtf8');
  }
}
