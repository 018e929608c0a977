/** Every kernel of this package. One file per kernel or family; a new one is complete once it stands in this list. */
import type { GpuKernel } from "../kernel.js";
import { sgdUpdate } from "./optimizer-update.js";

export const gpuKernels: readonly GpuKernel[] = [sgdUpdate];
