/**
 * How tests ask the library's resources, and what they are told.
 *
 * @module
 */

export interface Answer {
  status: number;
  etag: string | null;
  // deno-lint-ignore no-explicit-any -- answers of any shape
  body: any;
}

/** @param send Where requests go. A body that is a text is sent as it is. */
export function asking(send: (path: string, init: RequestInit) => Response | Promise<Response>) {
  return async (
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> => {
    const response = await send(path, {
      method,
      headers: { ...body !== undefined && { "content-type": "application/json" }, ...headers },
      ...body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) },
    });
    const text = await response.text();
    return {
      status: response.status,
      etag: response.headers.get("etag"),
      body: text === "" ? undefined : JSON.parse(text),
    };
  };
}
