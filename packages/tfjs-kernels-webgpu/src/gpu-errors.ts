/** The ways in which a GPU fails that a caller may want to tell apart. */

/** The device is gone: its driver was reset, it was unplugged, or the system took it away. Its tensors are lost. */
export class GpuDeviceLostError extends Error {
  override readonly name = "GpuDeviceLostError";

  constructor(reason: string) {
    super(
      `Expected the GPU to answer. Received: its device is lost (${reason.trim() || "no reason given"}). ` +
        "What was on it is gone: start another process, and resume from a checkpoint.",
    );
  }
}

/** Its memory does not suffice. */
export class GpuOutOfMemoryError extends Error {
  override readonly name = "GpuOutOfMemoryError";

  constructor(what: string) {
    super(`Expected the GPU to have memory left. Received: ${what} Use smaller batches (--batch-size).`);
  }
}

/** A program or a call that WebGPU refuses: a fault of a kernel, and what it should have computed was not. */
export class GpuValidationError extends Error {
  override readonly name = "GpuValidationError";

  constructor(message: string) {
    super(
      `Expected WebGPU to accept a kernel's work. Received: ${message.trim()} ` +
        "Use another engine, and report this with the network and the GPU's name.",
    );
  }
}

/** The driver failed at work that WebGPU had accepted. */
export class GpuInternalError extends Error {
  override readonly name = "GpuInternalError";

  constructor(message: string) {
    super(
      `Expected the GPU's driver to do its work. Received: ${message.trim()} ` +
        "Update the driver, or use another engine; a run goes on from its checkpoint.",
    );
  }
}

/** WebGPU has no way of waiting within a call. */
export class SynchronousReadError extends Error {
  override readonly name = "SynchronousReadError";

  constructor() {
    super(
      "Expected a tensor on the GPU to be read asynchronously. Received: dataSync() or arraySync(). Use await data() or await array().",
    );
  }
}

/** Kernels are to compute with float16, which the device was not asked for or does not have. */
export class F16UnavailableError extends Error {
  override readonly name = "F16UnavailableError";

  constructor() {
    super(
      'Expected a device with the feature shader-f16. Received: one without. Request it with the device, or use the precision "f32".',
    );
  }
}
