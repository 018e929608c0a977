/** Signing in and out, by the routes of Better Auth that stand before the pages. */

/** @returns null when it worked, else what is wrong in words. */
export async function signIn(credentials: { email: string; password: string }): Promise<string | null> {
  const answer = await post("/api/auth/sign-in/email", credentials);
  if (answer === null) return "The dashboard's server does not answer.";
  if (answer.ok) return null;
  if (answer.status === 401) return "The address or the password is wrong.";
  if (answer.status === 429) {
    const seconds = Number(answer.headers.get("X-Retry-After"));
    const pause = seconds > 0 ? `Wait ${seconds} seconds` : "Wait a minute";
    return `Too many tries from here. ${pause}, then try again.`;
  }
  if (answer.status === 400) return "Write the whole address, such as ada@example.org.";
  return `The server answered with ${answer.status}. Its own output says why.`;
}

export async function signOut(): Promise<boolean> {
  return (await post("/api/auth/sign-out", {}))?.ok ?? false;
}

async function post(path: string, body: object): Promise<Response | null> {
  return fetch(path, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  }).catch(() => null);
}
