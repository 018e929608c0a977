export { openEngine, type OpenEngineOptions } from "./open-engine.js";
export { ENGINE_ORDER, type EngineName, type EnginePreference } from "./engine-order.js";
export { describeOpened } from "./engine.js";
export type {
  AdapterDescription,
  Engine,
  EngineDescription,
  Precision,
  UnavailableEngine,
} from "./engine.js";
export {
  EngineAlreadyOpenError,
  EngineUnavailableError,
  GpuChoiceError,
  PrecisionUnavailableError,
  UnknownEngineError,
} from "./engine-errors.js";
export {
  measureEngine,
  type EngineSpeed,
  type GemmSpeed,
  type MeasureEngineOptions,
} from "./measure-engine.js";
export {
  describeEngine,
  describeEngines,
  type DescribeEngineOptions,
  type EngineReport,
} from "./describe-engines.js";
export { describeAdapter } from "./webgpu/open-gpu.js";
export { prepareVulkan } from "./webgpu/vulkan.js";
export { chooseEngine } from "./rank-engines.js";
