/** Waiting for what another process does. */

/** Looks until it is so; the test's own time limit ends it. */
export async function untilTrue(look: () => Promise<boolean>): Promise<void> {
  while (!(await look())) await new Promise((resolve) => setTimeout(resolve, 50));
}
