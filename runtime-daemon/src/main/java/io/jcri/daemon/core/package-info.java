/**
 * What every feature of the daemon stands on: its one exception ({@link
 * io.jcri.daemon.core.JcriException}), its paths ({@link io.jcri.daemon.core.Layout}), locks for
 * each pod and container, and calls that join one in progress. Knows no feature.
 */
@NullMarked
package io.jcri.daemon.core;

import org.jspecify.annotations.NullMarked;
