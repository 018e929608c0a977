// Chooses the instruction set when the addon loads; CONVKIT_ISA is read by the JavaScript side, not here.
#include <atomic>
#include <cstring>

#include "kernels.h"

namespace convkit {

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif

int availableKernels(const Kernels** table, int most) {
  int count = 0;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (count < most && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
    table[count++] = &kAvx512Kernels;
  if (count < most && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) table[count++] = &kAvx2Kernels;
#endif
  if (count < most) table[count++] = &kPortableKernels;
  return count;
}

// Atomic: a worker thread may load the addon, or a test switch, while another computes.
static std::atomic<const Kernels*>& selected() {
  static std::atomic<const Kernels*> current{[] {
    const Kernels* table[4];
    availableKernels(table, 4);
    return table[0];
  }()};
  return current;
}

const Kernels& kernels() { return *selected().load(std::memory_order_acquire); }

bool selectKernels(const char* name) {
  const Kernels* table[4];
  int count = availableKernels(table, 4);
  for (int i = 0; i < count; i++) {
    if (std::strcmp(table[i]->name, name) == 0) {
      selected().store(table[i], std::memory_order_release);
      return true;
    }
  }
  return false;
}

}  // namespace convkit
