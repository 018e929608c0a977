/** What can go wrong between installing this package and having its backend. */

/** Neither a prebuilt binary for this platform nor one built on this machine is there. */
export class NativeBinaryMissingError extends Error {
  override name = "NativeBinaryMissingError";
  /** The folder whose `build/Release` and `prebuilds` were searched. */
  readonly packageRoot: string;

  constructor(packageRoot: string, cause: unknown) {
    const wayOut =
      process.platform === "win32"
        ? "Windows is not supported yet (WSL is); there, use another tfjs backend."
        : `With a C++17 compiler, make and Python 3 at hand (Debian: "apt install g++ make python3"; macOS: ` +
          `"xcode-select --install"), "npm rebuild @convkit/tfjs-backend-native" builds it (pnpm asks first: "pnpm ` +
          `approve-builds"); without one, use another tfjs backend.`;
    super(
      `Expected the compiled addon of @convkit/tfjs-backend-native, prebuilt or built here. ` +
        `Received: no .node file for ${process.platform}-${process.arch} under ${packageRoot}/prebuilds or ` +
        `${packageRoot}/build/Release. ` +
        wayOut,
      { cause },
    );
    this.packageRoot = packageRoot;
  }
}

/** A binary is there and the operating system would not load it. */
export class NativeBinaryLoadError extends Error {
  override name = "NativeBinaryLoadError";
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(
      `Expected ${path} to load as a Node-API addon. ` +
        `Received: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        `Rebuild it on this machine with "npm rebuild @convkit/tfjs-backend-native".`,
      { cause },
    );
    this.path = path;
  }
}

/** An instruction set was asked for that this CPU, or this build, has not got. */
export class UnknownIsaError extends Error {
  override name = "UnknownIsaError";

  constructor(received: string, available: readonly string[]) {
    super(
      `Expected one of the instruction sets ${available.join(", ")}. Received: "${received}". ` +
        `Unset CONVKIT_ISA to use the best of them.`,
    );
  }
}

/** A thread count that is not a whole number from 1 to 256. */
export class InvalidThreadCountError extends Error {
  override name = "InvalidThreadCountError";

  constructor(received: unknown) {
    super(
      `Expected a whole number of threads from 1 to 256. Received: ${String(received)}. ` +
        `Unset CONVKIT_THREADS to use every core this process may run on.`,
    );
  }
}

/** Convolutions in bfloat16 were asked for on a CPU, or with a build, that has no instructions for them. */
export class Bf16UnavailableError extends Error {
  override name = "Bf16UnavailableError";

  constructor(isa: string) {
    super(
      `Expected a CPU with AMX or AVX512-BF16 (Intel from Sapphire Rapids, AMD from Zen 4) on Linux, for convolutions in ` +
        `bf16. Received: one without, an addon built by a compiler before GCC 11, or CONVKIT_ISA (in use: ${isa}). ` +
        `Use the precision f32.`,
    );
  }
}

/** There is no memory for a tensor, or no array of JavaScript can be as long as it. */
export class TensorMemoryError extends Error {
  override name = "TensorMemoryError";
  readonly sizeBytes: number;

  constructor(sizeBytes: number, cause: unknown) {
    super(
      `Expected ${(sizeBytes / 2 ** 20).toFixed(0)} MiB of memory for a tensor. ` +
        `Received: ${cause instanceof Error ? cause.message : String(cause)}. ` +
        "Use a smaller batch or smaller images, or dispose of tensors earlier (tf.tidy).",
      { cause },
    );
    this.sizeBytes = sizeBytes;
  }
}

/** A call that native code does not cover, to a kernel that the `cpu` backend does not have. */
export class UnservedKernelError extends Error {
  override name = "UnservedKernelError";

  constructor(kernelName: string, reason: string) {
    super(
      `Expected a call of ${kernelName} that native code covers: float32 tensors of consistent shapes. ` +
        `Received: one it declines (${reason}). Cast the inputs, or compose the operation of stock ops.`,
    );
  }
}
