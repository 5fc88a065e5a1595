package io.jcri.oci.spec;

import java.util.List;
import java.util.Optional;

/**
 * Who a process runs as, in the container's own ids (u32).
 *
 * @param additionalGids supplementary groups; the primary one belongs in here too, or a file that
 *     denies its group would let the process in through the "other" bits
 * @param umask empty leaves the runtime's 0022
 */
public record ProcessUser(long uid, long gid, List<Long> additionalGids, Optional<Integer> umask) {

  public static final ProcessUser ROOT = new ProcessUser(0, 0, List.of(), Optional.empty());

  public ProcessUser {
    additionalGids = List.copyOf(additionalGids);
  }
}
