/** Work on a config's pictures that lets them differ in size, and has a word of help where the data set is not there. */
import type { RunConfig } from "@convkit/schema";
import { addDatasetHint } from "./dataset-hints.js";

/** [height, width]: enough to tell things apart by shape and colour, and quick to train on. */
const COMMON_SIZE: [number, number] = [64, 64];

/**
 * Pictures of different sizes are no mistake of the user's: they get a common one, and `note` is told of it.
 * @throws {Error} what the work throws, with a hint where the data set was not found.
 */
export async function atCommonSize<Result>(
  config: RunConfig,
  work: (config: RunConfig) => Promise<Result>,
  note: (text: string) => unknown,
): Promise<Result> {
  const { ImageSizeRequiredError, listDatasets } = await import("@convkit/data");
  try {
    return await work(config);
  } catch (error) {
    if (!(error instanceof ImageSizeRequiredError) || config.data.imageSize !== undefined) {
      throw addDatasetHint(error, config.data.source, listDatasets());
    }
  }
  const [height, width] = COMMON_SIZE;
  await note(
    `The pictures are of different sizes: all are made ${height}×${width} pixels. ` +
      "--set data.imageSize=[height,width] chooses otherwise, --set data.imageFit=crop or pad keeps their shape.",
  );
  return work({ ...config, data: { ...config.data, imageSize: COMMON_SIZE } });
}
