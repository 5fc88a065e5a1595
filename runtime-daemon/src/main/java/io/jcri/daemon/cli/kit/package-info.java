/**
 * What commands have in common: the way to the daemon, tables, JSON and YAML, terminals, and the
 * statuses that they end with, see {@link io.jcri.daemon.cli.kit.AdminCommand}.
 */
@NullMarked
package io.jcri.daemon.cli.kit;

import org.jspecify.annotations.NullMarked;
