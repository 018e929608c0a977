export { countFlops } from "./count-flops.js";
export { countParameters, type ParameterCount } from "./count-parameters.js";
export { createModel } from "./create-model.js";
export {
  ClassifierFilesError,
  ClassifierInputError,
  ClassifierOutputError,
  ModelConfigError,
  PretrainedWeightsError,
  UnknownModelError,
  UserModuleError,
} from "./errors.js";
export { decodeInBrowser } from "./decode-in-browser.js";
export {
  loadClassifier,
  type Classifier,
  type ClassifierImage,
  type LoadClassifierOptions,
} from "./load-classifier.js";
export { loadUserModule } from "./load-user-module.js";
export type { InputShape, ModelContext, ModelReference, SampleImages } from "./model-builder.js";
export type { ModelModule, ModelModuleContext } from "./module-model.js";
export { MODEL_NAMES, type ModelName } from "./names.js";
export type { OurAccuracy } from "./our-accuracies.js";
export { loadPretrained } from "./pretrained/load-pretrained.js";
export { readPretrainedFile } from "./pretrained/read-pretrained-file.js";
export { refuseTensorFlowPlace } from "./pretrained/refuse-tensorflow-port.js";
export { readSafetensors, SafetensorsFormatError } from "./pretrained/read-safetensors.js";
export { listModels, type ModelListing } from "./registry.js";
export { applyToViews, checkViews, VIEW_COUNTS } from "./test-time-augmentation.js";
export { hashSavedModel } from "./saved-model.js";
export { saveClassifier, type SaveClassifierOptions } from "./save-classifier.js";
export { splitModel, stagesOf, type ModelStage, type SplitModel } from "./split-model.js";
