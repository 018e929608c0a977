/** convkit's own backend on the CPU's vector units. */
import { cpuModel } from "../device-model.js";
import { installedVersion } from "../installed-version.js";
import { setBackend, type Candidate } from "./candidate.js";

const PACKAGE = "@convkit/tfjs-backend-native";
/** By name: the classes themselves are loaded with the backend. */
const MISTAKES = ["UnknownIsaError", "InvalidThreadCountError"];

export const native: Candidate = {
  backend: "native",
  canTrain: true,
  caution: null,
  async open(tf) {
    await import("@convkit/tfjs-backend-native/register");
    const { bf16Units, getThreadCount, isaName } = await import("@convkit/tfjs-backend-native");
    await setBackend(tf, "native");
    return {
      device: `${cpuModel()}, ${isaName()}`,
      threads: getThreadCount(),
      precisions: bf16Units().length > 0 ? ["f32", "bf16"] : ["f32"],
      versions: { tfjs: tf.version.tfjs, [PACKAGE]: installedVersion(PACKAGE) },
    };
  },
  async setPrecision(precision) {
    const { bf16Unit, isaName, setPrecision } = await import("@convkit/tfjs-backend-native");
    if (precision === "f16") throw new Error("it has bf16 for processors that do, and float16 for none");
    setPrecision(precision);
    const unit = bf16Unit();
    return { device: `${cpuModel()}, ${isaName()}${unit === null ? "" : `, bf16 by ${unit}`}` };
  },
  async identify() {
    const { getThreadCount, isaName } = await import("@convkit/tfjs-backend-native");
    return `${installedVersion(PACKAGE)}, ${isaName()}, ${getThreadCount()} threads`;
  },
  isUserMistake: (error) => error instanceof Error && MISTAKES.includes(error.name),
};
