package io.jcri.oci.distribution;

import io.jcri.oci.manifest.Descriptor;
import io.jcri.oci.manifest.ImageReference;

/**
 * What a reference stands for at this moment.
 *
 * @param reference as asked for
 * @param descriptor of the manifest or index that the registry gave
 * @param host that answered, for logs and messages
 */
public record Resolved(ImageReference reference, Descriptor descriptor, String host) {}
