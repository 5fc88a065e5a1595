package io.jcri.daemon.cri.node;

import io.jcri.cri.v1.LinuxRuntimeConfiguration;
import io.jcri.cri.v1.RuntimeConfigRequest;
import io.jcri.cri.v1.RuntimeConfigResponse;
import io.jcri.daemon.cri.call.Call;
import io.jcri.sandbox.cgroup.CgroupDriver;

/** {@code RuntimeConfig}: the cgroup driver, so that nobody has to match it by hand. */
final class RuntimeConfig implements Call<RuntimeConfigRequest, RuntimeConfigResponse> {
  private final CgroupDriver driver;

  RuntimeConfig(CgroupDriver driver) {
    this.driver = driver;
  }

  @Override
  public RuntimeConfigResponse handle(RuntimeConfigRequest request) {
    return RuntimeConfigResponse.newBuilder()
        .setLinux(
            LinuxRuntimeConfiguration.newBuilder()
                .setCgroupDriver(
                    switch (driver) {
                      case CGROUPFS -> io.jcri.cri.v1.CgroupDriver.CGROUPFS;
                      case SYSTEMD -> io.jcri.cri.v1.CgroupDriver.SYSTEMD;
                    }))
        .build();
  }
}
