/**
 * What containers and pods use: read from the cgroup files when asked, with no sampler in the
 * background.
 */
@NullMarked
package io.jcri.daemon.stats;

import org.jspecify.annotations.NullMarked;
