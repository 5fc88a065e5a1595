@NullMarked
package io.jcri.daemon.imports.bolt;

import org.jspecify.annotations.NullMarked;
