// Runs every kernel of every instruction set that this CPU has, those in bfloat16 too, on one thread and on three, against plain loops in
// double precision; then what the pool takes from the machine. Prints one line each; exits with 1 if anything was wrong. An argument is the
// seed of the random shapes and values.
#include <cstdarg>
#include <cstdlib>

#include "../thread-pool.h"
#include "check.h"

namespace convkit {

std::string format(const char* pattern, ...) {
  char text[200];
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text, sizeof text, pattern, arguments);
  va_end(arguments);
  return text;
}

}  // namespace convkit

int main(int count, char** arguments) {
  using namespace convkit;
  const uint64_t seed = count > 1 ? std::strtoull(arguments[1], nullptr, 10) : 1;
  const Kernels* tables[4];
  const int available = availableKernels(tables, 4);
  bool good = true;
  for (int i = 0; i < available; i++) {
    Checks checks;
    for (int threads : {1, 3}) {
      setThreadCount(threads);
      Random random(seed);
      for (auto* test : {testConvolutions, testDepthwise, testProductsAndNorms, testElementwise, testUpdates, testReductions, testPooling, testLayout})
        test(*tables[i], random, checks);
    }
    std::printf("%s: %zu checks passed, %zu failed (seed %llu)\n", tables[i]->name, checks.passed, checks.failed, static_cast<unsigned long long>(seed));
    good = good && checks.failed == 0;
  }
  const Bf16Kernels* bf16Tables[2];
  const int availableBf16 = availableBf16Kernels(bf16Tables, 2);
  for (int i = 0; i < availableBf16; i++) {
    Checks checks;
    for (int threads : {1, 3}) {
      setThreadCount(threads);
      Random random(seed);
      testBf16Convolutions(*bf16Tables[i], random, checks);
    }
    std::printf("%s: %zu checks passed, %zu failed (seed %llu)\n", bf16Tables[i]->name, checks.passed, checks.failed, static_cast<unsigned long long>(seed));
    good = good && checks.failed == 0;
  }
  Checks checks;
  testHost(checks);
  std::printf("host: %zu checks passed, %zu failed\n", checks.passed, checks.failed);
  return good && checks.failed == 0 ? 0 : 1;
}
