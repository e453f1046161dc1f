/** An iteration over events was too slow, and its buffer was full. The connection is not affected. */
export class OverflowError extends Error {
  override readonly name = 'OverflowError';
}
