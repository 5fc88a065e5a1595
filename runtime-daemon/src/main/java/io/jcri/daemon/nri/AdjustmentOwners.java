package io.jcri.daemon.nri;

import io.jcri.daemon.core.JcriException;
import io.jcri.nri.v1alpha1.NriApi.CompoundFieldOwners;
import io.jcri.nri.v1alpha1.NriApi.Field;
import io.jcri.nri.v1alpha1.NriApi.FieldOwners;
import io.jcri.nri.v1alpha1.NriApi.OwningPlugins;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which plugin has set what in one event: no two may set the same, unless the second one removes it
 * first. Not thread-safe.
 */
final class AdjustmentOwners {
  /** Fields of which every entry has an owner of its own. */
  private static final Set<Field> COMPOUND =
      EnumSet.of(
          Field.Annotations,
          Field.Mounts,
          Field.Devices,
          Field.CdiDevices,
          Field.Env,
          Field.HugepageLimits,
          Field.CgroupsUnified,
          Field.Rlimits,
          Field.Namespace,
          Field.Sysctl,
          Field.LinuxNetDevices);

  /**
   * One thing that can be set.
   *
   * @param entry empty unless the field has several
   */
  private record Key(String container, Field field, String entry) {}

  private record Owner(String plugin, boolean removed) {}

  private final Map<Key, Owner> owners = new LinkedHashMap<>();

  /**
   * Notes that a plugin sets something.
   *
   * @throws JcriException FAILED_PRECONDITION naming the field and both plugins
   */
  void claim(String container, Field field, String entry, String plugin) {
    Key key = new Key(container, field, entry);
    @Nullable Owner other = owners.get(key);
    if (other != null && !(other.removed() && other.plugin().equals(plugin))) {
      throw JcriException.precondition(
          "NRI plugins %s and %s both want to set %s%s of container %s"
              .formatted(
                  other.plugin(),
                  plugin,
                  field,
                  entry.isEmpty() ? "" : " \"" + entry + "\"",
                  container));
    }
    owners.put(key, new Owner(plugin, false));
  }

  /** Notes that a plugin has removed what was set; only it may set that anew. */
  void clear(String container, Field field, String entry, String plugin) {
    owners.put(new Key(container, field, entry), new Owner(plugin, true));
  }

  /** Hooks add up: everybody who adds some owns them. */
  void join(String container, Field field, String plugin) {
    owners.merge(
        new Key(container, field, ""),
        new Owner(plugin, false),
        (old, mine) -> new Owner(old.plugin() + "," + mine.plugin(), false));
  }

  /** Whether anybody has set any entry of the field, and who. */
  String of(String container, Field field) {
    return String.join(
        ", ",
        owners.entrySet().stream()
            .filter(e -> e.getKey().container().equals(container) && e.getKey().field() == field)
            .filter(e -> !e.getValue().removed())
            .map(e -> e.getValue().plugin())
            .distinct()
            .toList());
  }

  /** The same in NRI's form, for validating plugins. */
  OwningPlugins message() {
    Map<String, FieldOwners.Builder> containers = new LinkedHashMap<>();
    Map<Key, CompoundFieldOwners.Builder> compounds = new LinkedHashMap<>();
    owners.forEach((key, owner) -> {
      String plugin = (owner.removed() ? "-" : "") + owner.plugin();
      FieldOwners.Builder fields =
          containers.computeIfAbsent(key.container(), id -> FieldOwners.newBuilder());
      if (COMPOUND.contains(key.field())) {
        compounds
            .computeIfAbsent(
                new Key(key.container(), key.field(), ""), k -> CompoundFieldOwners.newBuilder())
            .putOwners(key.entry(), plugin);
      } else {
        fields.putSimple(key.field().getNumber(), plugin);
      }
    });
    compounds.forEach((key, entries) -> {
      FieldOwners.Builder fields =
          containers.computeIfAbsent(key.container(), id -> FieldOwners.newBuilder());
      fields.putCompound(key.field().getNumber(), entries.build());
    });
    OwningPlugins.Builder message = OwningPlugins.newBuilder();
    containers.forEach((id, fields) -> message.putOwners(id, fields.build()));
    return message.build();
  }
}
