export { extractFeatures } from "./extract-features.js";
