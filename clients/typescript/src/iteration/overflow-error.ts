/** An iteration over events was too slow; the events that it had not read yet were dropped. The connection continues. */
export class OverflowError extends Error {
  override readonly name = 'OverflowError';
}
