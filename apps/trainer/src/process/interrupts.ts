/** Ctrl-C once stops in good order, twice at once; SIGTERM and a closed terminal count as Ctrl-C. */
import { EXIT_CODES, type ExitCode } from "../exit-codes.js";

export interface Interrupts {
  /** The exit code the first signal asks for; undefined while there was none. */
  readonly exitCode: ExitCode | undefined;
  /** Gives the signals back to Node. */
  release(): void;
}

const EXIT_CODE_OF_SIGNAL = {
  SIGINT: EXIT_CODES.interrupted,
  SIGTERM: EXIT_CODES.terminated,
  SIGHUP: EXIT_CODES.terminated,
} as const;
type InterruptSignal = keyof typeof EXIT_CODE_OF_SIGNAL;

export function watchInterrupts(actions: { stop(reason: string): void; kill(): void }): Interrupts {
  let exitCode: ExitCode | undefined;
  const onSignal = (signal: InterruptSignal): void => {
    if (exitCode !== undefined) return actions.kill();
    exitCode = EXIT_CODE_OF_SIGNAL[signal];
    actions.stop(signal);
  };
  const signals = Object.keys(EXIT_CODE_OF_SIGNAL) as InterruptSignal[];
  for (const signal of signals) process.on(signal, onSignal);
  return {
    get exitCode() {
      return exitCode;
    },
    release() {
      for (const signal of signals) process.off(signal, onSignal);
    },
  };
}
