// Kernels that move elements, and resizing: one strided copy serves transposes, slices and concatenation.
#include "axes.h"
#include "bindings.h"
#include "call.h"
#include "kernels.h"

namespace convkit {
namespace {

// copyStrided(source, target, [rank, source offset, target offset, ...sizes, ...source strides, ...target strides])
// Both arrays of one type.
napi_value copyStrided(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const PlacedCopy placed = readCopy(call, 2);
  const Elements source = call.anyElements(0, placed.sourceLength), target = call.anyElements(1, placed.targetLength);
  if (source.type != target.type) call.fail("Expected two arrays of one type.");
  if (call.failed()) return call.done();
  const char* from = static_cast<const char*>(source.data) + placed.sourceOffset * source.bytes;
  char* to = static_cast<char*>(target.data) + placed.targetOffset * target.bytes;
  kernels().copyStrided(placed.copy, source.bytes, from, to);
  return call.done();
}

// pad(source, target, value, [rank, ...sizes, ...before, ...after]): three arrays of one type, `value` of one element.
napi_value pad(napi_env env, napi_callback_info info) {
  Call call(env, info);
  size_t sourceLength, targetLength;
  const PadShape shape = readPad(call, 3, &sourceLength, &targetLength);
  const Elements source = call.anyElements(0, sourceLength), target = call.anyElements(1, targetLength), value = call.anyElements(2, 1);
  if (source.type != target.type || value.type != target.type) call.fail("Expected three arrays of one type.");
  if (!call.failed()) kernels().pad(shape, target.bytes, value.data, source.data, target.data);
  return call.done();
}

// oneHot(indices, target, values, depth): target and values, [off, on], are Float32Arrays or Int32Arrays.
napi_value oneHot(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const size_t size = call.elements(0);
  const double depth = call.number(3);
  if (!(depth >= 1 && depth <= 2147483647.0)) call.fail("Expected a depth of at least 1.");
  const int32_t* indices = call.ints(0, 0);
  const size_t length = call.failed() ? 0 : size * static_cast<size_t>(depth);
  const Elements target = call.anyElements(1, length), values = call.anyElements(2, 2);
  if (target.bytes != 4 || values.type != target.type) call.fail("Expected two Float32Arrays or two Int32Arrays.");
  if (call.failed()) return call.done();
  uint32_t offOn[2];
  std::memcpy(offOn, values.data, sizeof offOn);
  kernels().oneHot(size, static_cast<size_t>(depth), offOn[1], offOn[0], indices, static_cast<uint32_t*>(target.data));
  return call.done();
}

// params: batch, inH, inW, channels, outH, outW, alignCorners, halfPixelCenters
ResizeShape resizeShape(Call& call, size_t index) {
  const int32_t* p = call.params(index, 8);
  const ResizeShape s{p[0], p[1], p[2], p[3], p[4], p[5], p[6] != 0, p[7] != 0};
  for (int i = 0; i < 6; i++)
    if (!call.failed() && (p[i] < 1 || p[i] > 1 << 24)) call.fail("Expected every size of a resizing to be at least 1 and at most 2^24.");
  if (!call.failed() && static_cast<double>(s.batch) * s.channels * (static_cast<double>(s.inH) * s.inW + static_cast<double>(s.outH) * s.outW) > 1e15)
    call.fail("Expected fewer than 10^15 elements.");
  return s;
}
size_t inputSize(const ResizeShape& s) { return static_cast<size_t>(s.batch) * s.inH * s.inW * s.channels; }
size_t outputSize(const ResizeShape& s) { return static_cast<size_t>(s.batch) * s.outH * s.outW * s.channels; }

// resizeBilinear(x, y, params)
napi_value resizeBilinear(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const ResizeShape s = resizeShape(call, 2);
  const float* x = call.floats(0, inputSize(s));
  float* y = call.floats(1, outputSize(s));
  return call.done(call.failed() || kernels().resizeBilinear(s, x, y));
}

// resizeBilinearGrad(dy, dx, params)
napi_value resizeBilinearGrad(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const ResizeShape s = resizeShape(call, 2);
  const float* dy = call.floats(0, outputSize(s));
  float* dx = call.floats(1, inputSize(s));
  return call.done(call.failed() || kernels().resizeBilinearGrad(s, dy, dx));
}

}  // namespace

void exportLayout(napi_env env, napi_value exports) {
  const Binding bindings[] = {
      {"copyStrided", copyStrided},
      {"pad", pad},
      {"oneHot", oneHot},
      {"resizeBilinear", resizeBilinear},
      {"resizeBilinearGrad", resizeBilinearGrad},
  };
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
