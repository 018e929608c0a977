// What each file of bindings adds to the addon's exports.
#pragma once
#include <node_api.h>

namespace convkit {

struct Binding {
  const char* name;
  napi_callback call;
};

void exportBindings(napi_env env, napi_value exports, const Binding* bindings, size_t count);

void exportConvolutions(napi_env env, napi_value exports);  // convolution-bindings.cc
void exportDepthwise(napi_env env, napi_value exports);     // depthwise-bindings.cc
void exportElementwise(napi_env env, napi_value exports);   // elementwise-bindings.cc
void exportReductions(napi_env env, napi_value exports);    // reduction-bindings.cc
void exportLayout(napi_env env, napi_value exports);        // layout-bindings.cc
void exportRuntime(napi_env env, napi_value exports);       // runtime-bindings.cc

}  // namespace convkit
