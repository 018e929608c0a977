// The shape of a convolution as JavaScript sends it, checked.
#pragma once
#include "call.h"
#include "kernels.h"

namespace convkit {

// params: batch, inH, inW, inC, filterH, filterW, outH, outW, outC, strideH, strideW, dilationH, dilationW, padTop, padLeft, activation
ConvShape readConvShape(Call& call, size_t index, Activation* activation);

inline size_t inputSize(const ConvShape& s) { return static_cast<size_t>(s.batch) * s.inH * s.inW * s.inC; }
inline size_t outputSize(const ConvShape& s) { return static_cast<size_t>(s.batch) * s.outH * s.outW * s.outC; }

}  // namespace convkit
