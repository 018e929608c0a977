/** What the page and the server that stands beside it in one process's hands say to each other. */

/** Addresses, beside the page's own. */
export const READY = "ready";
export const TASK = "task";
export const ANSWER = "answer";

/** In the page's address. */
export const BACKEND_PARAMETER = "backend";

/** Of a task: `pixels`, uint8 of the shape that another header tells, or `file`, an encoded picture. */
export const KIND_HEADER = "x-kind";
/** `height,width,channels` */
export const SHAPE_HEADER = "x-shape";
/** Of an answer that says why there is none. */
export const FAILURE_HEADER = "x-failure";

/** tfjs's backends in a page. */
export const BROWSER_BACKENDS = ["wasm", "webgl", "cpu"] as const;
export type BrowserBackend = (typeof BROWSER_BACKENDS)[number];
