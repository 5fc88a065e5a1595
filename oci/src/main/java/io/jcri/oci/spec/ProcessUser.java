package io.jcri.oci.spec;

import java.util.List;
import java.util.Optional;

/**
 * Who a process runs as, in the container's own ids (u32).
 *
 * @param umask empty leaves the runtime's 0022
 * @param additionalGids supplementary groups; the primary one belongs in here too, or a file that
 *     denies its group would let the process in through the "other" bits; sorted here as Linux
 *     sorts them, which gVisor leaves as they come
 */
public record ProcessUser(long uid, long gid, Optional<Integer> umask, List<Long> additionalGids) {

  public static final ProcessUser ROOT = new ProcessUser(0, 0, Optional.empty(), List.of());

  public ProcessUser {
    additionalGids = additionalGids.stream().sorted().toList();
  }
}
