/**
 * What registries and archives say of images: references, manifests, indexes and platforms. Reads
 * bytes, fetches nothing.
 */
@NullMarked
package io.jcri.oci.manifest;

import org.jspecify.annotations.NullMarked;
