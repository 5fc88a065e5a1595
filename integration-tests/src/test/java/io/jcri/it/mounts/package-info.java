/** What is mounted in containers, beyond a plain folder of the node. */
@NullMarked
package io.jcri.it.mounts;

import org.jspecify.annotations.NullMarked;
