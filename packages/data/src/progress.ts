/** What opening a data set says while it takes time. */

export type DatasetProgress = WorkProgress | WaitProgress;

interface WorkProgress {
  readonly phase: "download" | "unpack" | "check" | "compare";
  /** The address, file or folder it is about. */
  readonly what: string;
  readonly done: number;
  /** null while it is not known. */
  readonly total: number | null;
  readonly unit: "bytes" | "files";
}

/** Another process is at the same data set; it is said once. */
interface WaitProgress {
  readonly phase: "wait";
  /** The data set's name. */
  readonly what: string;
  /** Of the other process, where it is known. */
  readonly pid: number | null;
}

/** Called often; drawing less often is the receiver's business. */
export type ProgressListener = (progress: DatasetProgress) => void;
