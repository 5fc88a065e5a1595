@NullMarked
package io.jcri.daemon.imports.containerd;

import org.jspecify.annotations.NullMarked;
