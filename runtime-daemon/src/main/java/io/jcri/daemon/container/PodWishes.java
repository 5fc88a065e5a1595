package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.config.HandlerRules;
import io.jcri.daemon.config.HostDevice;
import io.jcri.daemon.core.JcriException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the containers of a pod are to have by the pod's annotations, where the handler heeds these,
 * and what all containers of the node have.
 */
final class PodWishes {
  private static final Pattern UMASK = Pattern.compile("[0-7]{1,4}");

  private PodWishes() {}

  /**
   * The umask of a container's first process; empty for the runtime's.
   *
   * @throws JcriException INVALID
   */
  static Optional<Integer> umask(HandlerRules rules, Map<String, String> annotations) {
    return rules
        .heeded(HandlerRules.UMASK, annotations)
        .map(text -> {
          if (!UMASK.matcher(text).matches()) {
            throw JcriException.invalid(
                "the pod's annotation %s is \"%s\", which is no umask such as 0027"
                    .formatted(HandlerRules.UMASK, text));
          }
          return Integer.parseInt(text, 8);
        });
  }

  /**
   * The devices of a container: those of the node's configuration, of the pod's annotation, its
   * own. A later one beats an earlier at the same place.
   *
   * @throws JcriException INVALID for what is no device, FAILED_PRECONDITION for one that the
   *     configuration does not allow
   */
  static List<ContainerDevice> devices(
      HandlerRules rules,
      ContainerSettings settings,
      Map<String, String> annotations,
      List<ContainerDevice> own) {
    Optional<String> asked = rules.heeded(HandlerRules.DEVICES, annotations);
    if (asked.isEmpty() && settings.devices().isEmpty()) {
      return own;
    }
    List<ContainerDevice> all = new ArrayList<>();
    settings.devices().forEach(device -> all.add(of(device)));
    asked.ifPresent(text -> all.addAll(ofAnnotation(text, settings)));
    all.addAll(own);
    return all;
  }

  private static List<ContainerDevice> ofAnnotation(String text, ContainerSettings settings) {
    List<ContainerDevice> devices = new ArrayList<>();
    for (String one : text.split(",", -1)) {
      HostDevice device;
      try {
        device = HostDevice.parse(one.strip());
      } catch (IllegalArgumentException e) {
        throw JcriException.invalid(
            "the pod's annotation %s %s".formatted(HandlerRules.DEVICES, e.getMessage()));
      }
      if (!settings.allowedDevices().contains(device.hostPath())) {
        throw JcriException.precondition(
            "the pod's annotation %s has %s, and containers.allowed_devices has only %s"
                .formatted(HandlerRules.DEVICES, device.hostPath(), settings.allowedDevices()));
      }
      devices.add(of(device));
    }
    return devices;
  }

  private static ContainerDevice of(HostDevice device) {
    return new ContainerDevice(
        device.containerPath(), device.hostPath().toString(), device.permissions());
  }
}
