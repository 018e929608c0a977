// Every kernel of one instruction set, and their table. Included once per instruction set (isa/*.cc).
#include "../simd.h"
#include "activation.h"
#include "vector-math.h"
#include "tap-conv.h"
#include "filter-tile.h"
#include "transpose-copy.h"
#include "winograd.h"
#include "conv2d.h"
#include "conv2d-backprop-filter.h"
#include "mat-mul.h"
#include "batch-norm.h"
#include "fma-peak.h"
#include "elementwise.h"
#include "broadcast.h"
#include "reduction.h"
#include "softmax.h"
#include "pool.h"
#include "batch-norm-max-pool.h"
#include "depthwise-conv2d.h"
#include "optimizer.h"
#include "dropout.h"
#include "layout.h"
#include "cast.h"
#include "resize.h"

constexpr Kernels table(const char* name) {
  Kernels k{};
  k.name = name;
  k.conv2d = conv2d;
  k.conv2dBackpropInput = conv2dBackpropInput;
  k.conv2dBackpropFilter = conv2dBackpropFilter;
  k.matMul = matMul;
  k.batchNormTraining = batchNormTraining;
  k.batchNormTrainingGrad = batchNormTrainingGrad;
  k.batchNormReluMaxPool = batchNormReluMaxPool;
  k.batchNormReluMaxPoolGrad = batchNormReluMaxPoolGrad;
  k.batchNormInference = batchNormInference;
  k.depthwiseConv2d = depthwiseConv2d;
  k.depthwiseConv2dBackpropInput = depthwiseConv2dBackpropInput;
  k.depthwiseConv2dBackpropFilter = depthwiseConv2dBackpropFilter;
  k.unary = unary;
  k.binary = binary;
  k.compare = compare;
  k.compareInts = compareInts;
  k.logicalAnd = logicalAnd;
  k.logicalOr = logicalOr;
  k.addN = addN;
  k.reduce = reduce;
  k.argMax = argMax;
  k.softmax = softmax;
  k.maxPool = maxPool;
  k.avgPool = avgPool;
  k.maxPoolGrad = maxPoolGrad;
  k.avgPoolGrad = avgPoolGrad;
  k.sgdUpdate = sgdUpdate;
  k.adamWUpdate = adamWUpdate;
  k.rmsPropUpdate = rmsPropUpdate;
  k.lionUpdate = lionUpdate;
  k.dropout = dropout;
  k.copyStrided = copyStrided;
  k.pad = pad;
  k.oneHot = oneHot;
  k.select = select;
  k.logicalNot = logicalNot;
  k.floatToInt = floatToInt;
  k.floatToBool = floatToBool;
  k.intToFloat = intToFloat;
  k.intToBool = intToBool;
  k.boolToFloat = boolToFloat;
  k.boolToInt = boolToInt;
  k.resizeBilinear = resizeBilinear;
  k.resizeBilinearGrad = resizeBilinearGrad;
  k.fmaPeak = fmaPeak;
  return k;
}
