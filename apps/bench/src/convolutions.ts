/** The convolutions that are measured: those of small residual networks, batch 128, `same` padding. */

export interface Convolution {
  /** Of the square filter. */
  readonly kernelSize: 1 | 3;
  readonly strides: 1 | 2;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Height and width of the input. */
  readonly size: number;
  /** Share of the FMA peak that each of its three kernels is to reach; null if nothing is promised. */
  readonly target: number | null;
  /** Of pictures, whose gradient no training asks for. */
  readonly isFirstLayer?: boolean;
}

export const CONVOLUTION_BATCH_SIZE = 128;

export const CONVOLUTIONS: readonly Convolution[] = [
  { kernelSize: 3, strides: 1, inChannels: 32, outChannels: 32, size: 32, target: 0.75 },
  { kernelSize: 3, strides: 1, inChannels: 64, outChannels: 64, size: 16, target: 0.75 },
  { kernelSize: 3, strides: 1, inChannels: 128, outChannels: 128, size: 8, target: 0.75 },
  { kernelSize: 3, strides: 1, inChannels: 256, outChannels: 256, size: 8, target: 0.75 },
  { kernelSize: 3, strides: 1, inChannels: 64, outChannels: 256, size: 15, target: 0.75 },
  { kernelSize: 1, strides: 1, inChannels: 64, outChannels: 256, size: 16, target: 0.55 },
  { kernelSize: 3, strides: 2, inChannels: 64, outChannels: 128, size: 16, target: 0.55 },
  { kernelSize: 3, strides: 1, inChannels: 3, outChannels: 32, size: 32, target: null, isFirstLayer: true },
  { kernelSize: 3, strides: 1, inChannels: 3, outChannels: 64, size: 32, target: null, isFirstLayer: true },
];

/** @returns such as `3×3 s2 64→128 @16²`. */
export function nameOfConvolution({
  kernelSize,
  strides,
  inChannels,
  outChannels,
  size,
}: Convolution): string {
  return `${kernelSize}×${kernelSize} s${strides} ${inChannels}→${outChannels} @${size}²`;
}

/** Height and width of the output. */
export function outSizeOf({ size, strides }: Convolution): number {
  return Math.ceil(size / strides);
}

/**
 * Floating-point operations of the direct sum over a batch, 2·N·OH·OW·K·KH·KW·C: the same for the convolution and
 * for each of its gradients.
 */
export function flopsOf(convolution: Convolution): number {
  const { kernelSize, inChannels, outChannels } = convolution;
  return (
    2 * CONVOLUTION_BATCH_SIZE * outSizeOf(convolution) ** 2 * outChannels * kernelSize ** 2 * inChannels
  );
}

/**
 * Products that the native kernels really take, over those of the direct sum. Winograd F(2×2, 3×3) takes 16 for a
 * 2×2 tile of the output and a pair of channels where the direct sum takes 36, and a tile that sticks out over the
 * edge costs a whole one.
 */
export function shareOfProductsDone(convolution: Convolution): number {
  if (!goesByWinograd(convolution)) return 1;
  const outSize = outSizeOf(convolution);
  return (16 * Math.ceil(outSize / 2) ** 2) / (9 * outSize ** 2);
}

/** `winogradFits` of packages/tfjs-backend-native/native/kernels/winograd.h, whose least sizes all of these exceed. */
function goesByWinograd({ kernelSize, strides, inChannels, outChannels }: Convolution): boolean {
  return kernelSize === 3 && strides === 1 && inChannels >= 16 && outChannels >= 16;
}
