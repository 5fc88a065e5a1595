/**
 * Control groups, versions 1, 2 and hybrid: layout and driver detection, making and removing
 * groups, figures, and transient scopes of systemd.
 *
 * <p>A group is named by its path below the root of every hierarchy, {@code /kubepods/pod1/abc}.
 * May depend on {@code io.jcri.sandbox.linux} and {@code io.jcri.sandbox.mount} only.
 */
@NullMarked
package io.jcri.sandbox.cgroup;

import org.jspecify.annotations.NullMarked;
