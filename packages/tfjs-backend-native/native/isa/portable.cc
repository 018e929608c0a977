// The kernels compiled for every CPU of the architecture: 4 floats a vector. On ARM those are NEON registers.
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "../clock.h"
#include "../kernels.h"
#include "../thread-pool.h"

#define CK_LANES 4
namespace convkit {
namespace portable {
#include "../kernels/all.h"
}  // namespace portable
#if defined(__aarch64__)
extern const Kernels kPortableKernels = portable::table("neon");
#else
extern const Kernels kPortableKernels = portable::table("portable");
#endif
}  // namespace convkit
