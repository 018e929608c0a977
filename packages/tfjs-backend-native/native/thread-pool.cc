#include "thread-pool.h"

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <pthread.h>
#if defined(__linux__)
#include <sched.h>

#include "cpu-quota.h"
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace convkit {
namespace {

constexpr int kMaxThreads = 256;
// Iterations of `pause` before a waiter sleeps: about 20 to 50 microseconds, longer than the gap between two
// kernels of a training step and far shorter than a scheduler's slice.
constexpr int kSpins = 2000;

inline void relax() {
#if defined(__x86_64__)
  _mm_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Never destroyed: worker threads may outlive every static object of the process.
struct Pool {
  std::mutex turn;  // one parallel call at a time
  std::mutex lock;
  std::condition_variable wake;
  // Generation in the high bits, number of threads that take part in the low 16: read as one, so that a
  // worker that was late for a generation it had no part in cannot mistake the next one for it.
  std::atomic<uint64_t> ticket{0};
  std::atomic<int> pending{0};
  int started = 0;  // workers, the caller not counted
  ParallelBody body = nullptr;
  void* context = nullptr;
  std::atomic<int> wanted{0};

  void worker(int index, uint64_t seen) {
    for (;;) {
      uint64_t now = ticket.load(std::memory_order_acquire);
      for (int spin = 0; now == seen && spin < kSpins; spin++) {
        relax();
        now = ticket.load(std::memory_order_acquire);
      }
      if (now == seen) {
        std::unique_lock<std::mutex> hold(lock);
        wake.wait(hold, [&] { return ticket.load(std::memory_order_acquire) != seen; });
        now = ticket.load(std::memory_order_acquire);
      }
      seen = now;
      int threads = static_cast<int>(now & 0xffff);
      if (index < threads) {
        body(context, index, threads);
        pending.fetch_sub(1, std::memory_order_acq_rel);
      }
    }
  }
};

Pool& pool() {
  static Pool* instance = new Pool();
  return *instance;
}

struct Start {
  Pool* pool;
  int index;
  uint64_t seen;
};

// std::thread would throw, and nothing here catches: a limit on processes must not end the program.
bool startWorker(Pool& p) {
  pthread_attr_t detached;
  if (pthread_attr_init(&detached) != 0) return false;
  pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
  auto* start = new Start{&p, p.started + 1, p.ticket.load()};
  pthread_t thread;
  const bool started = pthread_create(&thread, &detached, [](void* raw) -> void* {
    const Start own = *static_cast<Start*>(raw);
    delete static_cast<Start*>(raw);
    own.pool->worker(own.index, own.seen);
    return nullptr;
  }, start) == 0;
  pthread_attr_destroy(&detached);
  if (started) p.started++;
  else delete start;
  return started;
}

}  // namespace

int defaultThreadCount() {
  int count = static_cast<int>(std::thread::hardware_concurrency());
#if defined(__linux__)
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) {
    int allowed = CPU_COUNT(&set);
    if (allowed > 0 && (count <= 0 || allowed < count)) count = allowed;
  }
  const int quota = cpuQuota("/proc", "/sys/fs/cgroup");
  if (quota > 0 && quota < count) count = quota;
#endif
  return count < 1 ? 1 : count > kMaxThreads ? kMaxThreads : count;
}

int threadCount() {
  int wanted = pool().wanted.load();
  if (wanted > 0) return wanted;
  wanted = defaultThreadCount();
  pool().wanted.store(wanted);
  return wanted;
}

void setThreadCount(int count) { pool().wanted.store(count < 1 ? 1 : count > kMaxThreads ? kMaxThreads : count); }

void runParallel(int maxThreads, ParallelBody body, void* context) {
  int threads = threadCount();
  if (maxThreads < threads) threads = maxThreads;
  if (threads <= 1) {
    body(context, 0, 1);
    return;
  }
  Pool& p = pool();
  std::lock_guard<std::mutex> myTurn(p.turn);
  while (p.started < threads - 1) {
    if (startWorker(p)) continue;
    // The system gives no more threads: from now on there are as many as it gave.
    threads = p.started + 1;
    p.wanted.store(threads);
  }
  if (threads <= 1) {
    body(context, 0, 1);
    return;
  }
  p.body = body;
  p.context = context;
  p.pending.store(threads - 1, std::memory_order_relaxed);
  {
    std::lock_guard<std::mutex> hold(p.lock);
    uint64_t generation = (p.ticket.load(std::memory_order_relaxed) >> 16) + 1;
    p.ticket.store(generation << 16 | static_cast<uint64_t>(threads), std::memory_order_release);
  }
  p.wake.notify_all();
  body(context, 0, threads);
  for (int spin = 0; p.pending.load(std::memory_order_acquire) != 0; spin++) {
    if (spin < kSpins) relax();
    else std::this_thread::yield();
  }
}

float* threadScratch(int slot, size_t floats) {
  struct Area {
    void* memory = nullptr;
    size_t floats = 0;
    ~Area() { std::free(memory); }
  };
  static thread_local Area areas[4];
  Area& area = areas[slot];
  if (area.floats < floats) {
    std::free(area.memory);
    area.memory = nullptr;
    area.floats = 0;
    size_t bytes = (floats * sizeof(float) + 4095) / 4096 * 4096 + 64;
    if (posix_memalign(&area.memory, 64, bytes) != 0) {
      area.memory = nullptr;
      return nullptr;
    }
    area.floats = floats;
  }
  return static_cast<float*>(area.memory);
}

}  // namespace convkit
