/** What was to be packed is no folder, or what was to be unpacked is no pack of one. */
export class DatasetPackError extends Error {
  override readonly name = "DatasetPackError";
}

export function brokenPack(archive: string, cause: Error): DatasetPackError {
  return new DatasetPackError(
    `Expected a whole tar of a data set's folder. Received: ${archive}, which is none (${cause.message}).`,
    { cause },
  );
}
