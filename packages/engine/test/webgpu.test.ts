import { runEngineSuite } from "./engine-suite.js";

await runEngineSuite("webgpu");
