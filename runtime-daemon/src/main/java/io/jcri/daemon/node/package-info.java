/**
 * What this node can do, found out once and told to whoever needs it: {@link
 * io.jcri.daemon.node.NodeFacts}. Each fact has a reader that takes the root of a file tree, so
 * that nodes of any kind can be made up in tests.
 */
@NullMarked
package io.jcri.daemon.node;

import org.jspecify.annotations.NullMarked;
