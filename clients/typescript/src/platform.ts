// The used parts of browsers and Node. They are declared here, so that neither this package nor its users need the types of either platform.

/** The used part of `WebSocket`: of a browser, of Node (22 and newer), or of the npm package `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly bufferedAmount: number;
  onopen: ((event: any) => void) | null;
  onmessage: ((event: any) => void) | null;
  onerror: ((event: any) => void) | null;
  onclose: ((event: any) => void) | null;
  send(data: ArrayBuffer): void;
  close(code?: number, reason?: string): void;
}

/** Creates a {@link WebSocketLike}, which starts to connect. */
export type WebSocketConstructor = new (url: string, protocols?: string | string[]) => WebSocketLike;

/** The used part of `AbortSignal`. */
export interface AbortSignalLike {
  readonly aborted: boolean;
  readonly reason: unknown;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

export type Timer = unknown;

interface Platform {
  WebSocket?: WebSocketConstructor;
  TextEncoder: new () => { encode(text: string): Uint8Array };
  TextDecoder: new (label: string, options: { fatal: boolean; ignoreBOM: boolean }) => { decode(bytes: Uint8Array): string };
  URL: new (url: string) => { readonly protocol: string; readonly href: string };
  AbortSignal: { timeout(milliseconds: number): unknown };
  // Without it, the client has no sessions.
  crypto?: { getRandomValues(bytes: Uint8Array): unknown };
  Date: { now(): number };
  // Only in pages:
  addEventListener?(type: string, listener: (event: { readonly type: string }) => void): void;
  removeEventListener?(type: string, listener: (event: { readonly type: string }) => void): void;
  document?: { readonly hidden: boolean };
  navigator?: { readonly locks?: { request(name: string, options: { signal: unknown }, held: () => Promise<void>): Promise<unknown> } };
  setTimeout(callback: () => void, milliseconds: number): Timer;
  clearTimeout(timer: Timer): void;
  queueMicrotask(callback: () => void): void;
}

export const platform = globalThis as unknown as Platform;
