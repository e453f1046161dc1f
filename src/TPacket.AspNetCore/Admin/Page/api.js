// The server's API.

/** Why a request has failed, for people. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Reads something, with parameters where they are given. */
export function read(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return request(`api/${path}?${query}`);
}

/** Does something. */
export const act = (path, body) =>
  request(`api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-TPacket-Admin': '1' }, body: JSON.stringify(body) });

async function request(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new ApiError('The server cannot be reached.', 0);
  }
  if (response.status === 401) throw new ApiError('You are not signed in any more.', 401);
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
  const answer = isJson ? await response.json() : {};
  if (!response.ok) throw new ApiError(answer.error ?? (response.status === 403 ? 'You may not do this.' : `The server answers ${response.status}.`), response.status);
  return answer;
}
