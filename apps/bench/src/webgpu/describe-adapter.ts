/** What an adapter can do, as far as it matters to training. */
import type { AdapterReport } from "./probe-report.js";

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** What Dawn tells beyond the standard. */
interface DawnInfo extends GPUAdapterInfo {
  readonly subgroupMatrixConfigs?: Iterable<Readonly<Record<string, string | number>>>;
}

export function describeAdapter({ info, features, limits }: GPUAdapter): AdapterReport {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  const { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs = [] } = info as DawnInfo;
  return {
    vendor,
    architecture,
    device,
    description,
    isFallback: isFallbackAdapter,
    features: [...features].sort(),
    limits: {
      ...Object.fromEntries(LIMITS.map((name) => [name, limits[name]])),
      subgroupMinSize,
      subgroupMaxSize,
    },
    // Their properties stand on the prototype, where JSON does not look.
    subgroupMatrices: Array.from(
      subgroupMatrixConfigs,
      ({ componentType, resultComponentType, M, N, K }) =>
        ({ componentType, resultComponentType, M, N, K }) as Record<string, string | number>,
    ),
  };
}
