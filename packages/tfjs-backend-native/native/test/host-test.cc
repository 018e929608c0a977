// What the pool takes from the machine: quotas of control groups, and threads that it may not get.
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#if defined(__linux__)
#include <sys/resource.h>
#endif

#include "../cpu-quota.h"
#include "../thread-pool.h"
#include "check.h"

namespace convkit {
namespace {

// A folder that stands for /proc or /sys/fs/cgroup. Left behind: a few bytes in the system's temporary folder.
class Folder {
 public:
  Folder() {
    const char* temporary = std::getenv("TMPDIR");
    path_ = std::string(temporary ? temporary : "/tmp") + "/convkit-XXXXXX";
    if (!mkdtemp(path_.data())) std::perror(path_.c_str());
  }
  const char* path() const { return path_.c_str(); }
  void write(const std::string& name, const char* text) {
    for (size_t at = name.find('/'); at != std::string::npos; at = name.find('/', at + 1)) mkdir((path_ + "/" + name.substr(0, at)).c_str(), 0700);
    FILE* file = std::fopen((path_ + "/" + name).c_str(), "w");
    if (!file) return std::perror(name.c_str());
    std::fputs(text, file);
    std::fclose(file);
  }

 private:
  std::string path_;
};

void testQuota(Checks& checks) {
  Folder proc, cgroup;
  checks.context = "cpu quota";
  checks.that("none without control groups", cpuQuota(proc.path(), cgroup.path()) == 0);
  proc.write("self/cgroup", "0::/team/job/step\n");
  checks.that("none without a limit", cpuQuota(proc.path(), cgroup.path()) == 0);
  cgroup.write("team/job/step/cpu.max", "max 100000\n");
  checks.that("none where it says max", cpuQuota(proc.path(), cgroup.path()) == 0);
  cgroup.write("team/cpu.max", "350000 100000\n");
  checks.that("of a group further up, rounded up", cpuQuota(proc.path(), cgroup.path()) == 4);
  cgroup.write("team/job/cpu.max", "200000 100000\n");
  checks.that("the least of all", cpuQuota(proc.path(), cgroup.path()) == 2);
  proc.write("self/cgroup", "0::/\n");
  cgroup.write("cpu.max", "600000 100000\n");
  checks.that("of a container, which sees its group as the root", cpuQuota(proc.path(), cgroup.path()) == 6);

  Folder cgroupV1;
  proc.write("self/cgroup", "5:cpuset:/elsewhere\n4:cpu,cpuacct:/docker/0123\n");
  cgroupV1.write("cpu/cpu.cfs_quota_us", "150000\n");
  cgroupV1.write("cpu/cpu.cfs_period_us", "100000\n");
  checks.that("version 1, mounted at the container's own group", cpuQuota(proc.path(), cgroupV1.path()) == 2);
  cgroupV1.write("cpu/docker/0123/cpu.cfs_quota_us", "-1\n");
  cgroupV1.write("cpu/docker/0123/cpu.cfs_period_us", "100000\n");
  checks.that("version 1, unlimited itself", cpuQuota(proc.path(), cgroupV1.path()) == 2);
}

// An emulator does not pass the limit on to the system.
#if defined(__linux__) && defined(__x86_64__)
void testThreadsThatAreRefused(Checks& checks) {
  checks.context = "no memory for the stacks of further threads";
  long pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    if (std::fscanf(file, "%ld", &pages) != 1) pages = 0;
    std::fclose(file);
  }
  rlimit before;
  getrlimit(RLIMIT_AS, &before);
  const rlimit tight{static_cast<rlim_t>(pages) * sysconf(_SC_PAGESIZE) + (1 << 20), before.rlim_max};
  if (pages == 0 || setrlimit(RLIMIT_AS, &tight) != 0) return checks.that("could be limited", false);
  setThreadCount(200);
  int visits[256] = {};
  parallelRanges(256, 1, [&](size_t begin, size_t end, int) {
    for (size_t i = begin; i < end; i++) visits[i]++;
  });
  const int got = threadCount();
  setrlimit(RLIMIT_AS, &before);
  bool once = true;
  for (int count : visits) once = once && count == 1;
  checks.that("all work is done, once", once);
  checks.that("the pool says how many there are", got >= 1 && got < 200);
}
#endif

}  // namespace

void testHost(Checks& checks) {
  testQuota(checks);
#if defined(__linux__) && defined(__x86_64__)
  testThreadsThatAreRefused(checks);
#endif
}

}  // namespace convkit
