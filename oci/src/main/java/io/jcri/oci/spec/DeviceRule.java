package io.jcri.oci.spec;

import java.util.Optional;

/**
 * One rule of the device cgroup; later rules beat earlier ones.
 *
 * @param type {@code c}, {@code b}, or {@code a} for both
 * @param major empty means every major
 * @param minor empty means every minor
 * @param access any of {@code rwm}: read, write, mknod
 */
public record DeviceRule(
    boolean allow, String type, Optional<Long> major, Optional<Long> minor, String access) {

  /** What every container starts from. */
  public static final DeviceRule DENY_ALL =
      new DeviceRule(false, "a", Optional.empty(), Optional.empty(), "rwm");

  /** What a privileged container gets. */
  public static final DeviceRule ALLOW_ALL =
      new DeviceRule(true, "a", Optional.empty(), Optional.empty(), "rwm");

  /** Lets the container use one device. */
  public static DeviceRule allow(DeviceNode device, String access) {
    return new DeviceRule(
        true, device.type(), Optional.of(device.major()), Optional.of(device.minor()), access);
  }
}
