// The yardstick of the benchmarks: independent fused multiply-adds, nothing but registers.


static double fmaPeak(double milliseconds) {
  constexpr int kChains = 2 * kTile;
  double sums[256] = {};
  parallelRanges(256, 1, [&](size_t, size_t, int thread) {
    Vec acc[kChains];
    for (int i = 0; i < kChains; i++) acc[i] = splat(1.0f + i);
    volatile float factor = 0.999f, addend = 0.001f;  // volatile: the compiler may not fold the loop
    const Vec a = splat(factor), b = splat(addend);
    double start = nowMilliseconds(), seconds = 0;
    long long rounds = 0;
    do {
      for (int repeat = 0; repeat < 20000; repeat++)
#pragma GCC unroll 32
        for (int i = 0; i < kChains; i++) acc[i] = acc[i] * a + b;
      rounds += 20000;
      seconds = (nowMilliseconds() - start) / 1e3;
    } while (seconds * 1e3 < milliseconds);
    Vec total = {};
    for (int i = 0; i < kChains; i++) total += acc[i];
    volatile float keep = total[0];
    (void)keep;
    sums[thread] = static_cast<double>(rounds) * kChains * L * 2 / seconds / 1e9;
  });
  double all = 0;
  for (double s : sums) all += s;
  return all;
}
