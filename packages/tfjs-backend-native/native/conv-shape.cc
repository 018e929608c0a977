#include "conv-shape.h"

namespace convkit {

ConvShape readConvShape(Call& call, size_t index, Activation* activation) {
  const int32_t* p = call.params(index, 16);
  ConvShape s{p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7], p[8], p[9], p[10], p[11], p[12], p[13], p[14]};
  if (call.failed()) return s;
  for (int i = 0; i < 13; i++)
    if (p[i] < 1) call.fail("Expected every size, stride and dilation of a convolution to be at least 1.");
  if (p[13] < 0 || p[14] < 0 || p[15] < kLinear || p[15] > kSigmoid) call.fail("Expected padding >= 0 and a known activation.");
  for (int i = 0; i < 15; i++)
    if (p[i] > (1 << 24)) call.fail("Expected sizes of a convolution below 2^24.");
  if (call.failed()) return s;
  // Positions and their products with strides are ints in the kernels, numbers of elements size_t.
  constexpr int64_t kFar = 1 << 30;
  const bool far = static_cast<int64_t>(s.outH) * s.strideH > kFar || static_cast<int64_t>(s.outW) * s.strideW > kFar ||
                   static_cast<int64_t>(s.filterH) * s.dilationH > kFar || static_cast<int64_t>(s.filterW) * s.dilationW > kFar;
  const bool large = static_cast<double>(s.batch) * s.inH * s.inW * s.inC > kMostElements || static_cast<double>(s.batch) * s.outH * s.outW * s.outC > kMostElements ||
                     static_cast<double>(s.filterH) * s.filterW * s.inC * s.outC > kMostElements;
  if (far || large) call.fail("Expected strides and dilations that stay near the input, and at most 2^32 elements.");
  *activation = static_cast<Activation>(p[15]);
  return s;
}

}  // namespace convkit
