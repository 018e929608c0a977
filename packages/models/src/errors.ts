/** What can go wrong here and a caller may want to tell apart. */

/** The registry has no network of this name. */
export class UnknownModelError extends Error {
  override readonly name = "UnknownModelError";
}

/** The network cannot be built for this input, number of classes or these options. */
export class ModelConfigError extends Error {
  override readonly name = "ModelConfigError";
}

/** A module of the user's own could not be loaded, or does not give what it should. */
export class UserModuleError extends Error {
  override readonly name = "UserModuleError";
}

/** A classifier could not be written or read: files missing, damaged or of another kind. */
export class ClassifierFilesError extends Error {
  override readonly name = "ClassifierFilesError";
}

/** A classifier was handed pictures that it cannot take. */
export class ClassifierInputError extends Error {
  override readonly name = "ClassifierInputError";
}

/** A classifier was asked for what its network does not give. */
export class ClassifierOutputError extends Error {
  override readonly name = "ClassifierOutputError";
}

/** A file of pretrained weights could not be read, holds more than weights, or is not of the network at hand. */
export class PretrainedWeightsError extends Error {
  override readonly name = "PretrainedWeightsError";
}
