package io.jcri.daemon.security;

import io.jcri.daemon.core.JcriException;
import io.jcri.daemon.node.AppArmorFacts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * AppArmor profiles, where the node has them. The default one is loaded when it is first asked for,
 * and again when somebody has taken it out of the kernel.
 *
 * <p>Thread-safe.
 */
public final class AppArmor {
  private static final Logger log = LoggerFactory.getLogger(AppArmor.class);
  private static final int PARSER_SECONDS = 30;
  private static final List<String> PARSER_PLACES =
      List.of("sbin/apparmor_parser", "usr/sbin/apparmor_parser", "usr/bin/apparmor_parser");

  private final Path root;
  private final boolean enabled;
  private final ReentrantLock loading = new ReentrantLock();

  /**
   * The AppArmor of a host.
   *
   * @param root of the tree that has its /sys and programs, {@code /} but in tests
   */
  public AppArmor(AppArmorFacts facts, Path root) {
    this.enabled = facts.enabled();
    this.root = root;
  }

  /**
   * The profile to run under, or empty for none: also for RUNTIME_DEFAULT on a node that has no
   * AppArmor, or not the program that loads a profile.
   *
   * @param standard what stands for RUNTIME_DEFAULT on this node, empty for jcri's own
   * @throws JcriException FAILED_PRECONDITION for a localhost profile that the kernel doesn't have,
   *     INTERNAL when the default one can't be loaded
   */
  public Optional<String> profile(SecurityProfile wanted, Optional<String> standard) {
    return switch (wanted.type()) {
      case UNCONFINED -> Optional.empty();
      case RUNTIME_DEFAULT -> standard.isPresent() ? ofNode(standard.get()) : runtimeDefault();
      case LOCALHOST -> {
        if (!enabled) {
          throw JcriException.precondition(
              "AppArmor profile "
                  + wanted.localhostRef()
                  + " can't be applied: this node has no AppArmor");
        }
        yield ofNode(wanted.localhostRef());
      }
    };
  }

  /**
   * A profile that is loaded; empty on a node that has no AppArmor.
   *
   * @throws JcriException FAILED_PRECONDITION when the kernel doesn't have it
   */
  public Optional<String> ofNode(String name) {
    if (!enabled) {
      return Optional.empty();
    }
    if (!loaded(name)) {
      throw JcriException.precondition("AppArmor profile " + name + " is not loaded on this node");
    }
    return Optional.of(name);
  }

  private Optional<String> runtimeDefault() {
    if (!enabled) {
      return Optional.empty();
    }
    Optional<Path> parser =
        PARSER_PLACES.stream().map(root::resolve).filter(Files::isExecutable).findFirst();
    if (parser.isEmpty()) {
      log.warn("no AppArmor profile by default: apparmor_parser is not installed");
      return Optional.empty();
    }
    loading.lock();
    try {
      if (!loaded(DefaultAppArmorProfile.NAME)) {
        load(parser.get());
        log.info("loaded AppArmor profile {}", DefaultAppArmorProfile.NAME);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "cannot load AppArmor profile " + DefaultAppArmorProfile.NAME, e);
    } finally {
      loading.unlock();
    }
    return Optional.of(DefaultAppArmorProfile.NAME);
  }

  private static void load(Path parser) throws IOException {
    Path file = Files.createTempFile("jcri-apparmor", "");
    Path output = Files.createTempFile("jcri-apparmor", ".out");
    try {
      Files.writeString(file, DefaultAppArmorProfile.TEXT);
      Process process =
          new ProcessBuilder(parser.toString(), "--skip-cache", "--replace", file.toString())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        process.getOutputStream().close();
        if (!process.waitFor(PARSER_SECONDS, TimeUnit.SECONDS)) {
          throw new IOException(parser + " has not ended after " + PARSER_SECONDS + " s");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted while waiting for " + parser, e);
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            "%s ended with %d: %s"
                .formatted(parser, process.exitValue(), Files.readString(output).strip()));
      }
    } finally {
      Files.delete(file);
      Files.delete(output);
    }
  }

  /** Lines are {@code name (mode)}. */
  private boolean loaded(String profile) {
    Path profiles = root.resolve("sys/kernel/security/apparmor/profiles");
    try {
      return Files.exists(profiles)
          && Files.readAllLines(profiles).stream()
              .anyMatch(line -> line.startsWith(profile + " ("));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + profiles, e);
    }
  }
}
