/** Channel of NOTIFY on which a run's id is said when something of it has changed. */
export const RUN_CHANNEL = "convkit_run";
