/** The one lint preset; the import edges between packages come here. */
import tseslint from "typescript-eslint";

export default tseslint.config({ ignores: ["dist/**", "build/**"] }, ...tseslint.configs.recommended);
