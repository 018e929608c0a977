/** What was to be packed is no folder, or what was to be unpacked is no pack of one. */
export class DatasetPackError extends Error {
  override readonly name = "DatasetPackError";
}
