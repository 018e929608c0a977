import { expect, it } from "vitest";
import { describeOnGpu } from "./open-backend.js";
import { withPoison } from "./poison.js";

await describeOnGpu("withPoison", (backend) => {
  it("shows what a kernel does not write", async () => {
    const { dataId } = withPoison(backend, () => backend.output([3]));
    backend.uploadToGPU(dataId);
    expect(await backend.read(dataId)).not.toEqual(new Float32Array([NaN, NaN, NaN]));
    const poisoned = withPoison(backend, () => {
      const output = backend.output([3]);
      backend.uploadToGPU(output.dataId);
      return output;
    });
    expect(await backend.read(poisoned.dataId)).toEqual(new Float32Array([NaN, NaN, NaN]));
    for (const each of [dataId, poisoned.dataId]) backend.disposeData(each);
  });
});
