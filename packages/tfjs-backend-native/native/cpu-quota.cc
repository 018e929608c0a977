// Version 2: cpu.max, https://docs.kernel.org/admin-guide/cgroup-v2.html. Version 1: cpu.cfs_quota_us and
// cpu.cfs_period_us, https://docs.kernel.org/scheduler/sched-bwc.html.
#include "cpu-quota.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace convkit {
namespace {

constexpr int kPath = 4096;

// The first line without its end; false where there is no such file.
bool readLine(const char* folder, const char* name, char* line, int size) {
  char path[kPath + 64];
  std::snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE* file = std::fopen(path, "r");
  if (!file) return false;
  const bool read = std::fgets(line, size, file) != nullptr;
  std::fclose(file);
  return read;
}

int coresOf(long long quota, long long period) {
  if (quota <= 0 || period <= 0) return 0;
  const long long cores = (quota + period - 1) / period;
  return cores > 1 << 20 ? 0 : static_cast<int>(cores);
}

int quotaOf(const char* folder) {
  char line[64], quota[32];
  long long period = 0;
  if (readLine(folder, "cpu.max", line, sizeof line)) {
    return std::sscanf(line, "%31s %lld", quota, &period) == 2 ? coresOf(std::atoll(quota), period) : 0;
  }
  if (!readLine(folder, "cpu.cfs_quota_us", line, sizeof line)) return 0;
  const long long quotaV1 = std::atoll(line);
  return readLine(folder, "cpu.cfs_period_us", line, sizeof line) ? coresOf(quotaV1, std::atoll(line)) : 0;
}

// The group at `path` under `mount`, then every group above it. A container may see its own group as the root.
int leastQuota(const char* mount, char* path) {
  int least = 0;
  for (;;) {
    char folder[kPath];
    std::snprintf(folder, sizeof folder, "%s%s", mount, path);
    const int quota = quotaOf(folder);
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
    char* slash = std::strrchr(path, '/');
    if (!slash) return least;
    *slash = 0;
  }
}

bool names(const char* controllers, const char* wanted) {
  const size_t length = std::strlen(wanted);
  for (const char* at = controllers; (at = std::strstr(at, wanted)); at += length) {
    const bool begins = at == controllers || at[-1] == ',', ends = at[length] == 0 || at[length] == ',';
    if (begins && ends) return true;
  }
  return false;
}

}  // namespace

int cpuQuota(const char* proc, const char* cgroup) {
  char path[kPath], line[kPath];
  std::snprintf(path, sizeof path, "%s/self/cgroup", proc);
  FILE* file = std::fopen(path, "r");
  if (!file) return 0;
  int least = 0;
  // Lines of `hierarchy:controllers:group`; version 2 is hierarchy 0 without controllers.
  while (std::fgets(line, sizeof line, file)) {
    line[std::strcspn(line, "\n")] = 0;
    char* controllers = std::strchr(line, ':');
    char* group = controllers ? std::strchr(controllers + 1, ':') : nullptr;
    if (!group) continue;
    *controllers++ = *group++ = 0;
    char mount[kPath];
    if (*controllers == 0) std::snprintf(mount, sizeof mount, "%s", cgroup);
    else if (names(controllers, "cpu")) std::snprintf(mount, sizeof mount, "%s/cpu", cgroup);
    else continue;
    const int quota = leastQuota(mount, group);
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
  }
  std::fclose(file);
  return least;
}

}  // namespace convkit
