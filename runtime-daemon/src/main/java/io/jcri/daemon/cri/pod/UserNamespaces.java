package io.jcri.daemon.cri.pod;

import static io.jcri.daemon.core.JcriException.invalid;

import io.jcri.cri.v1.NamespaceMode;
import io.jcri.cri.v1.NamespaceOption;
import io.jcri.cri.v1.UserNamespace;
import io.jcri.daemon.pod.NamespaceOptions.UserMappings;
import io.jcri.sandbox.IdMapping;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * Reads and checks a pod's user namespace: any number of ranges that the kernel takes, as long as
 * they don't overlap and the namespace has a root.
 */
final class UserNamespaces {
  /** user_namespaces(7). */
  private static final int MAX_RANGES = 340;

  /** The highest id means "none" to the kernel. */
  private static final long ID_END = 0xFFFF_FFFFL;

  private UserNamespaces() {}

  static Optional<UserMappings> read(NamespaceOption option, String field) {
    UserNamespace user = option.getUsernsOptions();
    if (!option.hasUsernsOptions() || user.getMode() == NamespaceMode.NODE) {
      if (user.getUidsCount() > 0 || user.getGidsCount() > 0) {
        throw invalid(field + " has mappings, but its mode is NODE");
      }
      return Optional.empty();
    }
    if (user.getMode() != NamespaceMode.POD) {
      throw invalid(field + ".mode must be POD or NODE");
    }
    if (user.getUidsCount() == 0 || user.getGidsCount() == 0) {
      throw invalid(field + " needs both uids and gids");
    }
    return Optional.of(
        new UserMappings(
            ranges(user.getUidsList(), field + ".uids"),
            ranges(user.getGidsList(), field + ".gids")));
  }

  private static List<IdMapping> ranges(List<io.jcri.cri.v1.IDMapping> lines, String field) {
    List<IdMapping> ranges = PodConfigs.mappings(lines, field, IdMapping::new);
    if (ranges.size() > MAX_RANGES) {
      throw invalid(
          "%s has %d ranges, the kernel takes %d".formatted(field, ranges.size(), MAX_RANGES));
    }
    if (ranges.stream().noneMatch(range -> range.containerId() == 0)) {
      throw invalid(field + " must map id 0 of the container");
    }
    checkApart(ranges, IdMapping::containerId, field, "container");
    checkApart(ranges, IdMapping::hostId, field, "host");
    return ranges;
  }

  private static void checkApart(
      List<IdMapping> ranges, ToLongFunction<IdMapping> first, String field, String side) {
    long free = 0;
    for (IdMapping range : ranges.stream().sorted(Comparator.comparingLong(first)).toList()) {
      long begin = first.applyAsLong(range);
      if (begin < free) {
        throw invalid("%s: %s id %d is in two ranges".formatted(field, side, begin));
      }
      free = begin + range.size();
      if (free > ID_END) {
        throw invalid(
            "%s: a range of %d from %s id %d leaves the 32 bits of ids"
                .formatted(field, range.size(), side, begin));
      }
    }
  }
}
