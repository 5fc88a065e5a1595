@NullMarked
package io.jcri.daemon.imports;

import org.jspecify.annotations.NullMarked;
