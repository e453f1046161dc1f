// Error texts for users.

import { ConnectionError, PacketErrorCode, RequestError } from './tpacket-client.min.js';

const policyViolation = 1008;
const takenOver = 4001;

export function explain(error) {
  if (error instanceof ConnectionError && error.closeCode === policyViolation) return 'The server has ended the connection.';
  if (error instanceof ConnectionError && error.closeCode === takenOver) return 'You are here in another window.';
  if (!(error instanceof RequestError)) return 'The server cannot be reached. Please try again.';
  if (error.code === PacketErrorCode.NickTaken) return 'Somebody here has that name. Please take another.';
  if (error.code === PacketErrorCode.MessageTooLong) return 'That message is too long.';
  return error.text || 'The server has rejected that.';
}

export function isAboutRoom(error) {
  return error.code === PacketErrorCode.RoomNameInvalid || error.code === PacketErrorCode.RoomNameTooLong;
}
