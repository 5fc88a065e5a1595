/**
 * Which images this node's operator trusts: policy.json as Podman, CRI-O and Skopeo have it
 * (containers-policy.json(5)), where signatures are found (containers-registries.d(5)), and whether
 * they are good.
 */
@NullMarked
package io.jcri.oci.signature;

import org.jspecify.annotations.NullMarked;
