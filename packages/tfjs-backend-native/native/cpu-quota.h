// How many cores' worth of time Linux's control groups leave this process.
#pragma once

namespace convkit {

// The least quota of the process's group and every group above it, in cores rounded up; 0 where there is none.
// `proc` and `cgroup` are "/proc" and "/sys/fs/cgroup", other folders in tests.
int cpuQuota(const char* proc, const char* cgroup);

}  // namespace convkit
