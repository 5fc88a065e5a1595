/**
 * Makes jcri's configuration of containerd's or CRI-O's ({@code jcri config migrate}). {@link
 * io.jcri.daemon.migrate.Migration} is the way through: the files of a source become one list of
 * settings; what needs thought (runtimes, registries, the streaming server) takes its own out of
 * it; a table of rules, a resource for each source, says of all others what they become or why they
 * become nothing. The node is read, and nothing is written here.
 */
@NullMarked
package io.jcri.daemon.migrate;

import org.jspecify.annotations.NullMarked;
