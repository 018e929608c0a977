/** Where the built worker is. From src/ (under test) and from dist/ (installed) the same relative path leads there. */

export function loaderWorkerUrl(): URL {
  return new URL("../dist/loader-worker.js", import.meta.url);
}
