/** Where to go after signing in: a page of this site and nothing else, whatever a link says. */

const HOME = "/runs";
const NOWHERE = "http://nowhere.invalid";

export function safeNext(next: string | null): string {
  if (next === null || !next.startsWith("/")) return HOME;
  let address: URL;
  try {
    // As the browser would read it, which takes `\` for `/` and leaves out line breaks.
    address = new URL(next, NOWHERE);
  } catch {
    return HOME;
  }
  if (address.origin !== NOWHERE || address.username !== "") return HOME;
  const { pathname, search, hash } = address;
  // Read again as a path, `//` would name a host.
  const isPage = !/^\/(\/|api\/|sign-in|sign-up)/.test(pathname) && pathname !== "/";
  return isPage ? pathname + search + hash : HOME;
}

/** The sign-in page that leads back to an address of this site. */
export function signInPath(address: { pathname: string; search: string }): string {
  return `/sign-in?next=${encodeURIComponent(address.pathname + address.search)}`;
}
