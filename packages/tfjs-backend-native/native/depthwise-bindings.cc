// Depthwise convolution and its gradients: the parameters of convolution-bindings.cc, and outC a multiple of inC.
#include "bindings.h"
#include "call.h"
#include "conv-shape.h"
#include "kernels.h"

namespace convkit {
namespace {

ConvShape depthwiseShape(Call& call, size_t index, Activation* activation) {
  const ConvShape s = readConvShape(call, index, activation);
  if (!call.failed() && s.outC % s.inC != 0) call.fail("Expected a multiple of the input channels as output channels.");
  return s;
}
size_t filterSize(const ConvShape& s) { return static_cast<size_t>(s.filterH) * s.filterW * s.outC; }

// depthwiseConv2d(x, filter, bias | null, y, params, alpha)
napi_value depthwiseConv2d(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Activation activation = kLinear;
  const ConvShape s = depthwiseShape(call, 4, &activation);
  const float* x = call.floats(0, inputSize(s));
  const float* filter = call.floats(1, filterSize(s));
  const float* bias = call.floatsOrNull(2, s.outC);
  float* y = call.floats(3, outputSize(s));
  const double alpha = call.number(5);
  return call.done(call.failed() || kernels().depthwiseConv2d(s, x, filter, bias, y, activation, static_cast<float>(alpha)));
}

// depthwiseConv2dBackpropInput(dy, filter, dx, params)
napi_value depthwiseConv2dBackpropInput(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Activation activation = kLinear;
  const ConvShape s = depthwiseShape(call, 3, &activation);
  const float* dy = call.floats(0, outputSize(s));
  const float* filter = call.floats(1, filterSize(s));
  float* dx = call.floats(2, inputSize(s));
  return call.done(call.failed() || kernels().depthwiseConv2dBackpropInput(s, dy, filter, dx));
}

// depthwiseConv2dBackpropFilter(x, dy, dw, params)
napi_value depthwiseConv2dBackpropFilter(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Activation activation = kLinear;
  const ConvShape s = depthwiseShape(call, 3, &activation);
  const float* x = call.floats(0, inputSize(s));
  const float* dy = call.floats(1, outputSize(s));
  float* dw = call.floats(2, filterSize(s));
  return call.done(call.failed() || kernels().depthwiseConv2dBackpropFilter(s, x, dy, dw));
}

}  // namespace

void exportDepthwise(napi_env env, napi_value exports) {
  const Binding bindings[] = {
      {"depthwiseConv2d", depthwiseConv2d},
      {"depthwiseConv2dBackpropInput", depthwiseConv2dBackpropInput},
      {"depthwiseConv2dBackpropFilter", depthwiseConv2dBackpropFilter},
  };
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
