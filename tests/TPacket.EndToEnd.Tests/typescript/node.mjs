// Runs commands on clients in Node, with the WebSocket of the npm package ws. The third argument is the folder of the client's package, in which ws is installed.

import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { overHttp2 } from './http2.mjs';
import { steer } from './steer.mjs';

const folder = process.argv[4];
const require = createRequire(`${folder}/`);
const { WebSocket } = require('ws');
const Http2WebSocket = overHttp2(require);

// By default ws compresses no message shorter than 1,024 bytes.
class Http1WebSocket extends WebSocket {
  constructor(url) {
    super(url, { perMessageDeflate: { threshold: 0 } });
  }
}

const client = await import(pathToFileURL(`${folder}/dist/index.js`));

const report = line => process.stdout.write(`${line}\n`);
report('0 ready');
const lines = createInterface({ input: process.stdin });
lines.on('line', steer(client, { webSocketOf: ({ http2 }) => (http2 ? Http2WebSocket : Http1WebSocket) }, report));
lines.on('close', () => process.exit()); // The test has ended.
