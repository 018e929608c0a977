// Kernels that map elements to elements: unary, binary with broadcasting, sums of tensors, dropout, optimizers.
// As in convolution-bindings.cc, every length is checked before a kernel sees a pointer.
#include <cmath>

#include "axes.h"
#include "bindings.h"
#include "call.h"
#include "kernels.h"

namespace convkit {
namespace {

// The operation that params[0] names, or the first one and a failure.
template <typename Op>
Op readOp(Call& call, int32_t code, Op last) {
  if (code >= 0 && code <= static_cast<int32_t>(last)) return static_cast<Op>(code);
  call.fail("Expected the number of a known operation.");
  return Op{};
}

// unary(x, y, op, alpha)
napi_value unary(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(1);
  const float* x = call.floats(0, size);
  float* y = call.floats(1, 0);
  const UnaryOp op = readOp(call, static_cast<int32_t>(call.number(2)), UnaryOp::gelu);
  const double alpha = call.number(3);
  if (!call.failed()) kernels().unary(op, size, x, y, static_cast<float>(alpha));
  return call.done();
}

// binary(a, b, out, [op, rank, ...sizes of a, ...sizes of b])
napi_value binary(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const BinaryOp op = readOp(call, call.params(3, 2)[0], BinaryOp::geluGrad);
  size_t sizeA, sizeB;
  const Broadcast shape = readBroadcast(call, 3, 1, &sizeA, &sizeB);
  const float* a = call.floats(0, sizeA);
  const float* b = call.floats(1, sizeB);
  float* out = call.floats(2, shape.total);
  return call.done(call.failed() || kernels().binary(op, shape, a, b, out));
}

// compare(a, b, out, [op, rank, ...sizes of a, ...sizes of b]): both float32 or both int32; out is a Uint8Array.
napi_value compare(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const CompareOp op = readOp(call, call.params(3, 2)[0], CompareOp::greaterEqual);
  size_t sizeA, sizeB;
  const Broadcast shape = readBroadcast(call, 3, 1, &sizeA, &sizeB);
  uint8_t* out = call.bytes(2, shape.total);
  const Elements a = call.anyElements(0, sizeA), b = call.anyElements(1, sizeB);
  if (a.type != b.type || a.type == napi_uint8_array) call.fail("Expected two Float32Arrays or two Int32Arrays.");
  if (call.failed()) return call.done();
  if (a.type == napi_int32_array)
    return call.done(kernels().compareInts(op, shape, static_cast<const int32_t*>(a.data), static_cast<const int32_t*>(b.data), out));
  return call.done(kernels().compare(op, shape, static_cast<const float*>(a.data), static_cast<const float*>(b.data), out));
}

// logical(a, b, out, [0 for and, 1 for or, rank, ...sizes of a, ...sizes of b]): Uint8Arrays.
napi_value logical(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const bool either = call.params(3, 2)[0] != 0;
  size_t sizeA, sizeB;
  const Broadcast shape = readBroadcast(call, 3, 1, &sizeA, &sizeB);
  const uint8_t* a = call.bytes(0, sizeA);
  const uint8_t* b = call.bytes(1, sizeB);
  uint8_t* out = call.bytes(2, shape.total);
  return call.done(call.failed() || (either ? kernels().logicalOr : kernels().logicalAnd)(shape, a, b, out));
}

// logicalNot(x, y): Uint8Arrays.
napi_value logicalNot(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(1);
  const uint8_t* x = call.bytes(0, size);
  uint8_t* y = call.bytes(1, 0);
  if (!call.failed()) kernels().logicalNot(size, x, y);
  return call.done();
}

// select(condition, t, e, out): a Uint8Array, and three arrays of one type.
napi_value select(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(3);
  const uint8_t* condition = call.bytes(0, size);
  const Elements t = call.anyElements(1, size), e = call.anyElements(2, size), out = call.anyElements(3, size);
  if (t.type != out.type || e.type != out.type) call.fail("Expected three arrays of one type.");
  if (!call.failed()) kernels().select(size, out.bytes, condition, t.data, e.data, out.data);
  return call.done();
}

// cast(x, y): as their types say. Both must differ.
napi_value cast(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(1);
  const Elements x = call.anyElements(0, size), y = call.anyElements(1, size);
  if (x.type == y.type) call.fail("Expected two arrays of different types.");
  if (call.failed()) return call.done();
  const Kernels& k = kernels();
  float* floats = static_cast<float*>(y.data);
  int32_t* ints = static_cast<int32_t*>(y.data);
  uint8_t* bools = static_cast<uint8_t*>(y.data);
  if (x.type == napi_float32_array) {
    const float* from = static_cast<const float*>(x.data);
    y.type == napi_int32_array ? k.floatToInt(size, from, ints) : k.floatToBool(size, from, bools);
  } else if (x.type == napi_int32_array) {
    const int32_t* from = static_cast<const int32_t*>(x.data);
    y.type == napi_float32_array ? k.intToFloat(size, from, floats) : k.intToBool(size, from, bools);
  } else {
    const uint8_t* from = static_cast<const uint8_t*>(x.data);
    y.type == napi_float32_array ? k.boolToFloat(size, from, floats) : k.boolToInt(size, from, ints);
  }
  return call.done();
}

// addN(out, x0, x1, ...): at least one and at most 16 inputs.
napi_value addN(napi_env env, napi_callback_info info) {
  Call call(env, info);
  constexpr size_t kMostInputs = 16;
  const float* inputs[kMostInputs];
  const size_t size = call.elements(0);
  size_t count = 0;
  while (count < kMostInputs && !call.absent(count + 1)) {
    inputs[count] = call.floats(count + 1, size);
    count++;
  }
  if (count == 0 || !call.absent(kMostInputs + 1)) call.fail("Expected 1 to 16 inputs.");
  float* out = call.floats(0, 0);
  if (!call.failed()) kernels().addN(count, inputs, size, out);
  return call.done();
}

// dropout(x, y, rate, seed)
napi_value dropout(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(1);
  const float* x = call.floats(0, size);
  float* y = call.floats(1, 0);
  const double rate = call.number(2), seed = call.number(3);
  if (!(rate >= 0 && rate < 1)) call.fail("Expected a rate of at least 0 and below 1.");
  if (!(seed >= 0 && seed < 4294967296.0)) call.fail("Expected a seed of at least 0 and below 2^32.");
  if (call.failed()) return call.done();
  // hash >= rate * 2^32 for a whole number `hash`.
  const double least = rate * 4294967296.0;
  uint64_t threshold = static_cast<uint64_t>(least);
  if (static_cast<double>(threshold) < least) threshold++;
  kernels().dropout(size, threshold, static_cast<float>(1 / (1 - rate)), static_cast<uint32_t>(seed), x, y);
  return call.done();
}

// sgdUpdate(param, grad, velocity, newParam, newVelocity, learningRate, momentum, weightDecay, nesterov, coupled)
napi_value sgdUpdate(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(3);
  const float* param = call.floats(0, size);
  const float* grad = call.floats(1, size);
  const float* velocity = call.floats(2, size);
  float* newParam = call.floats(3, 0);
  float* newVelocity = call.floats(4, size);
  SgdOptions options{};
  options.learningRate = static_cast<float>(call.number(5));
  options.momentum = static_cast<float>(call.number(6));
  options.weightDecay = static_cast<float>(call.number(7));
  options.nesterov = call.number(8) != 0;
  options.coupled = call.number(9) != 0;
  if (!call.failed()) kernels().sgdUpdate(options, size, param, grad, velocity, newParam, newVelocity);
  return call.done();
}

// adamWUpdate(param, grad, first, second, newParam, newFirst, newSecond, learningRate, beta1, beta2, epsilon, weightDecay, step)
napi_value adamWUpdate(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(4);
  const float* param = call.floats(0, size);
  const float* grad = call.floats(1, size);
  const float* first = call.floats(2, size);
  const float* second = call.floats(3, size);
  float* newParam = call.floats(4, 0);
  float* newFirst = call.floats(5, size);
  float* newSecond = call.floats(6, size);
  const double beta1 = call.number(8), beta2 = call.number(9), step = call.number(12);
  if (!(step >= 1 && step <= 9007199254740992.0)) call.fail("Expected steps to count from 1.");
  AdamWOptions options{};
  options.learningRate = static_cast<float>(call.number(7));
  options.beta1 = static_cast<float>(beta1);
  options.oneMinusBeta1 = static_cast<float>(1 - beta1);
  options.beta2 = static_cast<float>(beta2);
  options.oneMinusBeta2 = static_cast<float>(1 - beta2);
  options.epsilon = static_cast<float>(call.number(10));
  options.weightDecay = static_cast<float>(call.number(11));
  if (call.failed()) return call.done();
  options.correction1 = static_cast<float>(1 - std::pow(beta1, step));
  options.correction2 = static_cast<float>(1 - std::pow(beta2, step));
  kernels().adamWUpdate(options, size, param, grad, first, second, newParam, newFirst, newSecond);
  return call.done();
}

// rmsPropUpdate(param, grad, meanSquare, velocity, newParam, newMeanSquare, newVelocity, learningRate, smoothing, momentum, epsilon, weightDecay)
napi_value rmsPropUpdate(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(4);
  const float* param = call.floats(0, size);
  const float* grad = call.floats(1, size);
  const float* meanSquare = call.floats(2, size);
  const float* velocity = call.floats(3, size);
  float* newParam = call.floats(4, 0);
  float* newMeanSquare = call.floats(5, size);
  float* newVelocity = call.floats(6, size);
  const double smoothing = call.number(8);
  RmsPropOptions options{};
  options.learningRate = static_cast<float>(call.number(7));
  options.smoothing = static_cast<float>(smoothing);
  options.oneMinusSmoothing = static_cast<float>(1 - smoothing);
  options.momentum = static_cast<float>(call.number(9));
  options.epsilon = static_cast<float>(call.number(10));
  options.weightDecay = static_cast<float>(call.number(11));
  if (!call.failed()) kernels().rmsPropUpdate(options, size, param, grad, meanSquare, velocity, newParam, newMeanSquare, newVelocity);
  return call.done();
}

// lionUpdate(param, grad, average, newParam, newAverage, learningRate, beta1, beta2, weightDecay)
napi_value lionUpdate(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(3);
  const float* param = call.floats(0, size);
  const float* grad = call.floats(1, size);
  const float* average = call.floats(2, size);
  float* newParam = call.floats(3, 0);
  float* newAverage = call.floats(4, size);
  const double beta1 = call.number(6), beta2 = call.number(7);
  LionOptions options{};
  options.learningRate = static_cast<float>(call.number(5));
  options.beta1 = static_cast<float>(beta1);
  options.oneMinusBeta1 = static_cast<float>(1 - beta1);
  options.beta2 = static_cast<float>(beta2);
  options.oneMinusBeta2 = static_cast<float>(1 - beta2);
  options.weightDecay = static_cast<float>(call.number(8));
  if (!call.failed()) kernels().lionUpdate(options, size, param, grad, average, newParam, newAverage);
  return call.done();
}

}  // namespace

void exportElementwise(napi_env env, napi_value exports) {
  const Binding bindings[] = {
      {"unary", unary},
      {"binary", binary},
      {"compare", compare},
      {"logical", logical},
      {"logicalNot", logicalNot},
      {"select", select},
      {"cast", cast},
      {"addN", addN},
      {"dropout", dropout},
      {"sgdUpdate", sgdUpdate},
      {"adamWUpdate", adamWUpdate},
      {"rmsPropUpdate", rmsPropUpdate},
      {"lionUpdate", lionUpdate},
  };
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
