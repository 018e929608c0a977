// Reductions, softmax and pooling.
#include "bindings.h"
#include "call.h"
#include "kernels.h"

namespace convkit {
namespace {

constexpr int kMostSize = 1 << 24;

// reduce(x, y, [op, outer, reduced, inner]); op 3 is argMax, whose y is an Int32Array.
napi_value reduce(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const int32_t* p = call.params(2, 4);
  for (int i = 1; i < 4; i++)
    if (!call.failed() && p[i] < 1) call.fail("Expected every size of a reduction to be at least 1.");
  const ReduceShape s{static_cast<size_t>(p[1]), static_cast<size_t>(p[2]), static_cast<size_t>(p[3])};
  if (!call.failed() && 1.0 * s.outer * s.reduced * s.inner > kMostElements) call.fail("Expected at most 2^32 elements.");
  if (call.failed()) return call.done();
  constexpr int32_t kArgMax = static_cast<int32_t>(ReduceOp::max) + 1;
  if (p[0] < 0 || p[0] > kArgMax) call.fail("Expected the number of a known reduction.");
  const float* x = call.floats(0, s.outer * s.reduced * s.inner);
  if (p[0] == kArgMax) {
    int32_t* y = call.ints(1, s.outer * s.inner);
    if (!call.failed()) kernels().argMax(s, x, y);
    return call.done();
  }
  float* y = call.floats(1, s.outer * s.inner);
  return call.done(call.failed() || kernels().reduce(static_cast<ReduceOp>(p[0]), s, x, y));
}

// softmax(x, y, columns, logarithmic): rows of `columns` logits.
napi_value softmax(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(1);
  const float* x = call.floats(0, size);
  float* y = call.floats(1, 0);
  const double columns = call.number(2), logarithmic = call.number(3);
  if (!call.failed() && !(columns >= 1 && columns <= static_cast<double>(size) && size % static_cast<size_t>(columns) == 0)) call.fail("Expected whole rows.");
  if (!call.failed()) kernels().softmax(size / static_cast<size_t>(columns), static_cast<size_t>(columns), x, y, logarithmic != 0);
  return call.done();
}

// params: batch, inH, inW, channels, filterH, filterW, outH, outW, strideH, strideW, padTop, padLeft
PoolShape poolShape(Call& call, size_t index) {
  const int32_t* p = call.params(index, 12);
  const PoolShape s{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11]};
  if (call.failed()) return s;
  for (int i = 0; i < 10; i++)
    if (p[i] < 1 || p[i] > kMostSize) call.fail("Expected every size and stride of a pooling to be at least 1 and at most 2^24.");
  for (int i = 10; i < 12; i++)
    if (p[i] < -kMostSize || p[i] > kMostSize) call.fail("Expected padding of at most 2^24.");
  if (call.failed()) return s;
  if (static_cast<int64_t>(s.outH) * s.strideH > 1 << 30 || static_cast<int64_t>(s.outW) * s.strideW > 1 << 30) call.fail("Expected strides that stay near the input.");
  const double elements = 1.0 * s.batch * s.channels * (1.0 * s.inH * s.inW + 1.0 * s.outH * s.outW);
  if (elements > kMostElements) call.fail("Expected at most 2^32 elements.");
  return s;
}
size_t inputSize(const PoolShape& s) { return static_cast<size_t>(s.batch) * s.inH * s.inW * s.channels; }
size_t outputSize(const PoolShape& s) { return static_cast<size_t>(s.batch) * s.outH * s.outW * s.channels; }

// maxPool(x, y, params)
napi_value maxPool(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const PoolShape s = poolShape(call, 2);
  const float* x = call.floats(0, inputSize(s));
  float* y = call.floats(1, outputSize(s));
  if (!call.failed()) kernels().maxPool(s, x, y);
  return call.done();
}

// avgPool(x, y, params)
napi_value avgPool(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const PoolShape s = poolShape(call, 2);
  const float* x = call.floats(0, inputSize(s));
  float* y = call.floats(1, outputSize(s));
  if (!call.failed()) kernels().avgPool(s, x, y);
  return call.done();
}

// maxPoolGrad(dy, x, dx, params)
napi_value maxPoolGrad(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const PoolShape s = poolShape(call, 3);
  const float* dy = call.floats(0, outputSize(s));
  const float* x = call.floats(1, inputSize(s));
  float* dx = call.floats(2, inputSize(s));
  if (!call.failed()) kernels().maxPoolGrad(s, dy, x, dx);
  return call.done();
}

// avgPoolGrad(dy, dx, params)
napi_value avgPoolGrad(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const PoolShape s = poolShape(call, 2);
  const float* dy = call.floats(0, outputSize(s));
  float* dx = call.floats(1, inputSize(s));
  if (!call.failed()) kernels().avgPoolGrad(s, dy, dx);
  return call.done();
}

}  // namespace

void exportReductions(napi_env env, napi_value exports) {
  const Binding bindings[] = {
      {"reduce", reduce}, {"softmax", softmax}, {"maxPool", maxPool}, {"avgPool", avgPool}, {"maxPoolGrad", maxPoolGrad}, {"avgPoolGrad", avgPoolGrad},
  };
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
