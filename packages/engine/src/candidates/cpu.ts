/** tfjs's own backend in plain JavaScript: always there, hundreds of times slower than the others. */
import type { TfjsModule } from "../engine.js";
import { cpuModel } from "../device-model.js";
import { setBackend, type Candidate } from "./candidate.js";

export const cpu: Candidate = {
  backend: "cpu",
  canTrain: true,
  caution: "plain JavaScript: right for a test, too slow to train a network on photographs",
  async open(tf) {
    await setBackend(tf, "cpu");
    useOnceSilently(tf);
    return { device: `${cpuModel()}, JavaScript`, threads: 1, versions: { tfjs: tf.version.tfjs } };
  },
};

/** At its first tensor this backend prints an advertisement for tfjs-node. `caution` says it better. */
function useOnceSilently(tf: TfjsModule): void {
  const isProduction = tf.env().getBool("PROD");
  tf.env().set("PROD", true);
  tf.scalar(0).dispose();
  tf.env().set("PROD", isProduction);
}
