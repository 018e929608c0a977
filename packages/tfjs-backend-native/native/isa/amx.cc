// Convolutions in bfloat16 on the matrix units of Intel's AMX; for all else such a CPU runs the kernels of avx512.
#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../kernels.h"
#include "../thread-pool.h"

#define CK_LANES 16
namespace convkit {
namespace amx {
#include "../simd.h"
#include "../kernels/activation.h"
#include "../kernels/bf16-plane.h"
#include "../kernels/bf16-block-amx.h"
#include "../kernels/bf16-conv2d.h"
#include "../kernels/bf16-conv2d-backprop-filter.h"
}  // namespace amx
extern const Bf16Kernels kAmxKernels;
const Bf16Kernels kAmxKernels = {"amx", amx::fits, amx::conv2d, amx::conv2dBackpropInput, amx::conv2dBackpropFilter};
}  // namespace convkit
