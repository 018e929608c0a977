/** How many threads every peer of a comparison gets. */
import { availableParallelism } from "node:os";
import {
  getThreadCount,
  NativeBinaryLoadError,
  NativeBinaryMissingError,
} from "@convkit/tfjs-backend-native";

/**
 * The native backend's own default, which heeds quotas; all cores where it is not to be had.
 *
 * @throws {InvalidThreadCountError | UnknownIsaError} if CONVKIT_THREADS or CONVKIT_ISA says what cannot be.
 */
export function peerThreads(): number {
  try {
    return getThreadCount();
  } catch (error) {
    if (error instanceof NativeBinaryMissingError || error instanceof NativeBinaryLoadError) {
      return availableParallelism();
    }
    throw error;
  }
}
