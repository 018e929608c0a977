/**
 * Lists of transforms by one name, for pictures of any size. Nothing of them is searched for: each is what a well-known
 * recipe does.
 *
 * - none: Normalize.
 * - light: a crop out of a mirrored border of an eighth of the shorter edge (4 pixels for CIFAR, 3 for MNIST), a flip.
 *   He et al. 2015, § 4.2, https://arxiv.org/abs/1512.03385; the mirrored border is airbench's, Jordan 2024,
 *   https://arxiv.org/abs/2404.00498.
 * - standard, small pictures: light and RandomErasing with a probability of 0.5. Zhong et al. 2017, § 4.1 (CIFAR),
 *   https://arxiv.org/abs/1708.04896.
 * - standard, other pictures: RandomResizedCrop, a flip, TrivialAugmentWide, RandomErasing 0.1: the recipe of torchvision's
 *   second weights for ImageNet, without its mixing. Vryniotis 2021,
 *   https://pytorch.org/blog/how-to-train-state-of-the-art-models-using-torchvision-latest-primitives/.
 * - strong: the crop for the size, a flip, TrivialAugmentWide (Müller and Hutter 2021, https://arxiv.org/abs/2103.10158, on
 *   CIFAR as on ImageNet), RandomErasing 0.25 (DeiT, Touvron et al. 2020, https://arxiv.org/abs/2012.12877), and
 *   MixUp 0.2 or CutMix 1.0, again torchvision's recipe.
 *
 * Where a mirrored picture may be of another class, there is no flip, and RandAugment (Cubuk et al. 2019,
 * https://arxiv.org/abs/1909.13719) takes TrivialAugmentWide's place: at its default strength it turns by 9°, the other by
 * up to 135°, which makes a 9 of a 6.
 */
import {
  BatchTransformSpec,
  BuiltinTransformSpec,
  type DatasetCard,
  type TransformPreset,
} from "@convkit/schema";

export interface PresetTransforms {
  readonly train: BuiltinTransformSpec[];
  readonly batch: BatchTransformSpec[];
  readonly evaluation: BuiltinTransformSpec[];
}

/** Pixels of the shorter edge from which a picture is worth scaling: 32 and 64 are the sizes of CIFAR and Tiny ImageNet. */
const SMALLEST_LARGE_EDGE = 96;

/** Normalize divides by it, so a channel that is the same everywhere must not be 0. */
const SMALLEST_STD = 1 / 255;

/**
 * Evaluation is Normalize alone: pictures are of one size already.
 *
 * @param preset.isMirrorable whether a mirrored picture is of the same class. If left out: assumed for colour pictures, not
 *   for grey ones, which are often digits, letters or scans.
 * @param preset.mean of each channel, of pixels scaled to 0…1; without it nothing is normalised.
 */
export function presetTransforms(
  preset: TransformPreset,
  {
    imageShape: [height, width, channels],
    mean,
    std,
    isMirrorable = channels === 3,
  }: Pick<DatasetCard, "mean" | "std" | "isMirrorable"> & {
    readonly imageShape: readonly [height: number, width: number, channels: number];
  },
): PresetTransforms {
  const isLarge = Math.min(height, width) >= SMALLEST_LARGE_EDGE;
  const padding = Math.floor(Math.min(height, width) / 8);

  const normalize: BuiltinTransformSpec[] =
    mean && std ? [{ name: "Normalize", mean, std: std.map((value) => Math.max(value, SMALLEST_STD)) }] : [];
  const flip = isMirrorable ? [withDefaults("RandomHorizontalFlip")] : [];
  const shift: BuiltinTransformSpec = {
    name: "RandomCrop",
    size: [height, width],
    padding,
    paddingMode: "reflect",
  };
  const crop = isLarge ? withDefaults("RandomResizedCrop", { size: [height, width] }) : shift;
  const policy = withDefaults(isMirrorable ? "TrivialAugmentWide" : "RandAugment");
  const erasing = (p: number) => withDefaults("RandomErasing", { p });

  const ofPictures = (train: BuiltinTransformSpec[]) => ({ train, batch: [], evaluation: normalize });
  switch (preset) {
    case "none":
      return ofPictures(normalize);
    case "light":
      return ofPictures([shift, ...flip, ...normalize]);
    case "standard":
      return isLarge
        ? ofPictures([crop, ...flip, policy, ...normalize, erasing(0.1)])
        : ofPictures([crop, ...flip, ...normalize, erasing(0.5)]);
    case "strong":
      return {
        train: [crop, ...flip, policy, ...normalize, erasing(0.25)],
        batch: [
          BatchTransformSpec.parse({ name: "MixUp", alpha: 0.2 }),
          BatchTransformSpec.parse({ name: "CutMix", alpha: 1 }),
        ],
        evaluation: normalize,
      };
    default:
      return preset satisfies never;
  }
}

function withDefaults(name: BuiltinTransformSpec["name"], more: object = {}): BuiltinTransformSpec {
  return BuiltinTransformSpec.parse({ name, ...more });
}
