export { adamWUpdate } from "./adamw-update.js";
export { batchNormTraining, type OnBatchStatistics } from "./batch-norm-training.js";
export { BatchNormalization, type BatchNormalizationArgs } from "./batch-normalization.js";
export { DropPath } from "./drop-path.js";
export {
  Dropout,
  getDropoutStates,
  setDropoutStates,
  type DropoutArgs,
  type DropoutState,
} from "./dropout.js";
export { finishImages, hasFinishImages, type UnfinishedPictures } from "./finish-images.js";
export { fuseActivations } from "./fuse-activations.js";
export { gelu } from "./gelu.js";
export { lionUpdate } from "./lion-update.js";
export { muonUpdate, orthogonalize, type MuonUpdateAttrs, type MuonUpdateInputs } from "./muon-update.js";
export { rmsPropUpdate } from "./rmsprop-update.js";
export { layerNorm, type LayerNormInputs } from "./layer-norm.js";
export { LayerNormalization, type LayerNormalizationArgs } from "./layer-normalization.js";
export { sgdUpdate } from "./sgd-update.js";
export { skipInputGradients } from "./skip-input-gradients.js";
export { moveTowards } from "./move-towards.js";
export { updateVariables, type VariableStep } from "./update-variables.js";
export { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
export { statelessDropout } from "./stateless-dropout.js";
