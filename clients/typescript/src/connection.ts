import { mostAppends, type Settle } from './appends.js';
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

// Old clients count from here, too.
export const firstUid = 0x1000;

// A range that is none (docs/protocol.md, ACCEPT_COMMANDS): every server answers, and nothing changes.
const probe: OutgoingPacket = { command: PacketCommand.AcceptCommands };

/** One WebSocket with its requests. It ends once, with an error. */
export class Connection {
  /** Whether something has come since this was last set to false. */
  heard = false;
  /** Whether the application may send. */
  ready = false;
  /** Why it has ended. */
  error: Error | undefined;
  /** When and where the server wants the client back. */
  moveOn: { readonly delay: number; readonly moveTo?: string } | undefined;

  readonly #socket: WebSocketLike;
  readonly #pending = new Map<number, Settle>();

  /**
   * @param uids The next uid; they rise also from one connection to the next.
   * @param user The user; another one when the client has to sign in anew.
   * @param received Is called for what is no reply.
   * @param ended Is called once, after all requests have failed; returns whether the client is closed then.
   */
  constructor(
    url: string,
    protocols: AttemptTarget['protocols'],
    readonly settings: Settings,
    readonly uids: { next: number },
    public user: UserSession,
    readonly received: (packet: Packet) => void,
    readonly ended: (error: Error) => boolean,
  ) {
    let failure = '';
    this.#socket = protocols ? new settings.WebSocket(url, protocols as string[]) : new settings.WebSocket(url);
    this.#socket.binaryType = 'arraybuffer';
    this.#socket.onmessage = event => this.#receive(event.data);
    // A close event follows; `ws` throws an error that nobody listens to.
    this.#socket.onerror = ({ message = '' }) => (failure = message);
    this.#socket.onclose = ({ code, reason }) =>
      this.#end(
        // It has not opened yet.
        this.#pending.has(0)
          ? new ConnectionError(
              `No connection to ${url.split('?')[0]}${failure && `: ${failure}`}. Check host, port, path${/^ws:/i.test(url) ? ' (or wss://)' : ''} and origin.`,
              code,
              // Of `ws`; browsers do not say.
              +failure.split('response: ')[1]! || undefined,
            )
          : new ConnectionError(`The connection has ended with ${code}${reason && `: ${reason}`}.`, code),
      );
  }

  /** Waits until packets can be sent. */
  opened(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.error) throw this.error;
      // 0 is no packet's uid.
      this.#await(0, undefined, this.settings.timeout, error => (error ? reject(error) : resolve()));
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
    const { appends } = this.user;
    if (appends.size >= mostAppends) throw new ConnectionError(`${mostAppends} packets wait for their receipts.`);
    const { uid, bytes } = this.#write(packet);
    return { uid, receipt: appends.add(uid, bytes) };
  }

  /** Begins to send what the server appends, and sends what has no answer yet again. */
  attach(): void {
    this.user.appends.attach(bytes => this.#socket.send(bytes.buffer as ArrayBuffer));
  }

  #write({ command, p1 = 0, p2 = 0, data = '' }: OutgoingPacket): { uid: number; bytes: Uint8Array } {
    const uid = this.uids.next;
    const bytes = writePacket({ uid, command, p1, p2, data: typeof data === 'string' ? encodeText(data) : data });
    if (this.error) throw this.error;
    if (this.#socket.bufferedAmount + bytes.length > this.settings.maxBufferedBytes)
      throw new ConnectionError(`More than ${this.settings.maxBufferedBytes} bytes would wait to be sent.`);
    do this.uids.next = this.uids.next < 0x7fffffff ? this.uids.next + 1 : firstUid;
    while (this.#pending.has(this.uids.next));
    return { uid, bytes };
  }

  /** Sends a packet and waits for the reply. */
  request(packet: OutgoingPacket, { signal, timeout }: RequestOptions = {}): Promise<Packet> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      if (this.#pending.size >= this.settings.maxPendingRequests) throw new ConnectionError(`${this.#pending.size} requests wait for their replies.`);
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
  ask(packet: OutgoingPacket, settle: Settle, timeout = this.settings.timeout): number {
    const uid = this.send(packet);
    this.#await(uid, packet.command, timeout, settle);
    return uid;
  }

  /** Calls back when the server has handled all that was sent before, which promises 4 and 5 of docs/protocol.md make possible. */
  fence(settle: (error?: Error) => void, timeout?: number): void {
    this.ask(probe, error => settle(error instanceof RequestError ? undefined : error), timeout);
  }

  /**
   * Ends the connection; nothing that it brings is heard any more.
   * @param code What the server is told. Unless given: 1000, which also ends the user's session, where the client is closed then, and no code where it means to come back.
   */
  close(error: Error, code?: number, reason = ''): void {
    if (this.error) return;
    const isClosed = this.#end(error);
    if (code ?? isClosed) this.#socket.close(code ?? 1000, reason);
    else this.#socket.close();
  }

  #await(uid: number, command: number | undefined, timeout: number, settle: Settle): void {
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
    this.heard = true;
    const packet = isArrayBuffer(message) ? readPacket(new Uint8Array(message), this.settings.maxPacketLength) : 'NotBinary';
    if (typeof packet === 'string') return this.refuse(new ProtocolError(packet));
    try {
      const { user } = this;
      if (user.acceptsReceipts && packet.command === PacketCommand.Receipt && !readReceipt(packet)) throw new ProtocolError('BadReceipt');
      user.givesReceipts ||= user.acceptsReceipts && packet.command === PacketCommand.Snapshot;
      if (user.appends.has(packet.uid)) {
        const settle = user.appends.answer(packet);
        if (!settle) return;
        // A refusal is told, too, since nobody has to look at the receipt.
        if (packet.command !== PacketCommand.Receipt && packet.command !== PacketCommand.RespOk) this.received(packet);
        return settle(packet.command === PacketCommand.RespError ? asError(packet) : undefined, packet);
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

  #end(error: Error): boolean {
    if (this.error) return false;
    this.error = error;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    for (const settle of [...this.#pending.values()]) settle(error);
    return this.ended(error);
  }
}

// A web page may only give the codes that RFC 6455 leaves to applications.
const protocolErrorCode = 4000;

/** Also for one of another realm, such as that of a `WebSocket` outside of Jest's sandbox or of a `vm` context, of which `instanceof` knows nothing. */
function isArrayBuffer(message: unknown): message is ArrayBuffer {
  return Object.prototype.toString.call(message) === '[object ArrayBuffer]';
}

/** A RESP_ERROR. */
export function asError({ uid, p1, p2, data }: Packet): RequestError {
  return new RequestError(p1, textOf(data), uid, p2);
}

/** Text that the protocol wants to be UTF-8. */
export function textOf(data: Uint8Array): string {
  try {
    return decodeText(data);
  } catch {
    throw new ProtocolError('NotUtf8');
  }
}
