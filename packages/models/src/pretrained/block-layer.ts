/** The names of our networks' layers, taken apart: `stage2-block1-conv1` is conv1 of the first block of stage 2. */

export type BlockLayer = {
  /** From 0, as PyTorch counts. */
  stage: number;
  /** From 0. */
  block: number;
  part: string;
};

/** @returns null for a layer outside blocks. */
export function parseBlockLayer(layer: string): BlockLayer | null {
  const match = /^stage(\d+)-(?:block|fire)?(\d+)-(.+)$/.exec(layer);
  return match && { stage: Number(match[1]) - 1, block: Number(match[2]) - 1, part: match[3]! };
}

/** For a layer that a table of names lacks, which is a mistake of ours. */
export function unnamed(layer: string): Error {
  return new Error(`Expected a published name for every layer with weights. Received: none for "${layer}".`);
}
