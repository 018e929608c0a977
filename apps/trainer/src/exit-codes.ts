/** What the command's exit status says. Scripts rely on these numbers; a number is never given a new meaning. */

export const EXIT_CODES = {
  ok: 0,
  /** Anything without a number of its own: diverged training, a full disk, a defect. */
  failed: 1,
  /** Wrong arguments, a config that does not parse, a run that does not exist. */
  usage: 2,
  /** The data set is missing, damaged, of other content than the config's, or could not be fetched. */
  data: 3,
  /** The engine asked for is not available here. */
  engine: 4,
  /** The training process was killed or crashed, or lost its GPU twice. */
  processDied: 5,
  /** Another process works on the run. */
  busy: 6,
  /** The dashboard's server cannot be reached, or refuses; a run that was trained meanwhile is on the disk. */
  server: 7,
  /** Stopped by SIGINT (128 + 2) after a checkpoint, or by a second one without. */
  interrupted: 130,
  /** Stopped by SIGTERM (128 + 15) after a checkpoint. */
  terminated: 143,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

/** One line per code, for `--help`. */
export const EXIT_CODES_HELP = `Exit codes:
  0    done
  1    failed: training diverged, or an unforeseen error
  2    wrong arguments or config, or no such run
  3    data set missing, damaged or not to be fetched
  4    the engine asked for is not available
  5    the training process was killed or crashed, or lost its GPU twice
  6    another process works on the run
  7    the dashboard's server cannot be reached, or refuses
  130  interrupted (Ctrl-C), 143 terminated: a checkpoint was saved, \`convkit resume\` goes on`;
