// What the tests of the kernels share: arrays between guard zones, random shapes, comparison with stated bounds.
#pragma once
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

#include "../kernels.h"

namespace convkit {

// An array between two zones that nobody may write to; where AddressSanitizer watches, an array of just that size.
// Starts 4 bytes past a multiple of 16, so that nothing can rely on alignment.
template <typename T>
class Guarded {
 public:
  explicit Guarded(size_t size) : size_(size), memory_(kOffset + size * sizeof(T) + kZone, kGuard) {}
  Guarded(Guarded&&) = default;
  T* data() { return reinterpret_cast<T*>(memory_.data() + kOffset); }
  const T* data() const { return reinterpret_cast<const T*>(memory_.data() + kOffset); }
  size_t size() const { return size_; }
  T& operator[](size_t i) { return data()[i]; }
  const T& operator[](size_t i) const { return data()[i]; }
  bool intact() const {
    for (size_t i = 0; i < memory_.size(); i++)
      if ((i < kOffset || i >= kOffset + size_ * sizeof(T)) && memory_[i] != kGuard) return false;
    return true;
  }

 private:
#if defined(__SANITIZE_ADDRESS__)
  static constexpr size_t kZone = 0;
#else
  static constexpr size_t kZone = 512;
#endif
  static constexpr size_t kOffset = kZone + 4;
  static constexpr uint8_t kGuard = 0xa5;
  size_t size_;
  std::vector<uint8_t> memory_;
};
using Floats = Guarded<float>;
using Ints = Guarded<int32_t>;
using Bytes = Guarded<uint8_t>;

// xorshift64*, https://doi.org/10.1145/2845077
class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed * 0x9E3779B97F4A7C15u + 1) {}
  uint32_t bits() {
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    return static_cast<uint32_t>(state_ * 0x2545F4914F6CDD1Du >> 32);
  }
  int between(int from, int to) { return from + static_cast<int>(bits() % static_cast<uint32_t>(to - from + 1)); }
  bool chance(double p) { return bits() < p * 4294967296.0; }
  float unit() { return static_cast<float>(bits() >> 8) / 8388608.0f - 1.0f; }  // [-1, 1)
  // Around the widths of vectors, where tails begin and end.
  int channels() {
    static const int kChoices[] = {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 24, 31, 32, 33, 48, 64, 65, 100};
    return kChoices[bits() % (sizeof kChoices / sizeof *kChoices)];
  }
  Floats floats(size_t size) {
    Floats result(size);
    for (size_t i = 0; i < size; i++) result[i] = unit();
    return result;
  }

 private:
  uint64_t state_;
};

// Counts and prints what is wrong; `context` names the case at hand.
struct Checks {
  std::string context;
  size_t passed = 0, failed = 0;

  void report(const char* what, size_t at, double actual, double expected) {
    if (++failed <= 20) std::printf("FAILED %s: %s: [%zu] is %.9g, expected %.9g\n", context.c_str(), what, at, actual, expected);
  }
  void that(const char* what, bool holds) { holds ? void(passed++) : report(what, 0, 0, 1); }

  template <typename T>
  void equal(const Guarded<T>& actual, const std::vector<T>& expected) {
    close(actual, std::vector<double>(expected.begin(), expected.end()), 0, 0);
  }
  // |actual - expected| <= absolute + relative * |expected|; NaN agrees with NaN.
  template <typename T>
  void close(const Guarded<T>& actual, const std::vector<double>& expected, double absolute, double relative) {
    if (!actual.intact()) return report("written outside", 0, 1, 0);
    if (actual.size() != expected.size()) return report("size", 0, static_cast<double>(actual.size()), static_cast<double>(expected.size()));
    for (size_t i = 0; i < actual.size(); i++) {
      const double a = actual[i], e = expected[i];
      const bool same = a == e || (a != a && e != e) || std::fabs(a - e) <= absolute + relative * std::fabs(e);
      if (!same) return report("value", i, a, e);
    }
    passed++;
  }
};

std::string format(const char* pattern, ...) __attribute__((format(printf, 1, 2)));

void testConvolutions(const Kernels&, Random&, Checks&);
void testBf16Convolutions(const Bf16Kernels&, Random&, Checks&);
void testDepthwise(const Kernels&, Random&, Checks&);
void testProductsAndNorms(const Kernels&, Random&, Checks&);
void testElementwise(const Kernels&, Random&, Checks&);
void testUpdates(const Kernels&, Random&, Checks&);
void testReductions(const Kernels&, Random&, Checks&);
void testPooling(const Kernels&, Random&, Checks&);
void testLayout(const Kernels&, Random&, Checks&);
void testHost(Checks&);

}  // namespace convkit
