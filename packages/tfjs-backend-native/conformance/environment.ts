/**
 * What tfjs-core's specs expect to find when their modules load: jasmine's globals, the backend, and the list of
 * backends to run on. Imported before them.
 */
import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import jasmineCore from "jasmine-core";
import { type Block, BufferPool } from "../src/buffer-pool.js";
import { registerNativeBackend } from "../src/register-native-backend.js";

export const specs = jasmineCore.boot(jasmineCore).getEnv();

/** Whoever still looks at memory that was given back, or trusts it to be zero when it comes again, sees NaN. */
const release = BufferPool.prototype.release;
BufferPool.prototype.release = function (block: Block): void {
  new Uint8Array(block.buffer, block.byteOffset, block.sizeBytes).fill(0xff);
  release.call(this, block);
};

registerNativeBackend();
setTestEnvs([{ name: "native", backendName: "native", isDataSync: true }]);
