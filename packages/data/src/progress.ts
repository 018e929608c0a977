/** What opening a data set says while it takes time. */

export interface DatasetProgress {
  readonly phase: "download" | "unpack" | "check";
  /** The address, file or folder it is about. */
  readonly what: string;
  readonly done: number;
  /** null while it is not known. */
  readonly total: number | null;
  readonly unit: "bytes" | "files";
}

/** Called often; drawing less often is the receiver's business. */
export type ProgressListener = (progress: DatasetProgress) => void;
