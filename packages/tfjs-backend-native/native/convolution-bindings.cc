// Convolutions, in float32 or bfloat16, matrix products and batch normalisation. Every length is checked against the shape before a
// kernel sees a pointer; shapes that would read outside are refused here, whatever JavaScript sent.
#include "bindings.h"
#include "call.h"
#include "conv-shape.h"
#include "kernels.h"

namespace convkit {
namespace {

size_t filterSize(const ConvShape& s) { return static_cast<size_t>(s.filterH) * s.filterW * s.inC * s.outC; }

// What computes a convolution of this shape in bfloat16; nullptr where it is to be in float32.
const Bf16Kernels* bf16For(const ConvShape& s) {
  const Bf16Kernels* k = bf16Kernels();
  return k && k->fits(s) ? k : nullptr;
}

// conv2d(x, filter, bias | null, y, params, alpha)
napi_value conv2d(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Activation activation = kLinear;
  const ConvShape s = readConvShape(call, 4, &activation);
  const float* x = call.floats(0, inputSize(s));
  const float* filter = call.floats(1, filterSize(s));
  const float* bias = call.floatsOrNull(2, s.outC);
  float* y = call.floats(3, outputSize(s));
  const double alpha = call.number(5);
  if (call.failed()) return call.done();
  const Bf16Kernels* bf16 = bf16For(s);
  const auto convolve = bf16 ? bf16->conv2d : kernels().conv2d;
  return call.done(convolve(s, x, filter, bias, y, activation, static_cast<float>(alpha)));
}

// conv2dBackpropInput(dy, filter, dx, params)
napi_value conv2dBackpropInput(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Activation activation = kLinear;
  const ConvShape s = readConvShape(call, 3, &activation);
  const float* dy = call.floats(0, outputSize(s));
  const float* filter = call.floats(1, filterSize(s));
  float* dx = call.floats(2, inputSize(s));
  if (call.failed()) return call.done();
  const Bf16Kernels* bf16 = bf16For(s);
  const auto backprop = bf16 ? bf16->conv2dBackpropInput : kernels().conv2dBackpropInput;
  return call.done(backprop(s, dy, filter, dx));
}

// conv2dBackpropFilter(x, dy, dw, params)
napi_value conv2dBackpropFilter(napi_env env, napi_callback_info info) {
  Call call(env, info);
  Activation activation = kLinear;
  const ConvShape s = readConvShape(call, 3, &activation);
  const float* x = call.floats(0, inputSize(s));
  const float* dy = call.floats(1, outputSize(s));
  float* dw = call.floats(2, filterSize(s));
  if (call.failed()) return call.done();
  const Bf16Kernels* bf16 = bf16For(s);
  const auto backprop = bf16 ? bf16->conv2dBackpropFilter : kernels().conv2dBackpropFilter;
  return call.done(backprop(s, x, dy, dw));
}

// batchMatMul(a, b, bias | null, out, [batchA, batchB, m, k, n, transposeA, transposeB, activation], alpha)
// A batch of 1 is shared by all of the other's.
napi_value batchMatMul(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const int32_t* p = call.params(4, 8);
  for (int i = 0; i < 5; i++)
    if (!call.failed() && p[i] < 1) call.fail("Expected every size of a matrix product to be at least 1.");
  if (p[7] < kLinear || p[7] > kSigmoid) call.fail("Expected a known activation.");
  const size_t batchA = p[0], batchB = p[1], m = p[2], k = p[3], n = p[4];
  if (batchA != batchB && batchA != 1 && batchB != 1) call.fail("Expected equal batch sizes, or one of 1.");
  const size_t batch = batchA > batchB ? batchA : batchB;
  const double elements = 1.0 * batch * (1.0 * m * k + 1.0 * k * n + 1.0 * m * n);
  if (elements > kMostElements) call.fail("Expected at most 2^32 elements.");
  const float* a = call.floats(0, batchA * m * k);
  const float* b = call.floats(1, batchB * k * n);
  const float* bias = call.floatsOrNull(2, n);
  float* out = call.floats(3, batch * m * n);
  const double alpha = call.number(5);
  bool enough = true;
  for (size_t i = 0; i < batch && enough && !call.failed(); i++)
    enough = kernels().matMul(m, k, n, a + (batchA == 1 ? 0 : i * m * k), p[5] != 0, b + (batchB == 1 ? 0 : i * k * n), p[6] != 0, bias,
                              out + i * m * n, static_cast<Activation>(p[7]), static_cast<float>(alpha));
  return call.done(enough);
}

struct Rows {
  size_t rows, channels;
  NormActivation activation;
  float epsilon;
};
Rows rowsOf(Call& call, size_t index) {
  const int32_t* p = call.params(index, 3);
  if (!call.failed() && (p[0] < 1 || p[1] < 1)) call.fail("Expected at least one row and one channel.");
  if (!call.failed() && (p[2] < 0 || p[2] > static_cast<int32_t>(NormActivation::gelu))) call.fail("Expected an activation from 0 to 2.");
  return {static_cast<size_t>(p[0]), static_cast<size_t>(p[1]), static_cast<NormActivation>(p[2]), static_cast<float>(call.number(index + 1))};
}

// batchNormTraining(x, scale | null, offset | null, y, mean, variance, [rows, channels, activation], epsilon)
napi_value batchNormTraining(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const Rows r = rowsOf(call, 6);
  const float* x = call.floats(0, r.rows * r.channels);
  const float* scale = call.floatsOrNull(1, r.channels);
  const float* offset = call.floatsOrNull(2, r.channels);
  float* y = call.floats(3, r.rows * r.channels);
  float* mean = call.floats(4, r.channels);
  float* variance = call.floats(5, r.channels);
  return call.done(call.failed() || kernels().batchNormTraining(r.rows, r.channels, x, scale, offset, r.epsilon, r.activation, y, mean, variance));
}

// batchNormTrainingGrad(dy, x, mean, variance, scale | null, offset | null, dx, dscale, doffset, [rows, channels, activation], epsilon)
napi_value batchNormTrainingGrad(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const Rows r = rowsOf(call, 9);
  const float* dy = call.floats(0, r.rows * r.channels);
  const float* x = call.floats(1, r.rows * r.channels);
  const float* mean = call.floats(2, r.channels);
  const float* variance = call.floats(3, r.channels);
  const float* scale = call.floatsOrNull(4, r.channels);
  const float* offset = call.floatsOrNull(5, r.channels);
  float* dx = call.floats(6, r.rows * r.channels);
  float* dscale = call.floats(7, r.channels);
  float* doffset = call.floats(8, r.channels);
  return call.done(call.failed() || kernels().batchNormTrainingGrad(r.rows, r.channels, dy, x, mean, variance, scale, offset, r.epsilon, r.activation,
                                                                    dx, dscale, doffset));
}

struct Windows {
  size_t rows, outW, channels;
  float epsilon;
};
Windows windowsOf(Call& call, size_t index) {
  const int32_t* p = call.params(index, 3);
  if (!call.failed() && (p[0] < 1 || p[1] < 1 || p[2] < 1)) call.fail("Expected at least one window and one channel.");
  return {static_cast<size_t>(p[0]), static_cast<size_t>(p[1]), static_cast<size_t>(p[2]), static_cast<float>(call.number(index + 1))};
}

// batchNormReluMaxPool(x, scale | null, offset | null, y, mean, variance, [rows of windows, windows a row, channels], epsilon)
napi_value batchNormReluMaxPool(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const Windows w = windowsOf(call, 6);
  const size_t channels = w.channels, pooled = w.rows * w.outW * channels;
  const float* x = call.floats(0, pooled * 4);
  const float* scale = call.floatsOrNull(1, channels);
  const float* offset = call.floatsOrNull(2, channels);
  float* y = call.floats(3, pooled);
  float* mean = call.floats(4, channels);
  float* variance = call.floats(5, channels);
  return call.done(call.failed() || kernels().batchNormReluMaxPool(w.rows, w.outW, channels, x, scale, offset, w.epsilon, y, mean, variance));
}

// batchNormReluMaxPoolGrad(dy, x, mean, variance, scale | null, offset | null, dx, dscale, doffset, [as above], epsilon)
napi_value batchNormReluMaxPoolGrad(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const Windows w = windowsOf(call, 9);
  const size_t channels = w.channels, pooled = w.rows * w.outW * channels;
  const float* dy = call.floats(0, pooled);
  const float* x = call.floats(1, pooled * 4);
  const float* mean = call.floats(2, channels);
  const float* variance = call.floats(3, channels);
  const float* scale = call.floatsOrNull(4, channels);
  const float* offset = call.floatsOrNull(5, channels);
  float* dx = call.floats(6, pooled * 4);
  float* dscale = call.floats(7, channels);
  float* doffset = call.floats(8, channels);
  return call.done(call.failed() || kernels().batchNormReluMaxPoolGrad(w.rows, w.outW, channels, dy, x, mean, variance, scale, offset, w.epsilon,
                                                                       dx, dscale, doffset));
}

// fusedBatchNorm(x, mean, variance, scale | null, offset | null, y, [rows, channels, 0], epsilon)
napi_value fusedBatchNorm(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const Rows r = rowsOf(call, 6);
  const float* x = call.floats(0, r.rows * r.channels);
  const float* mean = call.floats(1, r.channels);
  const float* variance = call.floats(2, r.channels);
  const float* scale = call.floatsOrNull(3, r.channels);
  const float* offset = call.floatsOrNull(4, r.channels);
  float* y = call.floats(5, r.rows * r.channels);
  return call.done(call.failed() || kernels().batchNormInference(r.rows, r.channels, x, mean, variance, scale, offset, r.epsilon, y));
}

}  // namespace

void exportConvolutions(napi_env env, napi_value exports) {
  const Binding bindings[] = {
      {"conv2d", conv2d},
      {"conv2dBackpropInput", conv2dBackpropInput},
      {"conv2dBackpropFilter", conv2dBackpropFilter},
      {"batchMatMul", batchMatMul},
      {"batchNormTraining", batchNormTraining},
      {"batchNormTrainingGrad", batchNormTrainingGrad},
      {"batchNormReluMaxPool", batchNormReluMaxPool},
      {"batchNormReluMaxPoolGrad", batchNormReluMaxPoolGrad},
      {"fusedBatchNorm", fusedBatchNorm},
  };
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
