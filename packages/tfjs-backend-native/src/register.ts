/** `import "@convkit/tfjs-backend-native/register"` registers the backend: the package's one side effect. */
import { registerNativeBackend } from "./register-native-backend.js";

registerNativeBackend();
