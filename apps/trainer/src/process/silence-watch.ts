/** Notices when the training process has said nothing for long, and whether it computes meanwhile or hangs. */
import { readProcessUsage } from "../host/process-usage.js";

export interface SilenceWatchOptions {
  readonly pid: number;
  /** Silence after which, and again after every further multiple of which, something is said. */
  readonly silentMs: number;
  readonly onSilence: (text: string) => void;
}

export interface SilenceWatch {
  /** Something was heard. */
  heard(): void;
  stop(): void;
}

/** Linux counts CPU time in hundredths of a second for every program (USER_HZ). */
const TICKS_PER_SECOND = 100;
/** Below this share of one core a process computes nothing: it waits or hangs. */
const IDLE_CORES = 0.05;

export function watchSilence({ pid, silentMs, onSilence }: SilenceWatchOptions): SilenceWatch {
  const cpuTicks = (): number | null => readProcessUsage(pid)?.cpuTicks ?? null;
  let heardAt = performance.now();
  let ticksThen = cpuTicks();
  const timer = setInterval(() => {
    const now = cpuTicks();
    const cores =
      now === null || ticksThen === null ? null : (now - ticksThen) / TICKS_PER_SECOND / (silentMs / 1000);
    ticksThen = now;
    onSilence(describeSilence({ pid, silentForMs: performance.now() - heardAt, cores }));
  }, silentMs).unref();
  return {
    heard() {
      heardAt = performance.now();
      ticksThen = cpuTicks();
      timer.refresh();
    },
    stop: () => clearInterval(timer),
  };
}

/** @param silence `cores`: CPU time used per second of the silence; null where it is unknown. */
export function describeSilence(silence: {
  readonly pid: number;
  readonly silentForMs: number;
  readonly cores: number | null;
}): string {
  const { pid, silentForMs, cores } = silence;
  const said = `The training process (${pid}) has said nothing for ${Math.round(silentForMs / 1000)} seconds. `;
  if (cores === null) return `${said}Ctrl-C stops it.`;
  return cores < IDLE_CORES
    ? `${said}It uses no CPU time either: it waits for data or hangs. Ctrl-C stops it, twice at once.`
    : `${said}It computes (${cores.toFixed(1)} cores busy), so a step is just slow here: a smaller --batch-size or a faster engine (\`convkit doctor\`) helps.`;
}
