/** What is thrown when files are there but are not what their names or places say. */

/** The message names the file, what was expected in it and what was found. */
export class DatasetFormatError extends Error {
  override readonly name = "DatasetFormatError";
}
