package io.jcri.oci.spec;

import java.util.Optional;

/**
 * A device node that the runtime makes inside the container. Using it also takes a {@link
 * DeviceRule}.
 *
 * @param path absolute, in the container
 * @param type {@code c}, {@code b}, {@code u} or {@code p}
 * @param fileMode permission bits, such as 0666
 */
public record DeviceNode(
    String path,
    String type,
    long major,
    long minor,
    Optional<Integer> fileMode,
    Optional<Long> uid,
    Optional<Long> gid) {}
