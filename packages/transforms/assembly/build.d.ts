/** For the test of the compiled kernels. */

/** @returns the text of src/kernels/pixel-kernels-wasm.ts. */
export function compileKernels(): Promise<string>;
