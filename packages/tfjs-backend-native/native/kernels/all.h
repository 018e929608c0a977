// Every kernel of one instruction set, and their table. Included once per instruction set (isa/*.cc).
#include "../simd.h"
#include "activation.h"
#include "tap-conv.h"
#include "conv2d.h"
#include "conv2d-backprop-filter.h"
#include "mat-mul.h"
#include "batch-norm.h"
#include "fma-peak.h"

constexpr Kernels table(const char* name) {
  Kernels k{};
  k.name = name;
  k.lanes = L;
  k.conv2d = conv2d;
  k.conv2dBackpropInput = conv2dBackpropInput;
  k.conv2dBackpropFilter = conv2dBackpropFilter;
  k.matMul = matMul;
  k.batchNormTraining = batchNormTraining;
  k.batchNormTrainingGrad = batchNormTrainingGrad;
  k.batchNormInference = batchNormInference;
  k.fmaPeak = fmaPeak;
  return k;
}
