/**
 * Tries for the lock of the run named by its argument at each line of its input: says `won` and holds it until the
 * next line, or says `busy`; at the next line either says `done`.
 */
import { once } from "node:events";
import { createInterface } from "node:readline";
import { RunBusyError, RunFolder } from "../dist/index.js";

const folder = await RunFolder.open(process.argv[2]);
const lines = createInterface(process.stdin);
process.stdout.write("ready\n");
for (;;) {
  await once(lines, "line");
  try {
    await folder.withLock(() => {
      process.stdout.write("won\n");
      return once(lines, "line");
    });
  } catch (error) {
    if (!(error instanceof RunBusyError)) throw error;
    process.stdout.write("busy\n");
    await once(lines, "line");
  }
  process.stdout.write("done\n");
}
