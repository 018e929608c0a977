// A persistent pool with a static partition: the same number of threads always gives the same split of the
// work, so results repeat bit for bit.
#pragma once
#include <cstddef>

namespace convkit {

// Least of: cores, CPU affinity, cgroup quota.
int defaultThreadCount();
int threadCount();
// Takes effect at the next parallel call. Clamped to 1…256.
void setThreadCount(int count);

using ParallelBody = void (*)(void* context, int thread, int threads);

// Runs `body` once per thread, the caller being thread 0, and returns when all are done. At most
// `maxThreads` take part. Calls from several JavaScript threads take turns. Where the system refuses further
// threads, the pool stays at those it has, and `threadCount` says so.
void runParallel(int maxThreads, ParallelBody body, void* context);

// The calling thread's scratch memory, 64-byte aligned, kept between calls. `slot` 0…3 are separate areas.
// Returns nullptr when memory is exhausted.
float* threadScratch(int slot, size_t floats);

// Raised by any thread of a parallel call, read once all are done.
class Flag {
 public:
  void raise() { __atomic_store_n(&raised_, true, __ATOMIC_RELAXED); }
  bool raised() const { return __atomic_load_n(&raised_, __ATOMIC_RELAXED); }

 private:
  bool raised_ = false;
};

// f(begin, end, thread) over 0…total in one contiguous range per thread; small totals use fewer threads.
template <typename F>
inline void parallelRanges(size_t total, size_t grain, F&& f) {
  if (total == 0) return;
  size_t most = (total + grain - 1) / grain;
  struct Context { F* f; size_t total; } context{&f, total};
  runParallel(most > 256 ? 256 : static_cast<int>(most), [](void* raw, int thread, int threads) {
    auto* c = static_cast<Context*>(raw);
    size_t begin = c->total * thread / threads, end = c->total * (thread + 1) / threads;
    if (begin < end) (*c->f)(begin, end, thread);
  }, &context);
}

}  // namespace convkit
