package io.jcri.sandbox.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The least share of the CPUs that a group can have, for what hardly ever runs. */
final class CpuShare {
  /** As the kubelet gives to pods that ask for nothing; a new group has 1024. */
  private static final String LEAST_SHARES = "2";

  /** The same in version 2, where a new group has 100; systemd's word for it too. */
  static final int LEAST_WEIGHT = 1;

  private CpuShare() {}

  static void least(CgroupFiles files, Controllers controllers, String path) throws IOException {
    Optional<Path> v1 = controllers.v1("cpu", path);
    if (v1.isPresent()) {
      files.write(v1.get().resolve("cpu.shares"), LEAST_SHARES);
      return;
    }
    Optional<Path> weight = controllers.v2("cpu", path).map(group -> group.resolve("cpu.weight"));
    if (weight.isPresent() && Files.exists(weight.get())) { // not where the controller is off
      files.write(weight.get(), Integer.toString(LEAST_WEIGHT));
    }
  }
}
