// Steers clients in a page, which has the bundle and a WebSocket of its own.

import { obeyAll, tell } from './lines.mjs';
import { steer } from './steer.mjs';
import * as client from './tpacket-client.min.js';

obeyAll(steer(client, undefined, tell));
