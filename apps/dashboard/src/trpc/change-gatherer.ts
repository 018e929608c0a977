/**
 * Gathers changes that come several a second into a few: the first is told soon, those that follow together, and the
 * last is never lost.
 */

/** null: it is not known which runs have changed. */
export type RunChanges = ReadonlySet<string> | null;

export interface ChangeGatherer {
  add(runId: string | null): void;
  stop(): void;
}

export function createChangeGatherer(
  tell: (changes: RunChanges) => void,
  intervalMs: number,
): ChangeGatherer {
  let gathered: Set<string> | null = new Set();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = () => {
    timer = undefined;
    const changes = gathered;
    gathered = new Set();
    tell(changes);
  };
  return {
    add(runId) {
      if (runId === null) gathered = null;
      else gathered?.add(runId);
      timer ??= setTimeout(flush, intervalMs);
    },
    stop: () => clearTimeout(timer),
  };
}
