package io.jcri.daemon.nri;

import io.jcri.oci.runtime.ContainerSpec;
import java.util.List;

/** How CDI devices that plugins name get into what a container is to be. Thread-safe. */
@FunctionalInterface
public interface CdiDevices {
  /**
   * Adds what stands behind the names.
   *
   * @param names {@code vendor.com/class=device} each
   * @throws RuntimeException naming the device that is unknown
   */
  ContainerSpec inject(ContainerSpec spec, List<String> names);
}
