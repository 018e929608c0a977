export {
  ContentHashMismatchError,
  DatasetNotFoundError,
  TooManyBadFilesError,
  openDataset,
  type DataSpecInput,
  type OpenDatasetOptions,
} from "./open-dataset.js";
export { ImageDataset, type DatasetSplits } from "./image-dataset.js";
export { DatasetSplit } from "./dataset-split.js";
export { assignFolds, type AssignFoldsOptions } from "./hold-back.js";
export { createSplit, type CreateSplitOptions } from "./create-split.js";
export {
  createByteLoader,
  createLoader,
  LoaderError,
  trainingLoaderRng,
  type Loader,
  type LoaderOptions,
} from "./loading/loader.js";
export type { Batch, ByteBatch, LabelledBatch, MixedLabels } from "./loading/batch.js";
export { labelNameAt, labelsAt, type Labelled, type LabelSets } from "./label-sets.js";
export { classWeights, positiveWeights, type ClassWeightsOptions } from "./class-weights.js";
export { checkSampling, SamplingError, samplingOf, type Sampling } from "./loading/sampling.js";
export { LoaderClosedError } from "./loading/batch-producer.js";
export { TransformModuleError } from "./loading/transform-modules.js";
export {
  decodeImage,
  decodeOptionsOf,
  ImageDecodeError,
  type DecodedImage,
  type DecodeOptions,
} from "./pictures/decode-image.js";
export { isPictureName } from "./formats/picture-names.js";
export { measurePicture, type PictureMeasures } from "./pictures/measure-picture.js";
export { type FileRange, type PictureLocation, readPicture } from "./pictures/picture-location.js";
export { ImageSizeRequiredError } from "./pictures/pixel-source.js";
export { boundCard, boundInspection } from "./inspection/bound-inspection.js";
export { groupCopies, inspectDataset, type InspectOptions } from "./inspection/inspect-dataset.js";
export { pictureAttributes, type PictureAttributesOptions } from "./inspection/picture-attributes.js";
export { dataSheet } from "./inspection/data-sheet.js";
export { isFolderManifest } from "./formats/manifest.js";
export {
  checkManifest,
  isOfFiles,
  writeManifest,
  type ManifestReview,
  type WriteManifestOptions,
  type WrittenManifest,
} from "./formats/write-manifest.js";
export { extractPictures, type ExtractOptions } from "./formats/extract-pictures.js";
export type { ReviewColumns } from "./formats/review-columns.js";
export { checkSplitList, writeSplitList } from "./formats/write-split-list.js";
export { AnnotationsHashMismatchError } from "./annotations-hash.js";
export type { SplitRowsOptions } from "./formats/split-rows.js";
export { defaultTransforms } from "./default-transforms.js";
export { presetTransforms, transformLists } from "./transform-presets.js";
export { SheetSizeError } from "./preview/contact-sheet.js";
export {
  checkPreviewSize,
  previewTransforms,
  type PreviewedPicture,
  type PreviewOptions,
  type TransformPreview,
} from "./preview/preview-transforms.js";
export { listDatasets, type DatasetInfo } from "./list-datasets.js";
export type { BadFile } from "./formats/dataset-parts.js";
export { describeBadFiles } from "./formats/describe-bad-files.js";
export { DiskSpaceError } from "./disk-space.js";
export { DatasetFormatError } from "./formats/dataset-format-error.js";
export { DatasetUnavailableError, type FailedSource } from "./fetching/dataset-unavailable-error.js";
export { encodePixels, type PixelPicture } from "./thumbnails/encode-thumbnail.js";
export {
  packThumbnails,
  type PackedPicture,
  type PackThumbnailsOptions,
  type ThumbnailPack,
} from "./thumbnails/pack-thumbnails.js";
export { packDataset, type PackDatasetOptions } from "./packing/pack-dataset.js";
export { findByHash, placeByHash, type PlaceByHashOptions } from "./packing/place-by-hash.js";
export { placeList, type PlaceListOptions } from "./packing/place-list.js";
export { DatasetPackError } from "./packing/dataset-pack-error.js";
export type { DatasetProgress, ProgressListener } from "./progress.js";
