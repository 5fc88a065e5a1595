@NullMarked
package io.jcri.daemon.imports.storage;

import org.jspecify.annotations.NullMarked;
