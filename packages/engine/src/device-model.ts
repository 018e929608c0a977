/** Which processor and which graphics card this machine has, for people to read. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";

/** Such as "AMD EPYC 9R14 (x64)"; some virtual machines and ARM boards name none. */
export function cpuModel(): string {
  return `${cpus()[0]?.model.trim() || "CPU"} (${arch()})`;
}

const NVIDIA_DRIVER = "/proc/driver/nvidia/gpus";

/**
 * The names of the NVIDIA cards that the Linux driver shows; empty without card or driver. Other systems do not say:
 * there one nameless card is assumed, and TensorFlow finds out.
 */
export function nvidiaModels(): string[] {
  if (platform() !== "linux") return ["NVIDIA GPU"];
  if (!existsSync(NVIDIA_DRIVER)) return [];
  return readdirSync(NVIDIA_DRIVER).map((card) => {
    const text = readFileSync(`${NVIDIA_DRIVER}/${card}/information`, "utf8");
    return /^Model:\s*(.+)$/m.exec(text)?.[1] ?? "NVIDIA GPU";
  });
}
