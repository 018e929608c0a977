/** convkit's own backend on the CPU's vector units. */
import { cpuModel } from "../device-model.js";
import { installedVersion } from "../installed-version.js";
import { setBackend, type Candidate } from "./candidate.js";

export const native: Candidate = {
  backend: "native",
  canTrain: true,
  caution: null,
  async open(tf) {
    await import("@convkit/tfjs-backend-native/register");
    const { getThreadCount, isaName } = await import("@convkit/tfjs-backend-native");
    await setBackend(tf, "native");
    return {
      device: `${cpuModel()}, ${isaName()}`,
      threads: getThreadCount(),
      versions: {
        tfjs: tf.version.tfjs,
        "@convkit/tfjs-backend-native": installedVersion("@convkit/tfjs-backend-native"),
      },
    };
  },
};
