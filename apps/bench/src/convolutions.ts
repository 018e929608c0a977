/** The convolutions that are measured: those of small residual networks, batch 128, `same` padding. */

export interface Convolution {
  /** Of the square filter. */
  readonly kernelSize: 1 | 3;
  readonly strides: 1 | 2;
  readonly inChannels: number;
  readonly outChannels: number;
  /** Height and width of the input. */
  readonly size: number;
  /** Share of the FMA peak that each of its three kernels is to reach. */
  readonly target: number;
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
