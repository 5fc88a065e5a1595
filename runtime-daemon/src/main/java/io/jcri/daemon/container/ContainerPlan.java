package io.jcri.daemon.container;

import io.jcri.oci.spec.ContainerSpec;

/**
 * What a container is to be, before what it mounts is there. Making one changes nothing on the
 * node, but for the default AppArmor profile, which is loaded when the kernel has lost it.
 *
 * @param spec without mounts, and without what CDI devices add
 */
record ContainerPlan(ContainerSpec spec, MountPlan mounts) {}
