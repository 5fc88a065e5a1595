package io.jcri.daemon.container;

import io.jcri.daemon.config.ContainerSettings;
import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.pod.HostName;
import io.jcri.daemon.pod.Pod;
import io.jcri.daemon.security.SelinuxLabels;
import io.jcri.oci.image.ImageConfig;
import io.jcri.oci.runtime.ArgumentLimits;
import io.jcri.oci.spec.CapabilitySet;
import io.jcri.oci.spec.ContainerProcess;
import io.jcri.oci.spec.ProcessArgs;
import io.jcri.oci.spec.ProcessEnv;
import io.jcri.oci.user.UserRequest;
import io.jcri.oci.user.UserRequest.GroupPolicy;
import io.jcri.oci.user.UserResolver;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Plans what runs in a container, and as whom. Of the root file system the image's users are read.
 *
 * <p>Thread-safe.
 */
final class ProcessPlanning {
  private final UserResolver users;
  private final Confinement confinement;
  private final ProcessLimits limits;
  private final Supplier<ContainerSettings> settings;

  /**
   * For all containers.
   *
   * @param settings of the day
   */
  ProcessPlanning(
      UserResolver users, Confinement confinement, Supplier<ContainerSettings> settings) {
    this.settings = settings;
    this.users = users;
    this.confinement = confinement;
    this.limits = new ProcessLimits(() -> settings.get().ulimits());
  }

  /**
   * Plans one container's process.
   *
   * @param rootfs the mounted root file system
   * @param labels on a node with SELinux
   */
  ContainerProcess plan(
      Pod pod,
      ContainerConfig config,
      ImageConfig fromImage,
      Path rootfs,
      CapabilitySet capabilities,
      Optional<SelinuxLabels> labels) {
    SecurityContext security = config.security();
    List<String> arguments =
        ProcessArgs.merge(
            fromImage.entrypoint(), fromImage.command(), config.command(), config.arguments());
    List<String> environment =
        ProcessEnv.merge(
            HostName.of(pod),
            config.tty(),
            settings.get().env(),
            fromImage.env(),
            config.environment());
    ArgumentLimits.check("config.command and config.args", arguments, environment);
    ContainerProcess.Builder process =
        ContainerProcess.of(arguments).toBuilder()
            .env(environment)
            .cwd(workingDirectory(config, fromImage))
            .user(users.resolve(rootfs, who(security, fromImage)))
            .capabilities(capabilities)
            .rlimits(limits.of(pod.config().namespaces().user().isPresent()))
            .noNewPrivileges(security.noNewPrivileges())
            .oomScoreAdj(OomScore.clamp(config.oomScoreAdj()))
            .terminal(config.tty());
    confinement.apparmor(security).ifPresent(process::apparmorProfile);
    labels
        .map(SelinuxLabels::process)
        .filter(label -> !label.isEmpty())
        .ifPresent(process::selinuxLabel);
    return process.build();
  }

  private static UserRequest who(SecurityContext security, ImageConfig fromImage) {
    return new UserRequest(
        security.runAsUser(),
        security.runAsUser().isPresent() ? Optional.empty() : security.runAsUsername(),
        security.runAsGroup(),
        security.supplementalGroups(),
        security.supplementalGroupsStrict() ? GroupPolicy.STRICT : GroupPolicy.MERGE,
        fromImage.user());
  }

  private static String workingDirectory(ContainerConfig config, ImageConfig fromImage) {
    if (!config.workingDirectory().isEmpty()) {
      return config.workingDirectory();
    }
    String theirs = fromImage.workingDirectory();
    if (!theirs.isEmpty() && !theirs.startsWith("/")) {
      throw JcriException.invalid(
          "image %s has the working directory %s, which is not absolute"
              .formatted(config.imageSpec(), theirs));
    }
    return theirs;
  }
}
