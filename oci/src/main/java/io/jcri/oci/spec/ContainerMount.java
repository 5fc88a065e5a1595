package io.jcri.oci.spec;

import java.util.ArrayList;
import java.util.List;

/**
 * A mount made by the runtime before the container's process starts.
 *
 * @param destination absolute, in the container
 * @param type file system, or {@code bind}
 * @param source host path of a bind mount, otherwise what the file system wants to hear
 * @param options as mount(8) spells them, plus propagation ({@code rslave}, ...) and {@code rro}
 * @param uidMappings with gidMappings: the mount is id-mapped; empty otherwise
 */
public record ContainerMount(
    String destination,
    String type,
    String source,
    List<String> options,
    List<IdMapping> uidMappings,
    List<IdMapping> gidMappings) {

  public ContainerMount {
    options = List.copyOf(options);
    uidMappings = List.copyOf(uidMappings);
    gidMappings = List.copyOf(gidMappings);
  }

  public static ContainerMount of(
      String destination, String type, String source, String... options) {
    return new ContainerMount(destination, type, source, List.of(options), List.of(), List.of());
  }

  /** A recursive bind mount that no mount made later on either side crosses. */
  public static ContainerMount bind(String source, String destination, boolean readOnly) {
    return of(destination, "bind", source, "rbind", "rprivate", readOnly ? "ro" : "rw");
  }

  public ContainerMount withOptions(List<String> newOptions) {
    return new ContainerMount(destination, type, source, newOptions, uidMappings, gidMappings);
  }

  /** The same with one more option, unless it is there already. */
  public ContainerMount plusOption(String option) {
    if (options.contains(option)) {
      return this;
    }
    List<String> more = new ArrayList<>(options);
    more.add(option);
    return withOptions(more);
  }

  /** The same with more options, but none twice. */
  public ContainerMount plusOptions(List<String> more) {
    ContainerMount mount = this;
    for (String option : more) {
      mount = mount.plusOption(option);
    }
    return mount;
  }

  public ContainerMount withIdMappings(List<IdMapping> uids, List<IdMapping> gids) {
    return new ContainerMount(destination, type, source, options, uids, gids);
  }
}
