package io.jcri.oci.distribution.config;

import io.jcri.oci.OciException;
import io.jcri.oci.distribution.config.RegistryEntry.Place;
import io.jcri.oci.distribution.config.RegistryEntry.Target;
import io.jcri.oci.manifest.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A node's {@code registries.conf} with the files of the directory beside it, {@code
 * registries.conf.d/*.conf} (containers-registries.conf(5) and .conf.d(5)): mirrors, moved and
 * blocked registries, and what short names mean. Which hosts stand behind a place, and how they are
 * reached, is still {@link HostsConfig}'s. Read anew when a file has changed. Thread-safe.
 */
public final class RegistriesConf {

  /** The most of one file. */
  private static final int MAX_BYTES = 1 << 20;

  private final Path file;
  private volatile @Nullable Read last;

  /**
   * Reads nothing yet.
   *
   * @param file usually {@code /etc/containers/registries.conf}; one that is absent says nothing
   */
  public RegistriesConf(Path file) {
    this.file = file;
  }

  /** A file as it was when it was read. */
  private record Stamp(Path file, FileTime modified, long size) {}

  private record Read(
      List<Stamp> of,
      List<String> search,
      String mode,
      Map<String, RegistryEntry> registries,
      Map<String, String> aliases) {}

  /**
   * What a name may stand for, the likeliest first. One that names its registry stands for itself;
   * a short one for its alias, else for itself at each of the registries to search.
   *
   * @throws OciException INVALID for a malformed name; FAILED_PRECONDITION when a short name stands
   *     for nothing, or the files are broken
   */
  public List<ImageReference> candidates(String name) {
    if (!ImageReference.isShort(name)) {
      return List.of(ImageReference.parse(name));
    }
    ImageReference.parse(name);
    Read read = read();
    int end = nameEnd(name);
    String alias = read.aliases.get(name.substring(0, end));
    if (alias != null) {
      return List.of(ImageReference.parse(alias + name.substring(end)));
    }
    if (read.search.isEmpty()) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "%s names no registry, and %s has neither an alias nor unqualified-search-registries"
              .formatted(name, file));
    }
    if (read.search.size() > 1 && read.mode.equals("enforcing")) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "%s names no registry, could be of %s, and %s says short-name-mode = \"enforcing\""
              .formatted(name, String.join(", ", read.search), file));
    }
    return read.search.stream()
        .map(registry -> ImageReference.parse(registry + "/" + name))
        .toList();
  }

  /** Where tag or digest begin. */
  private static int nameEnd(String name) {
    int at = name.indexOf('@');
    int end = at < 0 ? name.length() : at;
    int colon = name.lastIndexOf(':', end - 1);
    return colon > name.lastIndexOf('/', end - 1) ? colon : end;
  }

  /**
   * The hosts to ask for a reference, in order.
   *
   * @throws OciException FAILED_PRECONDITION when its registry is blocked or the files are broken
   */
  public List<RegistryHost> hostsFor(ImageReference reference, HostsConfig hosts) {
    Optional<RegistryEntry> entry = entry(reference);
    if (entry.isEmpty()) {
      return hosts.hostsFor(reference.registry());
    }
    if (entry.get().blocked()) {
      throw new OciException(
          OciException.Kind.FAILED_PRECONDITION,
          "%s is not pulled: %s blocks %s".formatted(reference, file, entry.get().prefix()));
    }
    List<RegistryHost> found = new ArrayList<>();
    for (RegistryEntry.Mirror mirror : entry.get().mirrors()) {
      if (mirror.serves(reference)) {
        found.addAll(at(entry.get(), mirror.place(), reference, hosts));
      }
    }
    found.addAll(at(entry.get(), entry.get().place(), reference, hosts));
    return found;
  }

  /** That of the longest prefix. */
  private Optional<RegistryEntry> entry(ImageReference reference) {
    return read().registries.values().stream()
        .filter(entry -> entry.covers(reference) > 0)
        .max(
            Comparator.comparingInt((RegistryEntry entry) -> entry.covers(reference))
                .thenComparing(entry -> !entry.prefix().startsWith("*."))
                .thenComparingInt(entry -> entry.prefix().length()));
  }

  private List<RegistryHost> at(
      RegistryEntry entry, Place place, ImageReference reference, HostsConfig hosts) {
    Target target =
        entry
            .at(place, reference)
            .orElseThrow(() ->
                new OciException(
                    OciException.Kind.FAILED_PRECONDITION,
                    "%s: the location %s has no repository for %s"
                        .formatted(file, place.location(), reference)));
    return hosts.hostsFor(target.registry()).stream()
        .map(host -> host.with(target.repository()))
        .flatMap(host ->
            place.insecure() && host.isRegistry(target.registry())
                ? host.insecure()
                : Stream.of(host))
        .toList();
  }

  private Read read() {
    List<Stamp> now = stamps();
    Read known = last;
    if (known != null && known.of.equals(now)) {
      return known;
    }
    List<String> search = List.of();
    String mode = "permissive";
    Map<String, RegistryEntry> registries = new LinkedHashMap<>();
    Map<String, String> aliases = new LinkedHashMap<>();
    for (Stamp stamp : now) {
      RegistriesToml.Content content =
          RegistriesToml.parse(OperatorFile.text(stamp.file, MAX_BYTES), stamp.file);
      search = content.search().orElse(search);
      mode = content.mode().orElse(mode);
      registries.putAll(content.registries());
      aliases.putAll(content.aliases());
    }
    aliases.values().removeIf(String::isEmpty);
    Read fresh = new Read(now, search, mode, registries, aliases);
    last = fresh;
    return fresh;
  }

  private List<Stamp> stamps() {
    List<Stamp> found = new ArrayList<>();
    try {
      List<Path> files = new ArrayList<>();
      if (Files.exists(file)) {
        files.add(file);
      }
      Path directory = file.resolveSibling(file.getFileName() + ".d");
      if (Files.isDirectory(directory)) {
        try (Stream<Path> entries = Files.list(directory)) {
          entries.filter(entry -> entry.toString().endsWith(".conf")).sorted().forEach(files::add);
        }
      }
      for (Path one : files) {
        found.add(new Stamp(one, Files.getLastModifiedTime(one), Files.size(one)));
      }
      return found;
    } catch (IOException e) {
      throw OperatorFile.unreadable(file, e);
    }
  }
}
