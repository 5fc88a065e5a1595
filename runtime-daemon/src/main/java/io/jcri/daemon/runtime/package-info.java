/** The OCI runtimes of this node by handler name, and what each can do. */
@NullMarked
package io.jcri.daemon.runtime;

import org.jspecify.annotations.NullMarked;
