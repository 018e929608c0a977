/**
 * What tfjs-core's specs expect to find when their modules load: jasmine's globals, the backend, and the list of
 * backends to run on. Imported before them.
 */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import { registerBackend } from "@tensorflow/tfjs-core";
import { WebGPUBackend } from "@tensorflow/tfjs-backend-webgpu";
import jasmineCore from "jasmine-core";
import { registerWebgpuBackend } from "../../src/index.js";
import { openDevice } from "../open-device.js";

export interface SuiteOptions {
  readonly kernels: "own" | "stock";
  /** File for what passed and failed. */
  readonly results: string;
  /** Of the names of specs. */
  readonly pattern: string;
}

export const options = JSON.parse(process.argv[2]!) as SuiteOptions;
export const specs = jasmineCore.boot(jasmineCore).getEnv();

const opened = await openDevice();
/** As run.js has it. */
const NO_GPU = 77;
if (opened === null) process.exit(NO_GPU);
// Each block of specs disposes of its backend, which ends its device; the next one has another backend on this one.
Object.defineProperty(opened.device, "destroy", { value: () => undefined });
if (options.kernels === "own") registerWebgpuBackend(opened.device, opened.info);
else registerBackend("webgpu", () => new WebGPUBackend(opened.device, opened.info), 3);
setTestEnvs([{ name: "webgpu", backendName: "webgpu", isDataSync: false }]);
