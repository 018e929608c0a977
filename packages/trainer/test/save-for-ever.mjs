/** Saves one checkpoint after the other into the folder named by its argument, announcing each, until killed. */
import { saveCheckpoint } from "../dist/index.js";

const folder = process.argv[2];
for (let step = 1; ; step++) {
  const state = { formatVersion: 1, step, epoch: 1, stepInEpoch: step };
  const data = new Float32Array(50_000).fill(step);
  const weights = { big: { shape: [data.length], data } };
  await saveCheckpoint(folder, { state, weights, slots: {}, averages: {} });
  process.stdout.write(`${step}\n`);
}
