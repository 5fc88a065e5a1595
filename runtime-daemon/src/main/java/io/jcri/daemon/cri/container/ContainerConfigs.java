package io.jcri.daemon.cri.container;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.ContainerConfig;
import io.jcri.cri.v1.CreateContainerRequest;
import io.jcri.cri.v1.Device;
import io.jcri.cri.v1.KeyValue;
import io.jcri.cri.v1.LinuxContainerConfig;
import io.jcri.cri.v1.Signal;
import io.jcri.daemon.container.ContainerDevice;
import io.jcri.daemon.cri.call.Texts;
import io.jcri.daemon.cri.message.Resources;
import io.jcri.daemon.cri.message.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads and checks a container's configuration: whatever is refused is refused by field name. */
public final class ContainerConfigs {
  private ContainerConfigs() {}

  public static io.jcri.daemon.container.ContainerConfig read(CreateContainerRequest request) {
    if (!request.hasConfig()) {
      throw invalid("config is missing");
    }
    ContainerConfig config = request.getConfig();
    if (!config.hasMetadata() || config.getMetadata().getName().isEmpty()) {
      throw invalid("config.metadata.name must not be empty");
    }
    if (config.getImage().getImage().isEmpty()) {
      throw invalid("config.image.image must not be empty");
    }
    LinuxContainerConfig linux = config.getLinux();
    return new io.jcri.daemon.container.ContainerConfig(
        config.getMetadata().getName(),
        config.getMetadata().getAttempt(),
        config.getImage().getImage(),
        config.getImage().getUserSpecifiedImage(),
        config.getImage().getAnnotationsMap(),
        Optional.of(config.getImage().getRuntimeHandler()).filter(name -> !name.isEmpty()),
        config.getCommandList(),
        config.getArgsList(),
        Texts.absolute(config.getWorkingDir(), "config.working_dir"),
        environment(config),
        MountConfigs.read(config),
        devices(config),
        CdiNames.read(config),
        config.getLabelsMap(),
        config.getAnnotationsMap(),
        config.getLogPath(),
        config.getStdin(),
        config.getStdinOnce(),
        config.getTty(),
        Resources.read(linux.getResources(), Resources.FIELD),
        Resources.oomScoreAdj(linux.getResources(), Resources.FIELD),
        SecurityContexts.read(linux.getSecurityContext()),
        stopSignal(config.getStopSignal()));
  }

  private static List<String> environment(ContainerConfig config) {
    List<String> environment = new ArrayList<>();
    for (KeyValue pair : config.getEnvsList()) {
      if (pair.getKey().isEmpty() || pair.getKey().indexOf('=') >= 0) {
        throw invalid("config.envs: \"" + pair.getKey() + "\" is no name of a variable");
      }
      String value = pair.getValue().toStringUtf8();
      if (value.indexOf('\0') >= 0) {
        throw invalid("config.envs: the value of " + pair.getKey() + " has a NUL");
      }
      environment.add(pair.getKey() + "=" + value);
    }
    return environment;
  }

  private static List<ContainerDevice> devices(ContainerConfig config) {
    List<ContainerDevice> devices = new ArrayList<>();
    for (Device device : config.getDevicesList()) {
      if (!device.getHostPath().startsWith("/")) {
        throw invalid("config.devices.host_path must be absolute: " + device.getHostPath());
      }
      if (!device.getPermissions().matches("[rwm]*")) {
        throw invalid(
            "config.devices: permissions of %s are \"%s\" but may only be of r, w, m"
                .formatted(device.getHostPath(), device.getPermissions()));
      }
      String inside =
          device.getContainerPath().isEmpty() ? device.getHostPath() : device.getContainerPath();
      devices.add(new ContainerDevice(inside, device.getHostPath(), device.getPermissions()));
    }
    return devices;
  }

  /** {@code SIGRTMINPLUS3} is written {@code SIGRTMIN+3} everywhere else. */
  private static String stopSignal(Signal signal) {
    if (signal == Signal.UNRECOGNIZED) {
      throw invalid("config.stop_signal has an unknown value");
    }
    return signal == Signal.SIGNAL_RUNTIME_DEFAULT ? "" : Signals.name(signal);
  }
}
