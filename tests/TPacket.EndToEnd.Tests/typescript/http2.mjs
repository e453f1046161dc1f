// The WebSocket of the npm package ws over HTTP/2 (RFC 8441), which Node's own WebSocket does not support. The stream of an extended CONNECT replaces the socket.

import http2 from 'node:http2';

/** Returns the class. @param require the function `require` of the folder where ws is installed */
export function overHttp2(require) {
  const { WebSocket } = require('ws');
  const { format, parse } = require('./node_modules/ws/lib/extension.js');
  const PerMessageDeflate = require('./node_modules/ws/lib/permessage-deflate.js');

  return class Http2WebSocket extends WebSocket {
    #session;

    constructor(url) {
      super(null, undefined, { autoPong: true, closeTimeout: 30_000 });
      this._isServer = false; // The constructor without an address makes a server's WebSocket.
      const { origin, pathname, search } = new URL(url.replace(/^ws/, 'http'));
      this.#session = http2.connect(origin);
      this.#session.on('error', error => this.#fail(error));
      this.#session.on('close', () => this.#fail(new Error('The session has ended.')));
      this.#session.once('remoteSettings', ({ enableConnectProtocol }) =>
        enableConnectProtocol ? this.#ask(pathname + search) : this.#fail(new Error('The server has no extended CONNECT.')));
      this.once('close', () => this.#session.destroy());
    }

    #ask(path) {
      const deflate = new PerMessageDeflate({ isServer: false, maxPayload: 0, threshold: 0 });
      const stream = this.#session.request({
        ':method': 'CONNECT', ':protocol': 'websocket', ':path': path,
        'sec-websocket-version': '13',
        'sec-websocket-extensions': format({ 'permessage-deflate': deflate.offer() }),
      }, { endStream: false });
      stream.once('error', error => this.#fail(error));
      stream.once('response', headers => {
        if (headers[':status'] !== 200) return this.#fail(new Error(`The server answers ${headers[':status']}.`));
        const agreed = headers['sec-websocket-extensions'];
        if (agreed !== undefined) {
          deflate.accept(parse(agreed)['permessage-deflate']);
          this._extensions['permessage-deflate'] = deflate;
        }

        this.setSocket(stream, Buffer.alloc(0), { allowSynchronousEvents: true, maxPayload: 0, skipUTF8Validation: false });
      });
    }

    #fail(error) {
      if (this.readyState !== WebSocket.CONNECTING) return;
      this._readyState = WebSocket.CLOSING;
      this.emit('error', error);
      this.emitClose();
    }
  };
}
