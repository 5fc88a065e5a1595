/**
 * The Container Device Interface: what vendors say in files about their devices, and how that
 * changes a container's config.json. Specification versions 0.3.0 to 1.1.0.
 *
 * <p>{@link io.jcri.oci.cdi.CdiDevices} is the way in: it takes a {@link
 * io.jcri.oci.spec.ContainerSpec} and names of devices and gives the changed one, so that whoever
 * edits a container (the kubelet's request, a plugin) uses the same call. May depend on {@code
 * io.jcri.oci.runtime} and {@code io.jcri.oci}.
 */
@NullMarked
package io.jcri.oci.cdi;

import org.jspecify.annotations.NullMarked;
