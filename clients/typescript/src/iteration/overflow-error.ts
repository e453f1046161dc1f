/**
 * The reader of an iteration over events was too slow: the buffer was full when the next event arrived. The connection and other iterations are not affected.
 */
export class OverflowError extends Error {
  override readonly name = 'OverflowError';
}
