/** Opens the tfjs backend that BACKEND names: `cpu` by default, `native` once its package is built. */
import * as tf from "@tensorflow/tfjs";

const backend = process.env.BACKEND ?? "cpu";
if (backend === "native") await import("../../tfjs-backend-native/dist/register.js");
if (!(await tf.setBackend(backend)))
  throw new Error(`Expected BACKEND to name a backend. Received: ${backend}`);
