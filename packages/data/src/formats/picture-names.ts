/** What is a picture by its name alone. */
import { extname } from "node:path";

const PICTURE_EXTENSIONS = new Set([".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif"]);

export const isPictureName = (path: string): boolean => PICTURE_EXTENSIONS.has(extname(path).toLowerCase());
