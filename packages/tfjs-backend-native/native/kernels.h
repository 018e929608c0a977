// The kernels that exist once per instruction set, as plain functions over raw memory. Shapes and buffer
// lengths are checked by the caller (addon.cc); a kernel returns false when memory for its scratch ran out.
#pragma once
#include <cstddef>
#include <cstdint>

namespace convkit {

enum Activation { kLinear = 0, kRelu = 1, kRelu6 = 2, kLeakyRelu = 3, kElu = 4, kSigmoid = 5 };

// NHWC input, HWIO filter, NHWC output.
struct ConvShape {
  int batch, inH, inW, inC, filterH, filterW, outH, outW, outC;
  int strideH, strideW, dilationH, dilationW, padTop, padLeft;
};

struct Kernels {
  const char* name;
  int lanes;

  bool (*conv2d)(const ConvShape&, const float* x, const float* filter, const float* bias, float* y, Activation, float alpha);
  bool (*conv2dBackpropInput)(const ConvShape&, const float* dy, const float* filter, float* dx);
  bool (*conv2dBackpropFilter)(const ConvShape&, const float* x, const float* dy, float* dw);
  // a [m,k] or, transposed, [k,m]; b [k,n] or [n,k]; out [m,n].
  bool (*matMul)(size_t m, size_t k, size_t n, const float* a, bool transposeA, const float* b, bool transposeB,
                 const float* bias, float* out, Activation, float alpha);

  bool (*batchNormTraining)(size_t rows, size_t channels, const float* x, const float* scale, const float* offset, float epsilon,
                            bool relu, float* y, float* mean, float* variance);
  bool (*batchNormTrainingGrad)(size_t rows, size_t channels, const float* dy, const float* x, const float* mean,
                                const float* variance, const float* scale, const float* offset, float epsilon, bool relu,
                                float* dx, float* dscale, float* doffset);
  bool (*batchNormInference)(size_t rows, size_t channels, const float* x, const float* mean, const float* variance,
                             const float* scale, const float* offset, float epsilon, float* y);

  // GFLOP/s of independent fused multiply-adds in registers on all threads, for `milliseconds`.
  double (*fmaPeak)(double milliseconds);
};

// Best first; only those this CPU runs.
int availableKernels(const Kernels** table, int most);
const Kernels& kernels();
// false if this CPU cannot run it.
bool selectKernels(const char* name);

}  // namespace convkit
