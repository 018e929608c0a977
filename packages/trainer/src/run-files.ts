/** What reads, writes, names and locks runs' folders and trains nothing: an entry of its own, which loads no tfjs. */
export { RunBusyError, takeLock } from "./attempt-lock.js";
export { endingOf, readJournal } from "./journal.js";
export { replaceFile } from "./replace-file.js";
export { createRunId } from "./run-folder.js";
