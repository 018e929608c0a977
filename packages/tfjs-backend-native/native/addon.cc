// The addon: plain functions over typed arrays, no state in JavaScript. Loads any number of times (worker
// threads); the thread pool is the process's.
#include "bindings.h"

namespace convkit {

void exportBindings(napi_env env, napi_value exports, const Binding* bindings, size_t count) {
  for (size_t i = 0; i < count; i++) {
    napi_value function;
    if (napi_create_function(env, bindings[i].name, NAPI_AUTO_LENGTH, bindings[i].call, nullptr, &function) == napi_ok)
      napi_set_named_property(env, exports, bindings[i].name, function);
  }
}

static napi_value init(napi_env env, napi_value exports) {
  exportRuntime(env, exports);
  exportConvolutions(env, exports);
  exportDepthwise(env, exports);
  exportElementwise(env, exports);
  exportReductions(env, exports);
  exportLayout(env, exports);
  return exports;
}

NAPI_MODULE_INIT() { return init(env, exports); }

}  // namespace convkit
