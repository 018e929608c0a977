// Chooses the instruction set when the addon loads, and the kernels in bfloat16 when they are asked for; CONVKIT_ISA is read
// by the JavaScript side, not here.
#include <atomic>
#include <cstring>
#if defined(CK_BF16)
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

#include "kernels.h"

namespace convkit {

extern const Kernels kPortableKernels;
#if defined(__x86_64__)
extern const Kernels kAvx2Kernels;
extern const Kernels kAvx512Kernels;
#endif
#if defined(CK_BF16)
extern const Bf16Kernels kAmxKernels;
extern const Bf16Kernels kAvx512Bf16Kernels;
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

// Those of one instruction set: choosing another forgets them.
static std::atomic<const Bf16Kernels*> selectedBf16{nullptr};

const Kernels& kernels() { return *selected().load(std::memory_order_acquire); }

bool selectKernels(const char* name) {
  const Kernels* table[4];
  int count = availableKernels(table, 4);
  for (int i = 0; i < count; i++) {
    if (std::strcmp(table[i]->name, name) == 0) {
      selected().store(table[i], std::memory_order_release);
      selectedBf16.store(nullptr, std::memory_order_release);
      return true;
    }
  }
  return false;
}

#if defined(CK_BF16)
namespace {

// Bits of CPUID leaf 7: Intel's Software Developer's Manual, volume 2A, table 3-8.
bool hasAmx() {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & 1u << 22) && (d & 1u << 24);
}
bool hasAvx512Bf16() {
  unsigned a, b, c, d;
  return __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & 1u << 5);
}

// Linux lets a process use the 8 KB of tile registers after it has asked; asking again changes nothing. It says no where
// the system is older than 5.16, and where a thread's stack for signals has no room for them.
// https://docs.kernel.org/arch/x86/xstate.html
bool mayUseTiles() {
  constexpr long kRequestPermission = 0x1023, kTileData = 18;
  static const bool allowed = syscall(SYS_arch_prctl, kRequestPermission, kTileData) == 0;
  return allowed;
}

}  // namespace
#endif

int availableBf16Kernels(const Bf16Kernels** table, int most) {
  int count = 0;
#if defined(CK_BF16)
  if (&kernels() != &kAvx512Kernels || !hasAvx512Bf16()) return 0;
  if (count < most && hasAmx() && mayUseTiles()) table[count++] = &kAmxKernels;
  if (count < most) table[count++] = &kAvx512Bf16Kernels;
#endif
  return count;
}

const Bf16Kernels* bf16Kernels() { return selectedBf16.load(std::memory_order_acquire); }

bool selectBf16Kernels(const char* name) {
  if (!name) {
    selectedBf16.store(nullptr, std::memory_order_release);
    return true;
  }
  const Bf16Kernels* table[2];
  const int count = availableBf16Kernels(table, 2);
  for (int i = 0; i < count; i++) {
    if (std::strcmp(table[i]->name, name) == 0) {
      selectedBf16.store(table[i], std::memory_order_release);
      return true;
    }
  }
  return false;
}

}  // namespace convkit
