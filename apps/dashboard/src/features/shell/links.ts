/** Addresses of pages and files, with every name escaped. */
export const runPath = (id: string) => `/runs/${encodeURIComponent(id)}`;
/** Where the run's model is tried on pictures of one's own. */
export const tryPath = (id: string) => `${runPath(id)}?tab=try`;
export const runAgainPath = (id: string) => `/runs/new?from=${encodeURIComponent(id)}`;
/** A form for a run that goes on from a checkpoint: of so many steps, or the last or best one. */
export const forkPath = (id: string, step: number | "last" | "best") => `${runAgainPath(id)}&fork=${step}`;
/** A form for a new run that starts with this much of a config. */
export const newRunPath = (config: object) =>
  `/runs/new?config=${encodeURIComponent(JSON.stringify(config))}`;
export const datasetPath = (hash: string) => `/datasets/${encodeURIComponent(hash)}`;
export const modelPath = (name: string) => `/models/${encodeURIComponent(name)}`;
export const sweepPath = (id: string) => `/sweeps/${encodeURIComponent(id)}`;
export const comparePath = (ids: readonly string[]) =>
  `/compare?runs=${ids.map(encodeURIComponent).join(",")}`;

export const artifactUrl = (runId: string, path: string) =>
  `/api/runs/${encodeURIComponent(runId)}/artifacts/${path.split("/").map(encodeURIComponent).join("/")}`;

/** @param folder the empty string for all of the run's files. */
export const archiveUrl = (runId: string, folder: string) =>
  ["/api/runs", runId, "archive", ...folder.split("/").filter(Boolean)]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join("/");

export const thumbnailUrl = (datasetHash: string, pictureId: string) =>
  `/api/thumbnails/${encodeURIComponent(datasetHash)}/${encodeURIComponent(pictureId)}`;

/** Runs that a filter finds. */
export const filteredRunsPath = (field: string, value: string) =>
  `/runs?filter=${encodeURIComponent(`${field} = ${JSON.stringify(value)}`)}`;
