// The kernels compiled for avx512: 16 floats a vector.
#include <immintrin.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../clock.h"
#include "../kernels.h"
#include "../thread-pool.h"

#define CK_LANES 16
namespace convkit {
namespace avx512 {
#include "../kernels/all.h"
}  // namespace avx512
extern const Kernels kAvx512Kernels = avx512::table("avx512");
}  // namespace convkit
