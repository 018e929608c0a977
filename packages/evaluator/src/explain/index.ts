export { fgsm, pgd, type AttackOptions, type PgdOptions, type PixelBounds } from "./adversarial.js";
export { extractFeatures } from "./extract-features.js";
export { gradCam, type GradCamOptions, type GradCamVariant } from "./grad-cam.js";
export { integratedGradients, type IntegratedGradientsOptions } from "./integrated-gradients.js";
export { NoFeatureMapsError } from "./network-graph.js";
export { occlusion, type OcclusionOptions } from "./occlusion.js";
export { mapAt, peaksOf, resizeMaps, type Peak, type SaliencyMaps } from "./saliency-maps.js";
export type { TargetClasses } from "./target-classes.js";
export { randomiseWeights } from "./randomise-weights.js";
export {
  sanityCheck,
  type Explain,
  type ExplainOptions,
  type SanityCheckOptions,
  type SanityStage,
} from "./sanity-check.js";
export { overlay, type ColorMap, type OverlayOptions, type OverlayPicture } from "./overlay.js";
export { nearestNeighbours, type Neighbour } from "./nearest-neighbours.js";
export {
  principalComponents,
  type PrincipalComponents,
  type PrincipalComponentsOptions,
} from "./principal-components.js";
export { projectFeatures, type FeatureProjection, type ProjectFeaturesOptions } from "./project-features.js";
export { frameShare, poorReasons, type Evidence, type PoorReason } from "./poor-reasons.js";
