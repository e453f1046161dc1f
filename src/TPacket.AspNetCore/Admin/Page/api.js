// The server's API.

/** The reason of a failed request, for people. */
export class ApiError extends Error {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** Sends a query with parameters; empty parameters are omitted. */
export function read(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value) query.set(name, value);
  return request(`api/${path}?${query}`);
}

/** Sends an action. */
export const act = (path, body) =>
  request(`api/${path}`, { method: 'POST', headers: { 'Content-Type': 'application/json', 'X-TPacket-Admin': '1' }, body: JSON.stringify(body) });

async function request(address, options) {
  let response;
  try {
    response = await fetch(address, options);
  } catch {
    throw new ApiError('The server cannot be reached.', 0);
  }
  if (response.status === 401) throw new ApiError('You are no longer signed in.', 401);
  const isJson = response.headers.get('Content-Type')?.startsWith('application/json');
  const answer = isJson ? await response.json() : {};
  if (!response.ok) throw new ApiError(answer.error ?? (response.status === 403 ? 'You are not allowed to do this.' : `The server answered with status ${response.status}.`), response.status);
  return answer;
}
