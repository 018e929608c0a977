/** Runs where tfjs-node is installed, or was set up by scripts/setup-tfjs-node.mjs in its default folder. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { runEngineSuite } from "./engine-suite.js";

const scratch = fileURLToPath(
  new URL("../../../.scratch/tfjs-node/node_modules/@tensorflow/tfjs-node", import.meta.url),
);
if (existsSync(scratch)) process.env.CONVKIT_TFJS_NODE ??= scratch;
else
  process.stderr.write(
    "node packages/engine/scripts/setup-tfjs-node.mjs sets up a tfjs-node for this suite.\n",
  );

await runEngineSuite("tensorflow");
