// Kernels that move elements: one strided copy serves transposes, slices and concatenation.
#include "axes.h"
#include "bindings.h"
#include "call.h"
#include "kernels.h"

namespace convkit {
namespace {

// copyStrided(source, target, [rank, source offset, target offset, ...sizes, ...source strides, ...target strides])
// Both arrays of the same type.
napi_value copyStrided(napi_env env, napi_callback_info info) {
  Call call(env, info);
  const PlacedCopy placed = readCopy(call, 2);
  if (call.isBytes(0)) {
    const uint8_t* source = call.bytes(0, placed.sourceLength);
    uint8_t* target = call.bytes(1, placed.targetLength);
    if (!call.failed()) kernels().copyStrided(placed.copy, 1, source + placed.sourceOffset, target + placed.targetOffset);
  } else if (call.isInts(0)) {
    const int32_t* source = call.ints(0, placed.sourceLength);
    int32_t* target = call.ints(1, placed.targetLength);
    if (!call.failed()) kernels().copyStrided(placed.copy, 4, source + placed.sourceOffset, target + placed.targetOffset);
  } else {
    const float* source = call.floats(0, placed.sourceLength);
    float* target = call.floats(1, placed.targetLength);
    if (!call.failed()) kernels().copyStrided(placed.copy, 4, source + placed.sourceOffset, target + placed.targetOffset);
  }
  return call.done();
}

}  // namespace

void exportLayout(napi_env env, napi_value exports) {
  const Binding bindings[] = {{"copyStrided", copyStrided}};
  exportBindings(env, exports, bindings, sizeof bindings / sizeof *bindings);
}

}  // namespace convkit
