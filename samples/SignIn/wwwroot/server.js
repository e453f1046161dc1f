// The app's HTTP endpoints, and the address of each attempt to connect.

let issued = 0; // Tokens that this page was given.

/**
 * Signs in; the browser keeps the cookie.
 * @returns false where name or password is wrong
 */
export async function signIn(name, password) {
  const response = await fetch('sign-in', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name, password }) });
  if (response.status === 401) return false;
  if (!response.ok) throw new Error(`The server has answered ${response.status}.`);
  return true;
}

/** Removes the cookie, and ends the connections of the account. */
export const signOut = () => fetch('sign-out', { method: 'POST' });

/** The name of the account that is signed in; undefined where none is. */
export const me = async () => (await ask('me'))?.name;

/** How many tokens this page was given. */
export const tokens = () => issued;

/**
 * The address of the next attempt. A browser does not say by which status a WebSocket was refused, so whether somebody is signed in is asked over HTTP.
 * @param way how the account is shown: by `cookie`, or by a token in the `query` or as a `subprotocol`
 * @returns undefined where nobody is signed in any more: the client closes
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

/** @returns the answer; undefined where nobody is signed in */
async function ask(path, method = 'GET') {
  const response = await fetch(path, { method });
  if (response.status === 401) return undefined;
  // The client tries again later.
  if (!response.ok) throw new Error(`The server has answered ${response.status}.`);
  return response.json();
}
