package io.jcri.daemon.config;

import io.jcri.oci.OciException;
import io.jcri.oci.spec.Capability;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/** The table {@code containers}. */
final class ContainerKeys {
  /** Linux has no more ids of processes, on any machine. */
  private static final int MOST_PROCESSES = 1 << 22;

  private static final int MOST_MIB = 1 << 20;

  /** Of the IANA's, a path without a dot. */
  private static final Pattern ZONE =
      Pattern.compile("[A-Za-z0-9_+-]{1,32}(?:/[A-Za-z0-9_+-]{1,32}){0,2}");

  private ContainerKeys() {}

  static ContainerSettings read(Keys keys, ContainerSettings d) {
    ContainerSettings settings =
        new ContainerSettings(
            made(keys, "ulimits", Ulimits.texts(d.ulimits()), Ulimits::parse, d.ulimits()),
            made(keys, "env", d.env(), ContainerKeys::variables, d.env()),
            made(keys, "sysctls", List.of(), PodSysctls::parse, d.sysctls()),
            keys.number("pids_limit", (int) d.pidsLimit(), 0, MOST_PROCESSES),
            made(
                keys,
                "capabilities",
                names(d.capabilities()),
                ContainerKeys::capabilities,
                d.capabilities()),
            (long) keys.number("shm_size_mib", (int) (d.shmBytes() >> 20), 1, MOST_MIB) << 20,
            made(keys, "additional_devices", List.of(), HostDevice::parse, d.devices()),
            keys.paths("allowed_devices", d.allowedDevices()),
            keys.paths("absent_mount_sources_to_reject", d.absentSources()).stream()
                .map(Path::normalize)
                .toList(),
            profiles(keys, d.profiles()),
            timeZone(keys, d.timeZone()),
            keys.paths("hooks_dirs", d.hooks()),
            (long) keys.number("log_size_max_mib", (int) (d.logLimit() >> 20), 0, MOST_MIB) << 20);
    keys.rejectUnknown();
    return settings;
  }

  private static Profiles profiles(Keys keys, Profiles d) {
    return new Profiles(
        keys.optionalPath("seccomp_profile", d.seccomp()),
        keys.optionalPath("privileged_seccomp_profile", d.privilegedSeccomp()),
        name(keys, "apparmor_profile", d.apparmor()),
        name(keys, "privileged_apparmor_profile", d.privilegedApparmor()));
  }

  private static Optional<String> name(Keys keys, String key, Optional<String> fallback) {
    return Optional.of(keys.text(key, fallback.orElse(""))).filter(name -> !name.isEmpty());
  }

  private static Optional<String> timeZone(Keys keys, Optional<String> fallback) {
    Optional<String> zone = name(keys, "timezone", fallback);
    if (zone.isPresent() && !ZONE.matcher(zone.get()).matches()) {
      keys.problem(
          "timezone",
          "is \"%s\" but must be Local or a zone such as Europe/Oslo".formatted(zone.get()));
    }
    return zone;
  }

  private static List<String> variables(List<String> texts) {
    for (String text : texts) {
      if (text.indexOf('=') < 1 || text.indexOf(0) >= 0) {
        throw new IllegalArgumentException(
            "has \"%s\", which is no variable such as NAME=value".formatted(text));
      }
    }
    return texts;
  }

  private static Set<Capability> capabilities(List<String> names) {
    EnumSet<Capability> set = EnumSet.noneOf(Capability.class);
    for (String name : names) {
      try {
        set.add(Capability.parse(name));
      } catch (OciException e) {
        throw new IllegalArgumentException(
            "has \"%s\", which is no capability of Linux".formatted(name), e);
      }
    }
    return set;
  }

  private static List<String> names(Set<Capability> capabilities) {
    return capabilities.stream().map(one -> one.name().substring("CAP_".length())).toList();
  }

  /**
   * What is made of a list of texts.
   *
   * @param instead when nothing can be made of it, which is a problem then
   */
  private static <T> T made(
      Keys keys, String key, List<String> fallback, Function<List<String>, T> make, T instead) {
    List<String> texts = keys.texts(key, fallback);
    try {
      return make.apply(texts);
    } catch (IllegalArgumentException e) {
      keys.problem(key, String.valueOf(e.getMessage()));
      return instead;
    }
  }
}
