// The app's HTTP endpoints, and the address of each attempt to connect.

let issued = 0; // The number of tokens that this page has received.

/**
 * Signs in. The browser stores the cookie.
 * @returns false if name or password is wrong
 */
export async function signIn(name, password) {
  const response = await fetch('sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, password }) });
  if (response.status === 401) return false;
  if (!response.ok) throw new Error(`The server responded ${response.status}.`);
  return true;
}

/** Removes the cookie and closes the account's connections. */
export const signOut = () => fetch('sign-out', { method: 'POST' });

/** Returns the name of the signed-in account; undefined if there is none. */
export const me = async () => (await ask('me'))?.name;

/** Returns the number of tokens that this page has received. */
export const tokens = () => issued;

/**
 * Returns the address of the next attempt. Asks over HTTP whether the user is signed in, because a browser does not expose the status of a rejected WebSocket.
 * @param way the authentication: `cookie`, or a token in the `query` or as a `subprotocol`
 * @returns undefined if the user is no longer signed in, which closes the client
 */
export async function address(way) {
  if (way === 'cookie') return (await ask('me')) && at('chat');
  const answer = await ask('token', 'POST');
  if (!answer) return undefined;
  issued++;
  return way === 'query'
    ? `${at('token-chat')}?access_token=${answer.token}`
    : { url: at('token-chat'), protocols: ['tpacket', `bearer.${answer.token}`] };
}

const at = path => new URL(path, location.origin).href.replace('http', 'ws');

/** @returns the response; undefined if the user is not signed in */
async function ask(path, method = 'GET') {
  const response = await fetch(path, { method });
  if (response.status === 401) return undefined;
  // The client retries later.
  if (!response.ok) throw new Error(`The server responded ${response.status}.`);
  return response.json();
}
