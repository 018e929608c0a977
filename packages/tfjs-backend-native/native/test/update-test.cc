// Sums of tensors, optimizer updates and dropout.
#include "check.h"

namespace convkit {
namespace {

uint32_t hash(uint32_t i, uint32_t seed) {
  uint32_t h = i * 0x9E3779B9u + seed;
  h ^= h >> 16;
  h *= 0x7feb352du;
  h ^= h >> 15;
  h *= 0x846ca68bu;
  return h ^ h >> 16;
}

}  // namespace

void testUpdates(const Kernels& k, Random& r, Checks& checks) {
  for (size_t size : {1, 3, 8, 17, 64, 1001, 50000}) {
    const Floats a = r.floats(size), b = r.floats(size), c = r.floats(size), grad = r.floats(size);
    Floats second(size);
    for (size_t i = 0; i < size; i++) second[i] = std::fabs(c[i]);
    Floats out(size), out2(size), out3(size);
    std::vector<double> e(size), e2(size), e3(size);

    checks.context = format("addN %zu", size);
    const float* inputs[] = {a.data(), b.data(), c.data()};
    for (size_t i = 0; i < size; i++) e[i] = static_cast<double>(a[i]) + b[i] + c[i];
    k.addN(3, inputs, size, out.data());
    checks.close(out, e, 1e-6, 1e-6);

    for (bool nesterov : {false, true}) {
      for (bool coupled : {false, true}) {
        const SgdOptions o{0.1f, 0.9f, 0.01f, nesterov, coupled};
        for (size_t i = 0; i < size; i++) {
          const double g = grad[i] + (coupled ? 0.01 * a[i] : 0);
          e2[i] = 0.9 * b[i] + g;
          e[i] = a[i] - 0.1 * ((nesterov ? g + 0.9 * e2[i] : e2[i]) + (coupled ? 0 : 0.01 * a[i]));
        }
        checks.context = format("sgdUpdate %zu nesterov %d coupled %d", size, nesterov, coupled);
        k.sgdUpdate(o, size, a.data(), grad.data(), b.data(), out.data(), out2.data());
        checks.close(out, e, 1e-6, 1e-6);
        checks.close(out2, e2, 1e-6, 1e-6);
      }
    }

    const AdamWOptions o{0.01f, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f, 0.05f, 0.19f, 0.002f};
    for (size_t i = 0; i < size; i++) {
      e2[i] = 0.9 * b[i] + 0.1 * grad[i];
      e3[i] = 0.999 * second[i] + 0.001 * grad[i] * grad[i];
      e[i] = a[i] - 0.01 * (e2[i] / 0.19 / (std::sqrt(e3[i] / 0.002) + 1e-8) + 0.05 * a[i]);
    }
    checks.context = format("adamWUpdate %zu", size);
    k.adamWUpdate(o, size, a.data(), grad.data(), b.data(), second.data(), out.data(), out2.data(), out3.data());
    checks.close(out, e, 1e-6, 1e-5);
    checks.close(out2, e2, 1e-6, 1e-6);
    checks.close(out3, e3, 1e-6, 1e-5);

    const RmsPropOptions rms{0.01f, 0.99f, 0.01f, 0.9f, 1e-4f, 0.05f};
    for (size_t i = 0; i < size; i++) {
      e2[i] = 0.99 * second[i] + 0.01 * grad[i] * grad[i];
      e3[i] = 0.9 * b[i] + grad[i] / (std::sqrt(e2[i]) + 1e-4);
      e[i] = a[i] - 0.01 * (e3[i] + 0.05 * a[i]);
    }
    checks.context = format("rmsPropUpdate %zu", size);
    k.rmsPropUpdate(rms, size, a.data(), grad.data(), second.data(), b.data(), out.data(), out2.data(), out3.data());
    checks.close(out, e, 1e-6, 1e-5);
    checks.close(out2, e2, 1e-6, 1e-5);
    checks.close(out3, e3, 1e-5, 1e-5);

    // Halves and quarters are exact in both precisions, so that a sign near 0 is the same in both.
    const LionOptions lion{0.01f, 0.5f, 0.5f, 0.75f, 0.25f, 0.05f};
    for (size_t i = 0; i < size; i++) {
      const double mixed = 0.5 * b[i] + 0.5 * grad[i];
      e[i] = a[i] - 0.01 * ((mixed > 0) - (mixed < 0) + 0.05 * a[i]);
      e2[i] = 0.75 * b[i] + 0.25 * grad[i];
    }
    checks.context = format("lionUpdate %zu", size);
    k.lionUpdate(lion, size, a.data(), grad.data(), b.data(), out.data(), out2.data());
    checks.close(out, e, 1e-6, 1e-6);
    checks.close(out2, e2, 1e-6, 1e-6);

    for (uint64_t threshold : {uint64_t{0}, uint64_t{1} << 31, uint64_t{0xffffffff}, uint64_t{1} << 32}) {
      const uint32_t seed = r.bits();
      for (size_t i = 0; i < size; i++) e[i] = hash(static_cast<uint32_t>(i), seed) >= threshold ? a[i] * 1.5 : 0;
      checks.context = format("dropout %zu threshold %llu", size, static_cast<unsigned long long>(threshold));
      k.dropout(size, threshold, 1.5f, seed, a.data(), out.data());
      checks.close(out, e, 1e-7, 1e-7);
    }
  }
}

}  // namespace convkit
