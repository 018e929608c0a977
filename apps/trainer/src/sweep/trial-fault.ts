/**
 * Whose fault it is that a trial's training process ended with an error. A config that cannot be trained is a result of the
 * sweep; a full disk is none, and would fail every trial that follows.
 */
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";
import { exitCodeOfError, isForeseen } from "../exit-code-of-error.js";

/** No room, no handles, a broken or read-only disk. */
const STORAGE = ["EDQUOT", "EFBIG", "EIO", "EMFILE", "ENFILE", "ENOSPC", "EROFS"];

/**
 * Errors that are the same for every trial, by their number, and the fields of the config by which they are a trial's own
 * all the same, where the sweep tries values of these.
 */
const FIELDS_BEHIND: Partial<Record<ExitCode, readonly string[]>> = {
  [EXIT_CODES.data]: ["data"],
  [EXIT_CODES.engine]: ["engine", "precision"],
  [EXIT_CODES.busy]: [],
};

/** Of the run's own folder, the disk, the network, or of files that change under it: another trial's config would change nothing about them. */
const OF_FILES = [
  "AnnotationsHashMismatchError",
  "CheckpointCorruptError",
  "CheckpointVersionError",
  "ContentHashMismatchError",
  "DatasetUnavailableError",
  "DiskSpaceError",
  "FetchError",
  "FileChangedError",
  "JournalCorruptError",
  "NotARunError",
  "RunClaimedError",
  "RunFolderExistsError",
  "StaleAttemptError",
  "TrainEventFormatError",
];

/**
 * Whether the trial's own config led to the error, as where memory does not hold its batch or its layers do not fit.
 * @param swept dotted paths of what the sweep tries: data that cannot be opened are the trial's fault where it chose them.
 */
export function isTrialsFault(error: Error, swept: readonly string[]): boolean {
  const codes = systemCodesOf(error);
  if (codes.some((code) => STORAGE.includes(code)) || OF_FILES.includes(error.name)) return false;
  if (isForeseen(error)) {
    const behind = FIELDS_BEHIND[exitCodeOfError(error)];
    return !behind || swept.some((path) => behind.includes(path.split(".")[0]!));
  }
  return codes.length === 0;
}

/** Of the error and of what caused it; Node's own complaints (`ERR_…`) are none of the system's. */
function systemCodesOf(error: Error): string[] {
  const { code } = error as NodeJS.ErrnoException;
  const own = typeof code === "string" && /^E[A-Z0-9]+$/.test(code) ? [code] : [];
  return error.cause instanceof Error ? [...own, ...systemCodesOf(error.cause)] : own;
}
